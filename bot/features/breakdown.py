"""`/perf keywords NAME`, `/perf ads NAME`, `/perf pages NAME`, `/perf audiences NAME`.

Without a name: what is worst in all campaigns. What goes on below the campaigns of a morning is
read, judged against each other, and kept at hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from bot.advice.details.campaign_parts import COUNTED
from bot.advice.details.campaign_parts import key_of as key_of_entity
from bot.advice.details.detail_panel import CampaignNorm
from bot.advice.details.judging import (
    DAYS_READ,
    DetailFinding,
    JudgedLevel,
    JudgedPart,
    Key,
    judged_level,
    only_currency,
    parts_of,
    window_of,
)
from bot.advice.rules.rulebook import Rulebook
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.details import AUDIENCES, Level
from bot.domain.replies import Asker, Reply
from bot.numbers.input.windows import parse_window
from bot.numbers.metrics.glossary import result_columns
from bot.question.grammar import Question
from bot.render.values.detail_answers import (
    MOST_NAMED,
    DetailAnswer,
    DetailFound,
    DetailLine,
    DetailSection,
)
from bot.snapshot import boards
from bot.snapshot.naming import about, no_numbers

PRICE_OF = {"conversions": "cpa", "leads": "cpl"}
FRESH = 300  # seconds after which detail rows are read anew


def details(context: Context, as_of: date, level: str, window: str = "") -> JudgedLevel | None:
    """A level of a morning, judged; None where there are no rows of it.

    `window` are the days whose cost is looked at, as `parse_window` reads them; "" the usual ones.
    """
    figures = boards.figures(context, as_of, "28d")
    mark = (Same(figures), int(context.clock().timestamp()) // FRESH)
    work = partial(_judged, context, as_of, level, figures.counted, window)
    return context.shelf.memo(("details", level, as_of, window), mark, work)


def _judged(
    context: Context, as_of: date, level: str, rows: Iterable[CampaignRow], window: str
) -> JudgedLevel | None:
    days, morning = _days(window, as_of)
    since, until = morning - timedelta(DAYS_READ), morning - timedelta(1)
    frame = context.store.details(level, None, since, until)
    if frame.empty:
        return None
    norms = {key_of(row): norm_of(row, context.rulebook) for row in rows}
    if over := (as_of - morning).days:  # by now the late results of earlier days are in
        norms = {key: replace(norm, skip=max(norm.skip - over, 0)) for key, norm in norms.items()}
    return judged_level(frame, level, morning, norms, days)


def _days(window: str, as_of: date) -> tuple[int | None, date]:
    """How many days, at most `DAYS_READ`, and the morning after the last of them."""
    if not window:
        return None, as_of
    span = parse_window(window, as_of)[0]
    return min((span.until - span.since).days + 1, DAYS_READ), span.until + timedelta(1)


def key_of(row: CampaignRow) -> Key:
    """A campaign as its details name it."""
    return key_of_entity(row.entity)


def norm_of(row: CampaignRow, rulebook: Rulebook) -> CampaignNorm:
    """What a campaign's parts are held against: what counts, and what it may cost."""
    candidates = (*result_columns(row.stage, row.pricing_model), *COUNTED)
    counted_names = (name for name in candidates if name in COUNTED and row.now(name) is not None)
    counted = next(counted_names, "")
    cell = rulebook.thresholds.cell(row.stage, row.pricing_model)
    return CampaignNorm(counted, row.target(PRICE_OF.get(counted, "")), cell.skip_last)


LEVELS: Mapping[str, tuple[str, ...]] = {
    "keywords": (Level.KEYWORD, Level.SEARCH_TERM),
    "ads": (Level.AD, Level.AD_SET),
    "pages": (Level.LANDING_PAGE,),
    "audiences": AUDIENCES,
}
MOST_FINDINGS, LISTED = 5, 25
_ORDER = (
    *("broken", "waste", "tired", "dear", "nameless", "best", "good"),
    *("fine", "alone", "too_little", "unknown"),
)


@dataclass(frozen=True)
class DetailCampaigns:
    """The campaigns asked about, by what details know them by; `name` is "" for all."""

    name: str
    rows: Mapping[Key, CampaignRow]
    context: Context

    def counted(self, key: Key) -> str:
        """The column that is a result in a campaign."""
        return norm_of(self.rows[key], self.context.rulebook).results or "conversions"

    def label(self, key: Key) -> str:
        """What the campaign is called."""
        return self.rows[key].label


def answer(of: str, context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """What the parts of a campaign cost and what was found among them.

    Raises:
        UnknownName: No such campaign or channel; the nearest are named.
        NoNumbers: There is nothing stored at all.
    """
    return _said(context, shown(context, replace(question, command=of), as_of), asker)


keywords = partial(answer, "keywords")
ads = partial(answer, "ads")
pages = partial(answer, "pages")
audiences = partial(answer, "audiences")


def known(context: Context, question: Question, as_of: date) -> bool:
    """Whether there are rows of what is asked about."""
    return bool(shown(context, question, as_of).sections)


def _said(context: Context, found: DetailAnswer, asker: Asker) -> Reply:
    message = context.renderer(asker.language).render("details", answer=found)
    return Reply(message.text, message.blocks)


def shown(context: Context, question: Question, as_of: date) -> DetailAnswer:
    """What there is to say, as plain values."""
    campaigns = _asked_about(context, question, as_of)
    of = question.command
    levels = (question.metric,) if question.metric in LEVELS[of] else LEVELS[of]
    judged = [
        judgement
        for level in levels
        if (judgement := details(context, as_of, level, question.window))
    ]
    parts = {level.level: _parts(level, campaigns) for level in judged}
    usable = [level for level in judged if len(parts[level.level])]
    if not usable:
        return DetailAnswer(of, campaigns.name)
    findings = [
        _found(level, finding, campaigns)
        for level in usable
        for finding in level.findings
        if finding.campaign in campaigns.rows
    ]
    ordered = sorted(findings, key=partial(_weight, context.settings.default_currency))
    skip = max(level.skip.get(key, 0) for level in usable for key in campaigns.rows)
    since, until = window_of(usable[0].as_of, usable[0].days, skip)
    return DetailAnswer(
        of,
        campaigns.name,
        tuple(ordered[:MOST_FINDINGS]),
        len(ordered[MOST_FINDINGS:]),
        tuple(_section(level, parts[level.level], campaigns) for level in usable),
        since,
        until,
        skip,
    )


def _weight(currency: str | None, found: DetailFound) -> tuple[bool, bool, float]:
    """Money first, the team's own before others'; then what has no price."""
    return found.lost is None, found.currency != currency, -(found.lost or 0.0)


def _asked_about(context: Context, question: Question, as_of: date) -> DetailCampaigns:
    figures = boards.figures(context, as_of, "28d")
    if not figures.rows:
        raise no_numbers(context, as_of)
    if not question.subject:
        return DetailCampaigns("", {key_of(row): row for row in figures.counted}, context)
    name, rows = about(figures, question.subject)
    return DetailCampaigns(name, {key_of(row): row for row in rows}, context)


def _parts(level: JudgedLevel, campaigns: DetailCampaigns) -> pd.DataFrame:
    """The parts that spent, of the campaigns asked about, the worst first."""
    wanted_codes = [code for code, key in enumerate(level.campaigns) if key in campaigns.rows]
    table = level.table
    mask = np.isin(table["campaign"].to_numpy(), wanted_codes) & (table["spend"].to_numpy() > 0)
    parts = table[mask]
    rank = parts["verdict"].map(_ORDER.index)
    weight = parts["lost"].where(parts["verdict"].isin(["waste", "dear"]), parts["spend"])
    order = np.lexsort((-weight.fillna(0.0).to_numpy(), rank.to_numpy()))
    return parts.iloc[order]


def _section(level: JudgedLevel, parts: pd.DataFrame, campaigns: DetailCampaigns) -> DetailSection:
    currency = only_currency(parts)
    judged = ~parts["verdict"].isin(["alone", "too_little", "unknown"])
    return DetailSection(
        level.level,
        len(parts),
        int(judged.sum()),
        float(parts["spend"].sum()) if currency else None,
        currency,
        tuple(_line(level, part, campaigns) for part in parts_of(parts.head(LISTED))),
    )


def named_lines(
    context: Context, as_of: date, level: str, row: CampaignRow, names: Collection[str]
) -> tuple[DetailLine, ...]:
    """The parts of a campaign that advice of a morning names, with what they cost, the worst first.

    Details have one edition a day: late results have come in since.
    """
    judged = details(context, as_of, level)
    if judged is None:
        return ()
    campaigns = DetailCampaigns(row.label, {key_of(row): row}, context)
    parts = _parts(judged, campaigns)
    parts = parts[parts["detail_name"].fillna(parts["detail_id"]).isin(names)]
    return tuple(_line(judged, part, campaigns) for part in parts_of(parts))


def _line(level: JudgedLevel, part: JudgedPart, campaigns: DetailCampaigns) -> DetailLine:
    key = level.campaigns[part.campaign]
    return DetailLine(
        name=part.name,
        campaign="" if campaigns.name and len(campaigns.rows) == 1 else campaigns.label(key),
        spend=part.spend,
        results=part.results,
        cost=part.cost,
        usual=part.usual,
        currency=part.currency or None,
        counted=campaigns.counted(key),
        verdict=part.verdict,
        match_type=part.match_type,
        score=part.score,
        lost=part.lost if part.verdict == "waste" else None,
    )


def _found(level: JudgedLevel, finding: DetailFinding, campaigns: DetailCampaigns) -> DetailFound:
    parts = parts_of(level.table.iloc[list(finding.parts)])
    top_part = parts[0]
    return DetailFound(
        kind=finding.kind,
        level=level.level,
        campaign=campaigns.label(finding.campaign),
        names=tuple(part.name for part in parts[:MOST_NAMED]),
        count=len(parts),
        counted=campaigns.counted(finding.campaign),
        currency=top_part.currency or None,
        spend=_sum(part.spend for part in parts),
        results=_sum(part.results for part in parts),
        cost=top_part.cost,
        usual=_others_pay(level, finding) or top_part.usual,
        lost=finding.lost,
        low=finding.low,
        high=finding.high,
        since=level.as_of - timedelta(top_part.since) if top_part.since else None,
        change=top_part.change,
        showings=top_part.showings,
        rating=finding.part_of_score,
        slope=finding.slope,
    )


def _others_pay(level: JudgedLevel, finding: DetailFinding) -> float | None:
    """What a result costs among the campaign's parts that are not named; None without any."""
    table = level.table
    other_parts = table["campaign"] == table["campaign"].iloc[finding.parts[0]]
    other_parts &= table["results"].notna()
    other_parts.iloc[list(finding.parts)] = False
    results = float(table["results"][other_parts].sum())
    return float(table["spend"][other_parts].sum()) / results if results > 0 else None


def _sum(amounts: Iterable[float | None]) -> float | None:
    reported = [amount for amount in amounts if amount is not None]
    return sum(reported) if reported else None

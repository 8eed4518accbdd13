"""What goes on below the campaigns of a morning: read, judged against each other, kept at hand.

All campaigns are judged together, whichever is asked about: how many of what is flagged may be
chance is a question about all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from bot.advice.details.campaign_parts import COUNTED
from bot.advice.details.campaign_parts import key_of as key_of_entity
from bot.advice.details.detail_panel import CampaignNorm
from bot.advice.details.judging import DAYS_READ, JudgedLevel, Key, judged_level
from bot.advice.rules.rulebook import Rulebook
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.input.windows import parse_window
from bot.numbers.metrics.glossary import result_columns
from bot.snapshot import boards

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

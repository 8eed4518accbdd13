"""A change taken apart as people read it: parts that add up as shown, who made it, what lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.context.context import Office
from bot.domain.board import CampaignRow
from bot.features.parts.figures_shown import late
from bot.numbers.decompose.chains import CHAINS, Gap
from bot.numbers.decompose.split import Split, split_rows
from bot.numbers.metrics.sums import apportioned, rounded
from bot.render.change_sentences import digits_of
from bot.render.values.templates import WhyAnswer, WhyCampaign, WhyPart
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import quoted
from bot.snapshot.verdicts import head_metric, judged_by

EVERY_DAY = ("cpa", "cpl", "cpc", "cpm", "spend")


@dataclass(frozen=True)
class About:
    """A channel or a campaign somebody asks about.

    Attributes:
        asks: As the grammar reads it back.
        row: The campaign, None for a channel.
    """

    name: str
    asks: str
    channel: str
    row: CampaignRow | None = None

    def rows(self, figures: Figures) -> list[CampaignRow]:
        """Its campaigns on a board."""
        entity = self.row.entity if self.row else None
        return [row for row in figures.rows if entity in {None, row.entity}]


def _metric(office: Office, about: About, rows: Sequence[CampaignRow], figures: Figures) -> str:
    """What the cell judges by, as far as it can be taken apart."""
    if about.row:
        wanted = judged_by(rows[0], office.rulebook)
    else:
        totals = figures.total("channel", about.channel)
        own = [total for total in totals if total.currency == rows[0].currency]
        wanted = head_metric(own[0], rows, office.rulebook) if own else "spend"
    fine = (name for name in (wanted, *EVERY_DAY) if name in CHAINS)
    return next(name for name in fine if CHAINS[name].adds or len(rows) == 1)


def taken_apart(
    office: Office, figures: Figures, about: About, given: str, rows: list[CampaignRow]
) -> WhyAnswer:
    """What made the change of a price, in one currency; `given` names it, else the judged one."""
    metric = given or _metric(office, about, rows, figures)
    known = office.rulebook.metrics.get(metric)
    asks = f"why {about.asks} {metric}"
    found = split_rows([row.columns for row in rows], metric)
    told = WhyAnswer(
        name=about.name,
        metric=metric,
        asked=f"{asks} {figures.window}",
        window=figures.window,
        now_days=(figures.now.since, figures.now.until),
        before_days=(figures.before.since, figures.before.until),
        was=found.before,
        now=found.now,
        currency=rows[0].currency,
        left_out=found.left_out,
        longer=f"{asks} 28d" if figures.window != "28d" else "",
        late=late(office, figures, [about.channel]),
    )
    if found.change is None:
        return replace(told, lack=_lack(found, rows))
    shown = _shown(told, found, known.unit if known else "ratio")
    return _made(shown, found, {row.entity: row for row in rows}, figures.window)


def _shown(told: WhyAnswer, found: Split, unit: str) -> WhyAnswer:
    """With the numbers as shown, and the parts that add up to them."""
    assert found.now is not None
    assert found.before is not None
    change = found.now - found.before
    digits = digits_of(unit, change)
    was, now = rounded(found.before, digits), rounded(found.now, digits)
    amounts = [found.factors[name] for name in found.factors]
    shares = apportioned(amounts, now - was, digits)
    parts = [
        WhyPart(name, amount, shown, *found.steps.get(name, (None, None)))
        for name, amount, shown in zip(found.factors, amounts, shares, strict=True)
    ]
    return replace(
        told,
        digits=digits,
        shown_was=was,
        shown_now=now,
        shown_change=now - was,
        parts=tuple(parts),
    )


def _made(told: WhyAnswer, found: Split, rows: Mapping[str, CampaignRow], window: str) -> WhyAnswer:
    """With what each campaign made of it, the biggest first."""
    made = found.campaigns.sum(axis=1)
    order = sorted(made.index, key=lambda entity: (-abs(made[entity]), str(entity)))
    amounts = [float(made[entity]) for entity in order]
    shares = apportioned(amounts, told.shown_change, told.digits)
    campaigns = tuple(
        WhyCampaign(
            rows[entity].campaign_id,
            rows[entity].campaign_name,
            amount,
            shown,
            found.gaps.get(entity),
        )
        for entity, amount, shown in zip(order, amounts, shares, strict=True)
    )
    deeper = f"why {quoted(rows[order[0]])} {told.metric} {window}" if len(order) > 1 else ""
    return replace(told, campaigns=campaigns, deeper=deeper)


def _lack(found: Split, rows: Iterable[CampaignRow]) -> Gap:
    """Why there is no number: which column is missing or zero, and when."""
    chain, table = CHAINS[found.metric], list(rows)
    when = [word for word, value in (("before", found.before), ("now", found.now)) if value is None]
    for column in (chain.columns[-1], chain.columns[0]):
        counted = [row.number(when[0], column) for row in table]
        known = [value for value in counted if value is not None]
        if not known or not sum(known):
            return Gap("none" if known else "missing", " and ".join(when), column)
    return Gap("missing", " and ".join(when), chain.columns[-1])

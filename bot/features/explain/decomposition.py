"""A change taken apart as people read it: parts that add up as shown, who made it, what lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.features.parts.figures_shown import holes_of, late
from bot.numbers.decompose.chains import CHAINS, Gap
from bot.numbers.decompose.split import Split, split_rows
from bot.numbers.metrics.sums import apportioned, rounded
from bot.render.change_sentences import digits_of
from bot.render.values.templates import WhyAnswer, WhyCampaign, WhyPart
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import quoted
from bot.snapshot.settling_results import LateResults
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
        rows = figures.rows if self.channel else figures.counted
        return [row for row in rows if entity in {None, row.entity}]


def _metric(context: Context, subject: About, rows: Sequence[CampaignRow], figures: Figures) -> str:
    """What the cell judges by, as far as it can be taken apart."""
    if subject.row:
        judged_metric = judged_by(rows[0], context.rulebook)
    else:
        totals = figures.total("channel", subject.channel)
        currency_totals = [total for total in totals if total.currency == rows[0].currency]
        judged_metric = (
            head_metric(currency_totals[0], rows, context.rulebook) if currency_totals else "spend"
        )
    fine = (name for name in (judged_metric, *EVERY_DAY) if name in CHAINS)
    return next(name for name in fine if CHAINS[name].adds or len(rows) == 1)


def taken_apart(
    context: Context, figures: Figures, subject: About, chosen_metric: str, rows: list[CampaignRow]
) -> WhyAnswer:
    """What made the change of a price, in one currency; of `chosen_metric`, else the judged one."""
    metric = chosen_metric or _metric(context, subject, rows, figures)
    definition = context.rulebook.metrics.get(metric)
    asks = f"why {subject.asks} {metric}"
    split = split_rows([row.columns for row in rows], metric)
    explanation = WhyAnswer(
        name=subject.name,
        metric=metric,
        asked=f"{asks} {figures.window}",
        window=figures.window,
        now_days=(figures.now.since, figures.now.until),
        before_days=(figures.before.since, figures.before.until),
        was=split.before,
        now=split.now,
        currency=rows[0].currency,
        left_out=split.left_out,
        longer=f"{asks} 28d" if figures.window != "28d" else "",
        late=late(context, figures, [subject.channel]),
        holes=holes_of(figures, [subject.channel]),
        settles=LateResults.of(context, figures.as_of).settles(
            rows, definition, split.now, figures.now
        ),
    )
    if split.change is None:
        return replace(explanation, lack=_lack(split, rows))
    rounded_explanation = _shown(explanation, split, definition.unit if definition else "ratio")
    return _made(rounded_explanation, split, {row.entity: row for row in rows}, figures.window)


def _shown(explanation: WhyAnswer, split: Split, unit: str) -> WhyAnswer:
    """With the numbers as shown, and the parts that add up to them."""
    assert split.now is not None
    assert split.before is not None
    change = split.now - split.before
    digits = digits_of(unit, change)
    was, now = rounded(split.before, digits), rounded(split.now, digits)
    amounts = [split.factors[name] for name in split.factors]
    shares = apportioned(amounts, now - was, digits)
    parts = [
        WhyPart(name, amount, share, *split.steps.get(name, (None, None)))
        for name, amount, share in zip(split.factors, amounts, shares, strict=True)
    ]
    return replace(
        explanation,
        digits=digits,
        shown_was=was,
        shown_now=now,
        shown_change=now - was,
        parts=tuple(parts),
    )


def _made(
    explanation: WhyAnswer, split: Split, rows: Mapping[str, CampaignRow], window: str
) -> WhyAnswer:
    """With what each campaign made of it, the biggest first."""
    contributions = split.by_campaign
    order = sorted(contributions, key=lambda entity: (-abs(contributions[entity]), entity))
    amounts = [contributions[entity] for entity in order]
    shares = apportioned(amounts, explanation.shown_change, explanation.digits)
    campaigns = tuple(
        WhyCampaign(
            rows[entity].campaign_id,
            rows[entity].label,
            amount,
            share,
            split.gaps.get(entity),
        )
        for entity, amount, share in zip(order, amounts, shares, strict=True)
    )
    deeper = f"why {quoted(rows[order[0]])} {explanation.metric} {window}" if len(order) > 1 else ""
    return replace(explanation, campaigns=campaigns, deeper=deeper)


def _lack(split: Split, rows: Iterable[CampaignRow]) -> Gap:
    """Why there is no number: which column is missing or zero, and when."""
    chain, table = CHAINS[split.metric], list(rows)
    periods = [
        word for word, value in (("before", split.before), ("now", split.now)) if value is None
    ]
    for column in (chain.columns[-1], chain.columns[0]):
        counted = [row.number(periods[0], column) for row in table]
        values = [value for value in counted if value is not None]
        if not values or not sum(values):
            return Gap("none" if values else "missing", " and ".join(periods), column)
    return Gap("missing", " and ".join(periods), chain.columns[-1])

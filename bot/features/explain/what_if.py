"""What another budget is expected to bring, from what the response engine has learned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bot.advice.evaluate.budget_answers import BudgetAnswers
from bot.advice.response.proposals import effect
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.explain.why_not import facts_of
from bot.features.measures import how_much
from bot.features.parts.subjects import Subject, by_currency
from bot.question.quantities import goes_down
from bot.question.slots import Named, Slots
from bot.render.values.scenarios import NO_RESULT, WhatIf
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures

DAYS_A_WEEK = 7
MOST = 4.0  # times the budget: further than that nothing was seen
LEAST = 0.05
NEAREST = (
    "documented_conversions", "conversions", "repeat_conversions", "qualified_leads", "leads",
    "landing_views", "clicks", "engagements",
)  # fmt: skip
FIFTH = 20.0  # per cent more, where no amount is said
DOUBLE = re.compile(r"doubl\w*|dobl\w*|twice|2x")
HALVE = re.compile(r"\bhal(?:f|v\w*)\b")
STOP = re.compile(
    r"\b(?:remov\w*|fjern\w*|droppe[rt]?|take away|took away|(?:ta|tar|tok) (?:¤ )?(?:vekk|bort)|"
    r"paus\w*|stop\w*|stans\w*|kill\w*|shut\w*|avslutt\w*|"
    r"(?:skru\w*|slå\w*|slo\w*)(?: \w+){0,2} av|(?:turn\w*|switch\w*)(?: \w+){0,2} off)\b|\bav\b ¤"
)
WEEKLY = re.compile(
    r"\b(?:a|per|pr|i|next|this|neste|denne) (?:week|uke\w*)\b|\bi uka\b|ukentlig|weekly"
)
MONTHLY = re.compile(
    r"\b(?:a|per|pr|i|om|every|each|hver|next|neste|the|kommende) (?:month|måned\w*|mnd)\b|"
    r"\bmånedlig\w*|\bmonthly\b"
)
DAILY = re.compile(
    r"\b(?:a|per|pr|each|every|om|i|hver) (?:day|dag\w*|døgn\w*)|\bdaily\b|\bdag(?:lig|s)\w*|"
    r"/ ?da[yg]\b"
)
DAYS_A_MONTH = 30
SAVES = re.compile(
    r"\b(?:sav(?:e|es|ed|ing|ings)|spar(?:e|er|t|te)|innspar\w*|frigjør\w*|frees? up)\b"
)
GIVES = re.compile(
    r"\b(?:mov\w*|shift\w*|tak\w*|took|flytt\w*|ta|tar|overfør\w*|"
    r"reallocat\w*)\b"
)
ALL_OF = re.compile(r"\b(?:all|entire|whole|everything|alt|hele|alle)\b")
# `100 more sales`: a number of results, no money.
RESULTS = re.compile(
    r"\b[0-9][0-9 .,]* (?:more |extra |additional |new |flere |ekstra |nye )?(?:sales?|leads?|"
    r"clicks?|orders?|conversions?|purchases?|customers?|salg|klikk|ordrer?|konverteringer|kjøp|kunder)\b"
)
WHOLE = re.compile(r"\b(?:to|til) (?:kr ?)?\d")


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """What the change of a budget is expected to bring a week, with its interval."""
    figures = boards.figures(context, as_of, "28d")
    answers = context.shelf.memo(
        ("answers to budgets", as_of),
        context.stamp(as_of),
        lambda: facts_of(context, as_of).answers,
    )
    if slots.window and SAVES.search(slots.text) and STOP.search(slots.text):
        spent = replace(slots, metric="spend", form="", also=())
        return how_much.answer(context, spent, asker, as_of)  # days that are over: all of it
    if RESULTS.search(slots.text):
        slots = replace(slots, amount=None, percent=False)
    if slots.excluded and not slots.things:  # `what would we lose without retargeting`
        slots = replace(slots, subjects=slots.excluded, excluded=(), text=f"pause {slots.text}")
    campaigns = [mention for mention in slots.things if mention.kind == "campaign"]
    groups = [mention for mention in slots.things if mention.kind in {"channel", "stage"}]
    if groups and not campaigns and slots.detail != "spread":
        scenario = _of_group(answers, figures, slots, groups[0])
    elif len(campaigns) > 1 and GIVES.search(slots.text):
        scenario = _moved(answers, figures, slots, campaigns[0], campaigns[1])
    elif slots.detail == "spread" or (len(campaigns) != 1 and not slots.amount) or not campaigns:
        scenario = _spread(answers, figures, slots, campaigns)
    elif len(campaigns) > 1:
        scenario = _moved(answers, figures, slots, campaigns[0], campaigns[1])
    else:
        scenario = of_campaign(answers, figures, slots, campaigns[0])
    beside = scenario.before or max(map(float, answers.found.budgets), default=0.0)
    of_month = not (scenario.giver or slots.percent) and is_of_month(slots, slots.amount, beside)
    scenario = replace(
        scenario,
        saves=SAVES.search(slots.text) is not None,
        month=slots.amount if of_month else None,
    )
    message = context.renderer(asker.language).render("what_if", found=scenario)
    return Reply(message.text, message.blocks)


def of_campaign(answers: BudgetAnswers, figures: Figures, slots: Slots, named: Named) -> WhatIf:
    """One campaign at another budget."""
    places, currency = _places(answers, [named]), _currency(figures, named)
    if not places:
        return WhatIf(named.title, slots.amount or 0.0, currency=currency)
    before = float(answers.found.budgets[places[0]])
    after = after_of(slots, before)
    by = abs(after - before)
    requested_amount = by if slots.amount is None or slots.percent else slots.amount
    scenario = BudgetScenario(named.title, places, [before], [after], requested_amount)
    return _told(answers, figures, scenario)


def after_of(slots: Slots, before: float) -> float:
    """The daily budget a sentence means; a fifth more where it says no number."""
    text, amount = slots.text, slots.amount
    changes = [(DOUBLE, 2.0), (HALVE, 0.5)]
    changes += [(STOP, LEAST)] if amount is None else []  # `ta 20 % av generic` stops nothing
    times = next((times for pattern, times in changes if pattern.search(text)), None)
    sign = -1 if goes_down(text) else 1
    if times is None and (amount is None or slots.percent):
        times = max(LEAST, 1 + sign * (FIFTH if amount is None else amount) / 100)
    if times is not None or amount is None:
        return before * (times or 1.0)
    daily = a_day(slots, amount, before)
    return daily if WHOLE.search(text) else max(LEAST * before, before + sign * daily)


def a_day(slots: Slots, amount: float, beside: float = 0.0) -> float:
    """An amount of money a day, where a sentence says it by the week or the month, or for one.

    Args:
        slots: Which days, and in which words.
        amount: As it is said.
        beside: A day's budget it is put to. More than that, said of no days, is a month's.
    """
    if _said_daily(slots.text):
        return amount
    if WEEKLY.search(slots.text) or slots.window == "wtd":
        return amount / DAYS_A_WEEK
    of_month = slots.window == "mtd" or slots.window.startswith("in ")
    of_month = of_month or is_of_month(slots, amount, beside)
    return amount / DAYS_A_MONTH if of_month or MONTHLY.search(slots.text) else amount


# `500 kr a day … sales a week`: the days just behind an amount are its own.
_OWN_DAYS = re.compile(
    rf"[0-9](?: ?(?:k|kr|nok|kroner|€|eur|usd|[$£])\b)?(?: \w+)? (?:{DAILY.pattern})"
)


def _said_daily(text: str) -> bool:
    return _OWN_DAYS.search(text) is not None


def is_of_month(slots: Slots, amount: float | None, beside: float) -> bool:
    """Whether an amount that is said of no days is taken for a month's: no day's could be it."""
    amount = amount or 0.0
    unit = DAILY.search(slots.text) or WEEKLY.search(slots.text) or WHOLE.search(slots.text)
    return bool(beside) and amount > beside and not unit and not slots.window


def _moved(
    answers: BudgetAnswers, figures: Figures, slots: Slots, giver: Named, receiver: Named
) -> WhatIf:
    places = _places(answers, [giver, receiver])
    amount = a_day(slots, slots.amount or 0.0)
    if len(places) < 2:
        return WhatIf(
            receiver.title, amount, currency=_currency(figures, receiver), giver=giver.title
        )
    before = [float(answers.found.budgets[place]) for place in places]
    if not slots.amount or slots.percent:
        share = (slots.amount or FIFTH) / 100 if not ALL_OF.search(slots.text) else 1 - LEAST
        amount = before[0] * (0.5 if HALVE.search(slots.text) and not slots.amount else share)
    after = [max(LEAST * before[0], before[0] - amount), before[1] + amount]
    scenario = BudgetScenario(receiver.title, places, before, after, amount, giver.title)
    return _told(answers, figures, scenario)


def _of_group(answers: BudgetAnswers, figures: Figures, slots: Slots, named: Named) -> WhatIf:
    """A channel or stage at another budget, each of its campaigns by the same share.

    What is nearest to the money is told first; what its other campaigns count stands under it. Of
    several currencies it is the one most money is in.
    """
    currency, rows = next(iter(by_currency(Subject.of(named).rows(figures)).items()), (None, []))
    entities = {row.entity for row in rows}
    places = [place for place, name in enumerate(answers.found.entities) if name in entities]
    budgets = {place: float(answers.found.budgets[place]) for place in places}
    total = sum(budgets.values())
    if not total:
        return WhatIf(named.title, slots.amount or 0.0, currency=currency)
    ratio = after_of(slots, total) / total
    scenarios = []
    for pool in dict.fromkeys(int(answers.found.panel.pool[place]) for place in places):
        of_pool = [place for place in places if int(answers.found.panel.pool[place]) == pool]
        before = [budgets[place] for place in of_pool]
        after = [budget * ratio for budget in before]
        scenario = BudgetScenario(named.title, of_pool, before, after, abs(ratio - 1) * total)
        scenarios.append(_told(answers, figures, scenario))
    known = [scenario for scenario in scenarios if scenario.mean is not None]
    first, *others = sorted(known, key=lambda each: _nearness(each.column)) or [
        WhatIf(named.title, abs(ratio - 1) * total, currency=currency)
    ]
    return replace(first, before=total, after=total * ratio, parts=tuple(others))


def _nearness(column: str) -> int:
    return NEAREST.index(column) if column in NEAREST else len(NEAREST)


def _spread(
    answers: BudgetAnswers, figures: Figures, slots: Slots, among: Sequence[Named] = ()
) -> WhatIf:
    """Where more money brings most, or less of it costs least, of some campaigns or of all."""
    sign = -1 if goes_down(slots.text) else 1
    entities = {named.key for named in among}
    currency = figures.biggest(1)[0].currency if figures.rows else None
    rows = [row for row in figures.rows if not entities or row.entity in entities]
    left_out = {row.entity for row in rows if row.demand == "captured"}
    left_out = left_out if sign > 0 and not entities else set()
    amount = _amount(answers, slots, [row for row in rows if row.currency == currency])
    daily = a_day(slots, amount, max(map(float, answers.found.budgets), default=0.0))
    scenarios = []
    for row in rows:
        places = _places(answers, [Named("campaign", row.entity, row.label)])
        if not places or row.now("conversions") is None or row.entity in left_out:
            continue
        before = float(answers.found.budgets[places[0]])
        step = min(max(before + sign * daily, LEAST * before), MOST * before)
        if sign < 0 and step > before - daily:
            continue  # it does not spend so much
        scenario = BudgetScenario(row.label, places, [before], [step], daily)
        scenarios.append(_told(answers, figures, scenario))
    alike = _of_one_kind([scenario for scenario in scenarios if scenario.currency == currency])
    ranked = sorted(alike, key=lambda scenario: -(scenario.mean or 0.0))
    receivers = tuple(scenario for scenario in ranked[:5] if _brings_something(scenario))
    return WhatIf(
        "", daily, currency=currency, receivers=receivers or tuple(ranked[:1]), less=sign < 0,
        has_captured=bool(left_out),
    )  # fmt: skip


def _brings_something(scenario: WhatIf) -> bool:
    """Whether there is a line in it: nothing more a week is no place for money."""
    return scenario.mean is None or abs(scenario.mean) >= NO_RESULT


def _amount(answers: BudgetAnswers, slots: Slots, rows: Sequence[CampaignRow]) -> float:
    """The money that is spoken of; where none is, a fifth of a budget in the middle."""
    if slots.amount and not slots.percent:
        return slots.amount
    entities = {row.entity for row in rows}
    budgets = [
        float(budget)
        for name, budget in zip(answers.found.entities, answers.found.budgets, strict=True)
        if name in entities and budget > 0
    ]
    middle = float(np.median(budgets)) if budgets else 0.0
    return float(f"{middle * (slots.amount or FIFTH) / 100:.2g}")


def _of_one_kind(scenarios: Sequence[WhatIf]) -> Sequence[WhatIf]:
    """Those that count what is nearest to the money: a sale is not weighed against showings."""
    for column in NEAREST:
        alike = [scenario for scenario in scenarios if scenario.column == column]
        if alike:
            return alike
    return scenarios


def _places(answers: BudgetAnswers, named: Sequence[Named]) -> list[int]:
    entities = answers.found.entities
    return [entities.index(campaign.key) for campaign in named if campaign.key in entities]


def _currency(figures: Figures, named: Named) -> str | None:
    return next((row.currency for row in figures.rows if row.entity == named.key), None)


@dataclass(frozen=True)
class BudgetScenario:
    """Daily budgets as somebody would change them.

    Attributes:
        name: Of the campaign it is about, the last of `places`.
        places: Campaigns in the response; `before` and `after` their budgets.
        amount: As it was said.
        giver: Who pays for it, "" where nobody does.
    """

    name: str
    places: Sequence[int]
    before: Sequence[float]
    after: Sequence[float]
    amount: float
    giver: str = ""


def _told(answers: BudgetAnswers, figures: Figures, scenario: BudgetScenario) -> WhatIf:
    response = answers.found
    pools = {int(response.panel.pool[place]) for place in scenario.places}
    entity = response.entities[scenario.places[-1]]
    currency = next((row.currency for row in figures.rows if row.entity == entity), None)
    before, after = scenario.before, scenario.after
    base = WhatIf(
        scenario.name, scenario.amount, before[-1], after[-1], currency, giver=scenario.giver
    )
    if len(pools) > 1 or not all(before):
        return base
    (pool,) = pools
    order = np.argsort(np.array(scenario.places))
    rows = np.array(scenario.places)[order]
    ratios = np.clip(np.array(after)[order] / np.array(before)[order], LEAST, MOST)
    brings = effect(response, response.margins(pool), rows, ratios)
    column = answers.counted[int(answers.rows[scenario.places[-1]])] or ""
    return replace(
        base,
        column=column,
        mean=brings.mean,
        low=brings.low,
        high=brings.high,
        learned=bool(response.known[pool]),
    )

"""Scenes of conversation: what a plain sentence is answered with, for as many campaigns as asked.

Lists are as long as the features make them: all campaigns where a condition is met, ten otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.render.not_known import NOT_KNOWN
from bot.render.values.advice_card import Card
from bot.render.values.conversation import (
    Definition,
    Doing,
    Doings,
    ExperimentLength,
    Moment,
    NotKnown,
    Outlook,
    Talk,
    Tracking,
    Verdict,
    WhatIf,
    Wish,
)
from bot.render.values.measures import (
    BooksAnswer,
    BooksLine,
    CampaignDays,
    Condition,
    DaysAnswer,
    Measure,
    MeasureAnswer,
    NothingThen,
    Period,
    RankAnswer,
    RunningAnswer,
    Summary,
)
from bot.render.values.news import GuessedPurpose, RateNote
from tests.render.effects import effects

SINCE, LAST = dt.date(2026, 11, 16), dt.date(2026, 11, 22)
BEGINS, MONTH_ENDS = dt.date(2025, 3, 1), dt.date(2026, 11, 30)
AT = dt.datetime(2026, 11, 23, 8, 14, tzinfo=ZoneInfo("Europe/Oslo"))
WEEK = Period("7d", SINCE, LAST, 7)
AGAINST = replace(WEEK, compared=(dt.date(2026, 11, 2), dt.date(2026, 11, 8)))
LONG = Period("28d", dt.date(2026, 10, 26), LAST, 28)
RANKED, LOGGED, SPREAD = 10, 12, 5  # as many as the features make
STEPS = ("advice.dismiss", "plan.set", "advice.snooze", "advice.acknowledge", "threshold.set")
LACKS = (*NOT_KNOWN, "client", "benchmark", "rivals")
DONE = ("language", "unsubscribe", "subscribe", "share", "export")
ANSWERS = ("snooze", "dismiss", "acknowledge", "progress")
Scenes = dict[str, dict[str, Any]]


def conversation(names: Sequence[str], card: Card, fault: Card) -> Scenes:
    """Every template of an answer in conversation, a branch of it as `template:variant`.

    Args:
        names: The campaigns.
        card: Advice to move money; `fault` advice to look at the tracking.
    """
    name = names[0] if names else card.name
    return {
        **_days(name),
        **_words(),
        **_logged(names, name),
        **_moments(name),
        **effects(names, name, card),
        **_measured(names, name),
        **_tracked(names, name, fault),
        **_lacking(names, name),
        **_outlooks(names, name),
        **_ranked(names, name),
        **_running(names),
        **_weighed(names, name, card),
        **_budgets(names, name),
        **_wishes(name, card),
        "open_advice": {"cards": (card,)},
        "open_advice:two": {"cards": (card, card)},
        "turns": {"card": card},
        "experiment_length": {"found": ExperimentLength(name, "conversions", 0.3, 268.8, 23.4, 28)},
        "experiment_length:long": {
            "found": ExperimentLength("", "leads", 0.05, 7790.0, 12.0, 1302, too_long=True)
        },
        "experiment_length:none": {"found": ExperimentLength(name)},
        "turns:nothing": {"card": replace(card, advice=replace(card.advice, would_change=()))},
    }


def guessed(names: Sequence[str]) -> tuple[GuessedPurpose, ...]:
    """What the names suggest: with a price, and where nothing is counted yet."""
    if not names:
        return ()
    told = tuple(names[:3])
    return (
        GuessedPurpose("convert", "CPA", len(names), told, "cpa", 240.4, "NOK"),
        GuessedPurpose("reach", "CPM", 1, told[:1]),
    )


def _days(name: str) -> Scenes:
    days = tuple(LONG.since + dt.timedelta(day) for day in range(28))
    spent = tuple(None if day == 3 else 1000.0 + 10 * day for day in range(28))
    total = sum(value or 0.0 for value in spent)
    prices = tuple(310.5 + day for day in range(7))
    missed = dt.date(2026, 11, 20), dt.date(2026, 11, 21), LAST
    return {
        "by_day": {"answer": DaysAnswer(name, "spend", LONG, days, spent, "NOK", total)},
        "by_day:weeks": {
            "answer": DaysAnswer(
                name, "spend", LONG, days[::7], spent[::7], "NOK", total, ends=days[6::7]
            )
        },
        "by_day:ratio": {"answer": DaysAnswer("", "cpa", WEEK, days[-7:], prices, "NOK")},
        "missed": {"days": missed},
        "missed:one": {"days": missed[-1:]},
    }


def _words() -> Scenes:
    return {
        "defined": {"found": Definition(("cpa", "ctr", "cpm"), ("settling", "room", "act"))},
        "defined:term": {"found": Definition((), ("documented",))},
        "defined:unknown": {"found": Definition()},
        "talk": {"talk": Talk("hello")},
        "talk:self": {"talk": Talk("self")},
        "talk:off_subject": {"talk": Talk("off_subject")},
        "talk:thanks": {"talk": Talk("thanks")},
        "talk:undo": {"talk": Talk("undo")},
        "talk:no_undo": {"talk": Talk("no_undo")},
        "no_answer": {},
        "guess_settled": {},
        "guess_agreed": {"count": 12, "stages": ("convert", "act"), "left": 0},
        "target_meant": {
            "name": "Google | Generic",
            "metric": "cpa",
            "target": 120.0,
            "currency": "NOK",
        },
        "guess_agreed:left": {"count": 1, "stages": ("reach",), "left": 2},
    }


def _logged(names: Sequence[str], name: str) -> Scenes:
    lines = tuple(
        Doing(
            AT - dt.timedelta(hours=5 * at),
            each,
            STEPS[at % len(STEPS)],
            each,
            each if at % 2 == 0 else "",
        )
        for at, each in enumerate(names[:LOGGED])
    )
    return {
        "doings": {"found": Doings(lines)},
        "doings:who": {"found": Doings((), name)},
        "doings:about": {"found": Doings((), about=name)},
        "doings:kind": {"found": Doings((), about=name, of_kind=True)},
        "doings:kind_days": {"found": Doings((), of_kind=True)},
        "doings:nothing": {"found": Doings((), period=WEEK)},
        "doings:unheard": {"found": Doings((Doing(AT, name, "unheard.of", name),))},
    }


def _moments(name: str) -> Scenes:
    day = dt.date(2026, 11, 19)
    change = Moment("change", name, day, "cpa", 312.0, 455.0, "NOK")
    return {
        "moment": {"found": change},
        "moment:ctr": {"found": replace(change, metric="ctr", before=0.031, now=0.022)},
        "moment:nothing_counted": {"found": Moment("nothing_counted", name, day, "conversions")},
        "moment:running": {"found": Moment("running", name, BEGINS, days=632)},
        "moment:begins": {"found": Moment("begins", name, LAST)},
        "moment:fresh": {"found": Moment("fresh", name, LAST)},
        "moment:moved": {"found": Moment("moved", name, day, who=name)},
        "moment:none": {"found": Moment("none", name)},
    }


def _price(name: str, at: int = 0) -> Measure:
    """What a result costs, by turns above and under its target."""
    value, target = (455.0, 287.0)[at % 2] + at % 7, 350.0
    return Measure(name, "cpa", value, 312.0, "NOK", target=target)


def _books(names: Sequence[str], name: str, metric: str) -> BooksAnswer:
    """MER, and what a new customer cost, at rates of exchange that are old."""
    mer = metric == "mer"
    lines = tuple(BooksLine(each, 22.0 + at, 18.0, 1.0 if at else None, 3.4 - at / 9)
                  for at, each in enumerate(names[:RANKED]))  # fmt: skip
    return BooksAnswer(
        metric, "" if mer else name, WEEK, 4.2 if mer else 512.0, 3.9 if mer else 480.0, "NOK",
        78_300.0, 328_860.0, 412, 7, 153.0, 21, 470.0 if mer else None,
        (WEEK.since, WEEK.until - dt.timedelta(1)), lines if mer else (),
        RateNote("NOK", dt.date(2026, 10, 30), ("ECB", "own"), 23, ("EUR",)),
    )  # fmt: skip


def _measured(names: Sequence[str], name: str) -> Scenes:
    """How much, of one and of two beside each other, and what moved most."""
    inside = tuple(Measure(each, "spend", 9_000.0 - at, 8_800.0, "NOK")
                   for at, each in enumerate(names))  # fmt: skip
    spend, kpi = Measure(name, "spend", 78_300.0, 74_100.0, "NOK"), _price(name)
    a_day = Measure(name, "spend", 11_186.0, None, "NOK")
    profit = Measure("", "profit", 61_200.0, 58_000.0, "NOK", parts=(139_500.0, 78_300.0))
    lines = tuple(_price(each, at) for at, each in enumerate(names[:RANKED]))
    whole = Measure("", "spend", 211_000.0, None, "NOK")
    answer = MeasureAnswer("spend", WEEK, (spend,), inside=inside)
    cac = MeasureAnswer("cpa", WEEK, (replace(kpi, counted=402.0),), kind="cac")
    since = replace(LONG, begins=dt.date(2026, 11, 2))
    target = MeasureAnswer("cpa", WEEK, (kpi,), of="target")
    moved = MeasureAnswer("", WEEK, lines, of="compare")
    return {
        "measured": {"answer": answer},
        "measured:average": {"answer": MeasureAnswer("spend", since, (a_day,), of="average")},
        "measured:share": {"answer": replace(answer, of="share", whole=whole)},
        "measured:two": {"answer": replace(target, of="compare", lines=lines[:2] or (kpi,))},
        "measured:profit": {"answer": MeasureAnswer("profit", WEEK, (profit,))},
        "measured:cac": {"answer": cac},
        "measured:mer": {"answer": replace(cac, kind="mer")},
        "books": {"answer": _books(names, name, "mer")},
        "books:cac": {"answer": _books(names, name, "cac")},
        "measured:target": {"answer": target},
        "measured:no_target": {"answer": replace(target, lines=(replace(kpi, target=None),))},
        "measured:late": {
            "answer": MeasureAnswer("cpa", WEEK, (replace(kpi, settles=(310.0, 352.4)),))
        },
        "measured:none": {"answer": MeasureAnswer("cpa", WEEK, (Measure(name, "cpa", None),))},
        "summary": {"summary": Summary(answer, (kpi, Measure(name, "conversions", 172.0, 160.0)))},
        "summary:nothing": {"summary": Summary(replace(answer, inside=()))},
        "movers": {"answer": moved},
        "movers:chance": {"answer": replace(moved, lines=(), chance=3)},
        "movers:against": {"answer": replace(moved, period=AGAINST, chance=1)},
    }


def _tracked(names: Sequence[str], name: str, fault: Card) -> Scenes:
    """Tracking faults; channels, of which there are a handful, may be late."""
    faults = (fault,) * min(7, len(names))
    return {
        "tracking": {"found": Tracking("", faults, LAST, tuple(names[:4]))},
        "tracking:about": {"found": Tracking(name, (fault,), LAST)},
        "tracking:none_about": {"found": Tracking(name, (), LAST)},
        "tracking:suspected": {"found": Tracking("", (), LAST, suspected=tuple(names[:3]))},
        "tracking:nothing": {"found": Tracking("", ())},
    }


def _lacking(names: Sequence[str], name: str) -> Scenes:
    """What is not known; of a benchmark the own channels, of which there are a handful."""
    own = tuple(replace(_price(each, at), target=None) for at, each in enumerate(names[:4]))
    lacks = {f"not_known:{what}": {"found": NotKnown(what)} for what in LACKS}
    then = NothingThen(dt.date(2024, 7, 1), dt.date(2024, 7, 31), BEGINS, LAST)
    return {
        **lacks,
        "not_known": {"found": NotKnown("channel", name, channels=tuple(names[:4]))},
        "not_known:own": {"found": NotKnown("benchmark", own=own)},
        "not_known:rival": {"found": NotKnown("rivals", name)},
        "nothing_then": {"found": then},
        "nothing_then:name": {"found": replace(then, name=name)},
        "nothing_then:empty": {"found": NothingThen(SINCE, LAST)},
    }


def _outlook(of: str, name: str, at: int = 0) -> Outlook:
    budget = 40_000.0 - 10 * (at % 40)
    return Outlook(
        of, name, "spend", LAST, MONTH_ENDS, 31_400.0, 42_800.0, 41_900.0, 44_100.0, budget,
        "NOK", 22 / 30,
    )  # fmt: skip


def _outlooks(names: Sequence[str], name: str) -> Scenes:
    """The month of a channel with each of its campaigns, and those over their budgets."""
    lines = tuple(_outlook("", each, at) for at, each in enumerate(names))
    sales = replace(_outlook("forecast", name), metric="conversions", so_far=231.0, ends=312.4,
                    low=301.0, high=330.0, budget=None, currency=None)  # fmt: skip
    unplanned = replace(_outlook("used", name), budget=None)
    empty = Outlook("used", "", "spend", LAST, MONTH_ENDS, elapsed=22 / 30)
    kinds = ("forecast", "left", "lands", "planned")
    return {
        "outlook": {"found": replace(_outlook("used", ""), lines=lines)},
        **{f"outlook:{of}": {"found": _outlook(of, name)} for of in kinds},
        **{
            f"outlook:goal_{goal:.0f}": {"found": replace(sales, goal=goal)}
            for goal in (200.0, 290.0, 312.0, 900.0)
        },
        "outlook:over": {"found": replace(_outlook("over", ""), lines=lines)},
        "outlook:runs_out": {"found": replace(_outlook("runs_out", name), budget=35_000.0)},
        "outlook:lasts": {"found": replace(_outlook("runs_out", name), budget=50_000.0)},
        "outlook:under": {"found": replace(_outlook("under", ""), lines=lines)},
        "outlook:none_under": {"found": _outlook("under", "")},
        "outlook:none_over": {"found": _outlook("over", "")},
        "outlook:none_went_over": {"found": replace(_outlook("over", ""), until=MONTH_ENDS)},
        "outlook:month_over": {
            "found": replace(_outlook("used", ""), until=MONTH_ENDS, lines=lines)
        },
        "outlook:month_overspent": {
            "found": replace(_outlook("used", name), until=MONTH_ENDS, so_far=42_800.0)
        },
        "outlook:beside": {"found": replace(_outlook("used", ""), beside=8_100.0)},
        "outlook:shares": {
            "found": replace(_outlook("forecast", ""), beside=8_100.0, shares=(0.7, 0.94))
        },
        "outlook:results": {"found": sales},
        "outlook:unplanned": {"found": unplanned},
        "outlook:nothing": {"found": empty},
    }


def _ranked(names: Sequence[str], name: str) -> Scenes:
    """Rankings of ten, and conditions that all campaigns may meet."""
    prices = tuple(_price(each, at) for at, each in enumerate(names))
    sales = tuple(Measure(each, "conversions", 231.0 - at, 233.0)
                  for at, each in enumerate(names[:RANKED]))  # fmt: skip
    lacking = tuple(replace(each, target=None) for each in prices)
    above = tuple(each for each in prices if (each.over or 0.0) > 0)
    inside = tuple(each for each in prices if (each.over or 0.0) <= 0)
    days = tuple(LAST - dt.timedelta(day) for day in range(7))
    by_day = tuple(Measure("", "spend", 1400.0 - at, None, "NOK") for at in range(7))
    target = RankAnswer("", "target", WEEK, prices[:RANKED], "worst", len(prices))
    best = tuple(reversed(inside[:RANKED]))
    above_250 = (Condition("cpa", True, 250.0),)
    bound = RankAnswer("cpa", "campaign", WEEK, prices, condition="bound", bounds=above_250,
                       of=len(prices), note="spend")  # fmt: skip
    a_week = RankAnswer("spend", "day", WEEK, by_day[:1], of=1, days=(SINCE,), ends=(LAST,))
    most = RankAnswer("conversions", "campaign", WEEK, sales, of=len(names))
    cheap = RankAnswer("cpa", "campaign", WEEK, (*inside, *above)[:RANKED], "best",
                       len(prices), name, note="spend")  # fmt: skip
    return {
        "ranked": {"answer": most},
        "ranked:least": {"answer": replace(most, order="least", lines=sales[::-1])},
        "ranked:best": {"answer": cheap},
        "ranked:day": {"answer": RankAnswer("spend", "day", WEEK, by_day, of=7, days=days)},
        "ranked:each": {"answer": replace(most, by="channel", each=True, lines=sales[:4])},
        "ranked:week": {"answer": a_week},
        "ranked:worst_target": {"answer": target},
        "ranked:best_target": {"answer": replace(target, order="best", lines=best)},
        "ranked:above": {"answer": replace(target, condition="target", lines=above)},
        "ranked:inside": {"answer": replace(target, condition="target", above=False, lines=inside)},
        "ranked:over": {"answer": bound},
        "ranked:under": {
            "answer": replace(
                bound, bounds=(Condition("cpa", False, 500.0), Condition("spend", True, 100.0, 1))
            )
        },
        "ranked:without": {"answer": replace(most, period=replace(WEEK, without=(name,)))},
        "ranked:between": {"answer": replace(bound, bounds=_between())},
        "ranked:few": {"answer": replace(bound, bounds=_few(), lines=())},
        "ranked:far": {"answer": replace(target, condition="target", beyond=0.2, lines=above)},
        "ranked:well_inside": {
            "answer": replace(target, condition="target", above=False, beyond=0.1, lines=inside)
        },
        "ranked:missing": {"answer": replace(target, condition="missing", lines=lacking)},
    }


def _under() -> tuple[Condition, ...]:
    return (Condition("cpa", False, 500.0), Condition("spend", True, 100.0, 1))


def _between() -> tuple[Condition, ...]:
    return (
        Condition("roas", True, 2.0, even=True), Condition("roas", False, 3.0, even=True),
    )  # fmt: skip


def _few() -> tuple[Condition, ...]:
    """A count on each side, each also as the number itself, and a price with `at least`."""
    counts = [(True, False, 1), (False, False, 7), (True, True, 0), (False, True, 0)]
    return (
        *(Condition("conversions", above, 10.0, each, even) for above, even, each in counts),
        Condition("cpa", True, 40.0, even=True), Condition("ctr", False, 0.02, even=True),
    )  # fmt: skip


def _running(names: Sequence[str]) -> Scenes:
    """Campaigns by the days they spent on: running, stopped, new and old, and none of them."""
    lines = tuple(
        CampaignDays(name, SINCE + dt.timedelta(at % 5), LAST) for at, name in enumerate(names)
    )
    answer = RunningAnswer("running", lines, len(lines), BEGINS, LAST, 7)
    states = ("running", "stopped", "new", "old")
    return {
        **{f"running:{state}": {"answer": replace(answer, state=state)} for state in states},
        **{
            f"running:no_{state}": {"answer": replace(answer, state=state, lines=())}
            for state in ("running", "stopped")
        },
        **{
            f"running:one_{state}": {
                "answer": replace(answer, state=state, lines=lines[:1], of=1, alone=bool(lines))
            }
            for state in ("running", "stopped")
        },
        "running": {"answer": replace(answer, lines=(), of=0)},
        "running:all_new": {"answer": replace(answer, state="new", begins=SINCE)},
        "running:all_old": {"answer": replace(answer, state="old", begins=SINCE)},
    }


def _if(name: str, **more: Any) -> WhatIf:
    told = {"before": 2000.0, "after": 2400.0, "currency": "NOK", "column": "conversions"}
    return WhatIf(name, **{"amount": 400.0, **told, "mean": 3.2, "low": 0.8, "high": 6.1, **more})


def _unseen(name: str, **more: Any) -> WhatIf:
    return _if(name, mean=None, low=None, high=None, column="", **more)


def _weighed(names: Sequence[str], name: str, card: Card) -> Scenes:
    results = Measure(name, "conversions", 31.0, 36.0)
    cards = (card,) * min(3, len(names))
    full = Verdict(name, _price(name), results, cards, _if(name, learned=True), WEEK)
    untold = replace(_price(name), target=None)
    return {
        "weighed": {"found": full},
        "weighed:usual": {"found": replace(full, cards=(), what_if=_if(name))},
        "weighed:unseen": {"found": replace(full, price=untold, what_if=_unseen(name))},
        "weighed:nothing": {
            "found": Verdict(name, replace(untold, value=None), replace(results, value=None))
        },
    }


def _budgets(names: Sequence[str], name: str) -> Scenes:
    """Other budgets: of one campaign, between two, and where more money would go."""
    last = names[-1] if names else name
    spread = tuple(_if(each, mean=5.1 - at, learned=at % 2 == 0)
                   for at, each in enumerate(names[:SPREAD]))  # fmt: skip
    unseen = tuple(_unseen(each) for each in names[:SPREAD])
    losing = _if(name, mean=-3.2, low=-6.1, high=-0.8)
    nowhere = WhatIf("" if names else name, 400.0, currency="NOK")
    return {
        "what_if": {"found": _if(name, learned=True)},
        "what_if:usual": {"found": _if(name, before=0.0)},
        "what_if:unused": {"found": _if(name, mean=0.0, low=0.0, high=0.0)},
        "what_if:moved": {"found": _if(name, giver=last, learned=True)},
        "what_if:unseen": {"found": _unseen(name, giver=last)},
        "what_if:group": {"found": replace(_if(name), parts=(_if(name), losing))},
        "what_if:less": {"found": replace(nowhere, less=True, receivers=(losing, losing))},
        "what_if:less_unseen": {"found": replace(nowhere, less=True, receivers=unseen)},
        "what_if:less_nowhere": {"found": replace(nowhere, less=True)},
        "what_if:spread": {"found": replace(nowhere, receivers=spread)},
        "what_if:captured": {"found": replace(nowhere, receivers=spread, has_captured=True)},
        "what_if:spread_unseen": {"found": replace(nowhere, receivers=unseen)},
    }


def _wishes(name: str, card: Card) -> Scenes:
    now = (Measure(name, "spend", 16_400.0, 15_900.0, "NOK"), _price(name))
    aim = Wish("target", name, 320.0, "cpa", 350.0, "NOK", None, (card,), name, now)
    budget = Wish("budget", name, 2400.0, "cpa", 2000.0, "NOK", None, (card,), name, now)
    answers = {f"wish:{kind}": {"wish": Wish(kind, name, cards=(card,))} for kind in ANSWERS}
    done = {f"wish:{kind}": {"wish": Wish(kind)} for kind in DONE}
    return {
        "wish": {"wish": aim},
        **answers,
        **done,
        "wish:new_target": {"wish": replace(aim, was=None, cards=())},
        "wish:budget": {"wish": budget},
        "wish:new_budget": {"wish": replace(budget, was=None, cards=())},
        "wish:pause": {"wish": replace(budget, kind="pause", amount=None)},
        "wish:snooze_until": {
            "wish": Wish("snooze", name, until=dt.date(2026, 11, 30), cards=(card,))
        },
        "wish:subscribe_at": {"wish": Wish("subscribe", at="09:00", days="monday")},
        "wish:nothing_about": {"wish": Wish("dismiss", name)},
        "wish:nothing_open": {"wish": Wish("acknowledge")},
    }

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.advice.outcome import (
    APPLIED,
    FROZEN,
    OUTCOME,
    Applied,
    applied,
    as_stored,
    controls,
    freeze,
    measure,
)
from bot.advice.outcome.measuring import Effect, _plausible, _verdict
from bot.advice.outcome.types import AFTER, BEFORE
from bot.domain.advice import Advice
from bot.numbers.plan import Plan, PlanEntry

ON = date(2026, 9, 1)
DAYS = tuple(ON - timedelta(BEFORE) + timedelta(day) for day in range(BEFORE + 1 + AFTER + 12))
PEERS = tuple(f"p{number}" for number in range(8))


def rows(name, spend, results, *, budget=None, days=DAYS, stage="convert"):
    """Days of a campaign; `spend`, `results` and `budget` are numbers or functions of the day."""

    def at(value, day):
        return value(day) if callable(value) else value

    return pd.DataFrame([
        {"date": day, "channel": "google_ads", "account_id": "a", "campaign_id": name,
         "campaign_name": name, "stage": stage, "pricing_model": "CPA", "currency": "NOK",
         "spend": at(spend, day), "conversions": at(results, day),
         "daily_budget": at(budget if budget is not None else spend, day)}
        for day in days
    ])  # fmt: skip


def market(*changed, peers=PEERS, scatter=0.0):
    """The changed campaigns among peers that all do the same, give or take `scatter`."""
    chance = np.random.default_rng(5)
    others = [
        rows(name, 1000.0, lambda _day: 20.0 + float(chance.normal(0, scatter))) for name in peers
    ]
    return pd.concat([*changed, *others], ignore_index=True)


def stepped(before, after, on=ON):
    return lambda day: after if day >= on else before


def shift(**more):
    fields = {"action": "shift_budget", "severity": "advise", "currency": "NOK"}
    fields |= {"budgets": {"g": 800.0, "r": 1200.0}, "budgets_before": {"g": 1000.0, "r": 1000.0}}
    return Advice("a1", "convert-shift", "v", ("g", "r"), **(fields | more))


def moved(giver=(10.0, 9.0), receiver=(30.0, 45.0), **more):
    """200 a day moved from g to r on the day it was acknowledged, and what both sold."""
    return market(
        rows("g", stepped(1000.0, 800.0), stepped(*giver)),
        rows("r", stepped(1000.0, 1200.0), stepped(*receiver)),
        **more,
    )


def frozen_of(advice, table, **more):
    return freeze(advice, table[table["date"] < ON], ON, Plan(), **more)


@pytest.fixture
def frozen():
    return frozen_of(shift(), moved())


def test_everything_is_fixed_at_the_acknowledgement(frozen):
    """Outcome, windows, lag, untouched peers and the bar, in one value that survives JSON."""
    assert (frozen.column, frozen.price, frozen.of, frozen.lag) == (
        "conversions",
        "cpa",
        "price",
        10,
    )
    assert (frozen.before.days, frozen.after.days) == (28, 14)
    assert frozen.before.until < ON < frozen.after.since
    assert frozen.read_on == ON + timedelta(24)
    assert frozen.controls == tuple(f"google_ads|a|{name}" for name in PEERS)
    assert (frozen.level, frozen.smallest) == (0.9, 0.05)
    assert FROZEN.validate_python(json.loads(json.dumps(as_stored(frozen)))) == frozen


def test_a_test_is_frozen_with_its_own_days_and_lag():
    """One thing, one date: a dated test of budgets is read when its card says so."""
    told = {"days": 42, "wait": 3, "readable": False, "expected": 1.4, "decides": 1.2}
    frozen = frozen_of(shift(numbers={"shift": told}), moved())
    assert (frozen.days, frozen.lag, frozen.test) == (42, 3, True)
    assert (frozen.after.days, frozen.read_on) == (42, ON + timedelta(45))
    scaled = frozen_of(shift(numbers={"shift": told | {"days": None, "wait": 0}}), moved())
    assert (scaled.days, scaled.lag, scaled.test) == (14, 10, False)


def test_a_weeks_test_begun_a_day_late_is_still_read():
    """Its budgets were seen the day after: four of seven days are enough to say something."""
    table = market(
        rows("g", stepped(1000.0, 800.0, ON + timedelta(1)), stepped(10.0, 9.0)),
        rows("r", stepped(1000.0, 1200.0, ON + timedelta(1)), stepped(30.0, 45.0)),
    )
    frozen = frozen_of(shift(numbers={"shift": {"days": 7, "wait": 1}}), table)
    outcome = measure(frozen, table, frozen.read_on)
    assert (outcome.because, outcome.days) == ("", 6)


@pytest.mark.parametrize(("late", "days"), [(3, 4), (4, None)])
def test_four_days_of_a_week_are_needed(late, days):
    """The days a week needs: of seven, four that count are read, and three are not."""
    on = ON + timedelta(late)
    table = market(
        rows("g", stepped(1000.0, 800.0, on), stepped(10.0, 9.0)),
        rows("r", stepped(1000.0, 1200.0, on), stepped(30.0, 45.0)),
    )
    frozen = frozen_of(shift(numbers={"shift": {"days": 7, "wait": 1}}), table)
    outcome = measure(frozen, table, frozen.read_on)
    assert outcome.days == (days or 0)
    assert outcome.because == ("" if days else "not_applied")


@pytest.mark.parametrize(("lasted", "days"), [(8, 7), (7, None)])
def test_seven_days_of_a_fortnight_are_needed(frozen, lasted, days):
    """A change taken back after its eighth day counts with seven days; a day earlier with none."""
    back = ON + timedelta(lasted)
    table = market(
        rows("g", lambda day: 800.0 if ON <= day < back else 1000.0, 10.0),
        rows("r", lambda day: 1200.0 if ON <= day < back else 1000.0, 30.0),
    )
    outcome = measure(frozen, table, frozen.read_on)
    assert outcome.days == (days or 0)
    assert outcome.because == ("" if days else "changed_outside")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.049, 0.049, "no_effect"),
        (-0.05, 0.049, "too_small_to_tell"),
        (-0.049, 0.05, "too_small_to_tell"),
        (0.0, 0.04, "no_effect"),
        (0.001, 0.9, "worked"),
        (-0.04, 0.0, "no_effect"),
        (-0.9, -0.001, "harmful"),
    ],
)
def test_an_interval_that_reaches_the_smallest_effect_tells_nothing(low, high, verdict):
    """No effect lies wholly inside the smallest effect; at equality it is too small to tell."""
    assert _verdict(low, high, 0.05) == verdict


@pytest.mark.parametrize(
    ("gain", "spread", "action", "tells"),
    [
        (-0.5, 0.25, "shift_budget", False),
        (0.3, 0.1, "shift_budget", False),
        (0.08, 0.03, "shift_budget", True),
        (-0.08, 0.03, "shift_budget", True),
        (0.5, 0.25, "pause", True),
    ],
)
def test_what_a_fifth_cannot_do_is_no_verdict(frozen, gain, spread, action, tells):
    """A large effect that is badly known is noise: the interval stands, and nothing is claimed."""
    around = (gain, gain - 1.645 * spread, gain + 1.645 * spread)
    read = Effect(around, around, around, gain, spread)
    assert _plausible(read, replace(frozen, action=action)) is tells


def test_who_gives_and_who_receives_is_known(frozen):
    """For its line in the thread; one campaign alone is on the first side."""
    assert [[one.campaign_id for one in side] for side in frozen.sides] == [["g"], ["r"]]
    alone = replace(frozen, treated=frozen.treated[1:])
    assert alone.sides == (alone.treated, ())


def test_peers_are_untouched():
    """Neither giver, receiver, the flagged, the changed, nor those of another stage or currency."""
    other = rows("other", 1000.0, 20.0, stage="act").assign(leads=5.0)
    edited = rows("edited", 1000.0, 20.0, budget=stepped(900.0, 1000.0, ON - timedelta(9)))
    abroad = rows("abroad", 1000.0, 20.0).assign(currency="SEK")
    small = rows("small", 10.0, 0.1)
    table = pd.concat([moved(), other, edited, abroad, small], ignore_index=True)
    found = controls(shift(), table[table["date"] < ON], ON, Plan(), touched={"p0"})
    assert found == tuple(f"google_ads|a|{name}" for name in PEERS[1:])


def test_advice_that_moves_no_money_is_not_frozen():
    """Nor advice about campaigns without numbers."""
    assert frozen_of(shift(action="refresh_creative"), moved()) is None
    assert frozen_of(replace(shift(), campaign_ids=("g", "gone")), moved()) is None


def test_nothing_after_the_acknowledgement_decides_how_it_is_read():
    """The same plan whether or not later days are in the table."""
    assert freeze(shift(), moved(), ON, Plan()) == frozen_of(shift(), moved())


def at_once(table, *budgets):
    """The table with the budgets of g and r from the acknowledgement on, day by day."""
    shown = table[table["date"] <= ON + timedelta(len(budgets))].copy()
    for place, (giver, receiver) in enumerate(budgets):
        for name, budget in (("g", giver), ("r", receiver)):
            day = shown["date"] == ON + timedelta(place)
            shown.loc[day & (shown["campaign_id"] == name), "daily_budget"] = budget
    return shown[shown["date"] < ON + timedelta(len(budgets))]


@pytest.mark.parametrize(
    ("budgets", "state"),
    [
        ([(1000.0, 1000.0)], "not_yet"),
        ([(1000.0, 1000.0), (800.0, 1200.0)], "applied"),
        ([(800.0, 1000.0)], "partly"),
        ([(900.0, 1100.0)], "partly"),
        ([(900.0, 1100.0), (800.0, 1200.0)], "applied"),
        ([(500.0, 1500.0)], "differently"),
        ([(1200.0, 800.0)], "differently"),
        ([(800.0, 1200.0), (800.0, 1200.0), (1000.0, 1000.0)], "changed_outside"),
        ([(800.0, 1200.0), (700.0, 1200.0)], "changed_outside"),
    ],
)
def test_budgets_tell_what_became_of_it(frozen, budgets, state):
    """Not yet, applied, partly, differently, or changed again by somebody."""
    assert applied(frozen, at_once(moved(), *budgets)).state == state


def test_what_was_done_says_since_when_and_how_much(frozen):
    """Days of the change, and the share of it that is in place."""
    seen = applied(frozen, at_once(moved(), (1000.0, 1000.0), (900.0, 1100.0)))
    assert seen == Applied("partly", ON + timedelta(1), None, 0.5)
    again = at_once(moved(), (800.0, 1200.0), (800.0, 1200.0), (1000.0, 1000.0))
    assert applied(frozen, again).until == ON + timedelta(1)
    assert APPLIED.validate_python(json.loads(json.dumps(as_stored(seen)))) == seen


def test_without_budgets_spend_tells(frozen):
    """Once there are five days of it; before that nobody knows."""
    table = moved().assign(daily_budget=np.nan)
    advice = shift(budgets={}, budgets_before={}, numbers={"move": 200.0})
    about = frozen_of(advice, table)
    assert [(each.before, each.after, each.known) for each in about.treated] == [
        (1000.0, 800.0, False),
        (1000.0, 1200.0, False),
    ]
    assert applied(about, table, ON + timedelta(3)).state == "not_yet"
    assert applied(about, table, ON + timedelta(9)).state == "applied"


def test_a_good_move_worked(frozen):
    """Against peers that stood still: the cost per sale, its interval, and the money."""
    found = measure(frozen, moved(), frozen.read_on)
    assert (found.verdict, found.applied, found.peers, found.days) == ("worked", "applied", 8, 14)
    assert found.change == pytest.approx(40 / 54 - 1, abs=0.01)
    assert found.low < found.change < found.high < 0
    assert found.money == pytest.approx(14 * 2000 * (54 / 40 - 1), rel=0.02)
    assert found.money_low < found.money < found.money_high
    assert OUTCOME.validate_python(json.loads(json.dumps(as_stored(found)))) == found


def test_a_bad_move_was_harmful():
    """Fewer sales for the same money."""
    table = moved((30.0, 18.0), (10.0, 10.0))
    found = measure(frozen_of(shift(), table), table, ON + timedelta(24))
    assert found.verdict == "harmful"
    assert found.money_high < 0 < found.low


def test_what_happened_to_everybody_is_no_effect():
    """A season that lifts the peers as well is taken out."""
    lifted = [rows(name, 1000.0, stepped(200.0, 300.0)) for name in PEERS]
    table = pd.concat([
        rows("g", stepped(1000.0, 800.0), stepped(1000.0, 1200.0)),
        rows("r", stepped(1000.0, 1200.0), stepped(1000.0, 1800.0)), *lifted,
    ])  # fmt: skip
    found = measure(frozen_of(shift(), table), table, ON + timedelta(24))
    assert found.change == pytest.approx(0.0, abs=0.01)
    assert found.verdict in {"no_effect", "too_small_to_tell"}


def test_few_sales_are_too_small_to_tell():
    """A move over campaigns with a sale a day says so instead of guessing."""
    table = moved((1.0, 1.0), (1.0, 1.0))
    assert measure(frozen_of(shift(), table), table, ON + timedelta(24)).verdict == (
        "too_small_to_tell"
    )


def test_it_waits_for_its_window_and_the_late_results(frozen):
    """None the morning before; the same reading whatever came in later."""
    assert measure(frozen, moved(), frozen.read_on - timedelta(1)) is None
    early = moved()[lambda table: table["date"] < frozen.read_on]
    assert measure(frozen, early, frozen.read_on) == measure(frozen, moved(), frozen.read_on)


def test_late_numbers_are_waited_for_but_not_for_ever(frozen):
    """Two weeks; then what is there is read, or it is said that it cannot be."""
    cut = moved()[lambda table: table["date"] < frozen.after.until]
    assert measure(frozen, cut, frozen.read_on) is None
    assert measure(frozen, cut, frozen.read_on + timedelta(14)).verdict == "worked"


def test_a_move_nobody_made_is_not_measured(frozen):
    """Nor one that was changed again within a week."""
    idle = market(rows("g", 1000.0, 10.0), rows("r", 1000.0, 30.0))
    found = measure(frozen, idle, frozen.read_on)
    assert (found.verdict, found.because, found.change) == ("not_measured", "not_applied", None)
    back = ON + timedelta(4)
    undone = market(
        rows("g", lambda day: 800.0 if ON <= day < back else 1000.0, 10.0),
        rows("r", lambda day: 1200.0 if ON <= day < back else 1000.0, 30.0),
    )
    assert measure(frozen, undone, frozen.read_on).because == "changed_outside"


def test_without_peers_nothing_is_claimed(frozen):
    """A before/after without control is no measurement."""
    found = measure(replace(frozen, controls=()), moved(), frozen.read_on)
    assert (found.verdict, found.because) == ("not_measured", "no_peers")


def test_peers_changed_or_broken_since_are_left_out(frozen):
    """A new budget, a stop and an outage are no yardstick."""
    table = moved(peers=PEERS[3:])
    later = ON + timedelta(5)
    raised = rows("p0", stepped(1000.0, 1500.0, later), stepped(20.0, 28.0, later))
    stopped = rows("p1", stepped(1000.0, 0.0, later), stepped(20.0, 0.0, later), budget=1000.0)
    dumb = rows("p2", 1000.0, stepped(20.0, 0.0, later))
    found = measure(frozen, pd.concat([table, raised, stopped, dumb]), frozen.read_on)
    assert (found.verdict, found.peers) == ("worked", 5)


def test_days_without_tracking_are_not_read(frozen):
    """An outage of the campaigns moved is masked; where nothing is left it is said."""
    on, off = ON + timedelta(3), ON + timedelta(7)

    def broken(day):
        return 0.0 if on <= day < off else (45.0 if day >= ON else 30.0)

    table = market(
        rows("g", stepped(1000.0, 800.0), stepped(10.0, 9.0)),
        rows("r", stepped(1000.0, 1200.0), broken),
    )
    found = measure(frozen, table, frozen.read_on)
    assert (found.verdict, found.days) == ("worked", 10)


def test_a_raise_is_held_against_what_it_cost():
    """More sales are worth their target; what they cost is taken off."""
    plan = Plan(entries=(PlanEntry("*", target=100.0),))
    advice = shift(action="raise_budget", budgets={"r": 1200.0}, budgets_before={"r": 1000.0})
    advice = replace(advice, campaign_ids=("r",))
    table = market(rows("r", stepped(1000.0, 1200.0), stepped(40.0, 70.0)))
    frozen = freeze(advice, table[table["date"] < ON], ON, plan)
    assert (frozen.of, frozen.worth) == ("results", 100.0)
    found = measure(frozen, table, frozen.read_on)
    assert found.money == pytest.approx(14 * (30 * 100 - 200), rel=0.01)
    assert found.change == pytest.approx(0.75, abs=0.01)
    assert found.verdict == "worked"


def test_a_pause_is_worth_what_it_saved():
    """A campaign that sold nothing to speak of: its money is won."""
    advice = replace(
        shift(action="pause", budgets={"r": 0.0}, budgets_before={"r": 1000.0}),
        campaign_ids=("r",),
    )
    silent = rows("r", 1000.0, 1.0, days=tuple(day for day in DAYS if day < ON))
    table = market(silent)
    frozen = freeze(advice, table, ON, Plan(entries=(PlanEntry("*", target=50.0),)))
    found = measure(frozen, table, frozen.read_on)
    assert (found.applied, found.verdict) == ("applied", "worked")
    assert found.money == pytest.approx(14 * (1000 - 50), rel=0.02)


def test_a_day_that_never_came_holds_nothing_up(frozen):
    """A hole at the window's end is no lateness where later days are in."""
    holed = moved()[lambda table: table["date"] != frozen.after.until]
    assert measure(frozen, holed, frozen.read_on).verdict == "worked"

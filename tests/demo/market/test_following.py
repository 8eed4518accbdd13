"""How a policy is followed in a market, and how what came of it is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.advice import real
from benchmarks.advice.measures import MEASURES
from benchmarks.advice.people import People
from benchmarks.advice.perfbot import Perfbot
from benchmarks.advice.pieces import Answer, Piece, Said
from benchmarks.advice.plain import Plain
from benchmarks.advice.play import follow
from benchmarks.advice.policies import Quiet, Truth
from benchmarks.advice.report import text
from benchmarks.advice.score import Counter, Score
from benchmarks.advice.worlds.families import FAMILIES
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.table import Table
from bot.rules_files import load
from bot.store import open_store
from bot.store.records import GivenAnswer

SMALL = replace(FAMILIES["shop"].priors, campaigns=(10, 10), days=35)


def everybody(share: float = 1.0) -> People:
    people = People(SMALL, 1)
    people.share, people.amount = share, 1.0
    return people


def test_the_same_game_comes_to_the_same() -> None:
    """A policy in a market of a seed always gets the same score."""
    first, again = (follow(Market(SMALL, (4,)), Plain(), everybody()) for _ in range(2))
    assert first == again
    assert first.changes > 0


def test_doing_nothing_where_nothing_is_wrong_loses_nothing() -> None:
    """Regret is nought in a null, over it elsewhere; whoever knows the truth loses less."""
    calm = replace(FAMILIES["calm"].priors, campaigns=(10, 10), days=10)
    assert follow(Market(calm, (4,)), Quiet(), everybody()).regret == pytest.approx(0, abs=1e-6)
    lost = follow(Market(SMALL, (4,)), Quiet(), everybody()).regret
    market = Market(SMALL, (4,))
    known = follow(market, Truth(market), everybody())
    assert 0 <= known.regret < 0.7 * lost
    assert known.harmful < 0.15 * known.moved
    assert all(days == [1.0] * len(days) for kind, days in known.found.items() if "/" not in kind)


def test_a_promise_of_value_is_held_against_value() -> None:
    """Where revenue counts, a plan promises sales of the pool's usual size, not so many sales."""
    market = Market(replace(FAMILIES["members"].priors, campaigns=(20, 20), days=10), (4,))
    account, counter = market.account, Counter(market)
    value = np.array([account.pools[place].by_value for place in account.pool])
    rows = np.flatnonzero(value & (market.spend(market.budgets) > 0))
    budgets = {int(row): 1.2 * float(market.budgets[row]) for row in rows}
    spend = market.spend(market.budgets)
    after = market.spend(np.where(np.isin(np.arange(len(spend)), rows), 1.2, 1) * market.budgets)
    more = (market.results(after) - market.results(spend))[value]
    usual = np.average(account.order[value], weights=account.results[value])
    truth = float(more @ account.order[value]) / usual
    assert abs(truth / more.sum() - 1) > 0.02
    for effect, kept in (((0.99, 1.01), True), ((1.01, 2.0), False)):
        low, high = (side * truth for side in effect)
        piece = Piece(f"p{low}", "shift_budget", tuple(budgets), budgets, effect=(low, high))
        counter.morning(Said([piece]))
        assert bool(counter.score.promised.pop()) is kept


def test_budgets_change_the_day_after() -> None:
    """What is agreed to in the morning is what the platform spends from tomorrow."""
    market = Market(SMALL, (4,))
    before = float(market.budgets[2])
    market.set_budgets({2: before * 1.2})
    market.play()
    market.play()
    assert market.played["budget"][:2, 2].tolist() == pytest.approx([before, before * 1.2])


def test_half_of_the_people_take_half_of_the_advice() -> None:
    """Who takes half takes each piece or not, once and for all; some of the rest is dismissed."""
    people, budgets = everybody(0.5), np.full(10, 100.0)
    pieces = [Piece(f"p{i}", "shift_budget", (0, 1), {0: 90.0, 1: 110.0}) for i in range(400)]
    answers = people.answer(pieces, budgets, budgets)
    taken = [each for each in answers if each.verb == "acknowledge"]
    assert 160 < len(taken) < 240
    assert 30 < len(answers) - len(taken) < 90
    assert people.answer(pieces, budgets, budgets) == []
    assert taken == [one for one in everybody(0.5).answer(pieces, budgets, budgets)
                     if one.verb == "acknowledge"]  # fmt: skip


def counter(seed: int = 4) -> tuple[Counter, int, int]:
    """A counter on a first morning, and the worst and the best campaign of the largest pool."""
    market = Market(replace(SMALL, faults={}, weekdays_only=(0, 0), paused=(0, 0),
                            flights=(0, 0), slack=(0, 0)), (seed,))  # fmt: skip
    for _ in range(market.priors.history):
        market.play()
    found = Counter(market)
    found.morning(Said())
    pool = int(np.argmax(np.bincount(market.account.pool)))
    rows = np.flatnonzero(market.account.pool == pool)
    order = rows[np.argsort(market.marginal(market.spend(market.budgets))[rows])]
    return found, int(order[0]), int(order[-1])


def shift(found: Counter, giver: int, taker: int, share: float = 0.05) -> Piece:
    budgets = found.market.budgets
    move = share * float(min(budgets[giver], budgets[taker]))
    after = {giver: float(budgets[giver]) - move, taker: float(budgets[taker]) + move}
    return Piece(f"{giver}:{taker}", "shift_budget", (giver, taker), after, sure=0.9)


def test_money_toward_the_worse_is_harmful() -> None:
    """A shift up the margins gains and harms nothing; the same money the other way is all harm."""
    found, worst, best = counter()
    gain, harmful, moved = found.worth(shift(found, worst, best).budgets)
    assert gain > 0
    assert (harmful, moved > 0) == (0.0, True)
    loss, harmful, moved = found.worth(shift(found, best, worst).budgets)
    assert loss < 0
    assert harmful == pytest.approx(moved)


def test_what_was_said_is_held_against_what_it_does() -> None:
    """Probability said and what came true stand side by side, once for a piece of advice."""
    found, worst, best = counter()
    good, bad = shift(found, worst, best), shift(found, best, worst)
    found.morning(Said([good, bad]))
    found.morning(Said([good, bad]))
    assert found.score.said == [(0.9, True), (0.9, False)]
    assert found.score.changes == 4
    assert found.score.open == 4
    assert found.score.news == 2


def test_a_move_the_other_way_takes_one_back() -> None:
    """Within fourteen days a budget that goes back counts as taken back."""
    found, worst, best = counter()
    up = shift(found, worst, best)
    found.answered([Answer(up, "acknowledge", up.budgets)])
    down = shift(found, best, worst)
    found.answered([Answer(down, "acknowledge", down.budgets)])
    assert (found.score.moves, found.score.taken_back) == (4, 2)


def test_a_flag_is_false_where_nothing_is_wrong() -> None:
    """A flag about a campaign with no fault is false, once; one that names the fault finds it."""
    markets = (Market(SMALL, (seed,)) for seed in range(40))
    market = next(m for m in markets if any(f.kind == "outage" for f in m.faults.all))
    fault = next(f for f in market.faults.all if f.kind == "outage")
    struck = {row for f in market.faults.all for row in f.campaigns}
    other = next(i for i in range(market.account.size) if i not in struck)
    while market.day < fault.first + 3:
        market.play()
    found = Counter(market)
    flags = [Piece(f"flag:{i}", "check_tracking", (i,)) for i in (fault.campaigns[0], other)]
    for _ in range(2):
        found.morning(Said(flags))
    score = found.end()
    assert 3.0 in score.found["outage"]
    assert sum(score.false_flags.values()) == 1


def test_memory_is_what_the_store_would_remember(tmp_path: Path) -> None:
    """The events kept in the game project the same memory as the real store does."""
    market, bot = Market(replace(SMALL, days=12), (4,)), Perfbot()
    people, table = everybody(0.6), Table(market)
    store = open_store(str(tmp_path / "perfbot.db"))
    for _ in range(market.priors.history):
        market.play()
    for _ in range(market.priors.days):
        seen = table.seen()
        said = bot.morning(seen)
        at = datetime.combine(seen.as_of, time(8), UTC)
        store.save_advice(bot.judged, as_of=seen.as_of, at=at, learned=bot.learned)
        answers = people.answer(said.pieces, market.budgets, market.account.budget)
        bot.hear(answers)
        for answer in answers:
            budgets = {f"c{i}": new for i, new in answer.budgets.items()}
            store.answer(
                answer.piece.id, GivenAnswer(answer.verb, by="people", at=at, budgets=budgets)
            )
            market.set_budgets(answer.budgets)
        market.play()
    mine = bot.memory(market.as_of)
    theirs = store.memory(market.as_of)
    assert mine.opened == theirs.opened
    assert mine.answers
    assert [(a.advice_id, a.verb, a.on) for a in mine.answers] == [
        (a.advice_id, a.verb, a.on) for a in theirs.answers
    ]
    assert mine.shifts == theirs.shifts


def test_a_share_is_pooled_over_games_and_a_difference_is_paired() -> None:
    """A game with one case weighs as one case; what both played is compared game by game."""
    few, many = Score(10, 120), Score(10, 120)
    few.cut, many.cut = [True], [False] * 9
    cut = next(one for one in MEASURES if "cut wrongly" in one.name)
    assert cut.cell([few, many])[0] == pytest.approx(10.0)
    better = [replace(score, value=0.9, best=1.0) for score in (few, many)]
    worse = [replace(better[0], value=0.8), replace(better[1], value=0.8)]
    value, error = MEASURES[0].difference(worse, better)
    assert (value, error) == (pytest.approx(10.0), pytest.approx(0.0, abs=1e-9))
    assert MEASURES[0].missed(4.1, "usual") is True
    assert MEASURES[0].missed(4.1, "hard") is False
    assert text((float("nan"), float("nan"))) == "-"


def rows(days: int = 60) -> pd.DataFrame:
    """A steady campaign that sells ten a day, beside one that sells a little."""
    dates = pd.date_range("2026-01-05", periods=days)
    one = {"channel": "meta_ads", "spend": 500.0, "impressions": 9000.0, "clicks": 200.0}
    both = [
        pd.DataFrame({"date": dates, **one, "campaign_id": name, "campaign_name": name}).assign(
            conversions=float(sold)
        )
        for name, sold in (("a", 10), ("b", 1))
    ]
    return pd.concat(both).assign(pulled_on=lambda frame: frame["date"] + pd.Timedelta(days=1))


def test_faults_are_planted_where_anybody_could_tell() -> None:
    """Only a campaign with results is broken, from a day on; every other row stays as it was."""
    one = real.Series("steady", rows())
    planted = list(real.plants(one, "outage", np.random.default_rng(1)))
    assert len(planted) == real.TRIES
    for each in planted:
        assert each.campaign == "a"
        changed = (each.frame["conversions"] != one.frame["conversions"]).to_numpy()
        dates = one.frame["date"][changed]
        assert dates.min().date() == each.first
        assert changed.sum() == min(7, (one.days[-1] - each.first).days + 1)
        assert (each.frame["conversions"][changed] == 0).all()
    assert real.days_to_find(one, planted[0], load()) <= 3


def test_a_copy_of_a_set_is_played_once(tmp_path: Path) -> None:
    """Copies and parts of a set are left out, and said to be; what is too short as well."""
    frame = rows().drop(columns=["pulled_on", "campaign_id"])
    frame.to_csv(tmp_path / "whole.csv", index=False)
    frame[frame["campaign_name"] == "a"].to_csv(tmp_path / "part.csv", index=False)
    frame[frame["date"] < "2026-01-10"].to_csv(tmp_path / "short.csv", index=False)
    sets, left = real.series_in(tmp_path)
    assert [one.name for one in sets] == ["whole"]
    assert sorted(left) == ["1 copies or parts of others", "1 shorter than 28 days"]
    assert real.plan_of(sets[0]).entries[0].stage == "convert"


def test_a_plan_brought_up_to_date_is_looked_at_anew() -> None:
    """Nobody is asked twice about the same budgets; other budgets under the same id are."""
    people, budgets = everybody(0.5), np.full(10, 100.0)
    plans = [
        [Piece(f"p{i}", "shift_budget", (0, 1), {0: give, 1: 200.0 - give}) for i in range(400)]
        for give in (90.0, 90.0, 85.0)
    ]
    first, again, newer = (people.answer(each, budgets, budgets) for each in plans)
    assert not again
    taken = [
        {one.piece.id for one in answers if one.verb == "acknowledge"} for answers in (first, newer)
    ]
    assert all(150 < len(ids) < 250 for ids in taken)
    assert 60 < len(taken[0] & taken[1]) < 140

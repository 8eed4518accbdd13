"""What a backtest tells: how often, beside whom, what came next, and what a change alters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from bot.backtest import backtest, preview, with_threshold
from bot.backtest.afterwards import _interval, _lately, _nearest
from bot.backtest.backtest_request import BacktestRequest, shuffled
from bot.backtest.ledger import Past
from bot.backtest.replay import left_out
from bot.errors import NoNumbers, UnknownName, UsageError
from bot.numbers.input.windows import Window


@pytest.fixture(scope="module")
def asked(market):
    """Ten mornings of a small market, and two shuffles."""
    end = market("standard", 1)[1]
    return BacktestRequest(end - timedelta(16), end - timedelta(7), days=7, seeds=(11, 12))


@pytest.fixture(scope="module")
def found(market, rulebook, plan, asked):
    changed = with_threshold(rulebook, "act/CPL.shift_from=1.6")
    wanted = replace(asked, changed=changed, words=("act/CPL.shift_from=1.6",))
    return backtest(market("standard", 1)[0], rulebook, wanted, plan)


def test_the_same_numbers_give_the_same_bytes(market, rulebook, plan, asked):
    """Nothing but the arguments decides: no clock, no chance that is not seeded."""
    numbers = market("standard", 1)[0]
    short = replace(asked, since=asked.until - timedelta(3), rules=("act-lead-price",))
    one, two = (
        backtest(each, rulebook, short, plan)
        for each in (numbers, numbers.sample(frac=1, random_state=1))
    )
    assert json.dumps(one.to_json()) == json.dumps(two.to_json())


def test_the_json_is_plain_and_says_what_was_asked(found, asked):
    """Days as text, no NaN, seeds named, every rule there, figures that fit one another."""
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (told["since"], told["until"]) == (str(asked.since), str(asked.until))
    assert told["seeds"] == [11, 12]
    for rule in told["rules"]:
        assert sum(rule["weekly"]) == rule["mornings"]
        assert rule["campaigns"] <= rule["episodes"] <= rule["mornings"] or rule["mornings"] == 0
        assert rule["change"]["both"] + rule["change"]["only_before"] == rule["mornings"]
        assert all(0 < share <= 1 for share in rule["also"].values())
        assert len(rule["examples"]) <= 3


def test_what_moves_is_left_to_the_morning_unless_asked_for(market, rulebook, plan, asked, found):
    """Rules that the answers to budgets decide are named, and replayed where they are asked for."""
    assert "convert-shift" in found.left
    assert not {rule.id for rule in found.rules} & {*found.left}
    own = replace(asked, since=asked.until, rules=("convert-shift",), seeds=())
    named = backtest(market("standard", 1)[0], rulebook, own, plan)
    assert ([rule.id for rule in named.rules], named.left) == (["convert-shift"], ())


def test_a_rule_of_budgets_is_replayed_where_a_change_alters_it(rulebook):
    """What a change alters is told whichever rule it is."""
    without = replace(
        rulebook, rules=tuple(rule for rule in rulebook.rules if rule.id != "convert-shift")
    )
    assert "convert-shift" in left_out(rulebook, rulebook)
    assert "convert-shift" not in left_out(rulebook, without)


def test_a_higher_bar_only_takes_away(found):
    """What a threshold alters is counted by rule, with examples; other rules stay as they were."""
    changes = {rule.id: rule.change for rule in found.rules}
    altered = {id_ for id_, one in changes.items() if one.only_before or one.only_after}
    assert altered <= {"act-shift-leads"}
    assert all(one.only_after == 0 for one in changes.values())


def test_a_preview_counts_what_a_backtest_counts(market, rulebook, plan, asked, found):
    """Added, removed and kept are the change of a backtest without shuffles."""
    changed = with_threshold(rulebook, "act/CPL.shift_from=1.6")
    seen = preview(market("standard", 1)[0], rulebook, changed, asked.since, asked.until, plan)
    assert seen.removed == {r.id: r.change.only_before for r in found.rules if r.change.only_before}
    assert seen.kept == {r.id: r.change.both for r in found.rules if r.change.both}
    assert seen.added == {}


def test_a_rule_taken_out_is_removed_and_one_put_in_is_added(market, rulebook, plan, asked, found):
    """Rulebooks need not have the same rules."""
    loud = max(found.rules, key=lambda rule: rule.mornings)
    less = replace(rulebook, rules=tuple(r for r in rulebook.rules if r.id != loud.id))
    numbers = market("standard", 1)[0]
    assert loud.mornings
    out = preview(numbers, rulebook, less, asked.since, asked.until, plan)
    back = preview(numbers, less, rulebook, asked.since, asked.until, plan)
    assert out.removed[loud.id] == back.added[loud.id] == loud.mornings


def test_shuffled_days_are_the_same_days(market):
    """Each campaign keeps the rows of its weekdays; spend goes with its showings."""
    past = Past.of(market("harsh", 1)[0])
    window = Window(past.days.since, past.days.until)
    known = past.finally_known(window)
    then = known.table.iloc[known.rows[known.rows >= 0]]
    now = shuffled(past, window, 11)
    keys = ["campaign_id", "spend", "impressions", "clicks"]
    for frame in (then, now):
        frame.insert(0, "weekday", frame["date"].dt.day_of_week)
    same = [
        sorted(map(tuple, f[["weekday", *keys]].round(6).to_numpy().tolist())) for f in (then, now)
    ]
    assert same[0] == same[1]
    assert not (then["spend"].to_numpy() == now["spend"].to_numpy()).all()


def test_shuffling_one_campaign_is_no_matter_of_the_others(market):
    """The seed and the campaign's own name decide; a campaign less changes nobody else's days."""
    numbers = market("harsh", 1)[0]
    window = Past.of(numbers).days
    whole, fewer = (
        shuffled(Past.of(part), window, 11)
        for part in (numbers, numbers[numbers["campaign_id"] != "c3"])
    )
    left = whole[whole["campaign_id"] != "c3"].reset_index(drop=True)
    assert left["spend"].tolist() == fewer["spend"].tolist()


def test_campaigns_alike_are_near_and_unspoken():
    """At most five, none three times as large or half as dear again, the nearest first."""
    spend = np.log(np.array([100.0, 110, 90, 400, 100, 100, 101, 102, 103]))
    level = np.log(np.array([10.0, 10, 10, 10, 20, 10, 10, 10, 10]))
    fits = np.array([True, True, True, True, True, False, True, True, True])
    assert _nearest(fits, (spend, level), 0).tolist() == [6, 7, 8, 1, 2]


def test_a_word_counts_for_a_week():
    """Who was spoken about within seven mornings is nobody to compare with."""
    spoke = np.zeros((10, 1), dtype=bool)
    spoke[1] = True
    assert _lately(spoke)[:, 0].tolist() == [False] + [True] * 8 + [False]


def test_the_interval_covers_over_campaigns():
    """90 % intervals of means over campaigns hold the truth about nine times in ten."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        low, high = _interval(random.normal(0.1, 0.3, 8))
        held += low <= np.expm1(0.1) <= high
    assert 0.85 <= held / 400 <= 0.95
    assert _interval(np.array([0.1, 0.2, 0.3])) == (None, None)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("waste", UsageError),
        ("convert/CPA.waste=many", UsageError),
        ("convert/CPA.waste=nan", UsageError),
        ("convert/CPA.window=0d", UsageError),
        ("convert/CPA.wast=1", UnknownName),
        ("convert/CPX.waste=1", UnknownName),
    ],
)
def test_what_sets_nothing_is_told_so(rulebook, text, error):
    """A cell, a name or a value that is off is named, with the way to write it."""
    with pytest.raises(error):
        with_threshold(rulebook, text)


def test_a_default_is_set_where_a_cell_follows_it(rulebook):
    """`defaults.name` reaches the cells that say nothing else; a length is in days."""
    table = with_threshold(rulebook, "defaults.waste=1.7").thresholds
    assert table.cell("convert", "CPL").numbers["waste"] == 1.7
    assert table.cell("convert", "CPA").numbers["waste"] == 1.2
    assert (
        with_threshold(rulebook, "convert/cpa.window=21d").thresholds.cell("convert", "CPA").now
        == 21
    )


def test_mornings_without_numbers_are_refused(market, rulebook):
    """Nothing to replay is said, not shown as silence."""
    with pytest.raises(NoNumbers):
        backtest(
            market("null", 1)[0], rulebook, BacktestRequest(date(2020, 1, 1), date(2020, 1, 9))
        )
    with pytest.raises(UsageError):
        backtest(
            market("null", 1)[0], rulebook, BacktestRequest(date(2026, 1, 9), date(2026, 1, 1))
        )
    wanted = BacktestRequest(date(2026, 3, 1), date(2026, 3, 2), rules=("convert-cutt",))
    with pytest.raises(UnknownName):
        backtest(market("null", 1)[0], rulebook, wanted)

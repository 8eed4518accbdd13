"""A correction beyond what a source usually corrects is news; what it always does is not."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.signals.restatements import WATCHED, Corrections, Restatement, restatements
from tests.numbers.feeds import AS_OF, DAYS, META, as_pulled, rows

OLD = DAYS[-20:-13]  # days whose results are all in


def corrected(*frames: pd.DataFrame, as_of: date = AS_OF) -> Restatement | None:
    """What is news of the account."""
    found = restatements(as_pulled(*frames), as_of)
    assert set(found) <= {META}
    return found.get(META)


def again(days: list[date] = OLD, pulled: date = AS_OF, **columns: float) -> pd.DataFrame:
    return rows("C", days, pulled=pulled, **columns)


@pytest.mark.parametrize(
    ("column", "before", "after", "is_news"),
    [
        ("clicks", 10_000.0, 11_000.0, False), ("clicks", 10_000.0, 11_001.0, True),
        ("clicks", 10_000.0, 8_999.0, True), ("spend", 100.0, 110.0, False),
        ("spend", 100.0, 110.1, True), ("conversions", 1_000.0, 1_300.0, False),
        ("conversions", 1_000.0, 1_301.0, True), ("revenue", 1_000.0, 701.0, False),
        ("revenue", 1_000.0, 699.0, True),
    ],
)  # fmt: skip
def test_a_tenth_of_a_day_may_move_and_of_its_results_three_tenths(column, before, after, is_news):
    """Just so much nobody need look at; more is news."""
    base = rows("C", **{"clicks": 10_000.0, column: before})
    found = corrected(base, again(**{"clicks": 10_000.0, column: after}))
    assert (found is not None) is is_news
    if found:
        assert (found.metric, found.days, found.on) == (column, tuple(OLD), AS_OF)
        assert found.change == pytest.approx(after / before - 1)


@pytest.mark.parametrize(
    ("after", "is_news"), [(134.0, False), (135.0, True), (65.0, True), (66.0, False)]
)
def test_what_counting_alone_explains_is_no_correction(after, is_news):
    """Of a hundred clicks five and three standard deviations more: thirty-five."""
    found = corrected(rows("C", clicks=100.0), again(clicks=after))
    assert (found is not None) is is_news


@pytest.mark.parametrize(("spend", "is_news"), [(20.0, True), (19.5, False)])
def test_money_of_a_small_day_moves_by_chance(spend, is_news):
    """A day under a fifth of the account's average is not looked at."""
    day = DAYS[-20]
    days = [(spend if each == day else 100.0) for each in DAYS]
    found = corrected(rows("C", spend=days), again([day], spend=spend * 1.5))
    assert (found is not None) is is_news


@pytest.mark.parametrize(("ago", "is_news"), [(0, True), (6, True), (7, False)])
def test_a_correction_is_news_for_seven_mornings(ago, is_news):
    """The one it was known on is the first."""
    pulled = AS_OF - timedelta(ago)
    found = corrected(rows("C"), again(pulled=pulled, clicks=400.0))
    assert (found.on if found else None) == (pulled if is_news else None)


@pytest.mark.parametrize(("age", "is_news"), [(90, True), (91, False)])
def test_corrections_of_the_last_ninety_days_are_looked_at(age, is_news):
    """Nobody judges by older ones."""
    day = AS_OF - timedelta(age)
    days = [day, *DAYS]
    found = corrected(rows("C", days), again([day], clicks=400.0))
    assert (found is not None) is is_news


def every_morning(age: int, share: float, until: int = 1, **columns: float) -> pd.DataFrame:
    """On each morning but the last ones the day so many days before it is corrected by a share."""
    days = [day for day in DAYS if day + timedelta(age) <= AS_OF - timedelta(until)]
    return pd.concat([
        rows("C", [day], pulled=day + timedelta(age), **{
            name: value * (1 + share) for name, value in columns.items()
        }) for day in days
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("age", "more", "is_news"),
    [
        (10, 0.30, False), (10, 0.31, True),  # usually a fifth: half as much again is usual
        (8, 0.30, False), (7, 0.15, True),  # of younger days' corrections nothing is learned
    ],
)  # fmt: skip
def test_what_earlier_pulls_corrected_of_such_days_is_usual(age, more, is_news):
    """By the age of the day: from its eighth on they are alike."""
    day = AS_OF - timedelta(12)
    usual = every_morning(age, 0.2, clicks=10_000.0)
    usual = usual[usual["date"] != pd.Timestamp(day)]
    found = corrected(rows("C", clicks=10_000.0), usual, again([day], clicks=10_000.0 * (1 + more)))
    assert (found is not None) is is_news
    if found:
        assert found.usual == pytest.approx(0.2 if age >= 8 else 0.0)


@pytest.mark.parametrize(("age", "is_news"), [(4, False), (7, False), (3, True), (8, True)])
def test_a_day_of_four_to_seven_days_is_held_against_such_days(age, is_news):
    """What always moves on the fifth day is no news on the fourth, and is one on the eighth."""
    day = AS_OF - timedelta(age)
    usual = every_morning(5, 0.4, clicks=10_000.0)
    usual = usual[usual["date"] != pd.Timestamp(day)]
    found = corrected(rows("C", clicks=10_000.0), usual, again([day], clicks=15_000.0))
    assert (found is not None) is is_news


@pytest.mark.parametrize(("pulls", "is_news"), [(4, False), (5, True)])
def test_late_results_of_young_days_are_judged_once_five_pulls_were_watched(pulls, is_news):
    """Before that nobody knows how late they come; clicks are judged at once."""
    mornings = [AS_OF - timedelta(back) for back in range(pulls, 0, -1)]
    days = [AS_OF - timedelta(age) for age in (7, 6, 5)]
    known = pd.concat([rows("C", days, pulled=mornings[0], conversions=1_000.0),
                       *(rows("D", DAYS[:3], pulled=each) for each in mornings[1:])])  # fmt: skip
    found = corrected(known, again(days, conversions=1_900.0))
    assert (found is not None) is is_news
    assert corrected(known, again(days, clicks=400.0, conversions=1_000.0)) is not None


@pytest.mark.parametrize(("count", "is_news"), [(2, False), (3, True)])
def test_results_of_three_days_at_once_are_no_late_sale(count, is_news):
    """Three that moved beyond the usual; those that moved a little do not count."""
    base, little = rows("C", conversions=1_000.0), again(OLD[count:], conversions=1_200.0)
    found = corrected(base, again(OLD[:count], conversions=1_500.0), little)
    assert (found is not None) is is_news


def test_the_newest_correction_is_told_and_of_one_morning_the_largest():
    """Whichever column it is of; with all its days, whatever their age."""
    yesterday = AS_OF - timedelta(1)
    first = again(DAYS[-30:-28], pulled=yesterday, spend=20.0)
    second = again(OLD[:2], clicks=300.0, impressions=18_000.0)
    found = corrected(rows("C"), first, second)
    assert (found.on, found.metric, found.days) == (AS_OF, "impressions", tuple(OLD[:2]))
    young = again([AS_OF - timedelta(5)], clicks=300.0)
    found = corrected(rows("C"), again(OLD[:2], clicks=300.0), young)
    assert found.days == (*OLD[:2], AS_OF - timedelta(5))


def test_the_change_is_that_of_the_days_together():
    """Not the mean of theirs: a large day weighs more."""
    base = rows("C", clicks=[1_000.0 if day == OLD[0] else 10_000.0 for day in DAYS])
    found = corrected(base, again(OLD[:1], clicks=2_000.0), again(OLD[1:2], clicks=12_000.0))
    assert found.change == pytest.approx(3_000 / 11_000)


def test_campaigns_that_came_later_are_no_correction():
    """Nor is a first value that is filled in: what was there before is what is corrected."""
    assert corrected(rows("C"), rows("D", OLD, pulled=AS_OF, clicks=900.0)) is None
    assert corrected(rows("C", conversions=np.nan), again(conversions=900.0)) is None
    assert corrected(rows("C", conversions=0.0), again(conversions=900.0)) is None
    assert corrected(rows("C"), again()) is None


def test_a_morning_corrects_what_the_one_before_it_said():
    """Corrected to and fro: each pull is held against what the day came to before it."""
    back = AS_OF - timedelta(3)
    found = corrected(rows("C", clicks=1_000.0), again(pulled=back, clicks=2_000.0),
                      again(clicks=1_000.0))  # fmt: skip
    assert (found.on, found.change) == (AS_OF, pytest.approx(-0.5))
    seen_then = corrected(rows("C", clicks=1_000.0), again(pulled=back, clicks=2_000.0), as_of=back)
    assert (seen_then.on, seen_then.change) == (back, pytest.approx(1.0))


amounts = st.integers(50, 2_000).map(float)
revisions = st.tuples(st.sampled_from("CDE"), st.integers(1, 40), st.integers(0, 9), amounts,
                      st.sampled_from("12"))  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(revisions, max_size=12), st.sampled_from(["clicks", "spend", "revenue"]))
def test_corrections_of_campaigns_put_together_are_those_of_all_at_once(changes, column):
    """However the campaigns of an account are dealt: the same days, the same sums."""
    parts = [
        [rows(name, account=account, **{column: 700.0 if column == "revenue" else 100.0})]
        for name in "CDE" for account in "12"
    ]  # fmt: skip
    for name, age, ago, value, account in changes:
        day = DAYS[-age]
        pulled = max(AS_OF - timedelta(ago), day + timedelta(1))
        parts["CDE".index(name) * 2 + int(account) - 1].append(
            rows(name, [day], pulled=pulled, account=account, **{column: value})
        )
    histories = [as_pulled(*frames) for frames in parts]
    whole = restatements(as_pulled(*(frame for frames in parts for frame in frames)), AS_OF)
    joined = Corrections.joined([Corrections.of(history, AS_OF) for history in histories])
    assert joined.beyond_usual(AS_OF) == whole
    for found in whole.values():
        assert found.metric in WATCHED
        assert not math.isnan(found.change)

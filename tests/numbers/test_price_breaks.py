"""A price broke where two levels explain its results and chance does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.signals.price_breaks import Break, beyond_chance, broken

KNOWN = (1.0,) * 40  # every day's results are in


def found(*levels: tuple[int, float], spend: float = 1_000.0, full: tuple[float, ...] = KNOWN,
          holes: tuple[int, ...] = ()) -> Break | None:  # fmt: skip
    """Levels of results a day, so many days each; days without numbers lie between them."""
    results = [count for days, count in levels for _ in range(days)]
    spent: list[float | None] = [spend] * len(results)
    for at in holes:
        spent[at] = None
    return broken(spent, results, full[: len(results)])


@given(st.integers(7, 20), st.integers(3, 14), st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_a_new_level_is_found_on_its_first_day(before, since, times):
    """By how much, whichever way it went."""
    found_break = found((before, 200.0), (since, 200.0 / times))
    assert found_break.at == before
    assert found_break.ratio == pytest.approx(times)


@pytest.mark.parametrize(
    ("before", "since", "is_found"), [(7, 3, True), (6, 3, False), (7, 2, False), (6, 9, False)]
)
def test_a_week_before_and_three_days_since_are_needed(before, since, is_found):
    """Of less nobody knows what the price was, or is; a later day explains it worse."""
    level = found((before, 400.0), (since, 100.0))
    assert (level is not None and level.at == before) is is_found


def test_a_steady_price_has_not_broken():
    """Nor one of few results, whatever they do."""
    assert found((20, 100.0)) is None
    assert found((14, 2.0), (7, 1.0)) is None


def test_the_place_is_that_among_all_days():
    """Days without numbers, and days of a credit, have no price and are counted all the same."""
    level = found((14, 200.0), (7, 50.0), holes=(2, 3))
    assert level.at == 14
    results = [200.0] * 14 + [50.0] * 7
    spent = [1_000.0] * 21
    spent[4], spent[5] = -500.0, 0.0
    assert broken(spent, results, KNOWN[:21]) == Break(14, pytest.approx(4.0))
    counted: list[float | None] = [*results]
    counted[6] = None
    assert broken([1_000.0] * 21, counted, KNOWN[:21]) == Break(14, pytest.approx(4.0))


@pytest.mark.parametrize(("results", "is_found"), [(100.0, True), (50.0, False)])
def test_a_day_weighs_as_far_as_its_results_are_in(results, is_found):
    """Half of them on days that are half full is no dearer price; all of them is a cheaper one."""
    full = (1.0,) * 17 + (0.5,) * 3
    level = found((17, 100.0), (3, results), full=full)
    assert (level is not None) is is_found
    if level:
        assert level.ratio == pytest.approx(0.5)


def test_days_on_which_nothing_was_counted_are_left_out():
    """Where seven or more were due the count is missing, not the results."""
    assert found((17, 100.0), (3, 0.0)) is None
    assert found((14, 10.0), (6, 0.0)) is None  # just seven a day
    level = found((14, 100.0), (1, 0.0), (1, 0.0), (5, 25.0))
    assert level.at == 16
    assert level.ratio == pytest.approx(4.0)


def test_where_nobody_knows_how_full_days_are_a_rise_may_be_late_results():
    """A fall never is; and a rise that stays for weeks is one."""
    assert found((17, 100.0), (1, 60.0), (1, 40.0), (1, 20.0), full=()) is None
    assert found((17, 100.0), (3, 200.0), full=()) == Break(17, pytest.approx(0.5))
    level = found((20, 200.0), (20, 50.0), full=())
    assert level == Break(20, pytest.approx(4.0))
    assert found() is None


@pytest.mark.parametrize(
    ("ratio", "results", "days", "beyond"),
    [
        (1.33, (100.0, 100.0), (28, 28), False), (1.34, (100.0, 100.0), (28, 28), True),
        (1 / 1.34, (100.0, 100.0), (28, 28), True), (1 / 1.33, (100.0, 100.0), (28, 28), False),
        (4.0, (4.0, 1.0), (28, 28), False), (0.0, (100.0, 100.0), (28, 28), False),
        (-2.0, (100.0, 100.0), (28, 28), False), (9.0, (0.0, 100.0), (28, 28), False),
        (1.27, (1e6, 1e6), (1, 1), True), (1.26, (1e6, 1e6), (1, 1), False),
        (9.0, (1.0, 100.0), (28, 28), True), (1.18, (1e6, 1e6), (2, 2), True),
        (1.17, (1e6, 1e6), (2, 2), False),
    ],
)  # fmt: skip
def test_a_price_moved_beyond_what_its_results_and_the_weather_explain(
    ratio, results, days, beyond
):
    """On many results a day's price still moves by a tenth; more days tell more."""
    assert beyond_chance(ratio, results, days) is beyond
    if ratio > 0:
        turned = beyond_chance(1 / ratio, results[::-1], days[::-1])
        assert turned is beyond

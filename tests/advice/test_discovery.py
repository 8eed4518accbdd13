"""Over the whole account, what is said is wrong at most 15 % of the time on average."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.guards.choosing import MOST_WRONG, controlled

SURE = st.lists(st.one_of(st.floats(0.0, 1.0), st.just(float("nan"))), max_size=60)


@given(SURE)
def test_the_mean_error_of_what_is_kept_stays_in_bounds(given_: list[float]) -> None:
    """And facts are always kept."""
    sure = np.array(given_, dtype=float)
    kept, _ = controlled(sure)
    facts = np.isnan(sure)
    assert kept[facts].all()
    said = kept & ~facts
    assert not said.any() or (1 - sure[said]).mean() <= MOST_WRONG + 1e-9


@given(SURE)
def test_the_largest_such_set_is_kept(given_: list[float]) -> None:
    """Whatever is held back is no surer than what is kept, and would break the bound."""
    sure = np.array(given_, dtype=float)
    kept, _ = controlled(sure)
    out = np.flatnonzero(~kept)
    if out.size:
        best = out[np.argmax(sure[out])]
        said = kept & ~np.isnan(sure)
        assert not said.any() or sure[said].min() >= sure[best]
        tied = said | (sure == sure[best])
        assert (1 - sure[tied]).mean() > MOST_WRONG


@given(SURE, st.randoms())
def test_the_order_of_findings_decides_nothing(given_: list[float], chance) -> None:
    """The same findings in another order: the same verdicts."""
    sure = np.array(given_, dtype=float)
    order = list(range(len(given_)))
    chance.shuffle(order)
    assert np.array_equal(controlled(sure[order])[0], controlled(sure)[0][order])


def test_false_alarms_are_as_rare_as_said() -> None:
    """Calibrated findings, most of them doubtful: about one in seven of those kept is wrong."""
    chance = np.random.default_rng(1)
    sure = chance.beta(2, 2, 40_000)
    right = chance.random(40_000) < sure
    kept, _ = controlled(sure)
    assert abs((~right[kept]).mean() - MOST_WRONG) < 0.015


@pytest.mark.parametrize(("sure", "kept"), [(0.85, True), (0.8499, False)])
def test_a_lone_finding_at_the_bar_is_kept(sure: float, kept: bool) -> None:
    """One finding that is wrong exactly as often as anything may be is still kept."""
    accepted, error = controlled(np.array([sure]))
    assert accepted.tolist() == [kept]
    assert error[0] == pytest.approx(1 - sure)

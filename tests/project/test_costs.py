"""What people do most costs a known number of SQL statements (`make shape` prints them)."""

from __future__ import annotations

import pytest

from benchmarks.shape.acts import DAILY, seen, statements


@pytest.mark.parametrize(
    ("act", "moment", "most"),
    [
        ("asked", "cold", 8),
        ("asked", "warm", 2),
        ("home", "", 20),
        ("press", "", 19),
        ("digest", "", 30),
    ],
)
def test_no_more_statements_than_these(act, moment, most):
    """A store read inside a loop, or read again for what was read already, shows here."""
    assert statements(act, moment) <= most


def test_a_refresh_reads_the_daily_numbers_once():
    """Boards, trends and advice are worked out from one read of the days."""
    assert len(seen("digest")["refresh"].reading(DAILY)) == 1


def test_a_sentence_goes_on_to_its_answer_and_never_turns_back():
    """A stage that hands the text to a file already left, or under another name, shows here."""
    counts = seen("way")["way"].counts
    assert counts["returns"] == 0
    assert counts["files"] <= 8
    assert counts["names"] <= 6

"""What a person's time is counted from: keystrokes, copied keys and words."""

from __future__ import annotations

import pytest

from docs.person_time import KEY, MIND, PASTED, PersonTime


def test_what_is_copied_is_not_typed():
    """A key is pasted whatever its length; what stands around it is typed, and Enter always."""
    busy = PersonTime.of(["yes", "TOKEN=abcdef", "abcdef"], "two words", ["abcdef"])
    assert busy == PersonTime(3, 2, 4 + 7 + 1, 2)
    longer = PersonTime.of(["yes", "TOKEN=" + "x" * 90, "x" * 90], "two words", ["x" * 90])
    assert longer.seconds == busy.seconds


@pytest.mark.parametrize(
    ("typed", "shown", "seconds"),
    [([], " word" * 238, 60.0), (["abcd"], "", MIND + 5 * KEY), (["key"], "", MIND + KEY + PASTED)],
)
def test_time_is_reading_typing_and_copying(typed, shown, seconds):
    """238 words are a minute."""
    assert PersonTime.of(typed, shown, ["key"]).seconds == pytest.approx(seconds)

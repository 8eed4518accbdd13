"""A number beside what it was in the days before, while results of its own are still to come."""

from __future__ import annotations

from typing import Protocol


class SettlingNumber(Protocol):
    """A number, what it was, and between what and what it ends once late results are in."""

    @property
    def value(self) -> float | None: ...
    @property
    def before(self) -> float | None: ...
    @property
    def settles(self) -> tuple[float, float] | None: ...


def change_of(number: SettlingNumber) -> float | None:
    """The change since before as a fraction; None without both, from zero, and of a loss."""
    if number.value is None or not number.before or number.value < 0 or number.before < 0:
        return None
    return number.value / number.before - 1


def changes_to(number: SettlingNumber) -> tuple[float, float] | None:
    """Between what and what it changes once late results are in; None where they are.

    What half of the results is in for stands beside a time that has all of its own: the change so
    far is of two things that are not alike.
    """
    if not number.settles or number.value is None or not number.before:
        return None
    if min(number.before, *number.settles) < 0:
        return None  # of a loss there is no share
    low, high = (end / number.before - 1 for end in number.settles)
    return low, high

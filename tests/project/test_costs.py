"""What people do most costs a known number of SQL statements (`make shape` prints them)."""

from __future__ import annotations

import pytest

from benchmarks.shape.acts import statements


@pytest.mark.parametrize(
    ("act", "moment", "most"),
    [
        ("asked", "cold", 8),
        ("asked", "warm", 2),
        ("home", "", 20),
        ("press", "", 56),
        ("digest", "", 30),
    ],
)
def test_no_more_statements_than_these(act, moment, most):
    """A store read inside a loop, or read again for what was read already, shows here."""
    assert statements(act, moment) <= most

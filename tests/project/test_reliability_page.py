"""What broke has a test beside it, and what is said to be thrown is what is thrown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chaos.families import FAMILIES
from tests.fuzz.test_fuzz import SHORT

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_break_has_its_test(file: str, name: str) -> None:
    """The test that is named is there."""
    assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_the_page_is_whole() -> None:
    """Each row has a test, each family of faults and each kind of input stands on the page."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "::" in line]
    assert len(rows) == len(NAMED) >= 13
    for family in FAMILIES:
        assert re.search(rf"^\| (\w+, )?{family}(, \w+)? \|", PAGE, re.MULTILINE), family
    for kind in SHORT:
        assert re.search(rf"^\| {kind} \| [\d,]+ \|", PAGE, re.MULTILINE), kind

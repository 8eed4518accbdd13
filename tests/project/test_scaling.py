"""What docs/scaling.md says of a big install, held against what it was made of."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale.__main__ import ADVICE, CHANNELS, WORKSPACES, Morning, delivered, rows
from bot.jobs.outbox import BURST, COURIERS, EACH_SECOND

PAGE = (Path(__file__).parents[2] / "docs/scaling.md").read_text(encoding="utf-8")


def test_the_page_says_what_the_simulation_does():
    """The table of 10,000 workspaces at one hour is that of `python -m benchmarks.scale`."""
    table = [tuple(cell.strip() for cell in line.strip("|").split("|"))
             for line in re.findall(r"^\| \d+ +\|.*\|$", PAGE, re.MULTILINE)]  # fmt: skip
    assert table == [*rows(WORKSPACES * CHANNELS, 1 + ADVICE)]


def test_a_channel_never_takes_more_than_slack_allows():
    """Beyond a burst a channel gets a message a second, however many workers there are."""
    out = delivered(Morning(channels=5, messages=BURST + 60, workers=50))
    assert out.whole.min() >= 60 / EACH_SECOND
    assert out.digest.max() < 1.0


@pytest.mark.parametrize("workers", [1, 3])
def test_posting_is_as_quick_as_its_couriers(workers):
    """Where channels are many, the time is that of the calls, shared among the couriers."""
    morning = Morning(channels=300, messages=6, workers=workers)
    out = delivered(morning)
    least = 300 * 6 * morning.call / (workers * COURIERS)
    assert least <= out.whole.max() < 1.1 * least
    assert np.all(out.digest < out.whole)
    first = delivered(replace(morning, digests_first=True))
    assert first.digest.max() < out.digest.max()

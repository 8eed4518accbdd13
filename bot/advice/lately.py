"""What happened to campaigns lately, as the guards ask for it."""

from __future__ import annotations

import numpy as np

from bot.advice.condition import Bools, Floats
from bot.advice.facts import Facts
from bot.numbers.detectors import newest_budget
from bot.numbers.trouble import untrusted_days


def newest(facts: Facts) -> Floats:
    """The newest daily budget of each campaign, currency units; NaN where unknown."""
    return facts.kept(("newest budget",), lambda: newest_budget(facts.scene))


def clean_days(facts: Facts) -> Floats:
    """Days since the newest one whose results tell nothing; NaN where all of them tell."""
    return facts.kept(("clean days",), lambda: _clean(untrusted_days(facts.scene)))


def _clean(untrusted: Bools) -> Floats:
    since = np.argmax(untrusted[:, ::-1], axis=1).astype(np.float64)
    return np.where(untrusted.any(axis=1), since, np.nan)

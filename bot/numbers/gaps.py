"""Why a campaign's change cannot be taken apart: what is missing, what is zero, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.numbers.chains import Chain
from bot.numbers.sums import Floats


@dataclass(frozen=True)
class Gap:
    """Why a campaign cannot be taken apart.

    Attributes:
        kind: `absent` (no numbers at all), `missing` (nobody counted), `none` (a zero) or
            `no_result` (no price altogether, so there is nothing to take apart).
        column: What is missing or zero, "" where everything is.
        when: `now`, `before` or `before and now`.
    """

    kind: str
    when: str
    column: str = ""

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.column} missing {self.when}"
        what = {"absent": "numbers", "no_result": "result"}.get(self.kind, self.column)
        return f"no {what} {self.when}"


def gap_of(prior: Floats, after: Floats, chain: Chain) -> Gap | None:
    """Why a campaign cannot be taken apart, None where it can."""
    for sums, when in ((prior, "before"), (after, "now")):
        if np.isnan(sums).all():
            return Gap("absent", when)
        for value, name in zip(sums, chain.columns, strict=True):
            if np.isnan(value):
                return Gap("missing", when, name)
            if value <= 0:
                return Gap("none", when, name)
    return None

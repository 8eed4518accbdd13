"""False discoveries: of all that is likely this morning, no more is said than is mostly right.

Every rule asks for its own probability; over many campaigns and rules the doubts that are left add
up. So over the whole account the largest set is kept whose mean posterior error, 1 - probability,
is at most 15 %; the rest is held back. Here, and only here, one campaign's findings bear on what is
said of another, by design: its facts, its probability and its verdict stay the same. Plain facts
(no probability) always pass. Source: STATISTICS.md item 8; Newton et al. 2004, Müller et al. 2004.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bot.advice.condition import Bools, Floats
from bot.advice.saying import Draft
from bot.advice.types import HeldBack

MOST_WRONG = 0.15
"""Share of what is said that may be wrong, on average."""


def discoveries(
    drafts: Sequence[Draft], campaign: Callable[[int], str]
) -> tuple[list[Draft], list[HeldBack]]:
    """The drafts to say, in their order, and those held back (`false_discovery`).

    Args:
        drafts: Everything that passed its own guards.
        campaign: The id of a campaign by its row.
    """
    sure = np.array([draft.sure for draft in drafts], dtype=np.float64)
    kept, error = controlled(sure)
    back = [
        HeldBack(campaign(draft.rows[0]), draft.rule.id, "false_discovery", {
            "sure": round(draft.sure, 6),
            "wrong": round(float(error), 6),
            "most_wrong": MOST_WRONG,
            "findings": int((~np.isnan(sure)).sum()),
        })
        for draft, said, error in zip(drafts, kept, error, strict=True)
        if not said
    ]  # fmt: skip
    return [draft for draft, said in zip(drafts, kept, strict=True) if said], back


def controlled(sure: Floats, most: float = MOST_WRONG) -> tuple[Bools, Floats]:
    """Which findings to keep, and the mean error of each with everything at least as sure.

    Args:
        sure: Posterior probability of each, NaN for a plain fact, which is always kept.
        most: The mean posterior error of what is kept, at most.
    """
    error = np.zeros(sure.size)
    estimates = np.flatnonzero(~np.isnan(sure))
    order = estimates[np.argsort(-sure[estimates], kind="stable")]
    wrong = 1 - sure[order]
    running = np.cumsum(wrong) / np.arange(1, order.size + 1)
    # equal probabilities stand or fall together: nobody's place in the list decides
    last = np.searchsorted(wrong, wrong, side="right") - 1
    error[order] = running[last] if order.size else running
    return np.asarray(error <= most + 1e-12), error

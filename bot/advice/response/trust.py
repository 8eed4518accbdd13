"""From what detectors say of campaigns to the days the engine leaves out, and where it starts anew.

`Panel.of_scene(scene, campaigns, masks(scene, untrusted_days(scene)),
broken=breaks(scene, break_since(scene)))`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from bot.numbers.scene import Scene
from bot.numbers.sums import Bools, Floats

Span: TypeAlias = tuple[date, date]


def masks(scene: Scene, untrusted: Bools) -> dict[str, tuple[Span, ...]]:
    """Runs of untrusted days as spans (both ends inclusive), by entity; none for a clean campaign.

    Args:
        scene: Of the morning.
        untrusted: campaign x day over its days, `bot.numbers.trouble.untrusted_days(scene)`.
    """
    first = scene.as_of - timedelta(untrusted.shape[1])
    edges = np.diff(np.pad(untrusted.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    found: dict[str, tuple[Span, ...]] = {}
    for row in np.flatnonzero(untrusted.any(axis=1)).tolist():
        starts, ends = (np.flatnonzero(edges[row] == side).tolist() for side in (1, -1))
        found[scene.history.entities[row]] = tuple(
            (first + timedelta(start), first + timedelta(end - 1))
            for start, end in zip(starts, ends, strict=True)
        )
    return found


def breaks(scene: Scene, since: Floats) -> dict[str, date]:
    """The first day after its rate broke, by entity.

    Args:
        scene: Of the morning.
        since: Days since the break, NaN without one, `bot.numbers.trouble.break_since(scene)`.
    """
    return {
        scene.history.entities[row]: scene.as_of - timedelta(int(since[row]))
        for row in np.flatnonzero(~np.isnan(since)).tolist()
    }

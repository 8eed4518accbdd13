"""Which platforms count one and the same order, order by order. Pure.

A platform counts a sale where one of its own ads was clicked before it, whoever else's was. An
order that carries the click ids of two is counted by both, and is one sale in the books.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def written(channels: Iterable[str]) -> str:
    """Channels as an order keeps them: `google_ads meta_ads`."""
    return " ".join(sorted({channel for channel in channels if channel}))


def claimants(matched: pd.DataFrame, counting: Iterable[str]) -> pd.Series:
    """The platforms that count each order, a tuple of channels each.

    Those whose click it carries, and the one of the campaign it names; of them those that count
    sales at all.

    Args:
        matched: Orders as `bot.numbers.documented.match` leaves them.
        counting: Channels that say how many sales they count.
    """
    platforms = {*counting}
    rows = zip(matched["touches"], matched["channel"], matched["matched"], strict=True)
    found = [
        tuple(sorted(platforms & {*touches.split(), *([channel] if placed else [])}))
        for touches, channel, placed in rows
    ]
    return pd.Series(found, index=matched.index, dtype=object)


def claimed_by_several(matched: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """The orders that more than one platform counts, newest first, with `claimants`.

    Args:
        matched: Orders as `bot.numbers.documented.match` leaves them.
        numbers: Daily numbers of the same days.
    """
    counting = numbers.loc[numbers["conversions"].notna(), "channel"].unique()
    orders = matched.assign(claimants=claimants(matched, counting))
    several = orders[orders["claimants"].map(len) > 1]
    return several.sort_values(["date", "order"], ascending=[False, True])

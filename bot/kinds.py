"""The kinds of sources there are: one line each, and packages' own by entry point.

`[[sources]] kind = "google_ads"` is the name on the left; on the right stands the function that
makes the source: `f(config, clock=…, seen=…, known=…) -> Source` (`bot.sources.base`). A package of
its own adds a kind without touching perfbot::

    [project.entry-points."perfbot.sources"]
    pinterest_ads = "my_package.pinterest:source"

The secrets of a kind are the variables whose names begin with it: `PINTEREST_ADS_TOKEN`.
"""

from __future__ import annotations

from functools import cache

GROUP = "perfbot.sources"
KINDS = {
    "folder": "bot.sources.folder:source",
    "warehouse": "bot.sources.warehouse_kind:source",
    "google_ads": "bot.sources.platforms.google:source",
    "meta_ads": "bot.sources.platforms.meta:source",
    "linkedin_ads": "bot.sources.platforms.linkedin:source",
    "tiktok_ads": "bot.sources.platforms.tiktok:source",
    "microsoft_ads": "bot.sources.platforms.microsoft:source",
}
WRITERS = {
    "google_ads": "bot.sources.platforms.google_budgets:writer",
    "meta_ads": "bot.sources.platforms.meta_budgets:writer",
}
"""Channels whose budgets perfbot can set: `f(config) -> BudgetWriter`."""


@cache
def kinds() -> dict[str, str]:
    """Every kind by name, perfbot's own before those of installed packages."""
    from importlib.metadata import entry_points  # noqa: PLC0415, slower than the rest together

    return {
        entry_point.name: entry_point.value for entry_point in entry_points(group=GROUP)
    } | KINDS


def variables(kind: str) -> str:
    """How the names of a kind's variables begin: `GOOGLE_ADS_`."""
    return f"{kind.upper()}_"

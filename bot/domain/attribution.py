"""Within how many days of what an ad counts results as its own, as a word to keep and compare.

`click:30 view:1` is thirty days of a click and one of being seen; "" is not known.
"""

from __future__ import annotations

from collections.abc import Iterable

DIFFERS = "differs"
"""Parts of one campaign or account have settings of their own."""
AFTER = ("click", "engaged", "view")
"""What the days are counted from: a click, a while of a video, the showing."""


def within(**days: int | None) -> str:
    """The setting of so many days after each of `AFTER`; 0 and None are no window."""
    return " ".join(f"{after}:{days[after]}" for after in AFTER if days.get(after))


def windows(setting: str) -> tuple[tuple[str, int], ...]:
    """The days after each, as `within` was given them; none of what is not known, or differs."""
    pairs = (part.partition(":") for part in setting.split())
    return tuple((after, int(days)) for after, _, days in pairs if after in AFTER)


def shared(settings: Iterable[str]) -> str:
    """The setting of several together: theirs where they agree; what is not known is left out."""
    stated = {setting for setting in settings if setting}
    return DIFFERS if len(stated) > 1 else next(iter(stated), "")

"""Days without numbers: said in a sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.figures import Figures, Row
from bot.desk.names import no_numbers, title
from bot.desk.office import Office
from bot.errors import NoNumbers
from bot.messages.complaints import Failure
from bot.store.base import Pull

FAILED = "The last pull failed: %(why)s An admin can mend it: /perf sources."
NOT_NUMBERS = ("now.days", "now.missing_days")


def blank(rows: Iterable[Row]) -> bool:
    """Whether none of these totals or campaigns has a number in the window."""
    return not any(
        value is not None
        for row in rows
        for name, value in row.items()
        if name.startswith("now.") and name not in NOT_NUMBERS
    )


def absent(office: Office, figures: Figures, channel: str = "", name: str = "") -> NoNumbers:
    """Why there is nothing to show of a channel (of a campaign or a group in it, of anything).

    Args:
        office: The store.
        figures: The board of the days asked about.
        channel: Its key, "" for all.
        name: What was asked about, where it is not the channel.
    """
    about = name or (title(channel) if channel else "")
    ends = [day for key, day in figures.until.items() if channel in {"", key}]
    if not ends or not about:
        return no_numbers(office, figures.as_of, channel)
    if max(ends) >= figures.now.since:
        told = "There are no numbers for %(name)s from %(since)s to %(until)s."
        days = {"since": figures.now.since, "until": figures.now.until}
        return NoNumbers(told, hint="Ask about other days.", values={"name": about, **days})
    told = "There are no numbers for %(name)s after %(last)s."
    why, hint = _why(office, channel)
    return NoNumbers(told, hint=hint, values={"name": about, "last": max(ends), "why": why})


def _why(office: Office, channel: str) -> tuple[str, str]:
    failed = _failed(office, channel)
    if failed and failed.error:
        return Failure(failed.error), FAILED
    return "", "See /perf sources, or ask about a longer period, such as 28d."


def _failed(office: Office, channel: str) -> Pull | None:
    """The newest pull of a channel, where it failed."""
    own = [
        pull
        for pull in office.store.pulls()
        if channel and (channel in pull.channels or channel == pull.source)
    ]
    newest = max(own, key=lambda pull: pull.pulled_at, default=None)
    return newest if newest and not newest.ok else None

"""The story of a day, told with this office's store, rules and words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot import morning
from bot.desk import boards, reminding, urgent
from bot.store.base import Outgoing, Subscription

if TYPE_CHECKING:
    from bot.app.compose import Office


class Day:
    """What the tick calls (`bot.jobs.tick.Morning` and `Notices`)."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def pull(self, sources: Sequence[str]) -> None:
        """Pull these sources, then judge this morning anew."""
        office = self.office
        found = morning.sources(office.store, office.settings, office.clock, sources)
        morning.pull(office.store, found, office.clock, office.settings.zone)
        self.refresh(office.clock().astimezone(office.settings.zone).date())

    def refresh(self, as_of: date) -> None:
        """Judge every campaign as of a morning, and save boards and advice."""
        office = self.office
        morning.refresh(office.store, office.rulebook, as_of, office.settings, office.clock)

    def boards(self, as_of: date) -> None:
        """Work out what is asked most of a morning, and judge nothing."""
        boards.rebuild(self.office.desk.office, as_of)

    def digest(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """The messages of a digest, the parent first."""
        office = self.office
        return morning.digest(
            office.store,
            office.rulebook,
            office.renderer(subscription.language),
            subscription,
            as_of,
            office.settings,
            office.clock,
        )

    def urgent(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """What the channel must hear at once and has not heard."""
        return urgent.messages(self.office.desk.office, subscription, as_of)

    def reminder(self, subscription: Subscription, day: date) -> list[Outgoing]:
        """The day's line about what nobody has answered."""
        after = self.office.settings.quiet.remind_after
        return reminding.messages(self.office.desk.office, subscription, day, after)

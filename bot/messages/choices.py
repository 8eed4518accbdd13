"""The options of menus in modals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.advice.thresholds import PRICING, STAGES
from bot.messages import lexicon
from bot.messages.elements import Element, option
from bot.messages.forms import own_name
from bot.messages.speech import N_, Speech

ANY = "any"  # leaves it open: the value of an option is never empty


class Choices:
    """Options in one language."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def tools(self) -> dict[str, Any]:
        """The functions by the names templates know them by."""
        names = (
            *("reason_options", "weekday_options", "zone_options", "language_options"),
            *("stage_options", "pricing_options", "channel_options"),
        )
        return {name: getattr(self, name) for name in names}

    def reason_options(self) -> list[Element]:
        """Why advice is dismissed."""
        return [option(self.speech.say(told), key) for key, told in lexicon.REASONS.items()]

    def weekday_options(self) -> list[Element]:
        """Monday to Sunday, values "1" to "7"."""
        return [option(self.speech.forms.weekdays([day]), str(day)) for day in range(1, 8)]

    def zone_options(self, zones: Sequence[str]) -> list[Element]:
        """IANA names; a menu takes a hundred."""
        return [option(zone.replace("_", " "), zone) for zone in zones[:100]]

    def language_options(self, languages: Sequence[str]) -> list[Element]:
        """Each language by its own name."""
        return [option(own_name(one), one) for one in languages]

    def stage_options(self, stages: Sequence[str] = STAGES) -> list[Element]:
        """The RACE stages, and leaving it open."""
        told = [option(self.speech.say(lexicon.STAGES[one]), one) for one in stages]
        return [self._open(), *told]

    def pricing_options(self, models: Sequence[str] = PRICING) -> list[Element]:
        """The pricing models, and leaving it open."""
        return [self._open(), *(option(one, one) for one in models)]

    def channel_options(self, channels: Sequence[tuple[str, str]]) -> list[Element]:
        """Channels by their titles, and all of them; a menu takes a hundred."""
        everywhere = option(self.speech.say(N_("All channels")), ANY)
        return [everywhere, *(option(title, key) for key, title in channels[:99])]

    def _open(self) -> Element:
        return option(self.speech.say(N_("As it is")), ANY)

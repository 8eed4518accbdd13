"""Things to press: buttons, menus and the fields of modals.

Where a sentence may ask several things, what each would be is a button's words; and what perfbot
suggests to ask is short, and plain text. msgids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from bot.advice.rules.rulebook import PRICING, STAGES
from bot.blockkit import LIMITS
from bot.domain.replies import Prompt
from bot.render import lexicon
from bot.render.catalogue import N_, Speech
from bot.render.escaping import Words, flat, plain, words
from bot.render.number_formats import own_name
from bot.render.values.answers import Option
from bot.render.values.conversation import AskedBack

Element = dict[str, Any]


def button(label: object, action: str, value: object = "", style: str = "") -> Element:
    """A button; style `primary` or `danger`."""
    element: Element = {"type": "button", "action_id": action}
    element["text"] = plain(words(label), 40)
    if value != "":
        element["value"] = str(value)[: LIMITS["button.value"]]
    return {**element, "style": style} if style else element


def way(label: object, action: str, address: str) -> Element:
    """A button that leads to an address."""
    return {**button(label, action), "url": address[: LIMITS["url"]]}


def option(label: object, value: str) -> Element:
    """One choice of a menu."""
    text = plain(words(label), LIMITS["option.text"])
    return {"text": text, "value": value[: LIMITS["option.value"]]}


def menu(
    label: Words, action: str, options: Sequence[Element], chosen: str | None = None
) -> Element:
    """A menu of options; `chosen` is the value that stands."""
    element: Element = {"type": "static_select", "action_id": action}
    element["placeholder"] = plain(label, LIMITS["placeholder"])
    element["options"] = list(options)[: LIMITS["select.options"]]
    initial = [choice for choice in element["options"] if choice["value"] == chosen]
    return {**element, "initial_option": initial[0]} if initial else element


def ticks(action: str, options: Sequence[Element], chosen: Sequence[str]) -> Element:
    """Boxes to tick."""
    element: Element = {"type": "checkboxes", "action_id": action, "options": list(options)}
    initial = [choice for choice in options if choice["value"] in chosen]
    return {**element, "initial_options": initial} if initial else element


def clock(action: str, at: time) -> Element:
    """A time of day."""
    return {"type": "timepicker", "action_id": action, "initial_time": at.strftime("%H:%M")}


def calendar(action: str, day: date | None = None) -> Element:
    """A day."""
    element: Element = {"type": "datepicker", "action_id": action}
    return {**element, "initial_date": day.isoformat()} if day else element


def box(action: str, *, lines: bool = False, most: int = 300, filled: str = "") -> Element:
    """A field to write in; `filled` is what stands in it."""
    element: Element = {"type": "plain_text_input", "action_id": action, "max_length": most}
    element |= {"initial_value": filled[:most]} if filled else {}
    return {**element, "multiline": lines}


def people(action: str, chosen: str = "") -> Element:
    """A menu of everybody in Slack."""
    element: Element = {"type": "users_select", "action_id": action}
    return {**element, "initial_user": chosen} if chosen else element


def places(action: str) -> Element:
    """A menu of Slack's channels, not of people."""
    kinds = {"include": ["public", "private"], "exclude_bot_users": True}
    return {"type": "conversations_select", "action_id": action, "filter": kinds}


def asked_twice(element: Element, title: Words, text: Words, yes: Words, no: Words) -> Element:
    """A button that asks again before it does anything."""
    asks: Element = {"title": plain(title, LIMITS["confirm.title"])}
    asks |= {"text": plain(text, LIMITS["confirm.text"])}
    asks |= {"confirm": plain(yes, 30), "deny": plain(no, 30)}
    return {**element, "confirm": asks}


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
        return [option(self.speech.say(label), key) for key, label in lexicon.REASONS.items()]

    def weekday_options(self) -> list[Element]:
        """Monday to Sunday, values "1" to "7"."""
        return [option(self.speech.forms.weekdays([day]), str(day)) for day in range(1, 8)]

    def zone_options(self, zones: Sequence[str]) -> list[Element]:
        """IANA names; a menu takes a hundred."""
        return [option(zone.replace("_", " "), zone) for zone in zones[:100]]

    def language_options(self, languages: Sequence[str]) -> list[Element]:
        """Each language by its own name."""
        return [option(own_name(language), language) for language in languages]

    def stage_options(self, stages: Sequence[str] = STAGES) -> list[Element]:
        """The RACE stages, and leaving it open."""
        choices = [option(self.speech.say(lexicon.STAGES[stage]), stage) for stage in stages]
        return [self._open(), *choices]

    def pricing_options(self, models: Sequence[str] = PRICING) -> list[Element]:
        """The pricing models, and leaving it open."""
        return [self._open(), *(option(model, model) for model in models)]

    def channel_options(self, channels: Sequence[tuple[str, str]]) -> list[Element]:
        """Channels by their titles, and all of them; a menu takes a hundred."""
        everywhere = option(self.speech.say(N_("All channels")), ANY)
        return [everywhere, *(option(title, key) for key, title in channels[:99])]

    def _open(self) -> Element:
        return option(self.speech.say(N_("As it is")), ANY)


KINDS = {
    "thanks": N_("A thank-you"),
    "hello": N_("A hello"),
    "help": N_("What can be asked"),
    "self": N_("Who I am"),
    "off_subject": N_("Something else than ads"),
    "define": N_("What a word means"),
    "how_much": N_("What a number is"),
    "which": N_("Which, as a ranking"),
    "compare": N_("A comparison"),
    "compare/change": N_("How it has developed"),
    "why": N_("Why it changed"),
    "moved": N_("What has changed"),
    "news": N_("How it is going"),
    "when": N_("When it happened"),
    "when/digest": N_("When the digest comes"),
    "when/due": N_("When a result is known"),
    "when/set": N_("When a target was set"),
    "when/fresh": N_("How new the numbers are"),
    "when/last": N_("When the last result came"),
    "when/moved": N_("When budget was moved"),
    "when/running": N_("How long it has run"),
    "who": N_("Who did what"),
    "who/dismissed": N_("Why advice was dismissed"),
    "outcome": N_("What came of it"),
    "outcome/saved": N_("What it saved or earned"),
    "outcome/record": N_("How often advice is right"),
    "what_if": N_("What would happen"),
    "what_if/spread": N_("Where to put money"),
    "forecast": N_("What it will be"),
    "pace": N_("How the budget goes"),
    "tracking": N_("Whether tracking works"),
    "tests": N_("The tests"),
    "tests/length": N_("How long a test must run"),
    "stake": N_("What is at stake"),
    "sure": N_("How sure the advice is"),
    "silence": N_("Why there is no advice"),
    "advice": N_("What to do"),
    "advice/one": N_("Whether to do it"),
    "advice/tired": N_("Which ad is worn"),
    "target": N_("The target"),
    "do/target": N_("Set a target"),
    "do/budget": N_("Change a budget"),
    "do/pause": N_("Pause or start it"),
    "do/snooze": N_("Remind me later"),
    "do/dismiss": N_("Dismiss the advice"),
    "do/acknowledge": N_("Accept the advice"),
    "do/progress": N_("Take it on"),
    "do/report": N_("A report"),
    "do/export": N_("A file of numbers"),
    "do/share": N_("Share it here"),
    "do/subscribe": N_("Get the digest"),
    "do/unsubscribe": N_("Stop the digest"),
    "do/language": N_("Another language"),
    "unknown": N_("Numbers I may not have"),
}
LONGEST = 1500  # characters of a sentence that a button carries


@dataclass(frozen=True)
class AskingBack:
    """The kinds of question there are, in one language."""

    speech: Speech

    def options(self, asked: AskedBack) -> tuple[Option, ...]:
        """A button a kind, which asks the same sentence again as that kind."""
        return tuple(
            Option(self.speech.say(self.named(kind)), f"[{kind}] {asked.text[:LONGEST]}")
            for kind in asked.kinds
        )

    def named(self, kind: str) -> str:
        """The words for a kind, those of its intent where a detail has none."""
        return KINDS.get(kind) or KINDS[kind.partition("/")[0]]


LONGEST_NAME = 40  # characters of a name; Slack cuts a long title


def prompts_heading(speech: Speech) -> str:
    """What is said above them."""
    return flat(speech.say(N_("You might want to ask")))


def ask_today(speech: Speech) -> Prompt:
    """What is there to do."""
    return Prompt(flat(speech.say(N_("What should I do today?"))), "advice")


def ask_why(speech: Speech, name: str, message: str) -> Prompt:
    """Why a campaign's price or results have changed."""
    question = speech.say(N_("Why has %(name)s changed?"), name=_short(name))
    return Prompt(flat(question), message)


def ask_how(speech: Speech, name: str, message: str) -> Prompt:
    """How a campaign or a channel is doing."""
    question = speech.say(N_("How is %(name)s doing?"), name=_short(name))
    return Prompt(flat(question), message)


def ask_help(speech: Speech) -> Prompt:
    """What can be asked at all."""
    return Prompt(flat(speech.say(N_("What can I ask?"))), "help")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"

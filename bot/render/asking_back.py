"""Where a sentence may ask several things: what each would be, in a button's words. msgids."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render.catalogue import N_, Speech
from bot.render.values.answers import Option
from bot.render.values.conversation import AskedBack

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

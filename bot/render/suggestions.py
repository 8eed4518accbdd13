"""Questions perfbot suggests, as they are shown: short, and plain text."""

from __future__ import annotations

from bot.domain.replies import Prompt
from bot.render.catalogue import N_
from bot.render.escaping import flat
from bot.render.renderer import Renderer

LONGEST = 40  # characters of a name; Slack cuts a long title


def heading(renderer: Renderer) -> str:
    """What is said above them."""
    return flat(renderer.speech.say(N_("You might want to ask")))


def today(renderer: Renderer) -> Prompt:
    """What is there to do."""
    return Prompt(flat(renderer.speech.say(N_("What should I do today?"))), "advice")


def why(renderer: Renderer, name: str, message: str) -> Prompt:
    """Why a campaign's price or results have changed."""
    question = renderer.speech.say(N_("Why has %(name)s changed?"), name=_short(name))
    return Prompt(flat(question), message)


def how(renderer: Renderer, name: str, message: str) -> Prompt:
    """How a campaign or a channel is doing."""
    question = renderer.speech.say(N_("How is %(name)s doing?"), name=_short(name))
    return Prompt(flat(question), message)


def help_(renderer: Renderer) -> Prompt:
    """What can be asked at all."""
    return Prompt(flat(renderer.speech.say(N_("What can I ask?"))), "help")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"

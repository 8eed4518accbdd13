"""Three questions for whoever opens a conversation, about campaigns of their own, as shown."""

from __future__ import annotations

from collections.abc import Iterator

from bot.context.context import Context
from bot.domain.replies import Asker, Prompt, Prompts
from bot.features.home.tab import mine
from bot.features.parts.message_sync import known_names
from bot.question.grammar import as_subject
from bot.render.catalogue import N_
from bot.render.escaping import flat
from bot.render.renderer import Renderer
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.naming import title

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


MOST = 3


def prompts(context: Context, asker: Asker) -> Prompts:
    """What to do today; then why the advice about their own campaigns, and how those are doing.

    Where they own none, the channels with the most spend are asked about.
    """
    renderer = context.renderer(asker.language)
    candidates = [today(renderer), *_about(context, asker)]
    unlike = {prompt.message: prompt for prompt in candidates}
    return Prompts(heading(renderer), tuple(unlike.values())[:MOST])


def _about(context: Context, asker: Asker) -> Iterator[Prompt]:
    renderer, as_of = context.renderer(asker.language), context.today(asker)
    four = boards.figures(context, as_of, "28d")
    audience, todo = mine(context, judged.judged(context, as_of).shown, four.rows, asker)
    for record in todo if audience != "all" else ():
        name = next(iter(known_names(context, record).values()), "")
        if name:
            yield why(renderer, name, f"why {as_subject(name)}")
            yield how(renderer, name, f"campaign {as_subject(name)}")
    for key in four.channels:
        yield how(renderer, title(key), f"channel {as_subject(key)}")
    yield help_(renderer)

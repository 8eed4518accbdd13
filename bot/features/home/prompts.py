"""Three questions for whoever opens a conversation, about campaigns of their own."""

from __future__ import annotations

from collections.abc import Iterator

from bot.context.context import Context
from bot.domain.replies import Asker, Prompt, Prompts
from bot.features.home.tab import mine
from bot.features.parts.message_sync import known_names
from bot.question.grammar import as_subject
from bot.render import suggestions
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.naming import title

MOST = 3


def prompts(context: Context, asker: Asker) -> Prompts:
    """What to do today; then why the advice about their own campaigns, and how those are doing.

    Where they own none, the channels with the most spend are asked about.
    """
    renderer = context.renderer(asker.language)
    candidates = [suggestions.today(renderer), *_about(context, asker)]
    unlike = {prompt.message: prompt for prompt in candidates}
    return Prompts(suggestions.heading(renderer), tuple(unlike.values())[:MOST])


def _about(context: Context, asker: Asker) -> Iterator[Prompt]:
    renderer, as_of = context.renderer(asker.language), context.today(asker)
    four = boards.figures(context, as_of, "28d")
    audience, todo = mine(context, judged.judged(context, as_of).shown, four.rows, asker)
    for record in todo if audience != "all" else ():
        name = next(iter(known_names(context, record).values()), "")
        if name:
            yield suggestions.why(renderer, name, f"why {as_subject(name)}")
            yield suggestions.how(renderer, name, f"campaign {as_subject(name)}")
    for key in four.channels:
        yield suggestions.how(renderer, title(key), f"channel {as_subject(key)}")
    yield suggestions.help_(renderer)

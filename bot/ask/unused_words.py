"""What a sentence says that its answer does not use: it is said under the answer, never dropped."""

from __future__ import annotations

from bot.ask.typed_commands import ABOUT_SOMEBODY, begins_as, words_besides
from bot.domain.replies import Reply
from bot.features.measures import books
from bot.features.measures import running_campaigns as running
from bot.question.grammar import Question
from bot.question.slots import Slots
from bot.question.unread import days_left, strangers
from bot.question.vocabulary import STOP_WORDS

OF_DAYS = {"how_much", "which", "compare", "why"}  # answers about some days
MEASURED = {"how_much", "which", "compare", "moved", "news"}


def unused(slots: Slots, response: Reply | Question) -> tuple[str, ...]:
    """Words besides what was asked that may be a name, or days; after a command all left over."""
    kept_in = () if _leaves_out(slots, response) else tuple(each.title for each in slots.excluded)
    if isinstance(response, Reply):
        days = days_left(slots.text) if slots.intent in OF_DAYS and not slots.by else ""
        return (*filter(None, (days, slots.unread)), *kept_in)
    if begins_as(slots.text) in ABOUT_SOMEBODY:
        spare = words_besides(slots.text, slots.text.split()[:1]).split()
        return (*(word for word in spare if word not in STOP_WORDS), *kept_in)
    return (*(strangers(slots.text) if slots.intent == "news" else ()), *kept_in)


def _leaves_out(slots: Slots, response: Reply | Question) -> bool:
    """Whether an answer is without whom the sentence leaves out: what is measured is."""
    if slots.intent == "what_if":
        return not slots.things  # going without is what it asks about
    in_books = slots.intent in books.INTENTS and slots.metric in books.METRICS
    measured = slots.intent in MEASURED and not in_books
    return isinstance(response, Reply) and measured and not running.state_of(slots)

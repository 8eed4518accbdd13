"""What a sentence asks, of whom: names known on the board are looked for among its words."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import UnknownName
from bot.numbers.input.daily import match_channel
from bot.numbers.input.names import normal_name
from bot.question.grammar import Question, as_subject, parse
from bot.question.natural_language import Sentence, is_metric, spans
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import Unclear, find_campaign, quoted, redirected, title

ALONE = ("advice", "pacing", "outcomes", "digest")  # asked about everything, or about a name
PAIRED = ("", "channel", "campaign")  # two names side by side
SHORTEST_NAME = 3
ALIKE = 0.75  # a word of a sentence is nearly a name
MOST_NEAR = 500  # campaigns a word is compared with letter by letter, the biggest


@dataclass(frozen=True)
class Understood:
    """The question a sentence asks, and its words nobody knew what to do with."""

    question: Question
    unused: tuple[str, ...] = ()


def heard(figures: Figures, sentence: Sentence) -> Understood | None:
    """What a sentence asks; None where it is none.

    Raises:
        Unclear: A name in it fits several.
        UnknownName: It asks about a name nobody knows; the nearest is named.
    """
    if not sentence.names and sentence.question.command in ALONE:
        return Understood(sentence.question)
    linked = _first(figures, sentence, sentence.names)
    if linked:
        return _paired(figures, sentence, *linked)
    return _of_all(figures, sentence) if sentence.loose else None


def _first(
    figures: Figures, sentence: Sentence, names: Sequence[str]
) -> tuple[Question, tuple[str, ...]] | None:
    """The question about the longest name among the words, and the words left."""
    for name in spans(names):
        question = _about(figures, name, sentence.question)
        if question and (sentence.loose or name == " ".join(names)):
            return question, _without(names, name)
    return None


def _without(names: Sequence[str], name: str) -> tuple[str, ...]:
    bare, run = [word.removeprefix('"') for word in names], len(name.split(" "))
    starts = (at for at in range(len(bare)) if " ".join(bare[at : at + run]) == name)
    at = next(starts, None)
    if at is None:  # a quoted name of several words is one of the words
        return tuple(word for word in names if word.removeprefix('"') != name)
    return (*names[:at], *names[at + run :])


def _paired(
    figures: Figures, sentence: Sentence, first_question: Question, spare_names: tuple[str, ...]
) -> Understood:
    """One name, or two that are held against each other."""
    if sentence.versus and sentence.question.command in PAIRED:
        versus_link = _first(figures, sentence, spare_names)
        if versus_link and versus_link[0].subject != first_question.subject:
            pair = " and ".join(
                as_subject(question.subject) for question in (first_question, versus_link[0])
            )
            return Understood(
                parse(f"compare {pair} {first_question.when}"), _unused(versus_link[1])
            )
    return Understood(first_question, _unused(spare_names))


def _unused(names: Sequence[str]) -> tuple[str, ...]:
    """Words said to have been left out; a number asked for is in the answer."""
    return tuple(bare for name in names if not is_metric(bare := name.removeprefix('"')))


def _of_all(figures: Figures, sentence: Sentence) -> Understood | None:
    """A sentence without a name anybody knows: about everything, or about nobody.

    Raises:
        UnknownName: It has a name in it.
    """
    question, spare_names = sentence.question, _unused(sentence.names)
    if question.command in ALONE:
        return Understood(question, spare_names)
    if spare_names:
        raise _unknown(figures, spare_names)
    if question.command == "campaign":  # there is no list of campaigns by a number
        unused = tuple(name.removeprefix('"') for name in sentence.names)
        return Understood(replace(question, metric=""), unused)
    if question.command == "channel" or (question.metric and question.command in PAIRED):
        return Understood(replace(question, command="channel"))
    return Understood(question) if question.command == "why" else None


def _unknown(figures: Figures, spare_names: Sequence[str]) -> UnknownName:
    """The word that is nearly a name, else all of them."""
    biggest = figures.biggest(MOST_NEAR)
    campaigns = {normal_name(row.campaign_name): row for row in biggest}
    channels = {
        normal_name(name): channel
        for channel in figures.channels
        for name in (channel, title(channel))
    }
    for word in spans(spare_names):
        normalized = normal_name(word)
        if near := difflib.get_close_matches(normalized, list(channels), n=1, cutoff=ALIKE):
            return UnknownName("channel", word, (title(channels[near[0]]),))
        if near := difflib.get_close_matches(normalized, list(campaigns), n=1, cutoff=ALIKE):
            return UnknownName("campaign", word, (campaigns[near[0]].campaign_name,))
    return UnknownName("name", " ".join(spare_names))


def _about(figures: Figures, name: str, question: Question) -> Question | None:
    """The question about a name, where a channel or a campaign is called so."""
    if len(name) < SHORTEST_NAME:
        return None
    try:
        subject = match_channel(name, figures.channels)
        command = question.command if question.command not in {"", "campaign"} else "channel"
    except UnknownName:
        try:
            subject = quoted(find_campaign(figures, name, _rest(question))).strip('"')
        except UnknownName:
            return None
        except Unclear as unclear:
            raise Unclear(redirected(unclear.choice, question.command or "campaign")) from None
        command = question.command if question.command not in {"", "channel"} else "campaign"
    metric = question.metric if command == "why" else ""
    return replace(question, command=command, subject=subject, metric=metric)


def _rest(question: Question) -> str:
    """What a choice between names keeps of the question."""
    return f"{question.metric if question.command == 'why' else ''} {question.when}".strip()

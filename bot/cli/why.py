"""Why a number changed, and why nothing was said: `perfbot why`, `perfbot why-not`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from bot.ask import Asker, Door, Reply
from bot.cli.options import (
    AnswerOptions,
    as_of_option,
    everywhere,
    format_option,
    language_option,
    together,
)
from bot.cli.parts import CommandParts, reading
from bot.cli.plain_text import plain
from bot.cli.printing import as_json, said
from bot.errors import PerfbotError, UnknownName, UsageError
from bot.features.explain import change as why
from bot.features.explain import why_not
from bot.features.explain.change import to_json
from bot.numbers.decompose.chains import CHAINS
from bot.numbers.input.windows import WINDOWS
from bot.question.grammar import Question, metric_of, window_of
from bot.snapshot.naming import Unclear


@click.command("why")
@click.argument("name", metavar="CAMPAIGN|CHANNEL")
@click.argument("more", metavar="[METRIC] [WINDOW]", nargs=-1)
@as_of_option
@language_option
@format_option
@everywhere
@together(AnswerOptions, "options")
def why_command(
    name: str, more: Sequence[str], options: AnswerOptions, db: str | None, config: str | None
) -> None:
    """Take a change apart: which factor made it, and which campaign.

    METRIC is what the campaign is judged by unless you name one (cpa, roas, ctr, spend, …);
    WINDOW is 7d unless you name one. The parts add up to the change.
    """
    question = _question(name, more)
    with reading(db, config) as parts:
        asker, day = _asker(parts, options.language), parts.morning(options.as_of)
        try:
            if options.form == "json":
                main_explanation, *other_explanations = why.explained(parts.context, question, day)
                more_json = [to_json(explanation, day) for explanation in other_explanations]
                as_json({**to_json(main_explanation, day), "other_currencies": more_json})
            else:
                _show(why.answer(parts.context, question, asker, day))
        except Unclear as unclear:
            raise _which(unclear) from None


@click.command("why-not")
@click.argument("campaign")
@click.argument("rule", required=False)
@as_of_option
@language_option
@format_option
@everywhere
@together(AnswerOptions, "options")
def why_not_command(
    campaign: str, rule: str | None, options: AnswerOptions, db: str | None, config: str | None
) -> None:
    """Why a rule says nothing about a campaign: which line does not hold, or which guard.

    Without RULE: every rule that is for the campaign, the most interesting first.
    """
    with reading(db, config) as parts:
        asker, day = _asker(parts, options.language), parts.morning(options.as_of)
        context = parts.context
        chosen_rule = context.rulebook.rule(rule) if rule else None
        try:
            row = why_not.campaign(context, campaign, day)
        except Unclear as unclear:
            raise _which(unclear) from None
        explanation = why_not.held(context, row, chosen_rule, day)
        if options.form == "json":
            as_json(explanation.to_json(day))
        else:
            _show(why_not.reply(context, explanation, asker, day))


def _question(name: str, arguments: Sequence[str]) -> Question:
    """The words after the name: a metric, a window, in any order."""
    if not name.strip():
        raise UsageError("Whose numbers?", hint="Name a channel or a campaign.")
    metric, window, text = "", "", " ".join(arguments)
    words = text.split()
    while words:
        for length in range(len(words), 0, -1):
            part = " ".join(words[:length])
            if metric_of(part) and not metric:
                metric = metric_of(part)
                break
            if window_of(part) and not window:
                window = window_of(part)
                break
        else:
            raise _unknown(words[0])
        words = words[length:]
    return Question("why", name, window, (f'"{name}',), metric)


def _unknown(word: str) -> UnknownName:
    if word[:1].isdigit():
        return UnknownName("window", word, WINDOWS[1:2])
    near = difflib.get_close_matches(word.casefold(), [*CHAINS, *WINDOWS], n=3, cutoff=0.5)
    return UnknownName("metric", word, near)


def _asker(parts: CommandParts, language: str | None) -> Asker:
    if language and language not in parts.renderers:
        languages = ", ".join(parts.renderers)
        raise UsageError(f"There are no words in {language!r}.", hint=f"Choose from {languages}.")
    return Asker("cli", "", language or "", door=Door.TERMINAL)


def _which(unclear: Unclear) -> PerfbotError:
    choice = unclear.choice
    if len(choice.options) == 1:
        return UnknownName(choice.kind, choice.given, [choice.options[0].label])
    names = ", ".join(repr(option.label) for option in choice.options)
    return UsageError(f"{choice.given!r} fits {names}.", hint="Write the whole name.")


def _show(reply: Reply) -> None:
    said(plain(reply.blocks) or reply.text)

"""Looking things up: `perfbot audit`, `find`, `why`, `why-not`, and `export` as CSV or Excel.

What was done and said, why a number changed, and why nothing was said.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import click

from bot.ask import Asker, Door, Reply
from bot.cli.door import say
from bot.cli.options import (
    AnswerOptions,
    DayOption,
    as_of_option,
    everywhere,
    format_option,
    language_option,
    together,
)
from bot.cli.parts import CommandParts, reading
from bot.cli.plain_text import as_json, plain, said, table
from bot.errors import PerfbotError, UnknownName, UsageError
from bot.features.explain import change as why
from bot.features.explain import why_not
from bot.features.explain.change import to_json
from bot.features.reports import export as exporting
from bot.features.search import audit
from bot.features.search import find as finding
from bot.numbers.decompose.chains import CHAINS
from bot.numbers.input.windows import WINDOWS
from bot.question.grammar import Question, metric_of, window_of
from bot.render.number_formats import NumberForms
from bot.render.values.evidence import STEPS, FoundAll, Logged
from bot.snapshot.naming import Unclear
from bot.store.base import Event


@dataclass(frozen=True)
class LogOptions:
    """Which part of the log."""

    since: date | None
    user: str
    campaign: str
    everything: bool


@dataclass(frozen=True)
class FileOptions:
    """Where an export goes, as what."""

    form: str | None
    output: str | None


@click.command("audit")
@click.option(
    "--since", type=DayOption(), help="From the morning of this day on. [default: everything]"
)
@click.option("--user", default="", help="Only this person's, by name or Slack user id.")
@click.option("--campaign", default="", help="Only about this campaign, by id or part of a name.")
@click.option("--all", "everything", is_flag=True, help="With every step of perfbot's own, too.")
@format_option
@everywhere
@together(LogOptions, "part")
def audit_command(part: LogOptions, form: str, db: str | None, config: str | None) -> None:
    """Who answered, changed and was told what, and when: the log that nobody can change."""
    with reading(db, config) as parts:
        since = part.since
        start = datetime.combine(since, time(), parts.settings.zone) if since else None
        events = audit.logged(
            parts.context,
            since=start,
            by=part.user,
            campaign=part.campaign,
            everything=part.everything,
        )
        if form == "json":
            as_json({"events": [audit.to_json(parts.context, event) for event in events]})
        else:
            said(_lines(parts, events))


def _lines(parts: CommandParts, events: list[Event]) -> str:
    if not events:
        return "Nothing in the audit log fits."
    lines = (audit.line(parts.context, event, parts.settings.zone) for event in events)
    rows = [
        [
            f"{line.at:%Y-%m-%d %H:%M}",
            line.who or "somebody",
            STEPS.get(line.kind, line.kind),
            _what(line),
        ]
        for line in lines
    ]
    return table(["When", "Who", "What", "About"], rows)


def _what(line: Logged) -> str:
    """What a step was about; from what to what a budget or a bid went."""
    number = NumberForms("en").number
    sides = f"{number(line.before, 2)} → {number(line.after, 2)}" if line.after is not None else ""
    noticed = "noticed then" if line.noticed else ""
    return ", ".join(part for part in (line.about, sides, noticed) if part)


@click.command("find")
@click.argument("text", nargs=-1, required=True)
@language_option
@format_option
@everywhere
def find_command(
    text: tuple[str, ...], language: str | None, form: str, db: str | None, config: str | None
) -> int:
    """Campaigns, advice and answers whose words begin with those of TEXT."""
    with reading(db, config) as parts:
        asker = Asker("cli", "", language or "", door=Door.TERMINAL)
        matches = finding.found(parts.context, " ".join(text), asker)
        if form == "json":
            as_json(_json(parts, matches))
        else:
            said(plain(parts.context.renderer(asker.language).render("find", found=matches).blocks))
    return 0 if matches.total else 1


def _json(parts: CommandParts, matches: FoundAll) -> dict[str, object]:
    """What was found, with channel and ts of each message that shows the advice."""

    def message_places(advice_id: str) -> list[dict[str, str]]:
        messages = parts.store.messages_of(advice_id)
        return [{"channel": message.channel, "ts": message.ts} for message in messages]

    answers = [
        {"who": answer.who, "at": answer.at, "kind": answer.kind, "reason": answer.reason,
         "advice_id": answer.card.id, "messages": message_places(answer.card.id)}
        for answer in matches.answers
    ]  # fmt: skip
    advice = [
        {"id": hit.card.id, "rule": hit.card.advice.rule, "state": hit.card.state,
         "campaign_ids": list(hit.card.advice.campaign_ids),
         "messages": message_places(hit.card.id)}
        for hit in matches.advice
    ]  # fmt: skip
    campaigns = [{"name": campaign.label, "asks": campaign.asks} for campaign in matches.campaigns]
    return {"text": matches.text, "total": matches.total, "campaigns": campaigns,
            "advice": advice, "answers": answers}  # fmt: skip


@click.command("export")
@click.argument("what", nargs=-1, metavar="[CHANNEL|CAMPAIGN|all] [WINDOW]")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), help="[default: csv]")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="File to write; `-` for "
              "standard output. [default: a name that says what is in it, here]")  # fmt: skip
@as_of_option
@everywhere
@together(FileOptions, "target")
def export_command(
    what: tuple[str, ...],
    target: FileOptions,
    as_of: date | None,
    db: str | None,
    config: str | None,
) -> None:
    """Daily numbers of a channel, a campaign or all, of 28 days unless a window is named.

    Money is exact. Texts that begin like a formula are made harmless.
    """
    words = [*what, *([target.form] if target.form else [])]
    with reading(db, config) as parts:
        try:
            selection = exporting.asked(words)
            file, rows = exporting.made(parts.context, selection, parts.morning(as_of))
        except Unclear as unclear:
            names = ", ".join(option.label for option in unclear.choice.options)
            raise UsageError(f"Several are called so: {names}.", hint="Write more of it.") from None
    if target.output == "-":
        sys.stdout.buffer.write(file.content)
        return
    path = Path(target.output or file.name)
    try:
        path.write_bytes(file.content)
    except OSError as error:
        raise PerfbotError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another with --output."
        ) from None
    say(f"{rows} rows in {path}")


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

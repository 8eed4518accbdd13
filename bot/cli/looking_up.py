"""What was done and what was said: `perfbot audit`, `perfbot find`.

`perfbot export [WHAT] [WINDOW]`: daily numbers as CSV or Excel.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import click

from bot.ask import Asker, Door
from bot.cli.door import say
from bot.cli.options import (
    DayOption,
    as_of_option,
    everywhere,
    format_option,
    language_option,
    together,
)
from bot.cli.parts import CommandParts, reading
from bot.cli.plain_text import plain
from bot.cli.printing import as_json, said, table
from bot.errors import PerfbotError, UsageError
from bot.features.reports import export as exporting
from bot.features.search import audit
from bot.features.search import find as finding
from bot.render.values.evidence import STEPS, FoundAll
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
    zone, context = parts.settings.zone, parts.context
    rows = [
        [
            f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}",
            context.person(event.actor),
            STEPS.get(event.kind, event.kind),
            audit.about(context, event),
        ]
        for event in events
    ]
    return table(["When", "Who", "What", "About"], rows)


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

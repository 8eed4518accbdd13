"""Commands that only look: board, advise, ask, digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from bot.ask import Asker, Context, Desk, Door, Reply
from bot.ask.router import TypedLine, answered
from bot.cli.door import say
from bot.cli.options import (
    AnswerOptions,
    as_of_option,
    everywhere,
    format_option,
    language_option,
    together,
    window_option,
)
from bot.cli.parts import CommandParts, now, reading, writing
from bot.cli.plain_text import as_json, plain, said, table
from bot.context.scoping import for_asker
from bot.domain.advice import to_json
from bot.domain.campaign_rows import CampaignRow
from bot.errors import UsageError
from bot.features.digest.digest import DigestWords, written
from bot.numbers.input.windows import parse_window
from bot.numbers.metrics.board import board, records
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.signals.peer_rates import learned_from
from bot.question.grammar import parse
from bot.render import Renderer
from bot.snapshot.boards import figures
from bot.snapshot.evaluation import advised, judged
from bot.store.base import Event


@dataclass(frozen=True)
class BoardOptions:
    """Which board: of a morning, over some days, of one channel or all."""

    as_of: date | None
    window: str
    channel: str | None


@dataclass(frozen=True)
class Caller:
    """Who asks, and from where, by Slack's ids."""

    user: str
    channel: str


@click.command("board")
@as_of_option
@window_option
@click.option("--channel", help="Only this one: google, Google Ads and google_ads are the same.")
@format_option
@everywhere
@together(BoardOptions, "shown")
def board_command(shown: BoardOptions, form: str, db: str | None, config: str | None) -> None:
    """One row a campaign: every metric, now and in the time before."""
    with reading(db, config) as parts:
        as_of, metrics = parts.morning(shown.as_of), parts.rulebook.metrics.measured
        rows = _rows(parts, as_of, shown.window, shown.channel)
    if form == "json":
        campaigns = [row.to_json(metrics) for row in rows]
        as_json({"as_of": as_of.isoformat(), "window": shown.window, "campaigns": campaigns})
    else:
        said(_board_text(rows, metrics, shown.window, as_of))


def _rows(
    parts: CommandParts, as_of: date, window: str, channel: str | None
) -> Sequence[CampaignRow]:
    """Of a morning that was judged as they are kept, else worked out: the same numbers.

    Those of one channel have ids that are told apart among themselves alone.
    """
    if channel is None:
        return figures(parts.context, as_of, window).rows
    now_, before = parse_window(window, as_of)
    taught = learned_from(as_of)  # targets follow from the rates of these days
    since, until = min(now_.since, before.since, taught.since), max(now_.until, taught.until)
    numbers = parts.context.numbers(since, until, as_of=as_of)
    campaign_board = board(
        numbers,
        as_of,
        window,
        parts.rulebook.metrics,
        parts.context.plan(as_of),
        parts.store.window_reach(),
        channel if not numbers.empty else None,
        parts.context.judges,
    )
    return tuple(map(CampaignRow, records(campaign_board.rows)))


SHOWN = ("spend", "impressions", "clicks", "leads", "conversions", "cpc", "cpl", "cpa", "roas")


def _board_text(rows: Sequence[CampaignRow], metrics: Metrics, window: str, as_of: date) -> str:
    span, _ = parse_window(window, as_of)
    if not rows:
        return f"No numbers from {span.since} to {span.until}."
    english = Renderer("en", metrics=metrics).phrases
    metric_names = [name for name in SHOWN if any(row.now(name) is not None for row in rows)]
    lines = [
        [
            row.label,
            row.channel,
            f"{row.stage or '–'}/{row.pricing_model or '–'}",
            *(english.figure(row.now(name), name, row.currency) for name in metric_names),
        ]
        for row in rows
    ]
    heads = ["Campaign", "Channel", "Stage/model", *(metrics[name].title for name in metric_names)]
    days = f"{span.since} to {span.until}, as known on {as_of}"
    return f"{days}\n\n{table(heads, lines, range(3, len(heads)))}"


@click.command("advise")
@as_of_option
@format_option
@language_option
@everywhere
def advise_command(
    as_of: date | None, form: str, language: str | None, db: str | None, config: str | None
) -> None:
    """What to do this morning, and what was held back. Saves nothing."""
    with reading(db, config) as parts:
        day = parts.morning(as_of)
        if form == "json":
            as_json(to_json(advised(parts.context, day), day))
        else:
            said(_text(_advice(parts, _asker(parts, language), day)))
            held_back = judged(parts.context, day).held_back
            said(f"\n{_held_back([finding.guard for finding in held_back])}")


def _advice(parts: CommandParts, asker: Asker, day: date) -> Reply:
    """What `/perf advice` answers; there is nothing in it that would have to be read first."""
    context = for_asker(parts.context, asker, as_of=day)
    return answered(context, TypedLine("advice", parse("advice")), asker, day, dry=True)


def _held_back(guards: list[str]) -> str:
    if not guards:
        return "Nothing was held back."
    counts = {guard: guards.count(guard) for guard in dict.fromkeys(guards)}
    listed = ", ".join(f"{guard.replace('_', ' ')} {count}" for guard, count in counts.items())
    return f"Held back: {listed}. (--format json tells each.)"


def _asker(parts: CommandParts, language: str | None, user: str = "", channel: str = "") -> Asker:
    if language and language not in parts.renderers:
        languages = ", ".join(parts.renderers)
        raise UsageError(f"There are no words in {language!r}.", hint=f"Choose from {languages}.")
    door = Door.SLACK if user else Door.TERMINAL
    return Asker(user or "cli", channel, language or "", door=door)


def _desk(parts: CommandParts, caller: Caller) -> Desk:
    """Whoever names neither a person nor a channel sees what every channel shows."""
    if caller.channel or caller.user != NOBODY:
        return parts.desk
    owners = parts.store.channel_owners()
    return Desk(Context(parts.store, parts.rulebook, parts.renderers, parts.settings, now,
                        channels_of=lambda _user: owners))  # fmt: skip


NOBODY = "cli"


@click.command("ask")
@click.argument("question")
@as_of_option
@language_option
@click.option("--user", default=NOBODY, help="Who asks, as a Slack user id.")
@click.option("--channel", default="", help="Where it is asked, as a Slack channel id.")
@format_option
@everywhere
@together(AnswerOptions, "options")
@together(Caller, "caller")
def ask_command(
    question: str, options: AnswerOptions, caller: Caller, db: str | None, config: str | None
) -> int:
    """Ask as one would in Slack: perfbot ask "/perf channel google".

    Nothing is stored: a command that changes something shows a preview.
    """
    with reading(db, config) as parts:
        asker = _asker(parts, options.language, caller.user, caller.channel)
        reply = _desk(parts, caller).ask(question, asker, parts.morning(options.as_of), dry=True)
    if options.form == "json":
        as_json(reply.to_json())
    elif not reply.error:
        said(_text(reply))
    if reply.error:
        say(reply.text)
    return reply.error.exit_code if reply.error else 0


def _text(reply: Reply) -> str:
    return plain(reply.blocks) or reply.text


@click.command("digest")
@as_of_option
@click.option("--dry-run", is_flag=True, help="Show it; store and send nothing.")
@language_option
@format_option
@everywhere
@together(AnswerOptions, "options")
def digest_command(
    dry_run: bool, options: AnswerOptions, db: str | None, config: str | None
) -> None:
    """This morning's digest: shown with --dry-run, else queued for every subscription."""
    if not dry_run:
        with writing(db, config) as parts:
            _queue(parts, parts.morning(options.as_of))
        return
    with reading(db, config) as parts:
        asker, day = _asker(parts, options.language), parts.morning(options.as_of)
        renderer = parts.context.renderer(asker.language)
        written_digest = written(parts.context, renderer, day, parts.context.zone())
    _show(written_digest) if options.form == "text" else as_json(_digest_json(written_digest))


def _digest_json(written_digest: DigestWords) -> dict[str, Any]:
    thread = [{"text": reply.text, "blocks": reply.blocks} for _, _, reply in written_digest.thread]
    return {
        "text": written_digest.parent.text,
        "blocks": written_digest.parent.blocks,
        "thread": thread,
    }


def _show(written_digest: DigestWords) -> None:
    said(plain(written_digest.parent.blocks))
    for _, _, reply in written_digest.thread:
        body = plain(reply.blocks).replace("\n", "\n  │ ")
        said(f"\n  │ {body}")


def _queue(parts: CommandParts, as_of: date) -> None:
    """Judge the morning and write each subscription's digest into the outbox, once for ever."""
    from bot.jobs import morning  # noqa: PLC0415, questions need none of what it works with

    store, settings = parts.store, parts.settings
    subscriptions = store.subscriptions()
    if not subscriptions:
        raise UsageError(
            "No channel subscribes to the digest.",
            hint="Look at it with --dry-run, or write /perf subscribe in a channel.",
        )
    morning.refresh(store, parts.rulebook, as_of, settings, now)
    queued = 0
    for subscription in subscriptions:
        renderer = parts.context.renderer(subscription.language)
        messages = morning.digest(
            store, parts.rulebook, renderer, subscription, as_of, settings, now
        )
        key = f"{subscription.id}:{as_of}"
        with store.atomic():
            if store.claim("digest", key, now()):
                store.enqueue(messages)
                store.log(Event(now(), "perfbot", "digest.queued", key))
                queued += 1
    said(f"{queued} of {len(subscriptions)} digests queued; perfbot run (or worker) posts them.")

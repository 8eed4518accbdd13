"""`perfbot init`: from an empty folder to settings, numbers and the first digest."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from bot.app.onboarding import (
    Proposal,
    SetupAnswers,
    add_secrets,
    answers_of,
    head,
    plan_text,
    proposals,
    proposals_of_numbers,
)
from bot.cli.door import in_words
from bot.cli.init_connections import SourcesAsked
from bot.cli.options import everywhere
from bot.cli.parts import CommandParts, now, writing
from bot.cli.plain_text import plain, said, table
from bot.cli.pull_bar import watched
from bot.context import context as plan
from bot.errors import PerfbotError
from bot.features.digest.digest import written
from bot.jobs import pull_keeping
from bot.numbers.due_days import zone_of
from bot.numbers.input.names import normal_name
from bot.sentences import Sentence, counted, rows_counted, sentence
from bot.settings import add_env_file, read
from bot.settings.reading import DEFAULT_FILE
from bot.snapshot import boards
from bot.sources.base import Pulled
from bot.sources.platforms.pulling import PlatformSource
from bot.store.base import Pull

FIRST = timedelta(days=60)  # of a platform at once; `perfbot pull` fetches the year behind it


@click.command("init")
@click.option("--yes", is_flag=True, help="Ask nothing: keys from the environment, usual answers.")
@click.option(
    "--answers", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Answers in a TOML file, for scripts; nothing is asked.",
)  # fmt: skip
@everywhere
def init_command(*, yes: bool, file: Path | None, db: str | None, config: str | None) -> int:
    """Set perfbot up: connect what you have, pull 60 days, show the first digest.

    Run again it adds what is new, and changes nothing that is there.
    """
    add_env_file(os.environ)
    answers = SetupAnswers(answers_of(file), None if yes or file else _prompt)
    connections = SourcesAsked(answers, Path(config or DEFAULT_FILE))
    connections.greet()
    connections.connect()
    setup = Setup(connections)
    setup.write_sources()
    with writing(db, config or DEFAULT_FILE) as parts:
        fine = setup.pull(parts)
    setup.show_plan()
    with writing(db, config or DEFAULT_FILE) as parts:
        _show(parts, setup)
    said("")
    said(Sentence(NEXT_YEAR if setup.is_begun else NEXT))
    return 0 if fine else 1


NEXT_YEAR = (
    "Next: perfbot pull fetches the year behind these 60 days, perfbot doctor says what is "
    "missing, and docs/starting.md takes perfbot into your Slack."
)
NEXT = (
    "Next: perfbot doctor says what is missing, and docs/starting.md takes perfbot into your Slack."
)


def _prompt(question: str, usual: str, secret: bool) -> str:
    default_shown = usual and not secret
    if secret and usual:
        question = f"{question} {in_words('(Enter: as before)')}"
    answer: str = click.prompt(
        question, default=usual, hide_input=secret, show_default=bool(default_shown), err=True
    )
    return answer


@dataclass
class Setup:
    """One run of init: what was connected, and what is to be written.

    Attributes:
        new_proposals: Entries of the plan that this run wrote.
        known_on: The newest day, where its account is, on which numbers became known.
        is_begun: Whether a platform's year is still to be fetched.
    """

    connections: SourcesAsked
    new_proposals: list[Proposal] = field(default_factory=list)
    known_on: date = date.min
    is_begun: bool = False

    @property
    def file(self) -> Path:
        return self.connections.file

    def write_sources(self) -> None:
        """Write what was connected: perfbot.toml, and keys into .env."""
        if self.connections.secrets:
            add_secrets(Path(".env"), self.connections.secrets)
            os.environ.update(self.connections.secrets)
            several = "✔ %(count)s keys are in .env, which only you may read."
            single = "✔ 1 key is in .env, which only you may read."
            count = len(self.connections.secrets)
            said(counted(count, single, several))
        text = "".join(self.connections.entries.values())
        if not self.file.exists():
            question = in_words("Time zone of your mornings")
            zone = self.connections.valid(
                "time_zone", question, self.connections.zone or "UTC", _is_zone
            )
            text = head({"time_zone": zone, "language": self.connections.language}, in_words) + text
        self._add(text)

    def _add(self, text: str) -> None:
        """At the end of the file; taken back where the whole could not be read."""
        if not text:
            return
        previous_text = self.file.read_text(encoding="utf-8") if self.file.exists() else None
        gap = "\n" if previous_text and not previous_text.endswith("\n") else ""
        self.file.write_text(f"{previous_text or ''}{gap}{text}", encoding="utf-8")
        try:
            read(self.file, os.environ)
        except PerfbotError:
            if previous_text is None:
                self.file.unlink()
            else:
                self.file.write_text(previous_text, encoding="utf-8")
            raise

    def pull(self, parts: CommandParts) -> bool:
        """60 days of every platform that is new, and what a warehouse has of the last year.

        Proposals come from what each says of its campaigns. A source that is in the file already
        and was never pulled is one that an earlier run did not come to: it is new as well.
        """
        fine, keeper = True, pull_keeping.PullKeeper(parts.settings.details)
        pulled = {pull.source for pull in parts.store.pulls() if pull.ok}
        names = [*self.connections.entries, *self.connections.standing.difference(pulled)]
        for source in pull_keeping.sources(parts.store, parts.settings, now, names):
            is_platform = isinstance(source, PlatformSource)
            since = now().date() - (FIRST if is_platform else pull_keeping.FIRST_PULL)
            with watched([source]) as (barred,):
                answer = barred.pull(since, None)
            self._propose(answer, source)  # a run that is cut off here proposes nothing twice
            for result in pull_keeping.kept(parts.store, source.name, answer, since, keeper):
                fine = fine and result.ok
                said(_result(result))
            for note in answer.notes:
                said(f"· {in_words(note)}")
            self.is_begun |= is_platform
        return fine

    def _propose(self, answer: Pulled, source: Any) -> None:
        """Add what the plan does not hold yet."""
        if isinstance(source, PlatformSource):
            proposed = proposals(source.client.channel, answer.campaigns)
        else:
            proposed = proposals_of_numbers(answer.frame, answer.campaigns)
        plan_now = self.connections.before.plan
        have = {normal_name(entry.match) for entry in plan_now}
        new_entries = [proposal for proposal in proposed if normal_name(proposal.match) not in have]
        self._add(plan_text(new_entries, in_words, is_first=not plan_now))
        self.new_proposals += new_entries
        if "pulled_on" in answer.frame and answer.frame["pulled_on"].notna().any():
            self.known_on = max(self.known_on, answer.frame["pulled_on"].max().date())

    def show_plan(self) -> None:
        """What was added to the plan, and how much to the file."""
        if self.new_proposals:
            heads = ("Campaign", "Stage", "Model", "Target", "", "Why")
            rows = [_row(proposal) for proposal in self.new_proposals]
            said(table([in_words(head) for head in heads], rows))
        said(Sentence(
            "%(file)s: %(sources)s and %(entries)s added.", file=self.file,
            sources=counted(len(self.connections.entries), "1 source", "%(count)s sources"),
            entries=counted(len(self.new_proposals), "1 plan entry", "%(count)s plan entries"),
        ))  # fmt: skip


def _is_zone(name: str) -> bool:
    return zone_of(name) is not None


def _result(result: Pull) -> Sentence:
    """What came of an account."""
    name = " ".join(filter(None, (result.source, result.account_id)))
    if not result.ok:
        return Sentence("✘ %(name)s: %(why)s", name=name, why=sentence(result.error))
    if result.until is None:
        return Sentence("✔ %(name)s: nothing new", name=name)
    rows = rows_counted(result.rows)
    return Sentence("✔ %(name)s: %(rows)s until %(day)s", name=name, rows=rows,
                    day=f"{result.until:%Y-%m-%d}")  # fmt: skip


def _row(proposal: Proposal) -> list[str]:
    target = "–" if proposal.target is None else f"{proposal.target_metric} {proposal.target:g}"
    return [
        proposal.match,
        proposal.stage or "–",
        proposal.pricing_model or "–",
        target,
        in_words("known" if proposal.known else "guess"),
        in_words(proposal.reason),
    ]


def _show(parts: CommandParts, setup: Setup) -> None:
    """The first digest, where there are numbers.

    Of the morning after the newest day, or of the one on which the newest numbers became known:
    just after an account's midnight, or where it lies far east, that is a day later.
    """
    last_day = parts.store.last_day()
    if last_day is None:
        waiting = (
            "No numbers yet. Put exports in the folder, if none is there, and run perfbot pull."
        )
        idle = "No numbers yet: nothing ran in these accounts in 60 days. perfbot pull looks again."
        said(Sentence(idle if setup.is_begun else waiting))
        return
    day = max(min(last_day, now().date()) + timedelta(days=1), setup.known_on)
    plan.load(parts.store, parts.settings, today=day, at=now())
    boards.rebuild(parts.context, day)
    renderer = parts.context.renderer(parts.settings.app.language)
    digest = written(parts.context, renderer, day, parts.context.zone())
    said(f"\n{in_words('The first digest:')}\n")
    said(plain(digest.parent.blocks))
    for _, _, reply in digest.thread:
        indented = plain(reply.blocks).replace("\n", "\n  │ ")
        said(f"\n  │ {indented}")

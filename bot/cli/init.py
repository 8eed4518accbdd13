"""`perfbot init`: from an empty folder to settings, numbers and the first digest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bot.app.onboarding import (
    ASKED,
    KindAsked,
    Proposal,
    SetupAnswers,
    add_secrets,
    answers_of,
    head,
    plan_text,
    proposals,
    proposals_of_numbers,
    source_text,
)
from bot.cli.door import say
from bot.cli.init_warehouse import ADDRESS_VARIABLE, WarehouseSetup
from bot.cli.options import everywhere
from bot.cli.parts import CommandParts, now, writing
from bot.cli.plain_text import plain, said, table
from bot.context import context as plan
from bot.errors import PerfbotError, SourceError, UsageError
from bot.features.digest.digest import written
from bot.jobs import morning
from bot.kinds import variables
from bot.numbers.input.names import account_key, normal_name
from bot.settings import Settings, SourceSettings, add_env_file, read
from bot.settings.reading import DEFAULT_FILE
from bot.snapshot import boards
from bot.sources import build
from bot.sources.base import AdAccount, Pulled
from bot.sources.platforms.pulling import PlatformSource

FIRST = timedelta(days=60)  # of a platform at once; `perfbot pull` fetches the year behind it
WAREHOUSE = "warehouse"
Listed = str | Sequence[str]


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
    setup = Setup(answers, Path(config or DEFAULT_FILE))
    setup.connect()
    setup.write_sources()
    with writing(db, config or DEFAULT_FILE) as parts:
        fine = setup.pull(parts)
    setup.write_plan()
    with writing(db, config or DEFAULT_FILE) as parts:
        _show(parts)
    said(NEXT_YEAR if setup.is_begun else NEXT)
    return 0 if fine else 1


NEXT_YEAR = """
Next: perfbot pull fetches the year behind these 60 days, perfbot doctor says what is missing,
and docs/slack.md takes perfbot into your Slack."""
NEXT = """
Next: perfbot doctor says what is missing, and docs/slack.md takes perfbot into your Slack."""


def _prompt(question: str, usual: str, secret: bool) -> str:
    answer: str = click.prompt(
        question, default=usual, hide_input=secret, show_default=bool(usual), err=True
    )
    return answer


@dataclass
class Setup:
    """One run of init: what was answered, and what is to be written."""

    answers: SetupAnswers
    file: Path
    secrets: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    proposed: list[Proposal] = field(default_factory=list)
    zone: str = ""
    currency: str = ""
    is_begun: bool = False  # whether a platform's year is still to be fetched

    @property
    def before(self) -> Settings:
        """What the file says already."""
        return read(self.file, os.environ) if self.file.exists() else Settings()

    def connect(self) -> None:
        """Ask for each thing there is, and test it.

        Raises:
            UsageError: Nothing to connect, or a key is missing and nobody can be asked.
            SourceError: A connection fails and nobody can be asked.
        """
        usual = ", ".join(_usual()) or "files"
        names = self.answers.list("have", f"What do you have? ({', '.join(ASKED)})", usual)
        if unknown := [name for name in names if name not in ASKED]:
            raise UsageError(f"{unknown[0]!r} is none of {', '.join(ASKED)}.")
        existing = {source.kind for source in self.before.sources}
        for name in names:
            if ASKED[name].kind in existing and name != WAREHOUSE:
                said(f"{ASKED[name].title} is in {self.file} already: left as it is.")
            else:
                self._connect(ASKED[name])

    def _connect(self, source_kind: KindAsked) -> None:
        """One kind of source; asked again until it answers, where somebody is there."""
        while True:
            try:
                self._connect_once(source_kind)
            except SourceError as error:
                if self.answers.prompt is None:
                    raise
                say(f"{source_kind.title}: {error}")
                if click.confirm("Try once more?", default=True, err=True):
                    continue
            return

    def _connect_once(self, source_kind: KindAsked) -> None:
        """What is asked of one kind of source, and tried.

        Raises:
            SourceError: It does not answer.
        """
        if source_kind.name == WAREHOUSE:
            self._connect_warehouse(source_kind)
            return
        keys = self._keys(source_kind)
        settings: dict[str, Listed] = {
            setting.name: self.answers.text(
                f"{source_kind.name}.{setting.name}", setting.question, setting.usual
            )
            for setting in source_kind.settings
        }
        accounts = self._tested(source_kind, settings, keys)
        if accounts:
            settings["accounts"] = self._chosen(source_kind, accounts)
        self.secrets |= keys
        self.entries[source_kind.name] = source_text(source_kind.name, source_kind.kind, settings)

    def _connect_warehouse(self, source_kind: KindAsked) -> None:
        """A warehouse: whatever numbers it has, each place a source."""
        existing = [source for source in self.before.sources if source.kind == source_kind.kind]
        warehouse = WarehouseSetup(self.answers, existing)
        warehouse.connect(source_kind)
        self.secrets |= warehouse.secrets
        self.entries |= warehouse.entries
        self.zone = self.zone or warehouse.zone

    def _keys(self, source_kind: KindAsked) -> dict[str, str]:
        """The keys that are not in the environment yet."""
        keys = {}
        for variable, place in source_kind.keys.items():
            if os.environ.get(variable):
                said(f"✔ {variable} is set.")
            else:
                question = f"{variable} ({place})"
                keys[variable] = self.answers.secret(
                    f"{source_kind.name}.{variable}", question, variable
                )
        return keys | self._spare_keys(source_kind)

    def _spare_keys(self, source_kind: KindAsked) -> dict[str, str]:
        """Keys that not everybody has: those that are given."""
        keys = {
            variable: self.answers.spare(f"{source_kind.name}.{variable}", f"{variable} ({place})")
            for variable, place in source_kind.spare.items()
            if not os.environ.get(variable)
        }
        return {variable: key for variable, key in keys.items() if key}

    def _tested(
        self, source_kind: KindAsked, settings: dict[str, Listed], keys: dict[str, str]
    ) -> list[AdAccount]:
        """The accounts it reaches; none where it has none. Says what is missing."""
        if source_kind.kind == "folder":
            Path(self.file.parent, str(settings["path"])).mkdir(parents=True, exist_ok=True)
            return []
        environment = {
            n: v for n, v in os.environ.items() if n.startswith(variables(source_kind.kind))
        }
        text = {name: value for name, value in settings.items() if value}
        config = SourceSettings.model_validate(
            {
                "name": source_kind.name,
                "kind": source_kind.kind,
                "secret_values": environment | keys,
            }
            | text
        )
        source = build(config, clock=now)
        assert isinstance(source, PlatformSource)
        accounts = source.accounts()
        if not accounts:
            raise SourceError(
                f"{source_kind.title} answers, but this sign-in reaches no ad account.",
                hint="Have its user given the accounts, or check the manager's id.",
            )
        said(f"✔ {source_kind.title} answers. It reaches:")
        rows = [[a.account_id, a.name, a.currency or "–", a.time_zone] for a in accounts]
        said(table(["Account", "Name", "Currency", "Time zone"], rows))
        self.zone = self.zone or accounts[0].time_zone
        self.currency = self.currency or accounts[0].currency or ""
        return accounts

    def _chosen(self, source_kind: KindAsked, accounts: Sequence[AdAccount]) -> list[str]:
        """The wanted accounts; empty for all of them, those of tomorrow too.

        Raises:
            SourceError: One of them is not reached.
        """
        question = "Which accounts? (ids apart by commas, or all)"
        ids = self.answers.list(f"{source_kind.name}.accounts", question, "all")
        if ids == ["all"]:
            return []
        reached = {account_key(account.account_id) for account in accounts}
        if unknown := [account for account in ids if account_key(account) not in reached]:
            raise SourceError(
                f"{source_kind.title}: this sign-in does not reach account {', '.join(unknown)}.",
                hint=f"It reaches {', '.join(account.account_id for account in accounts)}.",
            )
        return ids

    def write_sources(self) -> None:
        """Write what was connected: perfbot.toml, and keys into .env."""
        if self.secrets:
            add_secrets(Path(".env"), self.secrets)
            os.environ.update(self.secrets)
            said(f"✔ {len(self.secrets)} keys are in .env, which only you may read.")
        text = "".join(self.entries.values())
        if not self.file.exists():
            zone = self.answers.text("time_zone", "Time zone of your mornings", self.zone or "UTC")
            language = self.answers.text("language", "Language (en, nb)", "en")
            app = {"time_zone": zone, "language": language}
            text = head(app) + text
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

        Proposals come from what each says of its campaigns.
        """
        fine, keeper = True, morning.PullKeeper(parts.settings.details)
        for source in morning.sources(parts.store, parts.settings, now, list(self.entries)):
            is_platform = isinstance(source, PlatformSource)
            since = now().date() - (FIRST if is_platform else morning.FIRST_PULL)
            with _bar(source) as watched:
                answer = watched.pull(since, None)
            for result in morning.kept(parts.store, source.name, answer, since, keeper):
                fine = fine and result.ok
                summary = f"{result.rows} rows until {result.until}" if result.ok else result.error
                name = " ".join(filter(None, (source.name, result.account_id)))
                said(f"{'✔' if result.ok else '✘'} {name}: {summary}")
            for note in answer.notes:
                said(f"· {note}")
            self._propose(answer, source)
            self.is_begun |= is_platform
        return fine

    def _propose(self, answer: Pulled, source: Any) -> None:
        if isinstance(source, PlatformSource):
            self.proposed += proposals(source.client.channel, answer.campaigns)
            return
        self.proposed += proposals_of_numbers(answer.frame, answer.campaigns)

    def write_plan(self) -> None:
        """Add what the plan does not hold yet, and show it."""
        have = {normal_name(entry.match) for entry in self.before.plan}
        new_proposals = [
            proposal for proposal in self.proposed if normal_name(proposal.match) not in have
        ]
        self._add(plan_text(new_proposals))
        if new_proposals:
            rows = [_row(proposal) for proposal in new_proposals]
            said(table(["Campaign", "Stage", "Model", "Target", "", "Why"], rows))
        sources = _counted(len(self.entries), "source", "sources")
        entries = _counted(len(new_proposals), "plan entry", "plan entries")
        said(f"{self.file}: {sources} and {entries} added.")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _row(proposal: Proposal) -> list[str]:
    target = "–" if proposal.target is None else f"{proposal.target_metric} {proposal.target:g}"
    word = "known" if proposal.known else "guess"
    return [
        proposal.match,
        proposal.stage or "–",
        proposal.pricing_model or "–",
        target,
        word,
        proposal.reason,
    ]


def _usual() -> list[str]:
    """What the environment has keys for."""
    kinds = {name: kind for name, kind in ASKED.items() if kind.keys}
    with_keys = [name for name, kind in kinds.items() if all(map(os.environ.get, kind.keys))]
    return [*with_keys, *([WAREHOUSE] if os.environ.get(ADDRESS_VARIABLE) else [])]


@contextmanager
def _bar(source: Any) -> Iterator[Any]:
    """The source, with a bar on standard error while it is pulled."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} days"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        if not isinstance(source, PlatformSource):
            yield source
            return
        tasks: dict[str, Any] = {}

        def watch(name: str, completed: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name.replace("[", "("), total=total)
            bar.update(tasks[name], completed=completed)

        yield source.watched(watch)


def _show(parts: CommandParts) -> None:
    """The first digest, where there are numbers."""
    last_day = parts.store.last_day()
    if last_day is None:
        said("No numbers yet. Put exports in the folder, if none is there, and run perfbot pull.")
        return
    day = min(last_day, now().date()) + timedelta(days=1)
    plan.load(parts.store, parts.settings, today=day, at=now())
    boards.rebuild(parts.context, day)
    renderer = parts.context.renderer(parts.settings.app.language)
    digest = written(parts.context, renderer, day, parts.context.zone())
    said("\nThe first digest:\n")
    said(plain(digest.parent.blocks))
    for _, _, reply in digest.thread:
        indented = plain(reply.blocks).replace("\n", "\n  │ ")
        said(f"\n  │ {indented}")

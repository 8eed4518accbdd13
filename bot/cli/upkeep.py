"""`perfbot doctor`: is everything in place, and what to do where it is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import click

from bot.cli.options import everywhere
from bot.cli.parts import now, settings_of
from bot.cli.printing import said
from bot.cli.version import version
from bot.errors import PerfbotError
from bot.settings import Settings
from bot.store import file_of, open_store


@click.command("doctor")
@everywhere
def doctor_command(db: str | None, config: str | None) -> int:
    """Is everything in place? What to do where it is not."""
    said(f"✔ perfbot {version()}")
    try:
        settings = settings_of(config)
    except PerfbotError as error:
        said(f"✘ Settings: {error}")
        return 1
    findings = [finding for check in CHECKS for finding in _safely(check, settings, db)]
    for finding in findings:
        said(f"{finding.mark} {finding.words}")
    return 1 if any(finding.mark == "✘" for finding in findings) else 0


@dataclass(frozen=True)
class HealthFinding:
    """One thing looked at: fine, worth knowing, or wrong."""

    mark: str  # ✔ fine, · worth knowing, ✘ wrong
    words: str


Check = Callable[[Settings, str | None], Iterator[HealthFinding]]


def _safely(check: Check, settings: Settings, db: str | None) -> list[HealthFinding]:
    """What was found until something failed, and then that."""
    findings: list[HealthFinding] = []
    try:
        findings.extend(check(settings, db))
    except PerfbotError as error:
        findings.append(HealthFinding("✘", str(error)))
    return findings


def _settings(settings: Settings, db: str | None) -> Iterator[HealthFinding]:  # noqa: ARG001
    if settings.file is None:
        yield HealthFinding("·", "No perfbot.toml here: defaults hold (see perfbot.example.toml).")
    else:
        plan, sources = len(settings.plan), len(settings.sources)
        yield HealthFinding("✔", f"{settings.file}: {plan} plan entries, {sources} sources.")


def _rules(settings: Settings, db: str | None) -> Iterator[HealthFinding]:  # noqa: ARG001
    from bot import rules_files  # noqa: PLC0415, its errors are a finding of their own

    rulebook = rules_files.check(settings.rules.folder)
    yield HealthFinding("✔", f"{len(rulebook.rules)} rules, their tests hold.")


def _database(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    place = settings.database(db)
    store = open_store(place, read_only=True, missing_ok=True, check=False)
    try:
        damage = store.check()
        last_day, subscriptions = store.last_day(), store.subscriptions()
    finally:
        store.close()
    if damage:
        yield HealthFinding("✘", f"The database is damaged ({damage[0]}): run perfbot db repair.")
    if last_day is None:
        yield HealthFinding(
            "·", "The database has no numbers yet: perfbot import FILE, or perfbot pull."
        )
        return
    behind = (now().astimezone(settings.zone).date() - timedelta(days=1) - last_day).days
    yield HealthFinding("✔" if behind <= 1 else "·", f"Numbers reach {last_day}{_behind(behind)}.")
    if not subscriptions:
        yield HealthFinding(
            "·", "No channel subscribes to the digest: write /perf subscribe in one."
        )


def _behind(days: int) -> str:
    return f", {days} days behind" if days > 1 else ""


def _writable(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    path = file_of(settings.database(db))
    if path is None:
        return
    folder = path.parent
    if (path.exists() and not os.access(path, os.W_OK)) or not os.access(folder, os.W_OK):
        yield HealthFinding("✘", f"{path} cannot be written to: check its permissions.")


def _sources(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    from bot.cli.source_check import tried  # noqa: PLC0415, no other command calls platforms

    for mark, words in tried(settings, db):
        yield HealthFinding(mark, words)


def _slack(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    from bot.cli.slack_check import tried  # noqa: PLC0415, no other command needs Slack's client

    for mark, words in tried(settings, db):
        yield HealthFinding(mark, words)


CHECKS: tuple[Check, ...] = (_settings, _rules, _database, _writable, _sources, _slack)

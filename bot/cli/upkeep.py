"""`perfbot doctor`: is everything in place, and what to do where it is not.

What `perfbot doctor` tries of Slack: tokens by using them, channels by looking into them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import starmap
from typing import Any

import click
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cli.doctor_checks import client_of, sources_tried, workspaces_tried
from bot.cli.door import version
from bot.cli.options import everywhere
from bot.cli.orders import orders_tried
from bot.cli.parts import CommandParts, now, settings_of
from bot.cli.plain_text import said
from bot.cli.plan_commands import TargetUnits
from bot.errors import PerfbotError
from bot.numbers.exchange import OLD, Rate
from bot.places import shipped
from bot.settings import Settings
from bot.slack.lookups import absence
from bot.slack.web_clients import introduce, patient, refused, web_client
from bot.snapshot import boards
from bot.sources.exchange_rates import OWN, exchange_on
from bot.store import file_of, open_store
from bot.store.base import Store, Subscription

PATIENCE = 8.0  # seconds; a doctor is waited for
CLOCK_OFF, CLOCK_REFUSED = 30, 300  # seconds; Slack's signatures hold five minutes
FINE, WORTH_KNOWING, WRONG = "✔", "·", "✘"


Finding = tuple[str, str]  # ✔ · or ✘, and the sentence


def slack_tried(settings: Settings, db: str | None) -> Iterator[Finding]:
    """Tokens, scopes, the socket, and the channels of every subscription: a tick means tried."""
    missing = settings.tokens.missing(settings.slack.mode)
    if missing:
        names = " and ".join(missing)
        yield (WORTH_KNOWING, f"No Slack yet: {names} not set. perfbot demo needs none.")
        return
    if settings.tokens.several:
        yield from _several(settings, db)
        return
    assert settings.tokens.bot is not None, "`missing` has looked"
    client = web_client(settings.tokens.bot.get_secret_value(), settings.tokens.api_url)
    client = patient(client, PATIENCE)
    identity = introduce(client)
    yield (
        FINE,
        f"Slack accepts the bot's token: {identity.get('user')} in {identity.get('team')}.",
    )
    headers = _headers(client)
    yield from _scopes(headers)
    yield from clock_against(headers.get("date", ""), now())
    yield from _way_in(settings)
    with closing(open_store(settings.database(db), read_only=True, missing_ok=True)) as store:
        yield from _channels(store, client)


def _several(settings: Settings, db: str | None) -> Iterator[Finding]:
    with closing(open_store(settings.database(db), read_only=True, missing_ok=True)) as store:
        yield from workspaces_tried(settings, store)
        yield from _way_in(settings)
        yield from _channels(store, client_of(settings, store))


def needed_scopes() -> frozenset[str]:
    """What the manifest asks for, which is what perfbot uses."""
    manifest: Any = yaml.safe_load(shipped("slack-manifest.yml").read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def _headers(client: WebClient) -> dict[str, str]:
    """What Slack says beside an answer, by names in small letters."""
    answer = client.auth_test()
    return {str(name).lower(): _first(value) for name, value in (answer.headers or {}).items()}


def _first(value: object) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def clock_against(date: str, at: datetime) -> Iterator[Finding]:
    """This machine's clock against Slack's `Date`; nothing where a server does not say."""
    try:
        away = (at - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return
    if abs(away) < CLOCK_OFF:
        yield (FINE, "This machine's clock agrees with Slack's.")
        return
    direction = "ahead of" if away > 0 else "behind"
    mark = WRONG if abs(away) >= CLOCK_REFUSED else WORTH_KNOWING
    yield (
        mark,
        (
            f"This machine's clock is {abs(away):,.0f} seconds {direction} Slack's: set it by NTP "
            f"(requests more than {CLOCK_REFUSED} seconds off are refused)."
        ),
    )


def _scopes(headers: Mapping[str, str]) -> Iterator[Finding]:
    """Slack says with every answer what was granted."""
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    if not granted:  # a server that does not say
        return
    lacking = sorted(needed_scopes() - granted)
    if lacking:
        complaint = f"Slack has not granted {', '.join(lacking)}"
        yield (WRONG, f"{complaint}: bring the app up to date with slack-manifest.yml.")
    else:
        yield (FINE, f"Slack has granted all {len(needed_scopes())} scopes.")


def _way_in(settings: Settings) -> Iterator[Finding]:
    """The socket is opened as far as its address; a signing secret only Slack can try."""
    if settings.slack.mode == "http":
        caveat = "whether it is right Slack's first request shows"
        yield (WORTH_KNOWING, f"SLACK_SIGNING_SECRET is set; {caveat}.")
        return
    assert settings.tokens.app is not None, "`missing` has looked"
    token = settings.tokens.app.get_secret_value()
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise refused(error, "SLACK_APP_TOKEN") from error
    yield (FINE, "Slack opens a socket for the app's token.")


def _channels(store: Store, client: WebClient) -> Iterator[Finding]:
    subscriptions = store.subscriptions()
    wrong = [
        finding
        for subscription in subscriptions
        for finding in _of_one(store, client, subscription)
    ]
    yield from wrong
    if subscriptions and not wrong:
        channels = len({subscription.channel for subscription in subscriptions})
        yield (FINE, f"All {channels} subscribed channels can be posted to.")


def _of_one(store: Store, client: WebClient, subscription: Subscription) -> Iterator[Finding]:
    """What keeps a subscription from its channel."""
    from bot.jobs.due_digests import has_zone  # noqa: PLC0415  (the scheduler's room, for one question)

    preference = store.preference(f"channel:{subscription.channel}")
    place = f"#{preference['name'].lstrip('#')}" if preference.get("name") else subscription.channel
    if not has_zone(subscription):
        zone = subscription.time_zone
        yield (WRONG, f"The summary for {place} cannot come: no time zone {zone}.")
    since = f" (since {preference['away_since'][:10]})" if preference.get("away_since") else ""
    reason = absence(client, subscription.channel)
    if reason is not None:
        yield (WRONG, f"The summary for {place} cannot come{since}: {reason}")
    elif preference.get("away"):  # reading still works where it is archived; posting was tried
        complaint = f"Slack said {preference['away']} when it was last posted to"
        yield (WRONG, f"The summary for {place} waits{since}: {complaint}.")


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
    said(f"Next step: {next_step(findings)}")
    return 1 if any(finding.mark == "✘" for finding in findings) else 0


@dataclass(frozen=True)
class HealthFinding:
    """One thing looked at: fine, worth knowing, or wrong."""

    mark: str  # ✔ fine, · worth knowing, ✘ wrong
    words: str


def next_step(findings: Sequence[HealthFinding]) -> str:
    """What to do first: mend what is wrong, then what is worth knowing; else nothing."""
    for mark in (WRONG, WORTH_KNOWING):
        words = next((finding.words for finding in findings if finding.mark == mark), None)
        if words is not None:
            return words
    return "none. Everything is in place, and the next summary comes by itself."


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
    return starmap(HealthFinding, sources_tried(settings, db))


def _slack(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    return starmap(HealthFinding, slack_tried(settings, db))


def _rates(settings: Settings, db: str | None) -> Iterator[HealthFinding]:  # noqa: ARG001
    """At which rates amounts are shown in one currency, where they are."""
    to = settings.app.reporting_currency
    if to is None:
        return
    today = now().astimezone(settings.zone).date()
    user_rates = [(entry.currency, Rate(entry.rate, entry.day, OWN)) for entry in settings.rates]
    rates = exchange_on(to, today, user_rates, settings.app.rates).rates.values()
    newest = max((rate.day for rate in rates), default=None)
    if newest is None:
        hint = "pip install 'perfbot[currency]', or write your own as [[rates]]"
        yield HealthFinding("✘", f"No rates into {to} are known: {hint}.")
        return
    age_days = (today - newest).days
    mark, age = ("·", f", {age_days} days old") if age_days > OLD else ("✔", "")
    yield HealthFinding(mark, f"Amounts are shown in {to}; the newest rates are of {newest}{age}.")


def _orders(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    return starmap(HealthFinding, orders_tried(settings, db))


def _plan(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    """Targets far off what a result costs, and campaigns nobody has said the purpose of."""
    store = open_store(settings.database(db), read_only=True, missing_ok=True)
    try:
        if store.last_day() is None:
            return
        parts = CommandParts(settings, store)
        day = parts.morning(None)
        for question in TargetUnits(parts).far(day):
            yield HealthFinding("·", question)
        rows = boards.figures(parts.context, day, "28d").rows
        guessed = sum(row.because == "inferred" for row in rows)
        if guessed:
            yield HealthFinding(
                "·",
                f"What {guessed:,} of {len(rows):,} campaigns are for is a guess: perfbot plan "
                "check lists them. No money moves on it: answer the digest, or write a plan.",
            )
    finally:
        store.close()


CHECKS: tuple[Check, ...] = (
    _settings, _rules, _database, _writable, _sources, _plan, _rates, _orders, _slack,
)  # fmt: skip

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
from bot.cli.door import in_words, version
from bot.cli.options import everywhere
from bot.cli.orders import orders_tried
from bot.cli.parts import CommandParts, now, settings_of
from bot.cli.plain_text import said
from bot.cli.plan_commands import TargetUnits
from bot.errors import PerfbotError
from bot.numbers.exchange import OLD, Rate
from bot.places import shipped
from bot.sentences import Sentence
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


Finding = tuple[str, Sentence]  # ✔ · or ✘, and the sentence


def slack_tried(settings: Settings, db: str | None) -> Iterator[Finding]:
    """Tokens, scopes, the socket, and the channels of every subscription: a tick means tried."""
    missing = settings.tokens.missing(settings.slack.mode)
    if missing:
        text = (
            "No Slack yet: %(names)s not set. docs/starting.md says how; perfbot demo needs none."
        )
        yield WORTH_KNOWING, Sentence(text, names=_listed(missing))
        return
    if settings.tokens.several:
        yield from _several(settings, db)
        return
    assert settings.tokens.bot is not None, "`missing` has looked"
    client = web_client(settings.tokens.bot.get_secret_value(), settings.tokens.api_url)
    client = patient(client, PATIENCE)
    identity = introduce(client)
    user, team = identity.get("user"), identity.get("team")
    yield (
        FINE,
        Sentence("Slack accepts the bot's token: %(user)s in %(team)s.", user=user, team=team),
    )
    headers = _headers(client)
    yield from _scopes(headers)
    yield from clock_against(headers.get("date", ""), now())
    yield from _way_in(settings)
    with closing(open_store(settings.database(db), read_only=True, missing_ok=True)) as store:
        yield from _channels(store, client)


def _listed(names: Sequence[str]) -> Sentence:
    """Two or more by name."""
    if len(names) == 1:
        return Sentence("%(name)s", name=names[0])
    all_but_last = ", ".join(names[:-1])
    return Sentence("%(first)s and %(last)s", first=all_but_last, last=names[-1])


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
        yield FINE, Sentence("This machine's clock agrees with Slack's.")
        return
    mark = WRONG if abs(away) >= CLOCK_REFUSED else WORTH_KNOWING
    text = (
        "This machine's clock is %(seconds)s seconds ahead of Slack's: set it by NTP (requests "
        "more than %(most)s seconds off are refused)."
        if away > 0
        else "This machine's clock is %(seconds)s seconds behind Slack's: set it by NTP (requests "
        "more than %(most)s seconds off are refused)."
    )
    yield mark, Sentence(text, seconds=f"{abs(away):,.0f}", most=CLOCK_REFUSED)


def _scopes(headers: Mapping[str, str]) -> Iterator[Finding]:
    """Slack says with every answer what was granted."""
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
    if not granted:  # a server that does not say
        return
    lacking = sorted(needed_scopes() - granted)
    if lacking:
        text = "Slack has not granted %(scopes)s: bring the app up to date with slack-manifest.yml."
        yield WRONG, Sentence(text, scopes=", ".join(lacking))
    else:
        count = len(needed_scopes())
        yield FINE, Sentence("Slack has granted all %(count)s scopes.", count=count)


def _way_in(settings: Settings) -> Iterator[Finding]:
    """The socket is opened as far as its address; a signing secret only Slack can try."""
    if settings.slack.mode == "http":
        text = "SLACK_SIGNING_SECRET is set; whether it is right Slack's first request shows."
        yield WORTH_KNOWING, Sentence(text)
        return
    assert settings.tokens.app is not None, "`missing` has looked"
    token = settings.tokens.app.get_secret_value()
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise refused(error, "SLACK_APP_TOKEN") from error
    yield FINE, Sentence("Slack opens a socket for the app's token.")


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
        all_of_them = "All %(count)s subscribed channels can be posted to."
        single = "The one subscribed channel can be posted to."
        yield FINE, Sentence(single if channels == 1 else all_of_them, count=channels)


def _of_one(store: Store, client: WebClient, subscription: Subscription) -> Iterator[Finding]:
    """What keeps a subscription from its channel."""
    from bot.jobs.due_digests import has_zone  # noqa: PLC0415  (the scheduler's room, for one question)

    preference = store.preference(f"channel:{subscription.channel}")
    place = f"#{preference['name'].lstrip('#')}" if preference.get("name") else subscription.channel
    if not has_zone(subscription):
        zone = subscription.time_zone
        text = "The summary for %(place)s cannot come: no time zone %(zone)s."
        yield WRONG, Sentence(text, place=place, zone=zone)
    since = preference.get("away_since", "")[:10]
    reason = absence(client, subscription.channel)
    if reason is not None:
        text = "The summary for %(place)s cannot come: %(why)s"
        if since:
            text = "The summary for %(place)s cannot come (since %(day)s): %(why)s"
        yield WRONG, Sentence(text, place=place, day=since, why=reason.as_sentence)
    elif preference.get("away"):  # reading still works where it is archived; posting was tried
        text = "The summary for %(place)s waits: Slack said %(word)s when it was last posted to."
        if since:
            text = (
                "The summary for %(place)s waits (since %(day)s): Slack said %(word)s when it was "
                "last posted to."
            )
        yield WRONG, Sentence(text, place=place, day=since, word=preference["away"])


@click.command("doctor")
@everywhere
def doctor_command(db: str | None, config: str | None) -> int:
    """Is everything in place? What to do where it is not."""
    said(f"✔ perfbot {version()}")
    try:
        settings = settings_of(config)
    except PerfbotError as error:
        said(Sentence("✘ Settings: %(why)s", why=error.as_sentence))
        return 1
    findings = [finding for check in CHECKS for finding in _safely(check, settings, db)]
    for finding in findings:
        said(f"{finding.mark} {in_words(finding.words)}")
    said(Sentence("Next step: %(step)s", step=next_step(findings)))
    return 1 if any(finding.mark == "✘" for finding in findings) else 0


@dataclass(frozen=True)
class HealthFinding:
    """One thing looked at: fine, worth knowing, or wrong."""

    mark: str  # ✔ fine, · worth knowing, ✘ wrong
    words: Sentence


def next_step(findings: Sequence[HealthFinding]) -> Sentence:
    """What to do first: mend what is wrong, then what is worth knowing; else nothing."""
    for mark in (WRONG, WORTH_KNOWING):
        words = next((finding.words for finding in findings if finding.mark == mark), None)
        if words is not None:
            return words
    return Sentence("none. Everything is in place, and the next summary comes by itself.")


Check = Callable[[Settings, str | None], Iterator[HealthFinding]]


def _safely(check: Check, settings: Settings, db: str | None) -> list[HealthFinding]:
    """What was found until something failed, and then that."""
    findings: list[HealthFinding] = []
    try:
        findings.extend(check(settings, db))
    except PerfbotError as error:
        findings.append(HealthFinding("✘", error.as_sentence))
    return findings


def _settings(settings: Settings, db: str | None) -> Iterator[HealthFinding]:  # noqa: ARG001
    if settings.file is None:
        text = "No perfbot.toml here: defaults hold (perfbot init writes one)."
        yield HealthFinding("·", Sentence(text))
    else:
        plan, sources = len(settings.plan), len(settings.sources)
        text = "%(file)s: plan entries: %(plan)s, sources: %(sources)s."
        counts = Sentence(text, file=settings.file, plan=plan, sources=sources)
        yield HealthFinding("✔", counts)


def _rules(settings: Settings, db: str | None) -> Iterator[HealthFinding]:  # noqa: ARG001
    from bot import rules_files  # noqa: PLC0415, its errors are a finding of their own

    rulebook = rules_files.check(settings.rules.folder)
    count = len(rulebook.rules)
    yield HealthFinding("✔", Sentence("%(count)s rules, their tests hold.", count=count))


def _database(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    place = settings.database(db)
    store = open_store(place, read_only=True, missing_ok=True, check=False)
    try:
        damage = store.check()
        last_day, subscriptions = store.last_day(), store.subscriptions()
    finally:
        store.close()
    if damage:
        text = "The database is damaged (%(damage)s): run perfbot db repair."
        yield HealthFinding("✘", Sentence(text, damage=damage[0]))
    if last_day is None:
        text = "The database has no numbers yet: perfbot import FILE, or perfbot pull."
        yield HealthFinding("·", Sentence(text))
        return
    behind = (now().astimezone(settings.zone).date() - timedelta(days=1) - last_day).days
    text = (
        "Numbers reach %(day)s." if behind <= 1 else "Numbers reach %(day)s, %(days)s days behind."
    )
    reach = Sentence(text, day=f"{last_day}", days=behind)
    yield HealthFinding("✔" if behind <= 1 else "·", reach)
    if not subscriptions:
        text = "No channel subscribes to the digest: write /perf subscribe in one."
        yield HealthFinding("·", Sentence(text))


def _writable(settings: Settings, db: str | None) -> Iterator[HealthFinding]:
    path = file_of(settings.database(db))
    if path is None:
        return
    folder = path.parent
    if (path.exists() and not os.access(path, os.W_OK)) or not os.access(folder, os.W_OK):
        text = "%(path)s cannot be written to: check its permissions."
        yield HealthFinding("✘", Sentence(text, path=path))


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
        text = (
            "No rates into %(currency)s are known: pip install 'perfbot[currency]', or write your "
            "own as [[rates]]."
        )
        yield HealthFinding("✘", Sentence(text, currency=to))
        return
    age_days = (today - newest).days
    fresh = "Amounts are shown in %(currency)s; the newest rates are of %(day)s."
    stale = "Amounts are shown in %(currency)s; the newest rates are of %(day)s, %(days)s days old."
    words = Sentence(
        stale if age_days > OLD else fresh, currency=to, day=f"{newest}", days=age_days
    )
    yield HealthFinding("·" if age_days > OLD else "✔", words)


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
            yield HealthFinding("·", Sentence("%(question)s", question=question))
        rows = boards.figures(parts.context, day, "28d").rows
        guessed = sum(row.because == "inferred" for row in rows)
        if guessed:
            words = Sentence(
                "What %(guessed)s of %(count)s campaigns are for is a guess: perfbot plan check "
                "lists them. No money moves on it: answer the digest, or write a plan.",
                guessed=f"{guessed:,}",
                count=f"{len(rows):,}",
            )
            yield HealthFinding("·", words)
    finally:
        store.close()


CHECKS: tuple[Check, ...] = (
    _settings, _rules, _database, _writable, _sources, _plan, _rates, _orders, _slack,
)  # fmt: skip

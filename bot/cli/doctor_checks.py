"""What `perfbot doctor` tries: sources, their accounts' last pulls, and workspaces' tokens."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.cli.parts import CommandParts, now
from bot.domain.slack_ids import HOME
from bot.errors import PerfbotError, SettingsError
from bot.features import status
from bot.jobs import morning
from bot.settings import Settings, SourceSettings
from bot.slack.installations import Installs
from bot.slack.vault import TokensSealedError, Vault
from bot.slack.web_clients import introduce, patient, web_client
from bot.slack.workspaces import WorkspaceClient
from bot.sources.base import Source, TokenFacts
from bot.sources.exports import read as read_export
from bot.sources.folder import FolderSource
from bot.sources.platforms.client import Noting
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.rest import Patience
from bot.store import open_store
from bot.store.base import InstalledWorkspace, Store

Finding = tuple[str, str]  # ✔ · or ✘, and the sentence
SOON = timedelta(days=14)  # a token that ends within it is worth a word
READS, WRITES = "ads_read", "ads_management"  # Meta's words for what a token may do
NAMED = 3


def sources_tried(settings: Settings, db: str | None) -> Iterator[Finding]:
    """What came of it, a line each."""
    store = open_store(settings.database(db), read_only=True, missing_ok=True, check=False)
    try:
        for config in settings.sources:
            try:
                yield from _source(store, settings, config)
            except PerfbotError as error:
                yield "✘", f"The source {config.name}: {_unnamed(error, config.name)}"
        yield from _accounts(store, settings)
    finally:
        store.close()


def _unnamed(error: PerfbotError, name: str) -> str:
    """What went wrong, without the source's name before it: that is said already."""
    return str(error).removeprefix(f"{name}: ")


def _source(store: Store, settings: Settings, config: SourceSettings) -> Iterator[Finding]:
    if config.kind == "folder" and config.path is not None and not config.path.is_dir():
        yield "✘", f"The source {config.name}: there is no folder {config.path}."
        return
    if config.kind == "warehouse" and not config.url:
        yield "✘", f"The source {config.name}: {config.url_env} is not set."
        return
    (source,) = morning.sources(store, settings, now, [config.name])
    if isinstance(source, PlatformSource):
        yield from _platform(_impatient(source))
    elif isinstance(source, FolderSource):
        yield _folder(source)
    else:
        yield from _other(source, config.name)


def _folder(source: FolderSource) -> Finding:
    """The newest export is read, as the next pull would."""
    exports = source.exports()
    if not exports:
        return "·", f"The source {source.name}: no export lies in {source.path} yet."
    newest = exports[-1]
    rows = len(read_export(newest, settings=source.settings).frame)
    total = "1 export" if len(exports) == 1 else f"{len(exports):,} exports"
    return "✔", (
        f"The source {source.name}: {total} in the folder; the newest, {newest.name}, was read "
        f"({_rows(rows)})."
    )


def _other(source: Source, name: str) -> Iterator[Finding]:
    """Yesterday is read, and not kept."""
    day = now().date() - timedelta(days=1)
    pulled = source.pull(day, day)
    failed = [account for account in pulled.accounts if not account.ok]
    for account in failed:
        yield "✘", f"The source {name}: {account.error or account.account_id}"
    if not failed:
        yield "✔", f"The source {name} was read: {_rows(len(pulled.frame))} of {day}."


def _rows(count: int) -> str:
    return {0: "no rows", 1: "1 row"}.get(count, f"{count:,} rows")


def _impatient(source: PlatformSource) -> PlatformSource:
    """Asked once: whoever waits for the doctor wants to know now."""
    client: Any = source.client
    if hasattr(client, "patience"):
        once = dataclasses.replace(client, patience=Patience(tries=1))
        return dataclasses.replace(source, client=once)
    return source


def _platform(source: PlatformSource) -> Iterator[Finding]:
    accounts = source.accounts()
    if not accounts:
        yield (
            "✘",
            (
                f"The source {source.name} answers, but its token reaches no ad account: give its "
                "user the accounts, or check manager in perfbot.toml."
            ),
        )
        return
    names = [f"{account.name} ({account.account_id})" for account in accounts[:NAMED]]
    remainder = f" and {len(accounts) - NAMED} more" if len(accounts) > NAMED else ""
    yield "✔", f"The source {source.name} was called and reaches {', '.join(names)}{remainder}."
    if (ask_token := getattr(source.client, "token", None)) is not None:
        yield from _token(source.name, ask_token())
    if isinstance(source.client, Noting):
        yield from (("·", note) for note in source.client.notes)


def _token(name: str, token: TokenFacts) -> Iterator[Finding]:
    """How old it is, how long it lasts and what it may do, as far as the platform says."""
    if token.issued is not None:
        days = (now() - token.issued).days
        yield "✔", f"The token of {name} is {_days(days)} old (made on {token.issued:%Y-%m-%d})."
    if token.ends is not None and token.ends - now() > SOON:
        yield "✔", f"Its token lasts until {token.ends:%Y-%m-%d}."
    elif token.ends is not None:
        yield (
            "·",
            (
                f"The token of {name} ends on {token.ends:%Y-%m-%d}: make a new one before, best "
                "of a system user, whose tokens do not end."
            ),
        )
    if token.scopes and READS not in token.scopes:
        yield "✘", f"{name} may not read: grant {READS} where its access was made."
    elif token.scopes and WRITES in token.scopes:
        yield (
            "✔",
            f"{name} may read ({READS}), and set budgets where you switch that on ({WRITES}).",
        )
    elif token.scopes:
        yield "✔", f"{name} may read ({READS}), and change nothing."


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _accounts(store: Store, settings: Settings) -> Iterator[Finding]:
    """How far each source and account can be believed: what `/perf sources` says of them."""
    parts = CommandParts(settings, store)
    as_of = parts.morning(None)
    if store.last_day(as_of) is None and not store.pulls():
        return
    renderer = parts.renderers["en"]
    for line in status.lines(status.health(parts.context, as_of)):
        brought = f" (source {line.source})" if line.source else ""
        if not line.faults:
            reach = f"numbers reach {line.until}" if line.until else "nothing new"
            yield "✔", f"{line.name}{brought}: {reach}."
        for line_fault in line.faults:
            yield "✘" if line_fault.fault.kind == "failed" else "·", renderer.of_fault(line_fault)


PATIENCE = 8.0  # seconds; a doctor is waited for
FINE, WORTH_KNOWING, WRONG = "✔", "·", "✘"


class StoredTokens:
    """Tokens as they are stored (`bot.slack.workspaces.Tokens`)."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        key = settings.tokens.token_key
        vault = Vault(key.get_secret_value() if key else "")
        self.installs = Installs(store, vault, now)

    def of(self, team: str) -> str:
        """The token of a workspace; "" where there is none, or it does not open."""
        token = self.settings.tokens.bot
        if team == HOME and token is not None:
            return token.get_secret_value()
        try:
            installation = self.installs.find_installation(
                team_id=team or self.settings.slack.home or ""
            )
        except TokensSealedError:
            return ""
        return (installation.bot_token or "") if installation else ""


def client_of(settings: Settings, store: Store) -> WorkspaceClient:
    """A client for all of them, which changes nothing."""
    base = patient(web_client(None, settings.tokens.api_url), PATIENCE)
    return WorkspaceClient(base, StoredTokens(settings, store))


def workspaces_tried(settings: Settings, store: Store) -> Iterator[Finding]:
    """Each workspace's token by using it; what has ended, and what does not open, with the way out.

    Raises:
        SettingsError: The key is none.
    """
    tokens = StoredTokens(settings, store)
    address = settings.slack.address or ""
    if settings.tokens.bot is not None:
        yield _tried("SLACK_BOT_TOKEN", tokens.of(HOME), settings)
    workspaces = store.workspaces()
    for workspace in workspaces:
        yield _of_one(workspace, tokens, settings)
    if not workspaces:
        yield (
            WORTH_KNOWING,
            f"No workspace has installed perfbot yet, at {address}/slack/install.",
        )


def _of_one(workspace: InstalledWorkspace, tokens: StoredTokens, settings: Settings) -> Finding:
    name = f"{workspace.name} ({workspace.team})"
    if workspace.ended:
        day = f" on {workspace.ended_at:%Y-%m-%d}" if workspace.ended_at else ""
        way_out = f"install it again at {settings.slack.address}/slack/install"
        return WRONG, f"{name} took perfbot out{day} ({workspace.ended}): {way_out}."
    try:
        tokens.installs.opened(workspace)
    except TokensSealedError as error:
        return WRONG, str(error)
    way_back = f"Install it there again at {settings.slack.address}/slack/install."
    return _tried(f"the token of {name}", tokens.of(workspace.team), settings, way_back)


def _tried(name: str, token: str, settings: Settings, again: str = "") -> Finding:
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        introduce(client, name)
    except SettingsError as error:
        return WRONG, f"{error.message} {again or error.hint}"
    except PerfbotError as error:
        return WRONG, str(error)
    return FINE, f"Slack accepts {name}."

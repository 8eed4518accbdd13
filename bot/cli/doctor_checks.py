"""What `perfbot doctor` tries: sources, their accounts' last pulls, and workspaces' tokens."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from bot.cli.door import LANGUAGE
from bot.cli.parts import CommandParts, now
from bot.domain.slack_ids import HOME
from bot.errors import PerfbotError, SettingsError
from bot.features import status
from bot.jobs import pull_keeping
from bot.render.values.news import SourceLine
from bot.sentences import Sentence, counted, rows_counted, sentence
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

Finding = tuple[str, Sentence]  # ✔ · or ✘, and the sentence
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
                yield "✘", _of_source(config.name, _unnamed(error, config.name))
        yield from _accounts(store, settings)
    finally:
        store.close()


def _of_source(name: str, problem: str) -> Sentence:
    return Sentence("The source %(name)s: %(problem)s", name=name, problem=sentence(problem))


def _unnamed(error: PerfbotError, name: str) -> Sentence:
    """What went wrong, without the source's name before it: that is said already."""
    message, hint = error.sentences
    problem = message.values.get("problem")
    if error.file or message.values.get("name") != name or not isinstance(problem, Sentence):
        return error.as_sentence
    return Sentence("%(message)s %(hint)s", message=problem, hint=hint) if hint else problem


def _source(store: Store, settings: Settings, config: SourceSettings) -> Iterator[Finding]:
    if config.kind == "folder" and config.path is not None and not config.path.is_dir():
        yield (
            "✘",
            _of_source(config.name, Sentence("there is no folder %(path)s.", path=config.path)),
        )
        return
    if config.kind == "warehouse" and not config.url:
        yield (
            "✘",
            _of_source(config.name, Sentence("%(variable)s is not set.", variable=config.url_env)),
        )
        return
    (source,) = pull_keeping.sources(store, settings, now, [config.name])
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
        nothing = Sentence("no export lies in %(path)s yet.", path=source.path)
        return "·", _of_source(source.name, nothing)
    newest = exports[-1]
    rows = len(read_export(newest, settings=source.settings).frame)
    several = Sentence(
        "%(count)s exports in the folder; the newest, %(file)s, was read (%(rows)s).",
        count=f"{len(exports):,}",
        file=newest.name,
        rows=rows_counted(rows),
    )
    alone = Sentence("the one export in the folder, %(file)s, was read (%(rows)s).",
                     file=newest.name, rows=rows_counted(rows))  # fmt: skip
    return "✔", _of_source(source.name, alone if len(exports) == 1 else several)


def _other(source: Source, name: str) -> Iterator[Finding]:
    """Yesterday is read, and not kept."""
    day = now().date() - timedelta(days=1)
    pulled = source.pull(day, day)
    failed = [account for account in pulled.accounts if not account.ok]
    for account in failed:
        yield "✘", _of_source(name, account.error or account.account_id)
    if not failed:
        yield "✔", Sentence("The source %(name)s was read: %(rows)s of %(day)s.", name=name,
                            rows=rows_counted(len(pulled.frame)), day=f"{day}")  # fmt: skip


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
            Sentence(
                "The source %(name)s answers, but its token reaches no ad account: give its user "
                "the accounts, or check manager in perfbot.toml.",
                name=source.name,
            ),
        )
        return
    names = ", ".join(f"{account.name} ({account.account_id})" for account in accounts[:NAMED])
    more = len(accounts) - NAMED
    all_of_them = "The source %(name)s was called and reaches %(names)s."
    with_more = "The source %(name)s was called and reaches %(names)s and %(more)s more."
    yield (
        "✔",
        Sentence(with_more if more > 0 else all_of_them, name=source.name, names=names, more=more),
    )
    if (ask_token := getattr(source.client, "token", None)) is not None:
        yield from _token(source.name, ask_token())
    if isinstance(source.client, Noting):
        yield from (("·", sentence(note)) for note in source.client.notes)


def _token(name: str, token: TokenFacts) -> Iterator[Finding]:
    """How old it is, how long it lasts and what it may do, as far as the platform says."""
    if token.issued is not None:
        days = (now() - token.issued).days
        age = counted(days, "1 day", "%(count)s days")
        text = "The token of %(name)s is %(days)s old (made on %(made)s)."
        yield "✔", Sentence(text, name=name, days=age, made=f"{token.issued:%Y-%m-%d}")
    if token.ends is not None and token.ends - now() > SOON:
        yield "✔", Sentence("Its token lasts until %(day)s.", day=f"{token.ends:%Y-%m-%d}")
    elif token.ends is not None:
        yield "·", Sentence(
            "The token of %(name)s ends on %(day)s: make a new one before, best of a system user, "
            "whose tokens do not end.",
            name=name, day=f"{token.ends:%Y-%m-%d}",
        )  # fmt: skip
    yield from _scopes(name, token.scopes)


def _scopes(name: str, scopes: Collection[str]) -> Iterator[Finding]:
    if scopes and READS not in scopes:
        text = "%(name)s may not read: grant %(reads)s where its access was made."
        yield "✘", Sentence(text, name=name, reads=READS)
    elif scopes and WRITES in scopes:
        yield "✔", Sentence(
            "%(name)s may read (%(reads)s), and set budgets where you switch that on (%(writes)s).",
            name=name, reads=READS, writes=WRITES,
        )  # fmt: skip
    elif scopes:
        text = "%(name)s may read (%(reads)s), and change nothing."
        yield "✔", Sentence(text, name=name, reads=READS)


def _accounts(store: Store, settings: Settings) -> Iterator[Finding]:
    """How far each source and account can be believed: what `/perf sources` says of them."""
    parts = CommandParts(settings, store)
    as_of = parts.morning(None)
    if store.last_day(as_of) is None and not store.pulls():
        return
    renderer = parts.renderers[LANGUAGE.get()]
    for line in status.lines(status.health(parts.context, as_of)):
        if not line.faults:
            yield "✔", _fresh(line)
        for line_fault in line.faults:
            mark = "✘" if line_fault.fault.kind == "failed" else "·"
            yield mark, Sentence("%(fault)s", fault=renderer.of_fault(line_fault))


def _fresh(line: SourceLine) -> Sentence:
    reach = Sentence("nothing new")
    if line.until:
        reach = Sentence("numbers reach %(day)s", day=f"{line.until}")
    text = "%(name)s (source %(source)s): %(reach)s." if line.source else "%(name)s: %(reach)s."
    return Sentence(text, name=line.name, source=line.source, reach=reach)


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
        text = "No workspace has installed perfbot yet, at %(address)s/slack/install."
        yield WORTH_KNOWING, Sentence(text, address=address)


def _of_one(workspace: InstalledWorkspace, tokens: StoredTokens, settings: Settings) -> Finding:
    name = f"{workspace.name} ({workspace.team})"
    if workspace.ended:
        text = "%(name)s took perfbot out (%(why)s): install it again at %(address)s."
        if workspace.ended_at:
            text = (
                "%(name)s took perfbot out on %(day)s (%(why)s): install it again at %(address)s."
            )
        day = f"{workspace.ended_at:%Y-%m-%d}" if workspace.ended_at else ""
        address = f"{settings.slack.address}/slack/install"
        return WRONG, Sentence(text, name=name, day=day, why=workspace.ended, address=address)
    try:
        tokens.installs.opened(workspace)
    except TokensSealedError as error:
        return WRONG, error.as_sentence
    way_back = Sentence("Install it there again at %(address)s.",
                        address=f"{settings.slack.address}/slack/install")  # fmt: skip
    token_name = Sentence("the token of %(name)s", name=name)
    return _tried(token_name, tokens.of(workspace.team), settings, way_back)


def _tried(name: str, token: str, settings: Settings, again: str = "") -> Finding:
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        introduce(client, name)
    except SettingsError as error:
        message, hint = error.sentences
        hint = sentence(again) if again else hint
        return WRONG, Sentence("%(message)s %(hint)s", message=message, hint=hint)
    except PerfbotError as error:
        return WRONG, error.as_sentence
    return FINE, Sentence("Slack accepts %(name)s.", name=sentence(name))

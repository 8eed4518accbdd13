"""What `perfbot doctor` tries of several workspaces: each one's tokens, and the way in.

It only looks: a token that ends soon is rotated by whoever is at work, never by the doctor.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.parts import now
from bot.domain.slack_ids import HOME
from bot.errors import PerfbotError, SettingsError
from bot.settings import Settings
from bot.slack.installations import Installs
from bot.slack.vault import TokensSealedError, Vault
from bot.slack.web_clients import introduce, patient, web_client
from bot.slack.workspaces import WorkspaceClient
from bot.store.base import InstalledWorkspace, Store

PATIENCE = 8.0  # seconds; a doctor is waited for
FINE, WORTH_KNOWING, WRONG = "✔", "·", "✘"
Finding = tuple[str, str]


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
            found = self.installs.find_installation(team_id=team or self.settings.slack.home or "")
        except TokensSealedError:
            return ""
        return (found.bot_token or "") if found else ""


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
    again = f"Install it there again at {settings.slack.address}/slack/install."
    return _tried(f"the token of {name}", tokens.of(workspace.team), settings, again)


def _tried(name: str, token: str, settings: Settings, again: str = "") -> Finding:
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        introduce(client, name)
    except SettingsError as error:
        return WRONG, f"{error.message} {again or error.hint}"
    except PerfbotError as error:
        return WRONG, str(error)
    return FINE, f"Slack accepts {name}."

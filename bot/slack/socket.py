"""Socket Mode: no public address; Slack's requests come over a socket we opened."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.bodies import is_shaped
from bot.slack.lanes import HEARING
from bot.slack.web_clients import SlackUnreachable, refused, web_client

log = logging.getLogger(__name__)


class Socket:
    """An open socket; reconnects by itself until closed."""

    def __init__(self, client: SocketModeClient) -> None:
        self.client = client

    def is_connected(self) -> bool:
        """Whether requests can come in right now."""
        return bool(self.client.is_connected())

    def trouble(self) -> str:
        """That it is closed, in a sentence; "" while requests can come in."""
        return "" if self.is_connected() else "The socket to Slack is closed."

    def close(self) -> None:
        """Take no more requests."""
        self.client.auto_reconnect_enabled = False
        self.client.current_session_state.terminated = True
        if self.client.current_app_monitor.is_alive():  # or it takes the end for a fault
            self.client.current_app_monitor.shutdown()  # type: ignore[no-untyped-call]  # the SDK
        self._wake()
        self.client.close()

    def _wake(self) -> None:
        """Reader and processor wait up to three seconds for the next word: there is none."""
        self.client.closed = True
        self.client.message_queue.put(None)  # it waits a second for a message; this is none
        session = self.client.current_session
        if session is not None and session.sock is not None:
            with suppress(OSError):
                session.sock.shutdown(SHUT_RDWR)


class Handler(SocketModeHandler):
    """Hands on what is shaped like a request of Slack's; the rest is acknowledged and left."""

    def handle(  # type: ignore[override]  # as in the class above it
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """One envelope; one whose socket closes before Slack is told of it comes once more."""
        try:
            self._heard(client, req)
        except SlackClientNotConnectedError:
            log.warning("The socket closed before Slack was told of an envelope: it comes again.")

    def _heard(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        if is_shaped(req.payload):
            super().handle(client, req)
            return
        log.warning("An envelope of type %s is not shaped like Slack's.", req.type)
        client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


@contextmanager
def _unheard(logger: logging.Logger) -> Iterator[None]:
    """What fails at the start is raised; the log need not say it too."""
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def connect(app: App, app_token: str, api_url: str | None = None) -> Socket:
    """Open the socket and return at once; requests are heard on threads of its own.

    Raises:
        SettingsError: Slack does not accept SLACK_APP_TOKEN.
        SlackUnreachable: Slack does not answer.
    """
    client = web_client(app_token, api_url)
    logger = logging.getLogger("slack_sdk.socket_mode")
    handler = Handler(app, app_token, logger, client, ping_interval=10, concurrency=HEARING)
    socket = handler.client
    try:
        with _unheard(logger):
            socket.connect()
    except SlackApiError as error:
        socket.close()
        raise refused(error, "SLACK_APP_TOKEN") from error
    except OSError as error:
        socket.close()
        raise SlackUnreachable(client.base_url) from error
    return Socket(socket)

"""Files people share in Slack: what Slack says of one, and its bytes.

Only what Slack itself keeps is fetched, from Slack's own address, which must be a public one, with
the bot's token; nothing is sent on to anywhere else.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.slack_ids import taken_apart
from bot.errors import PerfbotError, RefusedFile
from bot.slack.workspaces import token_of
from bot.sources.limits import MEGA, STANDARD
from bot.sources.web import Web, fetched, is_public, look_up

MAX_BYTES = 100 * MEGA
"""Bytes of a file that is fetched: a year of a thousand campaigns, unpacked, is half of it."""
HOSTED = ("hosted", "snippet")
AT_SLACK = "files.slack.com"
LOOPBACK = ("127.0.0.1", "localhost")
BLOCK = 1 << 16
SECONDS = 60.0


class NotGiven(PerfbotError):
    """A file Slack does not give, for a reason a person can mend."""

    code = "file_not_given"


@dataclass(frozen=True)
class SharedFile:
    """What Slack says of a file.

    Attributes:
        user: Who shared it.
        size: In bytes, as Slack says.
        address: Where its bytes are; "" where Slack does not keep it.
        places: Timestamps of the messages it was shared in, and of their threads, by channel.
    """

    id: str
    name: str
    user: str
    size: int
    address: str
    places: Mapping[str, tuple[str, str]]

    def thread(self, channel: str) -> str:
        """The thread an answer goes to: the file's own message's, or the one it is in."""
        ts, thread = self.places.get(taken_apart(channel)[0], ("", ""))
        return thread or ts


def about(client: WebClient, file_id: str) -> SharedFile:
    """Ask Slack about a file.

    Raises:
        NotGiven: It is gone, or kept somewhere else.
    """
    try:
        answer = client.files_info(file=file_id)
    except SlackApiError as error:
        code = str(error.response.get("error"))
        raise gone() if code in {"file_not_found", "file_deleted"} else _refused() from error
    file: Mapping[str, Any] = answer.get("file") or {}
    kept_here = file.get("mode") in HOSTED and not file.get("is_external")
    if file.get("mode") == "tombstone":
        raise gone()
    return SharedFile(
        id=file_id,
        name=str(file.get("name") or file_id),
        user=str(file.get("user") or ""),
        size=int(file.get("size") or 0),
        address=str(file.get("url_private_download") or "") if kept_here else "",
        places=_places(file.get("shares") or {}),
    )


def _places(shares: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The newest message of each channel, public or private, that shows the file."""
    placed: dict[str, tuple[str, str]] = {}
    for channels in shares.values():
        for channel, messages in channels.items():
            newest = max(messages, key=lambda message: float(message.get("ts") or 0))
            placed[channel] = (str(newest.get("ts") or ""), str(newest.get("thread_ts") or ""))
    return placed


@contextmanager
def downloaded(client: WebClient, file: SharedFile) -> Iterator[BinaryIO]:
    """The bytes of a file, from the start.

    Raises:
        NotGiven: It is too large, kept somewhere else, or Slack does not give it.
    """
    if not file.address:
        raise NotGiven(
            "This file is kept somewhere else, and I read only what is in Slack.",
            hint="Upload the file itself.",
        )
    if file.size > MAX_BYTES:
        raise _too_large()
    headers = {"Authorization": f"Bearer {token_of(client)}"}
    if _is_local(client, file.address):
        with _locally(file.address, headers) as local:
            yield local
        return
    if urlsplit(file.address).hostname != AT_SLACK:
        raise _refused()
    web = Web(look_up, is_public, seconds=SECONDS, hops=0, headers=headers)
    with _fetched(file.address, web) as content:
        yield content


@contextmanager
def _fetched(address: str, web: Web) -> Iterator[BinaryIO]:
    """As `bot.sources.web.fetched`; Slack sends whoever may not read a file on to its login."""
    with ExitStack() as stack:
        try:
            opening = fetched(address, replace(STANDARD, unpacked=MAX_BYTES), web)
            _, content = stack.enter_context(opening)
        except RefusedFile as error:
            raise _refused() from error
        yield content


def _is_local(client: WebClient, address: str) -> bool:
    """Whether it is the local workspace's own: the machine the client talks to, and this one."""
    api, place = urlsplit(client.base_url), urlsplit(address)
    return api.hostname in LOOPBACK and (api.hostname, api.port) == (place.hostname, place.port)


@contextmanager
def _locally(address: str, headers: Mapping[str, str]) -> Iterator[BinaryIO]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=SECONDS)
    with closing(connection), SpooledTemporaryFile(max_size=16 * MEGA) as buffer:
        try:
            connection.request("GET", parts.path, headers=dict(headers))
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                raise _refused()
            while block := answer.read(BLOCK):
                buffer.write(block)
                if buffer.tell() > MAX_BYTES:
                    raise _too_large()
        except (OSError, http.client.HTTPException) as error:
            raise _refused() from error
        buffer.seek(0)
        yield cast("BinaryIO", buffer)


def gone() -> NotGiven:
    """Somebody deleted it."""
    return NotGiven("The file is not there any more.", hint="Drop it once more.")


def _refused() -> NotGiven:
    return NotGiven(
        "Slack did not give me the file.",
        hint="Drop it once more; if that does not help, an admin looks whether files:read is "
        "granted.",
    )


def _too_large() -> NotGiven:
    return NotGiven(
        "This file is larger than %(most)s MB.",
        hint="Split it by month or account, or hand it in with perfbot import.",
        values={"most": MAX_BYTES // MEGA},
    )

"""Files dropped into a channel: fetched, read out in their thread, imported once told to."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.ask import Asker
from bot.domain.replies import DroppedFile, Reply
from bot.domain.slack_ids import taken_apart
from bot.errors import PerfbotError, RefusedFile
from bot.features.imports.dropped import reads_like_numbers
from bot.slack.bodies import Heard, Place
from bot.slack.forms import value_of
from bot.slack.listeners import Body, Listeners
from bot.slack.lookups import absence
from bot.slack.threads import our_id
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


Answered = Callable[[DroppedFile], Reply]


def register(ears: Listeners) -> None:
    """Listen to files that are shared, and to the buttons under what was read."""
    app = ears.app

    def shared(body: Body, client: WebClient) -> None:
        heard = Heard.of(body)
        if heard.user and heard.user != our_id(body):
            ears.question(heard, client, lambda: _shared(ears, body, client))

    app.event("file_shared", middleware=[ears.before_ack(shared)])(lambda: None)
    app.action("file.import")(ears.asked(lambda body, client: _import(ears, body, client)))
    app.action("file.leave")(ears.asked(lambda body, client: _leave(ears, body, client)))


def _shared(ears: Listeners, body: Body, client: WebClient) -> None:
    """Read a file out in its thread: what looks like numbers, where perfbot is, for who may.

    A file of anything else, or in a channel perfbot is not in, is nobody's question.
    """
    event, heard = body["event"], Heard.of(body)
    file_id, channel = str(event.get("file_id") or ""), heard.place.channel
    if not file_id or not channel or absence(client, channel) is not None:
        return
    file = about(client, file_id)
    if not reads_like_numbers(file.name):
        return
    if not ears.parts.store.claim("slack", f"file:{channel}:{file_id}", ears.parts.clock()):
        return
    place = replace(heard.place, thread_ts=file.thread(channel))
    asker = ears.asker(client, place)
    ears.parts.desk.may_import(asker)
    read = ears.parts.desk.file_read
    ears.speaker.reply(client, place, _of(ears, client, file, asker, lambda it: read(it, asker)))


def _import(ears: Listeners, body: Body, client: WebClient) -> None:
    """Import what was read, and say so where it was asked."""
    place, asker, (file_id, fingerprint) = _pressed(ears, body, client)
    desk = ears.parts.desk
    desk.may_import(asker)
    try:
        file = about(client, file_id)
    except NotGiven as error:
        _instead(client, place, desk.file_refused(file_id, error, asker))
        return
    reply = _of(ears, client, file, asker, lambda it: desk.file_kept(it, fingerprint, asker))
    _instead(client, place, reply)


def _leave(ears: Listeners, body: Body, client: WebClient) -> None:
    place, asker, (file_id, _) = _pressed(ears, body, client)
    ears.parts.desk.may_import(asker)
    try:
        name = about(client, file_id).name
    except NotGiven:  # it is gone, and left so
        name = file_id
    _instead(client, place, ears.parts.desk.file_left(name, asker))


def _of(
    ears: Listeners, client: WebClient, file: SharedFile, asker: Asker, answered: Answered
) -> Reply:
    """What the desk says of a file; of one that cannot be fetched, why."""
    try:
        with downloaded(client, file) as content:
            return answered(DroppedFile(file.id, file.name, content))
    except NotGiven as error:
        return ears.parts.desk.file_refused(file.name, error, asker)


def _pressed(
    ears: Listeners, body: Body, client: WebClient
) -> tuple[Place, Asker, tuple[str, str]]:
    """Where a button was pressed, by whom, and the file and fingerprint it carries."""
    place = Place.of(body)
    file_id, _, fingerprint = value_of(body["actions"][0]).partition(":")
    return place, ears.asker(client, place), (file_id, fingerprint)


def _instead(client: WebClient, place: Place, reply: Reply) -> None:
    """Put a reply in the place of the message whose button was pressed."""
    client.chat_update(
        channel=place.channel,
        ts=place.message_ts,
        text=reply.text,
        blocks=[dict(block) for block in reply.blocks],
    )

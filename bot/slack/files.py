"""Files dropped into a channel: read out in their thread, imported once somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from slack_sdk import WebClient

from bot.ask import Asker
from bot.domain.replies import DroppedFile, Reply
from bot.features.imports.dropped import reads_like_numbers
from bot.slack.bodies import Heard, Place
from bot.slack.downloads import NotGiven, SharedFile, about, downloaded
from bot.slack.forms import value_of
from bot.slack.listeners import Body, Listeners
from bot.slack.lookups import absence
from bot.slack.threads import our_id

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

"""What people write and react: answers in a digest's thread, questions to @perfbot or in a DM."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.replies import Reply, Taken
from bot.slack import forms
from bot.slack.base import Claimed
from bot.slack.bodies import Heard, Place, request_key
from bot.slack.listeners import Body, Listeners, log_failure
from bot.store.base import Outgoing

log = logging.getLogger(__name__)
MENTION = re.compile(r"<@[A-Z0-9@]+(\|[^>]*)?>")
TICK = "tick"
WRITTEN = (None, "", "thread_broadcast", "file_share")  # subtypes that are a person writing


def register(ears: Listeners) -> None:
    """Listen to messages, mentions and reactions."""
    app = ears.app

    def listen(event: str, listener: Callable[[Listeners, Body, WebClient], None]) -> None:
        middleware = ears.before_ack(lambda body, client: listener(ears, body, client))
        app.event(event, middleware=[middleware])(lambda: None)

    listen("message", _message)
    listen("app_mention", _mention)
    listen("reaction_added", _reaction)

    @app.event("reaction_removed")
    def taken_back() -> None:
        """Taking a mark back is no answer: Undo is. Heard, so that Slack does not ask again."""


def _message(ears: Listeners, body: Body, client: WebClient) -> None:
    event = body["event"]
    if event.get("subtype") == "message_changed":
        _edited(ears, body, client)
        return
    direct = event.get("channel_type") == "im"
    if not is_written(event) or (_mentions_us(body) and not direct):
        return  # a mention in a channel comes again, as app_mention
    if event.get("files") and not _words(event):
        return  # a file alone is no question: what is in it comes as file_shared
    if not _heard_in_thread(ears, client, body) and direct:
        _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or ""))


def _edited(ears: Listeners, body: Body, client: WebClient) -> None:
    """An answer counts as it reads now; Slack also edits messages by itself, to show a link."""
    event = body["event"]
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if not is_written(now) or not now.get("edited") or now.get("text") == before.get("text"):
        return
    place = {"channel": event.get("channel"), "channel_type": event.get("channel_type")}
    edited_body = {**body, "event": {**now, **place}}
    _heard_in_thread(ears, client, edited_body, before=_words(before))


def _mention(ears: Listeners, body: Body, client: WebClient) -> None:
    event = body["event"]
    if not is_written(event) or event.get("edited") or event.get("channel_type") == "im":
        return
    if not _heard_in_thread(ears, client, body):
        _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or event["ts"]))


def is_written(event: Mapping[str, Any]) -> bool:
    """By a person: no bots, nobody joining."""
    written = event.get("subtype") in WRITTEN and not event.get("bot_id")
    return bool(written and isinstance(event.get("user"), str) and event["user"])


def _mentions_us(body: Body) -> bool:
    us = our_id(body)
    return bool(us) and f"<@{us}" in str(body["event"].get("text") or "")


def our_id(body: Mapping[str, Any]) -> str:
    """Our own user id, as Slack says for whom it delivers; "" where it does not say."""
    authorized = body.get("authorizations") or [{}]
    return str(authorized[0].get("user_id") or "")


def _words(event: Mapping[str, Any]) -> str:
    """What was written, without mentions; Slack escapes `& < >` and nothing else."""
    return unescape(MENTION.sub(" ", str(event.get("text") or ""))).strip()


def _heard_in_thread(ears: Listeners, client: WebClient, body: Body, *, before: str = "") -> bool:
    """Whether it was said in a thread of ours; then it is kept, or its writer is told."""
    event = body["event"]
    channel, thread = str(event.get("channel") or ""), str(event.get("thread_ts") or "")
    if not thread or ears.parts.store.find_message(channel, thread) is None:
        return False
    outcome = keep_reply(ears, client, body, before=before)
    if outcome.new and outcome.result is None and not _to_somebody_else(body):
        ears.question(Heard.of(body), client, lambda: _answer_aside(ears, body, client))
    return True


def keep_reply(
    ears: Listeners, client: WebClient, body: Body, *, before: str = ""
) -> Claimed[Taken]:
    """`ack 2` or its like, kept with its claim; what any other line comes to is None."""
    event, place = body["event"], Place.of(body)
    channel, thread = event["channel"], str(event["thread_ts"])
    asker, words = ears.people.asker(client, place.user, place.channel, seconds=0.5), _words(event)
    reply = ears.parts.desk.thread_reply
    outcome = _kept(ears, client, body, place, lambda: reply(channel, thread, words, asker, before))
    if getattr(outcome.result, "event", 0):  # it changed something
        ears.soon(Heard.of(body), client, lambda: _tick(client, channel, str(event["ts"])))
    return outcome


def _tick(client: WebClient, channel: str, ts: str) -> None:
    """A mark on the line itself: whoever wrote it sees that it was taken."""
    try:
        client.reactions_add(channel=channel, timestamp=ts, name="white_check_mark")
    except (SlackApiError, OSError) as error:  # the line in the thread says it too
        log.info("No mark on %s in %s: %s", ts, channel, error)


def _to_somebody_else(body: Body) -> bool:
    """Whether a line names other people: it is said to them."""
    mentions = re.findall(r"<@([A-Z0-9@]+)", str(body["event"].get("text") or ""))
    return any(user_id != our_id(body) for user_id in mentions)


def _answer_aside(ears: Listeners, body: Body, client: WebClient) -> None:
    """A word to the writer of a line that was no answer: in the open where we were named."""
    event, place = body["event"], Place.of(body)
    if not ears.parts.store.claim("slack", request_key(body), ears.parts.clock()):
        return
    words, asker, mentioned = _words(event), ears.asker(client, place), _mentions_us(body)
    respond = ears.parts.desk.in_thread
    reply = respond(event["channel"], str(event["thread_ts"]), words, asker, mentioned)
    kind = "in_channel" if mentioned else "ephemeral"
    ears.speaker.reply(client, place, Reply(reply.text, reply.blocks, kind))


def _reaction(ears: Listeners, body: Body, client: WebClient) -> None:
    """A reaction to a message of ours."""
    event = body["event"]
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    message: Outgoing | None = ears.parts.store.find_message(channel, ts) if ts else None
    if message is None or not Heard.of(body).user:
        return
    keep_reaction(ears, client, body, message)
    tick = tick_key(channel, ts, event["user"])
    ears.parts.store.claim(TICK, tick, ears.parts.clock())  # seen, should we look back


def keep_reaction(
    ears: Listeners, client: WebClient, body: Body, message: Outgoing
) -> Claimed[Taken]:
    """A check mark, kept with its claim; what any other reaction comes to is None."""
    event = body["event"]
    channel, ts = str(event["item"]["channel"]), str(event["item"]["ts"])
    place = Place(event["user"], channel, thread_ts=message.thread_ts)
    asker = ears.people.asker(client, place.user, channel, seconds=0.5)
    react, name = ears.parts.desk.reaction, str(event.get("reaction") or "")
    return _kept(ears, client, body, place, lambda: react(channel, ts, name, asker))


def tick_key(channel: str, ts: str, user: str) -> str:
    """What a person's check mark on a message is called, whoever tells of it."""
    return f"{channel}:{ts}:{user}"


def _kept(
    ears: Listeners,
    client: WebClient,
    body: Body,
    place: Place,
    work: Callable[[], Taken | None],
) -> Claimed[Taken]:
    """Keep an answer with its claim; where that fails its giver is told, and nothing is new."""
    heard = Heard.of(body)
    try:
        outcome = ears.parts.settle.keep(heard.key, work)
    except Exception as error:  # noqa: BLE001  (whoever wrote it thinks that it is kept)
        log_failure(error, heard)
        refused = forms.refusal(error)
        ears.soon(heard, client, lambda: ears.sorry(refused, heard, client))
        return Claimed(new=False)
    if (answer := outcome.result) is not None:
        ears.soon(heard, client, lambda: forms.follow(ears, client, place, answer))
    return outcome


def _ask(ears: Listeners, client: WebClient, body: Body, *, thread_ts: str) -> None:
    """A question asked in the open is answered in the open, once for all processes."""
    heard, text = Heard.of(body), _words(body["event"])
    place = replace(heard.place, thread_ts=thread_ts)

    def answer() -> None:
        if not ears.parts.store.claim("slack", heard.key, ears.parts.clock()):
            return
        reply = ears.parts.desk.ask(text, ears.asker(client, place))
        ears.speaker.reply(client, place, Reply(reply.text, reply.blocks, "in_channel"))

    ears.question(heard, client, answer)

"""What people write and react: answers in a digest's thread, questions to @perfbot or in a DM."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from slack_sdk import WebClient

from bot.slack import keeping
from bot.slack.base import Posted, Said
from bot.slack.listeners import Body, Ears, log_failure, who_of
from bot.slack.once import request_key
from bot.slack.place import Place
from bot.slack.say import Words

MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
WRITTEN = (None, "", "thread_broadcast", "file_share")  # subtypes that are a person writing


def register(ears: Ears) -> None:
    """Listen to messages, mentions and reactions."""
    app = ears.app

    def listen(event: str, heard: Callable[[Ears, Body, WebClient], None]) -> None:
        first = ears.before_ack(lambda body, client: heard(ears, body, client))
        app.event(event, middleware=[first])(lambda: None)

    listen("message", _message)
    listen("app_mention", _mention)
    listen("reaction_added", _reaction)

    @app.event("reaction_removed")
    def taken_back() -> None:
        """Taking a mark back is no answer: Undo is. Heard, so that Slack does not ask again."""


def _message(ears: Ears, body: Body, client: WebClient) -> None:
    event = body["event"]
    direct = event.get("channel_type") == "im"
    if not _is_written(body) or (_mentions_us(body) and not direct):
        return  # a mention in a channel comes again, as app_mention
    if not _answer_in_thread(ears, client, body) and direct:
        _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or ""))


def _mention(ears: Ears, body: Body, client: WebClient) -> None:
    event = body["event"]
    if not _is_written(body) or event.get("channel_type") == "im":
        return
    if not _answer_in_thread(ears, client, body):
        _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or event["ts"]))


def _is_written(body: Body) -> bool:
    """By a person, new: no edits, no bots, nobody joining."""
    event = body["event"]
    written = event.get("subtype") in WRITTEN and not event.get("bot_id")
    return bool(written and event.get("user") and not event.get("edited"))


def _mentions_us(body: Body) -> bool:
    authorized = body.get("authorizations") or [{}]
    us = authorized[0].get("user_id")
    return bool(us) and f"<@{us}" in str(body["event"].get("text") or "")


def _words(event: Mapping[str, Any]) -> str:
    """What was written, without mentions; Slack escapes `& < >` and nothing else."""
    return unescape(MENTION.sub(" ", str(event.get("text") or ""))).strip()


def _answer_in_thread(ears: Ears, client: WebClient, body: Body) -> bool:
    """Whether it was `ack 2` or its like, in a thread of ours; then it is kept."""
    event = body["event"]
    channel, thread = event["channel"], str(event.get("thread_ts") or "")
    if not thread or ears.parts.store.find_message(channel, thread) is None:
        return False
    place = Place.of(body)
    asker, words = ears.people.asker(client, place.user, place.channel, seconds=0.5), _words(event)
    reply = ears.parts.desk.thread_reply
    return _kept(ears, client, body, place, lambda: reply(channel, thread, words, asker))


def _reaction(ears: Ears, body: Body, client: WebClient) -> None:
    """A reaction to a message of ours."""
    event = body["event"]
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    found: Posted | None = ears.parts.store.find_message(channel, ts) if ts else None
    if found is None or not who_of(body):
        return
    place = Place(event["user"], channel, thread_ts=found.thread_ts)
    asker = ears.people.asker(client, place.user, channel, seconds=0.5)
    react = ears.parts.desk.reaction
    _kept(ears, client, body, place, lambda: react(channel, ts, event["reaction"], asker))


def _kept(
    ears: Ears,
    client: WebClient,
    body: Body,
    place: Place,
    work: Callable[[], Said | None],
) -> bool:
    """Keep an answer with its claim; False where it was none."""
    try:
        kept = ears.parts.settle.keep(request_key(body), work)
    except Exception as error:  # noqa: BLE001  (whoever wrote it thinks that it is kept)
        log_failure(error, body)
        refused = keeping.refusal(error)
        ears.soon(body, client, lambda: ears.sorry(refused, body, client))
        return True
    if (taken := kept.result) is not None:
        ears.soon(body, client, lambda: keeping.follow(ears, client, place, taken))
    return not kept.new or taken is not None


def _ask(ears: Ears, client: WebClient, body: Body, *, thread_ts: str) -> None:
    """A question asked in the open is answered in the open, once for all processes."""
    place = replace(Place.of(body), thread_ts=thread_ts)

    def answer(body: Body, client: WebClient) -> None:
        if not ears.parts.store.claim("slack", request_key(body), ears.parts.clock()):
            return
        reply = ears.parts.desk.ask(_words(body["event"]), ears.asker(client, place))
        ears.speaker.reply(client, place, Words(reply.text, reply.blocks, "in_channel"))

    ears.question(body, client, answer)

"""What people write and react: answers in a digest's thread, questions to @perfbot or in a DM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from slack_sdk import WebClient

from bot.slack.base import Posted, Said
from bot.slack.listeners import Body, Ears
from bot.slack.once import request_key
from bot.slack.place import Place
from bot.slack.say import Words

MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
WRITTEN = (None, "", "thread_broadcast", "file_share")  # subtypes that are a person writing


def register(ears: Ears) -> None:
    """Listen to messages, mentions and reactions."""

    @ears.app.event("message")
    @ears.only(lambda body: _is_written(body) and not _mentions_us(body) and _ours(ears, body))
    def message(body: Body, client: WebClient) -> None:
        event = body["event"]
        said = _answer_in_thread(ears, client, body)
        if said is None and event.get("channel_type") == "im":
            _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or ""))

    @ears.app.event("app_mention")
    @ears.only(_is_written)
    def mention(body: Body, client: WebClient) -> None:
        event = body["event"]
        if _answer_in_thread(ears, client, body) is None:
            _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or event["ts"]))

    @ears.app.event("reaction_added")
    @ears.only(lambda body: _marked(ears, body) is not None)
    def reaction(body: Body, client: WebClient) -> None:
        _react(ears, client, body)

    @ears.app.event("reaction_removed")
    def taken_back() -> None:
        """Taking a mark back is no answer: Undo is. Heard, so that Slack does not ask again."""


def _is_written(body: Body) -> bool:
    """By a person, new: no edits, no bots, nobody joining."""
    event = body["event"]
    written = event.get("subtype") in WRITTEN and not event.get("bot_id")
    return bool(written and event.get("user") and not event.get("edited"))


def _mentions_us(body: Body) -> bool:
    """Such a message comes again, as app_mention."""
    authorized = body.get("authorizations") or [{}]
    us = authorized[0].get("user_id")
    return bool(us) and f"<@{us}" in str(body["event"].get("text") or "")


def _ours(ears: Ears, body: Body) -> bool:
    """Whether it is said to us: in our own conversation, or under a message of ours."""
    return body["event"].get("channel_type") == "im" or _in_our_thread(ears, body["event"])


def _in_our_thread(ears: Ears, event: Mapping[str, Any]) -> bool:
    thread = str(event.get("thread_ts") or "")
    return bool(thread) and ears.parts.store.find_message(event["channel"], thread) is not None


def _marked(ears: Ears, body: Body) -> Posted | None:
    """The message of ours that somebody reacted to."""
    item = body["event"].get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    return ears.parts.store.find_message(channel, ts) if ts else None


def _react(ears: Ears, client: WebClient, body: Body) -> None:
    event, found = body["event"], _marked(ears, body)
    channel, ts = event["item"]["channel"], event["item"]["ts"]
    place = Place(event["user"], channel, thread_ts=found.thread_ts if found else "")
    asker, desk = ears.asker(client, place), ears.parts.desk
    said = ears.parts.settle(
        request_key(body), lambda: desk.reaction(channel, ts, event["reaction"], asker)
    )
    _privately(ears, client, place, said)


def _words(event: Mapping[str, Any]) -> str:
    """What was written, without mentions; Slack escapes `& < >` and nothing else."""
    return unescape(MENTION.sub(" ", str(event.get("text") or ""))).strip()


def _answer_in_thread(ears: Ears, client: WebClient, body: Body) -> Said | None:
    """`ack 2` and its like, where the thread is one of ours; None where it was no answer."""
    event = body["event"]
    if not _in_our_thread(ears, event):
        return None
    channel, thread, place = event["channel"], event["thread_ts"], Place.of(body)
    asker, words = ears.asker(client, place), _words(event)
    said = ears.parts.settle(
        request_key(body), lambda: ears.parts.desk.thread_reply(channel, thread, words, asker)
    )
    _privately(ears, client, place, said)
    return said


def _privately(ears: Ears, client: WebClient, place: Place, said: Said | None) -> None:
    if said is not None and said.reply is not None:
        ears.speaker.reply(client, place, said.reply)


def _ask(ears: Ears, client: WebClient, body: Body, *, thread_ts: str) -> None:
    """A question asked in the open is answered in the open."""
    place = replace(Place.of(body), thread_ts=thread_ts)
    reply = ears.parts.desk.ask(_words(body["event"]), ears.asker(client, place))
    words = Words(reply.text, reply.blocks, "in_channel")
    ears.speaker.reply(client, place, words)

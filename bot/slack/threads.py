"""What people write and react: answers in a digest's thread, questions to @perfbot or in a DM."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.slack.base import Said
from bot.slack.listeners import Ears
from bot.slack.once import request_key
from bot.slack.place import Place
from bot.slack.say import Words

MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>")
WRITTEN = (None, "", "thread_broadcast", "file_share")  # subtypes that are a person writing


def register(ears: Ears) -> None:
    """Listen to messages, mentions and reactions."""

    @ears.app.event("message")
    @ears.careful
    def message(
        event: dict[str, Any], body: dict[str, Any], client: WebClient, context: BoltContext
    ) -> None:
        if not _from_a_person(event) or _mentions(event, context.bot_user_id):
            return  # edits, bots, and what comes again as app_mention
        said = _answer_in_thread(ears, client, event, body)
        if said is None and event.get("channel_type") == "im":
            _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or ""))

    @ears.app.event("app_mention")
    @ears.careful
    def mention(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        if not _from_a_person(event):
            return
        if _answer_in_thread(ears, client, event, body) is None:
            _ask(ears, client, body, thread_ts=str(event.get("thread_ts") or event["ts"]))

    @ears.app.event("reaction_added")
    @ears.careful
    def reaction(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        item = event.get("item") or {}
        channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
        found = ears.parts.store.find_message(channel, ts) if ts else None
        if found is None:
            return  # somebody else's message, or no message at all
        place = Place(user=event["user"], channel=channel, thread_ts=found.thread_ts)
        asker, name = ears.asker(client, place), str(event["reaction"])
        said = ears.parts.settle(
            request_key(body), lambda: ears.parts.desk.reaction(channel, ts, name, asker)
        )
        _privately(ears, client, place, said)

    @ears.app.event("reaction_removed")
    def taken_back() -> None:
        """Taking a mark back is no answer: Undo is. Heard, so that Slack does not ask again."""


def _from_a_person(event: dict[str, Any]) -> bool:
    written = event.get("subtype") in WRITTEN and not event.get("bot_id")
    return bool(written and event.get("user") and not event.get("edited"))


def _mentions(event: dict[str, Any], bot_user: str | None) -> bool:
    return bool(bot_user) and f"<@{bot_user}" in str(event.get("text") or "")


def _words(event: dict[str, Any]) -> str:
    return MENTION.sub(" ", str(event.get("text") or "")).strip()


def _answer_in_thread(
    ears: Ears, client: WebClient, event: dict[str, Any], body: dict[str, Any]
) -> Said | None:
    """`ack 2` and its like, where the thread is one of ours; None where it was no answer."""
    channel, thread = str(event["channel"]), str(event.get("thread_ts") or "")
    if not thread or not ears.parts.store.find_message(channel, thread):
        return None
    place = Place.of(body)
    asker, words = ears.asker(client, place), _words(event)
    said = ears.parts.settle(
        request_key(body), lambda: ears.parts.desk.thread_reply(channel, thread, words, asker)
    )
    _privately(ears, client, place, said)
    return said


def _privately(ears: Ears, client: WebClient, place: Place, said: Said | None) -> None:
    if said is not None and said.reply is not None:
        ears.speaker.reply(client, place, said.reply)


def _ask(ears: Ears, client: WebClient, body: dict[str, Any], *, thread_ts: str) -> None:
    """A question asked in the open is answered in the open."""
    place = replace(Place.of(body), thread_ts=thread_ts)
    reply = ears.parts.desk.ask(_words(body["event"]), ears.asker(client, place))
    words = Words(reply.text, reply.blocks, "in_channel")
    ears.speaker.reply(client, place, words)

"""Buttons under an answer: share it, another window, the name that was meant, subscribing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient

from bot.slack.forms import Ack, after, read, value_of
from bot.slack.listeners import Ears
from bot.slack.place import Place
from bot.slack.say import Words


def register(ears: Ears) -> None:
    """Listen to share, window, choose and subscribe.*; a button's value is what to ask."""
    app = ears.app

    @app.action(re.compile(r"^(window|choose)([.:].*)?$"))
    @ears.careful
    def ask_again(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(value_of(body["actions"][0]), ears.asker(client, place))
        ears.speaker.reply(client, place, reply, replace=_only_theirs(body))

    @app.action(re.compile(r"^share([.:].*)?$"))
    @ears.careful
    def share(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(value_of(body["actions"][0]), ears.asker(client, place))
        ears.speaker.reply(client, place, Words(reply.text, reply.blocks, "in_channel"))

    @app.action(re.compile(r"^subscribe([.:].*)?$"))
    @ears.careful
    def subscribe(body: dict[str, Any], client: WebClient) -> None:
        if body["actions"][0].get("type") == "button":  # pickers inside the modal only say hello
            place = _place_meant(body)
            view = ears.parts.desk.subscribe_view(ears.asker(client, place))
            ears.speaker.open(client, place, view)

    @app.view(re.compile(r"^subscribe([.:].*)?$"))
    def subscribed(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        state, desk = body["view"].get("state") or {}, ears.parts.desk
        reply = read(ears, ack, body, client, lambda who: desk.subscribed(state, who))
        if reply is not None:
            ack()
            place = Place.of_submission(body)
            after(ears, client, body, lambda: ears.speaker.reply(client, place, reply))


def _place_meant(body: dict[str, Any]) -> Place:
    """Where the button is, or on the Home tab the channel it names."""
    place = Place.of(body)
    return place if place.channel else replace(place, channel=value_of(body["actions"][0]))


def _only_theirs(body: dict[str, Any]) -> bool:
    """Whether the button sits in an ephemeral message, which may be replaced."""
    return bool((body.get("container") or {}).get("is_ephemeral"))

"""Buttons under an answer: share it, another window, the name that was meant, subscribing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient

from bot.domain.replies import Reply
from bot.slack import keeping
from bot.slack.forms import submission, value_of
from bot.slack.keeping import Form
from bot.slack.listeners import Body, Listeners
from bot.slack.place import Place


def register(ears: Listeners) -> None:
    """Listen to share, window, choose and subscribe.*; a button's value is what to ask."""
    app = ears.app

    @app.action(re.compile(r"^(window|choose)([.:].*)?$"))
    @ears.asked
    def ask_again(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(value_of(body["actions"][0]), ears.asker(client, place))
        ears.tell(client, place, reply, replace=_only_theirs(body))

    @app.action(re.compile(r"^share([.:].*)?$"))
    @ears.asked
    def share(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(value_of(body["actions"][0]), ears.asker(client, place))
        ears.speaker.reply(client, place, Reply(reply.text, reply.blocks, "in_channel"))

    @app.action(re.compile(r"^subscribe([.:].*)?$"))
    @ears.opens
    def subscribe(body: dict[str, Any], client: WebClient) -> None:
        if body["actions"][0].get("type") == "button":  # pickers inside the modal only say hello
            place = _place_meant(body)
            view = ears.parts.desk.subscribe_view(ears.asker(client, place))
            ears.speaker.open(client, place, view)

    app.view(re.compile(r"^subscribe([.:].*)?$"))(keeping.forms(ears, _filled_in(ears)))


def _filled_in(ears: Listeners) -> Callable[[Body, WebClient], Callable[[], Form]]:
    """The subscription of a channel, as it was filled in."""

    def prepare(body: Body, client: WebClient) -> Callable[[], Form]:
        place, filled = Place.of_submission(body), submission(body["view"])
        asker = ears.people.asker(client, place.user, place.channel, seconds=0.5)

        def work() -> Form:
            reply = ears.parts.desk.subscribed(filled, asker)
            return Form({}, lambda: ears.tell(client, place, reply))

        return work

    return prepare


def _place_meant(body: dict[str, Any]) -> Place:
    """Where the button is, or on the Home tab the channel it names."""
    place = Place.of(body)
    return place if place.channel else replace(place, channel=value_of(body["actions"][0]))


def _only_theirs(body: dict[str, Any]) -> bool:
    """Whether the button sits in an ephemeral message, which may be replaced."""
    return bool((body.get("container") or {}).get("is_ephemeral"))

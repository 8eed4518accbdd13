"""Buttons under an answer: share it, another window, the name that was meant, subscribing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient

from bot.slack.base import Reply
from bot.slack.listeners import Ears, log_failure
from bot.slack.place import Place
from bot.slack.say import Words

Ack = Callable[..., Any]


def register(ears: Ears) -> None:
    """Listen to share, window, choose and subscribe.*; a button's value is what to ask."""
    app = ears.app

    @app.action(re.compile(r"^(window|choose)([.:].*)?$"))
    @ears.careful
    def ask_again(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(_asked(body), ears.asker(client, place))
        ears.speaker.reply(client, place, reply, replace=_only_theirs(body))

    @app.action(re.compile(r"^share([.:].*)?$"))
    @ears.careful
    def share(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(_asked(body), ears.asker(client, place))
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
        _subscribed(ears, ack, body, client)


def _subscribed(ears: Ears, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    """Acknowledged only after the desk has read it: a modal shows what is wrong in itself."""
    place = Place.of_submission(body)
    try:
        if not ears.first(body):
            ack()
            return
        state = body["view"].get("state") or {}
        reply = ears.parts.desk.subscribed(state, ears.asker(client, place))
    except Exception as error:  # noqa: BLE001  (whatever it is, the modal says it)
        log_failure(error, body)
        language, _ = ears.people.manners(client, place.user)
        sentence = ears.parts.excuse(error, language)[0]
        ack(response_action="errors", errors={_first_input(body["view"]): sentence})
        return
    ack()
    _tell(ears, client, body, reply)


def _tell(ears: Ears, client: WebClient, body: dict[str, Any], reply: Reply) -> None:
    try:
        ears.speaker.reply(client, Place.of_submission(body), reply)
    except Exception as error:  # noqa: BLE001  (nothing may reach Bolt after ack)
        ears.sorry(error, body, client)


def _first_input(view: Mapping[str, Any]) -> str:
    """Errors may only be shown at inputs."""
    inputs = (block["block_id"] for block in view.get("blocks", ()) if block["type"] == "input")
    return str(next(inputs, ""))


def _place_meant(body: dict[str, Any]) -> Place:
    """Where the button is, or on the Home tab the channel it names."""
    place = Place.of(body)
    return place if place.channel else replace(place, channel=_asked(body))


def _asked(body: dict[str, Any]) -> str:
    action = body["actions"][0]
    option = action.get("selected_option") or {}
    return str(option.get("value") or action.get("value") or "")


def _only_theirs(body: dict[str, Any]) -> bool:
    """Whether the button sits in an ephemeral message, which may be replaced."""
    return bool((body.get("container") or {}).get("is_ephemeral"))

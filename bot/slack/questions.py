"""Questions: `/perf …`, buttons that ask again or share an answer, what to ask suggested."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.replies import Reply
from bot.slack import forms
from bot.slack.bodies import Heard, Place, typed
from bot.slack.forms import Form, submission, value_of
from bot.slack.listeners import Body, Listeners

log = logging.getLogger(__name__)


def register(ears: Listeners) -> None:
    """Listen to /perf, to the buttons under an answer, and to a conversation being opened."""

    def perf(heard: Heard, text: str, client: WebClient) -> None:
        def answer() -> None:
            reply = ears.parts.desk.ask(text, ears.asker(client, heard.place))
            ears.tell(client, heard.place, reply)

        ears.question(heard, client, answer)

    ears.app.command("/perf")(typed(perf))
    _listen_to_buttons(ears)
    _listen_to_openings(ears)


def _listen_to_buttons(ears: Listeners) -> None:
    """Share, window, choose and subscribe.*; a button's value is what to ask."""
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

    app.view(re.compile(r"^subscribe([.:].*)?$"))(forms.sent_forms(ears, _filled_in(ears)))


def _listen_to_openings(ears: Listeners) -> None:
    """The messages tab, as an agent is opened today: what to ask is suggested."""

    def is_conversation(event: Mapping[str, Any]) -> bool:
        return event.get("tab") == "messages"

    @ears.app.event("app_home_opened", matchers=[is_conversation])
    @ears.opens
    def opened(body: Body, client: WebClient) -> None:
        place = Place.of(body)
        suggestions = ears.parts.desk.prompts(ears.asker(client, place))
        prompts = [
            {"title": prompt.title, "message": prompt.message} for prompt in suggestions.prompts
        ]
        try:
            client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, title=suggestions.title, prompts=prompts
            )
        except SlackApiError as error:  # an app installed before it was an agent; it still answers
            log.info("No suggestions: %s", error.response.get("error"))


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

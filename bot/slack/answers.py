"""Buttons on a piece of advice: acknowledge, in progress, snooze, dismiss, undo, evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.slack.forms import value_of
from bot.slack.listeners import Ears
from bot.slack.once import request_key
from bot.slack.place import Place, remembered

AT_ONCE = {
    "advice.acknowledge": "acknowledge",
    "advice.progress": "progress",
    "advice.undo": "undo",
}
CHOICE_FIRST = re.compile(r"^(\d+[dw]|date|pick)[ :|]")
CHOICE_LAST = re.compile(r"[ :|](\d+[dw]|date|pick)$")
SPAN = re.compile(r"^(\d+)([dw])$")


@dataclass(frozen=True)
class Answer:
    """What somebody says to a piece of advice."""

    advice_id: str
    verb: str
    until: date | None = None
    reason: str = ""
    part: str = ""


def register(ears: Ears) -> None:
    """Listen to the buttons and to the modals they open."""
    app = ears.app

    @app.action(re.compile(r"^advice\.(acknowledge|progress|undo)$"))
    @ears.careful
    def pressed(body: dict[str, Any], client: WebClient) -> None:
        action = body["actions"][0]
        answer = Answer(chosen(action)[0], AT_ONCE[action["action_id"]])
        _settle(ears, client, body, Place.of(body), answer)

    @app.action("advice.snooze")
    @ears.careful
    def snooze(body: dict[str, Any], client: WebClient) -> None:
        _snooze(ears, client, body)

    @app.action("advice.dismiss")
    @ears.careful
    def dismiss(body: dict[str, Any], client: WebClient) -> None:
        _open(ears, client, body, ears.parts.desk.dismiss_view, "advice.dismiss")

    @app.action("advice.evidence")
    @ears.careful
    def evidence(body: dict[str, Any], client: WebClient) -> None:
        _open(ears, client, body, ears.parts.desk.evidence_view, "advice.evidence")

    @app.action("advice.partly")
    @ears.careful
    def partly(body: dict[str, Any], client: WebClient) -> None:
        _open(ears, client, body, ears.parts.desk.partly_view, "advice.partly")

    @app.view("advice.partly")
    @ears.careful
    def agreed(body: dict[str, Any], client: WebClient) -> None:
        _submitted(ears, client, body, "acknowledge", part=written(body["view"]))

    @app.view("advice.dismiss")
    @ears.careful
    def dismissed(body: dict[str, Any], client: WebClient) -> None:
        _submitted(ears, client, body, "dismiss", reason=written(body["view"]))

    @app.view("advice.snooze")
    @ears.careful
    def snoozed(body: dict[str, Any], client: WebClient) -> None:
        _submitted(ears, client, body, "snooze", until=picked(body["view"]))


def chosen(action: Mapping[str, Any]) -> tuple[str, str]:
    """Advice id and choice (`1d`, `1w`, `date` or "") of a button, menu or overflow."""
    value = value_of(action)
    first, last = CHOICE_FIRST.match(value), CHOICE_LAST.search(value)
    if first:
        return value[first.end() :], first[1]
    return (value[: last.start()], last[1]) if last else (value, "")


def written(view: Mapping[str, Any]) -> str:
    """The reason given in a dismiss modal: what was picked, then what was typed."""
    said = [_text(element) for element in _elements(view)]
    return ": ".join(text for text in said if text)


def picked(view: Mapping[str, Any]) -> date | None:
    """The day picked in a snooze modal."""
    days = (element.get("selected_date") for element in _elements(view))
    return next((date.fromisoformat(str(day)) for day in days if day), None)


def _elements(view: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for block in (view.get("state") or {}).get("values", {}).values():
        yield from block.values()


def _text(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    return str((option.get("text") or {}).get("text") or element.get("value") or "").strip()


def _snooze(ears: Ears, client: WebClient, body: dict[str, Any]) -> None:
    advice_id, choice = chosen(body["actions"][0])
    span = SPAN.match(choice)
    if not span:
        _open(ears, client, body, ears.parts.desk.snooze_view, "advice.snooze")
        return
    place = Place.of(body)
    days = int(span[1]) * (7 if span[2] == "w" else 1)
    until = _today(ears, client, place) + timedelta(days=days)
    _settle(ears, client, body, place, Answer(advice_id, "snooze", until))


def _open(
    ears: Ears,
    client: WebClient,
    body: dict[str, Any],
    view_of: Callable[[str, Any], Mapping[str, Any]],
    callback_id: str,
) -> None:
    place = Place.of(body)
    advice_id, _ = chosen(body["actions"][0])
    view = view_of(advice_id, ears.asker(client, place))
    metadata = place.kept(advice=advice_id)
    ears.speaker.open(
        client, place, {**view, "callback_id": callback_id, "private_metadata": metadata}
    )


def _submitted(ears: Ears, client: WebClient, body: dict[str, Any], verb: str, **said: Any) -> None:
    advice_id = remembered(body["view"]).get("advice", "")
    _settle(ears, client, body, Place.of_submission(body), Answer(advice_id, verb, **said))


def _settle(
    ears: Ears, client: WebClient, body: dict[str, Any], place: Place, answer: Answer
) -> None:
    """Have the desk take the answer; edits and lines go through the outbox."""
    asker, desk = ears.asker(client, place), ears.parts.desk
    said = ears.parts.settle(
        request_key(body),
        lambda: desk.answer(
            answer.advice_id, answer.verb, asker, answer.until, answer.reason, answer.part
        ),
    )
    if said is not None and said.reply is not None:
        ears.speaker.reply(client, place, said.reply)


def _today(ears: Ears, client: WebClient, place: Place) -> date:
    _, time_zone = ears.people.manners(client, place.user)
    return ears.parts.clock().astimezone(ZoneInfo(time_zone)).date()

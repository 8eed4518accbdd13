"""Buttons on advice: acknowledge, in progress, snooze, dismiss, undo, apply, evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.domain.replies import Press, Taken
from bot.slack import forms
from bot.slack.bodies import Place, place_of, remembered
from bot.slack.forms import value_of
from bot.slack.listeners import Body, Listeners

AT_ONCE = {
    "advice.acknowledge": "acknowledge",
    "advice.progress": "progress",
    "advice.undo": "undo",
    "advice.set_back": "set_back",
}
CHOICE_FIRST = re.compile(r"^(\d+[dw]|date|pick)[ :|]")
CHOICE_LAST = re.compile(r"[ :|](\d+[dw]|date|pick)$")
SPAN = re.compile(r"^(\d{1,3})([dw])$")
Asking = Callable[[str, Any], Mapping[str, Any]]


def register(ears: Listeners) -> None:
    """Listen to the buttons and to the modals they open."""
    app = ears.app
    for action_id in AT_ONCE:
        app.action(action_id)(_answered(ears, _at_once))
    _listen_to_snoozes(ears)
    for name in ("dismiss", "partly", "evidence", "apply"):
        app.action(f"advice.{name}")(_asked(ears, name))
    app.view("advice.dismiss")(_answered(ears, _dismissed))
    app.view("advice.partly")(_answered(ears, _agreed))
    app.view("advice.apply")(_answered(ears, _applied))
    app.view("advice.snooze")(_answered(ears, _snoozed))


def _listen_to_snoozes(ears: Listeners) -> None:
    """A span of days is an answer; "pick a date" asks which."""
    answered, date_modal = _answered(ears, _for_days), _asked(ears, "snooze")

    @ears.app.action("advice.snooze")
    def snooze(ack: forms.Ack, body: Body, client: WebClient) -> None:
        _, choice = chosen(body["actions"][0])
        (answered if SPAN.match(choice) else date_modal)(ack, body, client)


def _answered(
    ears: Listeners, read: Callable[[Listeners, WebClient, Body], Press]
) -> Callable[..., None]:
    """An answer on its way into the store; edits and lines follow it."""

    def prepare(body: Body, client: WebClient) -> Callable[[], Taken | None]:
        press, desk = read(ears, client, body), ears.parts.desk
        place = place_of(body)
        asker = ears.people.asker(client, place.user, place.channel, seconds=0.5)
        return lambda: desk.answer(press, asker)

    return forms.answers(ears, prepare)


def _at_once(_ears: Listeners, _client: WebClient, body: Body) -> Press:
    action = body["actions"][0]
    return Press(chosen(action)[0], AT_ONCE[action["action_id"]])


def _for_days(ears: Listeners, client: WebClient, body: Body) -> Press:
    advice_id, choice = chosen(body["actions"][0])
    span = SPAN.match(choice)
    assert span, "asked before"
    days = int(span[1]) * (7 if span[2] == "w" else 1)
    return Press(advice_id, "snooze", _today(ears, client, Place.of(body)) + timedelta(days=days))


def _dismissed(_ears: Listeners, _client: WebClient, body: Body) -> Press:
    return Press(_advice_of(body), "dismiss", reason=written(body["view"]))


def _agreed(_ears: Listeners, _client: WebClient, body: Body) -> Press:
    return Press(_advice_of(body), "acknowledge", part=written(body["view"]))


def _applied(_ears: Listeners, _client: WebClient, body: Body) -> Press:
    return Press(_advice_of(body), "apply")


def _snoozed(_ears: Listeners, _client: WebClient, body: Body) -> Press:
    return Press(_advice_of(body), "snooze", until=picked(body["view"]))


def _advice_of(body: Body) -> str:
    return remembered(body["view"]).get("advice", "")


def chosen(action: Mapping[str, Any]) -> tuple[str, str]:
    """Advice id and choice (`1d`, `1w`, `date` or "") of a button, menu or overflow."""
    value = value_of(action)
    prefix, suffix = CHOICE_FIRST.match(value), CHOICE_LAST.search(value)
    if prefix:
        return value[prefix.end() :], prefix[1]
    return (value[: suffix.start()], suffix[1]) if suffix else (value, "")


def written(view: Mapping[str, Any]) -> str:
    """The reason given in a dismiss modal: what was picked, then what was typed."""
    texts = [_text(element) for element in _elements(view)]
    return ": ".join(text for text in texts if text)


def picked(view: Mapping[str, Any]) -> date | None:
    """The day picked in a snooze modal."""
    days = (str(element.get("selected_date") or "") for element in _elements(view))
    try:
        return next((date.fromisoformat(day) for day in days if day), None)
    except ValueError:  # no calendar of ours gives that
        return None


def _elements(view: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for block in ((view.get("state") or {}).get("values") or {}).values():
        yield from block.values()


def _text(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    return str((option.get("text") or {}).get("text") or element.get("value") or "").strip()


def _asked(ears: Listeners, name: str) -> Callable[..., None]:
    """A modal about a piece of advice; it remembers which, and where it was opened."""

    @ears.opens
    def opened(body: Body, client: WebClient) -> None:
        place = Place.of(body)
        view_of: Asking = getattr(ears.parts.desk, f"{name}_view")
        advice_id, _ = chosen(body["actions"][0])
        asker = ears.people.asker(client, place.user, place.channel, seconds=0.5)
        view = view_of(advice_id, asker)
        metadata = {
            "callback_id": f"advice.{name}",
            "private_metadata": place.kept(advice=advice_id),
        }
        ears.speaker.open(client, place, {**view, **metadata})

    return opened


def _today(ears: Listeners, client: WebClient, place: Place) -> date:
    _, time_zone = ears.people.manners(client, place.user, seconds=0.5)
    return ears.parts.clock().astimezone(ZoneInfo(time_zone)).date()

"""The Home tab: published when somebody opens it, and after everything they change there."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.replies import Filed
from bot.errors import PerfbotError
from bot.slack import forms
from bot.slack.bodies import Place, place_of
from bot.slack.forms import Form, by_block, submission, value_of, view_of
from bot.slack.listeners import Body, Listeners

log = logging.getLogger(__name__)
OPENS = re.compile(r"^(plan\.(new|edit|fill)|target\.(new|fill)|threshold\.new)$")
LOOKS = re.compile(r"^(plan|target|threshold)\.(preview|cell|name)$")
FORMS = ("plan", "target", "threshold")
GONE = ("hash_conflict", "not_found", "view_not_found")  # closed, or changed, in the meantime
TARGET_MEANT = "target.meant"


def register(ears: Listeners) -> None:
    """Listen to app_home_opened, and to the buttons, menus and forms of the Home tab."""
    app = ears.app
    _listen_to_forms(ears)
    _listen_to_summaries(ears)

    def is_home(event: Mapping[str, Any]) -> bool:
        return bool(event.get("tab", "home") == "home")

    @app.event("app_home_opened", matchers=[is_home])
    @ears.asked
    def opened(body: Body, client: WebClient) -> None:
        publish(ears, client, Place.of(body))

    app.action(re.compile(r"^home\.(language|zone)$"))(_kept(ears, _chosen))


def _listen_to_forms(ears: Listeners) -> None:
    """Plan, target and threshold."""
    app = ears.app

    @app.action(OPENS)
    @ears.opens
    def open_form(body: Body, client: WebClient) -> None:
        place, action = Place.of(body), body["actions"][0]
        asker = ears.asker(client, place)
        form = ears.parts.desk.forms.opened(action["action_id"], value_of(action), asker)
        ears.speaker.open(client, place, view_of(form))

    @app.action(LOOKS, matchers=[_in_a_view])
    @ears.asked
    def look(body: Body, client: WebClient) -> None:
        _look(ears, client, body)

    app.action("plan.remove", matchers=[_in_a_view])(_kept(ears, _removed))
    app.action("guess.accept")(_kept(ears, _confirmed))
    app.action(TARGET_MEANT)(_kept(ears, _confirmed))
    app.view(re.compile(r"^(plan|target|threshold)$"))(_kept(ears, _sent))


def _in_a_view(body: Body) -> bool:
    """Whether a press names the form its button is in; these buttons are nowhere else."""
    view = body.get("view") or {}
    return bool(view.get("id")) and view.get("callback_id") in FORMS


def _listen_to_summaries(ears: Listeners) -> None:
    """Subscriptions: added, changed, stopped."""
    app = ears.app

    @app.action("home.subscribe")
    @ears.opens
    def subscribe(body: Body, client: WebClient) -> None:
        place = Place.of(body)
        channel_place = replace(place, channel=value_of(body["actions"][0]))
        view = ears.parts.desk.forms.subscribe_view(
            channel_place.channel, ears.asker(client, place)
        )
        ears.speaker.open(client, channel_place, view)

    app.view("home.subscribe")(_kept(ears, _subscribed))
    app.action("home.stop")(_kept(ears, _stopped))


Work = Callable[[Listeners, Body, WebClient, Place, Any], Form]


def _kept(ears: Listeners, work: Work) -> Callable[..., None]:
    """A form or a menu on its way into the store."""

    def prepare(body: Body, client: WebClient) -> Callable[[], Form]:
        place = place_of(body)
        asker = ears.people.asker(client, place.user, place.channel, seconds=0.5)
        return lambda: work(ears, body, client, place, asker)

    return forms.sent_forms(ears, prepare)


def _chosen(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    action = body["actions"][0]
    ears.parts.desk.forms.chosen(action["action_id"], value_of(action), asker)
    return Form({}, lambda: publish(ears, client, place))


def _stopped(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    ears.parts.desk.forms.stopped(value_of(body["actions"][0]), asker)

    def follow() -> None:
        publish(ears, client, place)
        ears.parts.homes.nudge()

    return Form({}, follow)


def _confirmed(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    """A guess is right, or a target that is far off is meant: the plan says so from now on."""
    pressed, forms = body["actions"][0], ears.parts.desk.forms
    confirm = forms.target_meant if pressed["action_id"] == TARGET_MEANT else forms.agreed
    reply = confirm(value_of(pressed), asker)

    def follow() -> None:
        _make_ready(ears, asker)
        _settled(ears, client, place, asker, reply)

    return Form({}, follow)


def _removed(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    """Take an entry of the plan away, and say so in the form: a button cannot close it."""
    forms = ears.parts.desk.forms
    filed = forms.removed(submission(body["view"]), asker)

    def follow() -> None:
        form = filed.form or forms.opened("plan.new", "", asker)
        _show(client, body["view"], view_of(form))
        if filed.kept:
            _settled(ears, client, place, asker)

    return Form({}, follow)


def _sent(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    filed = ears.parts.desk.forms.sent(submission(body["view"]), asker)
    return _filed(body, filed, lambda: _settled(ears, client, place, asker))


def _subscribed(ears: Listeners, body: Body, client: WebClient, place: Place, asker: Any) -> Form:
    filed, reply = ears.parts.desk.forms.subscribed(submission(body["view"]), asker)
    return _filed(body, filed, lambda: _settled(ears, client, place, asker, reply))


def _filed(body: Body, filed: Filed, follow: Callable[[], None]) -> Form:
    """The form with its errors, the form as it should be looked at again, or that it is kept."""
    if filed.errors:
        return Form({"response_action": "errors", "errors": by_block(body["view"], filed.errors)})
    if filed.form:
        return Form({"response_action": "update", "view": view_of(filed.form)})
    return Form({}, follow)


def publish(ears: Listeners, client: WebClient, place: Place) -> None:
    """Show somebody their Home tab as it is now."""
    view = ears.parts.desk.home(ears.asker(client, replace(place, channel="")))
    client.views_publish(user_id=place.user, view=dict(view))
    ears.parts.homes.shown(place.user, view)


def _look(ears: Listeners, client: WebClient, body: Body) -> None:
    """Show a form with what was asked to see in it; what takes time is said to be coming."""
    asker, view = ears.asker(client, Place.of(body)), body["view"]
    action, forms = body["actions"][0]["action_id"], ears.parts.desk.forms
    filled = submission(view)
    coming = forms.meanwhile(action, filled, asker)
    newest = _show(client, view, view_of(coming)) if coming else view
    if newest:
        _show(client, newest, view_of(forms.pressed(action, filled, asker)))


def _show(
    client: WebClient, current: Mapping[str, Any], replacement: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Put a view in the place of another; None where that has gone or is newer."""
    try:
        answer = client.views_update(
            view_id=current["id"], hash=current.get("hash"), view=dict(replacement)
        )
    except SlackApiError as error:
        if error.response.get("error") not in GONE:
            raise
        log.info("A form was closed or changed before it could be shown anew.")
        return None
    view: Mapping[str, Any] = answer["view"]
    return view


def _settled(
    ears: Listeners, client: WebClient, place: Place, asker: Any, reply: Any = None
) -> None:
    """Make ready what was unsettled by a change, and show it on the Home tab."""
    if reply is not None:
        ears.tell(client, place, reply)
    else:
        _make_ready(ears, asker)
    publish(ears, client, place)
    ears.parts.homes.nudge()


def _make_ready(ears: Listeners, asker: Any) -> None:
    """Without it the next question takes longer; that is no reason to hide what was kept."""
    try:
        ears.parts.desk.forms.settle(asker)
    except PerfbotError as error:
        log.warning("The boards are worked out when they are asked for: %s", error)

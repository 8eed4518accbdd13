"""Forms people send: read by the desk before they are acknowledged, so that errors stay in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slack_sdk import WebClient

from bot.slack.listeners import Ears, log_failure
from bot.slack.place import Place

Ack = Callable[..., Any]
T = TypeVar("T")


def read(
    ears: Ears, ack: Ack, body: dict[str, Any], client: WebClient, reading: Callable[[Any], T]
) -> T | None:
    """What `reading` makes of a form, given who sent it (`Ears.asker`).

    None where it came twice or was answered with its error; else it is not acknowledged yet.
    """
    place = Place.of_submission(body)
    try:
        if not ears.first(body):
            ack()
            return None
        return reading(ears.asker(client, place))
    except Exception as error:  # noqa: BLE001  (whatever it is, the form says it)
        log_failure(error, body)
        language, _ = ears.people.manners(client, place.user)
        sentence = ears.parts.excuse(error, language)[0]
        ack(response_action="errors", errors={_an_input(body["view"]): sentence})
        return None


def after(ears: Ears, client: WebClient, body: dict[str, Any], work: Callable[[], None]) -> None:
    """What follows an acknowledgement: nothing may reach Bolt any more."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  (an error here would take the ack back)
        ears.sorry(error, body, client)


def value_of(action: Mapping[str, Any]) -> str:
    """The value of a button, or of what was chosen in a menu."""
    option = action.get("selected_option") or {}
    return str(option.get("value") or action.get("value") or "")


def _an_input(view: Mapping[str, Any]) -> str:
    """Errors may only be shown at inputs."""
    inputs = (block["block_id"] for block in view.get("blocks", ()) if block["type"] == "input")
    return str(next(inputs, ""))

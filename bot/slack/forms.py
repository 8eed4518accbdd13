"""What buttons, menus and forms carry: Slack's JSON in, plain values out, and no further.

Answers and forms are kept together with their claim, then acknowledged. Where that fails, whoever
gave one is told that nothing was kept, without the store's help.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from slack_sdk import WebClient

from bot.domain.replies import OpenForm, Submission, Taken
from bot.errors import PerfbotError, StoreError
from bot.render.controls import ANY
from bot.slack.bodies import Heard, Place, remembered
from bot.slack.failing import NotKept
from bot.slack.lanes import Task
from bot.slack.listeners import Body, Listeners, log_failure, timed
from bot.slack.workspaces import local
from bot.telemetry import tracing

CHOSEN = (
    "value",
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
)


def value_of(action: Mapping[str, Any]) -> str:
    """The value of a button, or of what was chosen in a menu."""
    option = action.get("selected_option") or {}
    return str(option.get("value") or action.get("value") or "")


def submission(view: Mapping[str, Any]) -> Submission:
    """What stands in a view, and what it remembers."""
    memory, elements = remembered(view), elements_of(view)
    return Submission(
        form=str(view.get("callback_id") or ""),
        inputs={action: _input(element) for action, element in elements.items()},
        ticked={action: _ticked(element) for action, element in elements.items()},
        since=_edition(memory.get("since", "")),
        pattern=memory.get("pattern", ""),
    )


def elements_of(view: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The state of each element of a view, by its action."""
    values = (view.get("state") or {}).get("values") or {}
    return {str(action): element for block in values.values() for action, element in block.items()}


def _input(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    choices = (element.get(name) for name in CHOSEN)
    text = str(option.get("value") or next(filter(None, choices), ""))
    return "" if text == ANY else text.strip()


def _ticked(element: Mapping[str, Any]) -> tuple[str, ...]:
    options = element.get("selected_options") or ()
    return tuple(str(option["value"]) for option in options)


def _edition(since: str) -> int:
    return int(since) if since.isdecimal() and len(since) < 19 else 0


def view_of(form: OpenForm) -> dict[str, Any]:
    """A form as Slack is shown it, with what it must remember until it is sent."""
    memory = {"since": str(form.since)}
    memory |= {} if form.pattern is None else {"pattern": form.pattern}
    return {**form.view, "private_metadata": json.dumps(memory)}


def by_block(view: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """Errors by field as Slack shows them: by the block of an input; else the first's."""
    return {_block_of(view, name): error for name, error in errors.items()}


def _block_of(view: Mapping[str, Any], name: str) -> str:
    inputs = [block for block in view.get("blocks", ()) if block["type"] == "input"]
    for block in inputs:
        if block["element"].get("action_id") == name:
            return str(block["block_id"])
    return str(inputs[0]["block_id"]) if inputs else ""


Ack = Callable[..., Any]
T = TypeVar("T")
# Who gave it is looked up first, which may take a moment; what it returns is the short work.
Prepare = Callable[[Body, WebClient], Callable[[], T]]


@dataclass(frozen=True)
class Form:
    """What a form's work came to: how to acknowledge it, and what follows once Slack knows."""

    answer: Mapping[str, Any]
    follow: Callable[[], None] | None = None


def answers(ears: Listeners, prepare: Prepare[Taken | None]) -> Callable[..., None]:
    """For Bolt: an answer to advice, given by a button or in a modal."""

    def acknowledge(ack: Ack, body: Body, client: WebClient, answer: Taken | None) -> None:
        ack()
        if answer is not None:
            heard = Heard.of(body)
            ears.soon(heard, client, lambda: follow(ears, client, heard.place, answer))

    return _keeping(ears, prepare, acknowledge)


def sent_forms(ears: Listeners, prepare: Prepare[Form]) -> Callable[..., None]:
    """For Bolt: a form of the Home tab or of a subscription."""

    def acknowledge(ack: Ack, body: Body, client: WebClient, form: Form | None) -> None:
        ack(**local(client, form.answer if form else {}))
        if form is not None and form.follow is not None:
            ears.soon(Heard.of(body), client, form.follow)

    return _keeping(ears, prepare, acknowledge)


def follow(ears: Listeners, client: WebClient, place: Place, answer: Taken) -> None:
    """Show what an answer changed, and tell its giver what is for them alone."""
    ears.people.meet(client, place.user)  # the line in the thread says who it was
    ears.parts.settle.follow(answer)
    if answer.reply is not None:
        ears.speaker.reply(client, place, answer.reply)


def refusal(error: Exception) -> PerfbotError:
    """What to say where nothing was kept: why, where somebody can mend it."""
    if isinstance(error, PerfbotError) and not isinstance(error, StoreError):
        return error
    return NotKept(by_store=isinstance(error, StoreError))


def _keeping(
    ears: Listeners,
    prepare: Prepare[T],
    acknowledge: Callable[[Ack, Body, WebClient, T | None], None],
) -> Callable[..., None]:
    def listener(ack: Ack, body: Body, client: WebClient) -> None:
        heard = Heard.of(body)
        if not heard.user:
            ack()
            return
        refuse = partial(_refuse, ears, ack, body, client)
        work, done = partial(prepare, body, client), partial(acknowledge, ack, body, client)
        began = time.monotonic()

        def keep() -> None:
            with tracing.request(heard.key):
                _keep(ears, heard, work, done, refuse)
                timed("answer", heard, began)

        task = Task(keep, dropped=lambda: refuse(NotKept()))
        ears.lanes.keeping.take(heard.user, task)

    return listener


def _keep(
    ears: Listeners,
    heard: Heard,
    prepare: Callable[[], Callable[[], T]],
    acknowledge: Callable[[T | None], None],
    refuse: Callable[[PerfbotError], None],
) -> None:
    try:
        outcome = ears.parts.settle.keep(heard.key, prepare())
    except Exception as error:  # noqa: BLE001  (whatever it is, somebody thinks it is kept)
        log_failure(error, heard)
        refuse(refusal(error))
        return
    acknowledge(outcome.result)


def _refuse(ears: Listeners, ack: Ack, body: Body, client: WebClient, error: PerfbotError) -> None:
    """In the form, where it has a place for errors; else to the person alone."""
    block, heard = _an_input(body.get("view") or {}), Heard.of(body)
    if block and body.get("type") == "view_submission":
        language, _ = ears.people.manners(client, heard.user, seconds=0.5)
        ack(response_action="errors", errors={block: ears.parts.excuse(error, language)[0]})
        return
    ack()
    ears.soon(heard, client, lambda: ears.sorry(error, heard, client))


def _an_input(view: Mapping[str, Any]) -> str:
    """Errors may only be shown at inputs."""
    inputs = (block["block_id"] for block in view.get("blocks", ()) if block["type"] == "input")
    return str(next(inputs, ""))

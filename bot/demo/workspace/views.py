"""views.*: modals and the Home tab, with Slack's limits, triggers and hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.blockkit import LIMITS
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.model import ApiError, Json, Trigger, View
from bot.demo.workspace.state import State
from bot.demo.workspace.values import view_blocks

STACK, TRIGGER_SECONDS = 3, 3.0


def open_view(state: State, call: Call) -> Json:
    content = checked(state, call.data("view"), "modal")
    trigger = exchange(state, call)
    close_all(state, trigger.user)
    return {"view": show(state, trigger.user, content).to_api()}


def push(state: State, call: Call) -> Json:
    content = checked(state, call.data("view"), "modal")
    trigger = exchange(state, call)
    if not state.stacks.get(trigger.user):
        raise ApiError("not_found")
    return {"view": show(state, trigger.user, content).to_api()}


def update(state: State, call: Call) -> Json:
    view = _wanted(state, call)
    if call.text("hash") and call.text("hash") != view.hash:
        raise ApiError("hash_conflict", response_metadata={"messages": []})
    content = checked(state, call.data("view"), view.content["type"], replaces=view)
    rewrite(state, view, content)
    return {"view": view.to_api()}


def publish(state: State, call: Call) -> Json:
    if not state.manifest.home:
        raise ApiError("not_enabled")
    user = state.user(call.needed("user_id", "user_not_found"))
    if user.deleted:
        raise ApiError("user_not_found")
    view = state.homes.get(user.id)
    if view and call.text("hash") and call.text("hash") != view.hash:
        raise ApiError("hash_conflict", response_metadata={"messages": []})
    content = checked(state, call.data("view"), "home", replaces=view)
    if view is None:
        view_id = state.new_id("V")
        view = View(view_id, user.id, content, _hash(state, content), view_id, team=state.team.id)
        state.homes[user.id] = view
    rewrite(state, view, content)
    return {"view": view.to_api()}


def show(state: State, user: str, content: Json) -> View:
    """Puts a modal on top of the user's stack; `push_limit_reached` over three."""
    stack = state.stacks.setdefault(user, [])
    if len(stack) >= STACK:
        raise ApiError("push_limit_reached")
    view_id = state.new_id("V")
    root, below = (stack[0], stack[-1]) if stack else (view_id, None)
    view = View(view_id, user, content, _hash(state, content), root, below, team=state.team.id)
    state.views[view_id] = view
    stack.append(view_id)
    tell(state, user)
    return view


def rewrite(state: State, view: View, content: Json) -> None:
    """Replaces a view in place; what was typed stays under the same ids."""
    view.content, view.hash, view.errors = content, _hash(state, content), {}
    if content["type"] == "home":
        state.changed("home", user=view.user, view=view.to_api())
    else:
        tell(state, view.user)


def close(state: State, view: View) -> None:
    """Takes a view off its stack: the one below shows again."""
    state.stacks[view.user].remove(view.id)
    state.views.pop(view.id)
    tell(state, view.user)


def close_all(state: State, user: str) -> list[View]:
    """Empties the user's stack; returns what was on it, top first."""
    closed_views = [state.views.pop(view_id) for view_id in reversed(state.stacks.pop(user, []))]
    tell(state, user)
    return closed_views


def tell(state: State, user: str) -> None:
    """Shows the page the user's stack as it is now."""
    stack = [state.views[view_id] for view_id in state.stacks.get(user, [])]
    views = [{**view.to_api(), "errors": view.errors} for view in stack]
    state.changed("views", user=user, views=views)


def exchange(state: State, call: Call) -> Trigger:
    """Uses a trigger_id up: 3 seconds, once."""
    trigger = state.triggers.get(call.needed("trigger_id"))
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if state.clock.now() - trigger.created > TRIGGER_SECONDS:
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger


def checked(state: State, view: Any, surface: str, replaces: View | None = None) -> Json:
    """The view an app sent, checked against Slack's limits, its blocks with their ids."""
    if not isinstance(view, dict) or view.get("type") != surface:
        raise _wrong("/view/type", f"must be a {surface} view")
    if len(json.dumps(view).encode()) > LIMITS["view.bytes"]:
        raise ApiError("view_too_large")
    blocks = view_blocks(state, view)
    _external_id(state, view.get("external_id"), replaces)
    inputs = any(block["type"] == "input" for block in blocks)
    if surface == "modal" and inputs and not view.get("submit"):
        raise _wrong("/view/submit", "required field for views with input blocks")
    return {**view, "blocks": blocks}


def _external_id(state: State, external_id: str | None, replaces: View | None) -> None:
    other_views = [
        view for view in (*state.views.values(), *state.homes.values()) if view != replaces
    ]
    if external_id and any(view.content.get("external_id") == external_id for view in other_views):
        raise ApiError("duplicate_external_id")


def _wanted(state: State, call: Call) -> View:
    view_id, external = call.text("view_id"), call.text("external_id")
    if not view_id and not external:
        raise ApiError("invalid_arguments")
    for view in (*state.views.values(), *state.homes.values()):
        if view.id == view_id or (external and view.content.get("external_id") == external):
            return view
    raise ApiError("not_found")


def _hash(state: State, content: Json) -> str:
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    return f"{int(state.clock.now())}.{state.number()}{digest}"


def _wrong(pointer: str, message: str) -> ApiError:
    line = f"[ERROR] {message} [json-pointer:{pointer}]"
    return ApiError("invalid_arguments", response_metadata={"messages": [line]})


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}

"""assistant.*: what an agent suggests to ask, in its conversation with somebody."""

from __future__ import annotations

from typing import Any

from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.conversations import known_dm
from bot.demo.workspace.model import ApiError, Json
from bot.demo.workspace.state import State

MOST = 4


def set_suggested_prompts(state: State, call: Call) -> Json:
    """At most four, each with title and message; for an agent `thread_ts` makes it do nothing."""
    channel = known_dm(state, call.needed("channel_id", "channel_not_found"))
    prompts = call.data("prompts")
    if not isinstance(prompts, list) or not prompts or len(prompts) > MOST:
        raise ApiError("invalid_arguments")
    if not all(_is_prompt(prompt) for prompt in prompts):
        raise ApiError("invalid_arguments")
    if not state.manifest.agent:
        raise ApiError("not_allowed")
    if not call.text("thread_ts"):
        state.prompts[channel.id] = {"title": call.text("title"), "prompts": prompts}
        state.changed("prompts", channel=channel.id, **state.prompts[channel.id])
    return {}


def _is_prompt(prompt: Any) -> bool:
    parts = prompt if isinstance(prompt, dict) else {}
    return all(isinstance(parts.get(name), str) and parts[name] for name in ("title", "message"))


METHODS = {
    "assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, ("assistant:write",)),
}

"""What the app answers: in its acknowledgement, or at a response_url."""

from __future__ import annotations

from bot.demo.workspace import timeline, views
from bot.demo.workspace.blocks import message_blocks
from bot.demo.workspace.chat import rewrite
from bot.demo.workspace.model import BOT_USER, SLACKBOT, ApiError, Ephemeral, Json, Message, View
from bot.demo.workspace.model import ResponseUrl as Url
from bot.demo.workspace.state import State

USES, SECONDS = 5, 30 * 60


def respond(state: State, address: str, body: Json) -> None:
    """Answers at a response_url.

    Raises:
        ApiError: `invalid_url`, `expired_url` (30 minutes), `used_url` (5 uses), `no_text`,
            or whatever is wrong with the blocks; a refused answer does not count as a use.
    """
    url = state.response_urls.get(address)
    if url is None:
        raise ApiError("invalid_url")
    if state.clock.now() - url.created > SECONDS:
        raise ApiError("expired_url")
    if url.uses >= USES:
        raise ApiError("used_url")
    _answer(state, url, body)
    url.uses += 1


def _answer(state: State, url: Url, body: Json) -> None:
    if body.get("delete_original"):
        _delete(state, url)
        return
    blocks, text = message_blocks(state, body.get("blocks")), str(body.get("text") or "")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    if body.get("replace_original") and url.message_ts:
        _replace(state, url, text, blocks)
    else:
        _new(state, url, text, blocks, body)


def _delete(state: State, url: Url) -> None:
    original = timeline.ephemeral(state, url.channel, url.message_ts or "")
    if original:
        timeline.hush(state, original)
    else:
        timeline.remove(state, state.message(url.channel, url.message_ts or ""))


def _replace(state: State, url: Url, text: str, blocks: list[Json]) -> None:
    original = timeline.ephemeral(state, url.channel, url.message_ts or "")
    if original is None:
        rewrite(state, state.message(url.channel, url.message_ts or ""), text, blocks)
        return
    original.text, original.blocks = text, blocks
    state.changed("ephemeral", ephemeral=original.to_json())


def _new(state: State, url: Url, text: str, blocks: list[Json], body: Json) -> None:
    thread_ts = body.get("thread_ts") or url.thread_ts
    if body.get("response_type") == "in_channel":
        message = Message(url.channel, state.new_ts(), BOT_USER, text, blocks, thread_ts)
        message.from_app = True
        timeline.add(state, message)
    else:
        whisper = Ephemeral(url.channel, url.user, state.new_ts(), text, blocks, thread_ts)
        timeline.whisper(state, whisper)


def acknowledged(state: State, payload: Json, body: Json) -> None:
    """Posts what came with the acknowledgement of a slash command, if anything did."""
    if not body.get("text") and not body.get("blocks"):
        return
    url = Url("", payload["channel_id"], payload["user_id"], state.clock.now())
    try:
        _answer(state, url, body)
    except ApiError as refused:
        failed(state, payload, refused.error)


def failed(state: State, payload: Json, error: str) -> None:
    """Slackbot says visibly that a command came to nothing."""
    command = payload["command"]
    slackbot(
        state,
        payload["channel_id"],
        payload["user_id"],
        f"{command} failed with the error “{error}”",
    )


def slackbot(state: State, channel: str, user: str, text: str) -> None:
    """A word of Slackbot's that only that user sees."""
    timeline.whisper(state, Ephemeral(channel, user, state.new_ts(), text, author=SLACKBOT))


def submitted(state: State, view: View, body: Json) -> None:
    """Does what the answer to a view_submission says: close, errors, update, push or clear.

    Raises:
        ApiError: The answer is not one Slack understands; the modal stays and says so.
    """
    action = body.get("response_action")
    if action == "errors":
        view.errors = _errors(view, body.get("errors"))
        views.tell(state, view.user)
    elif action == "update":
        views.rewrite(state, view, views.checked(state, body.get("view"), "modal", view))
    elif action == "push":
        views.show(state, view.user, views.checked(state, body.get("view"), "modal"))
    elif action == "clear":
        views.close_all(state, view.user)
    elif action is None:
        views.close(state, view)
    else:
        raise ApiError("invalid_response_action")


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_errors")
    return {str(block_id): str(error) for block_id, error in errors.items()}

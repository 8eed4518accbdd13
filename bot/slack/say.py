"""Answering one request: in the channel, to one person only, or as a modal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.slack.base import Blocks, Parts, Reply
from bot.slack.files import hand_over
from bot.slack.place import Place

log = logging.getLogger(__name__)
UNREADABLE = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")


@dataclass(frozen=True)
class Words:
    """A message to show; a `Reply` without a modal."""

    text: str
    blocks: Blocks = ()
    response_type: str = "ephemeral"
    modal: None = None


class RefusedAnswerError(RuntimeError):
    """Slack would not show an answer, not even in plain text."""


class Speaker:
    """Says replies, and says them more plainly where Slack refuses the blocks."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def reply(
        self, client: WebClient, place: Place, reply: Reply, *, replace: bool = False
    ) -> None:
        """Open its modal where there is a trigger, else show it by the shortest way.

        `replace` puts it in place of the (ephemeral) message whose button was pressed.
        """
        if reply.modal and place.trigger_id and self.open(client, place, reply.modal):
            return
        if file := getattr(reply, "file", None):  # most answers have none
            hand_over(client, place.user, file)
        for words in self._plainer(reply):
            if _shown(client, place, words, replace=replace):
                return
        raise RefusedAnswerError("Slack refused even the plain text of an answer.")

    def open(self, client: WebClient, place: Place, view: Mapping[str, Any]) -> bool:
        """Open a modal that remembers its place; False where the three seconds are over."""
        view = {**view, "private_metadata": view.get("private_metadata") or place.kept()}
        try:
            client.views_open(trigger_id=place.trigger_id, view=view)
        except SlackApiError as error:
            if error.response.get("error") not in TOO_LATE:
                raise
            log.warning("The trigger had expired before the modal was ready.")
            return False
        return True

    def _plainer(self, reply: Reply) -> Iterator[Words]:
        shown = shared(reply.blocks) if reply.response_type == "in_channel" else reply.blocks
        for blocks in plainer(shown, self.parts.picture, self.parts.simplify):
            yield Words(reply.text, blocks, reply.response_type)


def shared(blocks: Blocks) -> Blocks:
    """As everybody sees it: what is in the channel offers no button to share it there."""
    kept = [_without_sharing(block) if block["type"] == "actions" else block for block in blocks]
    return [block for block in kept if block["type"] != "actions" or block["elements"]]


def _without_sharing(block: Mapping[str, Any]) -> dict[str, Any]:
    left = [each for each in block["elements"] if each.get("action_id") != "share"]
    return {**block, "elements": left}


def plainer(blocks: Blocks, *simpler: Callable[[Blocks], Blocks]) -> Iterator[Blocks]:
    """What to try in turn: everything, then each simpler form that differs, then only text.

    A simpler form is made only when those before it were refused: drawing pictures takes time.
    """
    yield blocks
    for simplify in simpler:
        simple = simplify(blocks)
        if list(simple) != list(blocks):
            yield simple
    if blocks:
        yield ()


def _shown(client: WebClient, place: Place, words: Words, *, replace: bool) -> bool:
    """Whether Slack took it; False only where it is the blocks that it refused."""
    if place.response_url:
        return _respond(place, words, replace=replace)
    try:
        _post(client, place, words)
    except SlackApiError as error:
        if error.response.get("error") in UNREADABLE and words.blocks:
            log.warning("Blocks refused: %s", error.response.get("response_metadata"))
            return False
        raise
    return True


def _respond(place: Place, words: Words, *, replace: bool) -> bool:
    body: dict[str, Any] = {"text": words.text, "response_type": words.response_type}
    body |= {"blocks": list(words.blocks)} if words.blocks else {}
    body |= {"replace_original": replace} if place.message_ts else {}
    if place.thread_ts and not replace:
        body["thread_ts"] = place.thread_ts
    answer = WebhookClient(place.response_url).send_dict(body)
    if answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", ""):
        return True
    if words.blocks and any(code in answer.body for code in UNREADABLE):
        log.warning("Blocks refused: %s", answer.body[:300])
        return False
    raise RefusedAnswerError(f"response_url answered {answer.status_code}: {answer.body[:200]}")


def _post(client: WebClient, place: Place, words: Words) -> None:
    shown: dict[str, Any] = {"text": words.text}
    shown |= {"blocks": [dict(block) for block in words.blocks]} if words.blocks else {}
    shown |= {"thread_ts": place.thread_ts} if place.thread_ts else {}
    if not place.channel:  # from a modal or the Home tab: the person's own conversation
        client.chat_postMessage(channel=place.user, **shown)
    elif words.response_type == "in_channel":
        client.chat_postMessage(
            channel=place.channel, unfurl_links=False, unfurl_media=False, **shown
        )
    else:
        client.chat_postEphemeral(channel=place.channel, user=place.user, **shown)

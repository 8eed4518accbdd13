"""Answering one request: in the channel, to one person only, or as a modal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.replies import Reply
from bot.slack.base import Blocks, SlackParts
from bot.slack.failing import FormTooLate
from bot.slack.files import hand_over
from bot.slack.place import Place
from bot.slack.showing import RefusedAnswerError, shown

__all__ = ["RefusedAnswerError", "Responder", "plainer", "shared"]

TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")


class Responder:
    """Says replies, and says them more plainly where Slack refuses the blocks."""

    def __init__(self, parts: SlackParts) -> None:
        self.parts = parts

    def reply(
        self, client: WebClient, place: Place, reply: Reply, *, replace: bool = False
    ) -> None:
        """Open its modal where there is a trigger, else show it by the shortest way.

        `replace` puts it in place of the (ephemeral) message whose button was pressed.

        Raises:
            FormTooLate: Slack does not take the modal any more.
        """
        if reply.modal and place.trigger_id:
            self.open(client, place, reply.modal)
            return
        if file := getattr(reply, "file", None):  # most answers have none
            hand_over(client, place.user, file)
        for words in self._plainer(reply):
            if shown(client, place, words, replace=replace):
                return
        raise RefusedAnswerError("Slack refused even the plain text of an answer.")

    def open(self, client: WebClient, place: Place, view: Mapping[str, Any]) -> None:
        """Open a modal that remembers its place.

        Raises:
            FormTooLate: The three seconds are over.
        """
        view = {**view, "private_metadata": view.get("private_metadata") or place.kept()}
        try:
            client.views_open(trigger_id=place.trigger_id, view=view)
        except SlackApiError as error:
            if error.response.get("error") not in TOO_LATE:
                raise
            raise FormTooLate from error

    def _plainer(self, reply: Reply) -> Iterator[Reply]:
        posted = shared(reply.blocks) if reply.response_type == "in_channel" else reply.blocks
        for blocks in plainer(posted, self.parts.picture, self.parts.simplify):
            yield Reply(reply.text, blocks, reply.response_type)


def shared(blocks: Blocks) -> Blocks:
    """As everybody sees it: what is in the channel offers no button to share it there."""
    trimmed_blocks = [
        _without_sharing(block) if block["type"] == "actions" else block for block in blocks
    ]
    return [block for block in trimmed_blocks if block["type"] != "actions" or block["elements"]]


def _without_sharing(block: Mapping[str, Any]) -> dict[str, Any]:
    elements = [element for element in block["elements"] if element.get("action_id") != "share"]
    return {**block, "elements": elements}


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

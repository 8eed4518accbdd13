"""Answering one request: in the channel, to one person only, as a modal, or as a file.

An answer reaches a person by the address Slack lent for it, by the channel, or directly; a picture
stands where a chart is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.domain.replies import Reply
from bot.slack.base import Block, Blocks, SlackParts
from bot.slack.bodies import Place
from bot.slack.failing import FormTooLate
from bot.slack.web_clients import retry_after
from bot.slack.workspaces import local

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
        for words in self._plainer(reply, client):
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

    def _plainer(self, reply: Reply, client: WebClient) -> Iterator[Reply]:
        posted = shared(reply.blocks) if reply.response_type == "in_channel" else reply.blocks
        picture = pictured(self.parts.picture, client)
        for blocks in plainer(posted, picture, self.parts.simplify):
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


log = logging.getLogger(__name__)
UNREADABLE = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
# Where the bot is no member, or the person has left: what is for one person reaches them directly.
NOT_HERE = (
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "user_not_in_channel",
    "messages_tab_disabled",
)
WAITS = (0.5, 2.0, 5.0)  # seconds between attempts at an address that may work again
PATIENCE = 10  # seconds an address may take


class RefusedAnswerError(RuntimeError):
    """Slack would not show an answer, not even in plain text."""


def shown(client: WebClient, place: Place, words: Reply, *, replace: bool = False) -> bool:
    """Whether Slack took it; False only where it is the blocks that it refused."""
    if place.response_url:
        answer = _respond(client, place, words, replace=replace)
        if answer is None or _is_fine(answer):
            return True
        if words.blocks and any(code in answer.body for code in UNREADABLE):
            log.warning("Blocks refused: %s", answer.body[:300])
            return False
        log.warning("response_url answered %s: %s", answer.status_code, answer.body[:200])
    return _said(client, place, words)


def _respond(
    client: WebClient, place: Place, words: Reply, *, replace: bool
) -> WebhookResponse | None:
    """The address's last word; None where it was shown although it did not say so.

    What only one person sees may come twice rather than never. What everybody sees is looked for
    in the channel before it is tried again.
    """
    webhook = WebhookClient(place.response_url, timeout=PATIENCE, retry_handlers=[])
    body, since = local(client, _body(place, words, replace=replace)), time.time()
    public = words.response_type == "in_channel"
    for wait in (*WAITS, None):
        answer = _sent(webhook, body)
        limited = answer is not None and answer.status_code == 429
        if answer is not None and answer.status_code < 500 and not limited:
            return answer
        if public and not limited and _is_there(client, place, words, since):
            return None
        if wait is not None:
            time.sleep(min(retry_after(answer), WAITS[-1]) if limited else wait)
    raise RefusedAnswerError("response_url never took an answer.")


def _sent(webhook: WebhookClient, body: dict[str, Any]) -> WebhookResponse | None:
    try:
        return webhook.send_dict(body)
    except (OSError, HTTPException) as error:
        log.warning("response_url did not answer: %s", error)
        return None


def _is_there(client: WebClient, place: Place, words: Reply, since: float) -> bool:
    """Whether an answer stands in its channel.

    Raises:
        RefusedAnswerError: The channel cannot be read, so nobody knows.
    """
    try:
        history = client.conversations_history(
            channel=place.channel, oldest=str(since - 5), limit=50
        )
    except (SlackApiError, OSError) as error:
        raise RefusedAnswerError("Nobody knows whether an answer was shown.") from error
    return any(message.get("text") == words.text for message in history.get("messages") or ())


def _is_fine(answer: WebhookResponse) -> bool:
    return answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", "")


def _body(place: Place, words: Reply, *, replace: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"text": words.text, "response_type": words.response_type}
    body |= {"blocks": list(words.blocks)} if words.blocks else {}
    body |= {"replace_original": replace} if place.message_ts else {}
    if place.thread_ts and not replace:
        body["thread_ts"] = place.thread_ts
    return body


def _said(client: WebClient, place: Place, words: Reply) -> bool:
    """By the Web API: in the channel, or where the bot is not in it, to the person directly."""
    try:
        _post(client, place, words)
    except SlackApiError as error:
        code = error.response.get("error")
        if code in UNREADABLE and words.blocks:
            log.warning("Blocks refused: %s", error.response.get("response_metadata"))
            return False
        if code not in NOT_HERE or not place.channel or words.response_type == "in_channel":
            raise
        return _said(client, Place(place.user), words)
    return True


def _post(client: WebClient, place: Place, words: Reply) -> None:
    posted: dict[str, Any] = {"text": words.text}
    posted |= {"blocks": [dict(block) for block in words.blocks]} if words.blocks else {}
    posted |= {"thread_ts": place.thread_ts} if place.thread_ts else {}
    if not place.channel:  # from a modal or the Home tab: the person's own conversation
        client.chat_postMessage(channel=place.user, **posted)
    elif words.response_type == "in_channel":
        client.chat_postMessage(
            channel=place.channel, unfurl_links=False, unfurl_media=False, **posted
        )
    else:
        client.chat_postEphemeral(channel=place.channel, user=place.user, **posted)


CHART = "data_visualization"


class Upload(Protocol):
    """A file to hand over."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class ChartPicture(Protocol):
    """A chart as a picture, and what it shows in words."""

    @property
    def png(self) -> bytes: ...
    @property
    def alt(self) -> str: ...


def hand_over(client: WebClient, user: str, file: Upload) -> None:
    """Upload a file where only this person sees it: files cannot be ephemeral in a channel."""
    opened = client.conversations_open(users=user)
    channel: Mapping[str, Any] = opened.get("channel") or {}
    client.files_upload_v2(
        file=file.content, filename=file.name, title=file.name, channel=str(channel["id"])
    )


def pictured(picture: Callable[[Blocks], Blocks], client: WebClient) -> Callable[[Blocks], Blocks]:
    """What makes pictures, uploading them by this client."""
    return picture.by(client) if isinstance(picture, Pictures) else picture


class Pictures:
    """Blocks with their charts as uploaded pictures.

    Args:
        client: As the bot, with files:write.
        draw: A chart block as a picture; None where nothing can draw.
    """

    def __init__(self, client: WebClient, draw: Callable[[Block], ChartPicture | None]) -> None:
        self.client, self.draw = client, draw

    def by(self, client: WebClient) -> Pictures:
        """The same, uploaded by another client: a picture is seen where it was uploaded."""
        return Pictures(client, self.draw)

    def __call__(self, blocks: Blocks) -> Blocks:
        """The same blocks where there is nothing to draw, or no way to."""
        return [self._pictured(block) if block.get("type") == CHART else block for block in blocks]

    def _pictured(self, block: Block) -> Block:
        try:
            picture = self.draw(block)
            if picture is None:
                return block
            answer = self.client.files_upload_v2(
                file=picture.png, filename="chart.png", title=picture.alt[:200], alt_txt=picture.alt
            )
            uploaded = (answer.get("files") or [{}])[0]
        except (SlackApiError, OSError) as error:
            log.warning("A chart could not be uploaded as a picture: %s", error)
            return block
        image = {"type": "image", "slack_file": {"id": str(uploaded["id"])}}
        return {**image, "alt_text": picture.alt}

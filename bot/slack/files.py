"""Files: an export into somebody's own conversation, a picture where a chart is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.base import Block, Blocks

log = logging.getLogger(__name__)
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


class Pictures:
    """Blocks with their charts as uploaded pictures.

    Args:
        client: As the bot, with files:write.
        draw: A chart block as a picture; None where nothing can draw.
    """

    def __init__(self, client: WebClient, draw: Callable[[Block], ChartPicture | None]) -> None:
        self.client, self.draw = client, draw

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

"""Files and pictures on the wire: uploaded where they belong, and nothing lost where they fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import PerfbotError
from bot.render.charts import Picture
from bot.slack.lookups import Links, UserGroups
from bot.slack.post import Poster
from bot.slack.say import Pictures, hand_over
from bot.slack.web_clients import web_client

PERFORMANCE, KARI = "C0PERFORM", "U0KARI001"
SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Good morning"}}
CHART = {"type": "data_visualization", "title": "CPA"}  # no chart in it: refused
PICTURE = Picture(b"\x89PNG\r\n\x1a\n", "CPA: 26 Oct 1000 to 28 Oct 1270")


@dataclass(frozen=True)
class Message:
    key: str = "digest:1"
    kind: str = "digest"
    channel: str = PERFORMANCE
    text: str = "Good morning"
    blocks: tuple = (SECTION, CHART)
    parent: str = ""


@dataclass(frozen=True)
class File:
    name: str = "perfbot-all.csv"
    content: bytes = b"date,channel\r\n"


@pytest.fixture
def slack(workspace_running):
    workspace_running.do("reset")
    return workspace_running


@pytest.fixture
def client(slack):
    return web_client(slack.bot_token, slack.api_url)


def posted(slack):
    return [each for each in slack.snapshot()["messages"] if each["channel"] == PERFORMANCE]


def poster(client, draw):
    return Poster(client, lambda _: [SECTION], lambda: datetime.now(UTC), Pictures(client, draw))


def test_a_refused_chart_comes_as_a_picture(slack, client):
    """The same message with an image of the uploaded file, and its words for who cannot see."""
    poster(client, lambda _block: PICTURE).deliver(Message())
    (message,) = posted(slack)
    section, image = message["blocks"]
    assert (section["type"], image["type"]) == ("section", "image")
    assert image["alt_text"] == PICTURE.alt


@pytest.mark.parametrize("fails", ["no extra", "no upload"])
def test_without_a_picture_the_sparkline_stays(slack, client, fails):
    """Nothing to draw with, or an upload that fails: the simpler form, and never no message."""

    def draw(_block):
        if fails == "no upload":
            raise OSError("the upload broke")

    poster(client, draw).deliver(Message())
    (message,) = posted(slack)
    assert [block["type"] for block in message["blocks"]] == ["section"]


def test_nothing_is_drawn_while_charts_are_taken(slack, client):
    """A message Slack takes costs no picture."""
    drawn = []
    poster(client, drawn.append).deliver(Message(blocks=(SECTION,)))
    assert drawn == []
    assert len(posted(slack)) == 1


def test_a_file_goes_to_the_persons_own_conversation(slack, client):
    """Not to the channel it was asked in: a file there is everybody's."""
    hand_over(client, KARI, File())
    (message,) = [each for each in slack.snapshot()["messages"] if each.get("files")]
    assert message["channel"] != PERFORMANCE
    assert message["files"][0]["name"] == "perfbot-all.csv"
    assert posted(slack) == []


def test_members_of_a_group_are_asked_for_once_in_a_while(slack, client):
    """Remembered for ten minutes, and for longer where Slack does not answer."""
    now = [datetime(2026, 11, 23, 8, tzinfo=UTC)]
    groups = UserGroups(client, lambda: now[0])
    listed = client.api_call("usergroups.list", params={"include_users": "true"})["usergroups"][0]
    assert groups(listed["id"]) == frozenset(listed["users"])
    asked = []
    groups.client = Broken(asked)
    assert groups(listed["id"]) == frozenset(listed["users"])
    assert asked == []
    now[0] += timedelta(minutes=11)
    assert groups(listed["id"]) == frozenset(listed["users"])
    assert asked == [1]


@dataclass(frozen=True)
class Broken:
    """A Slack out of reach."""

    asked: list

    def usergroups_users_list(self, **_):
        self.asked.append(1)
        raise OSError("no network")


def test_an_unknown_group_lets_nobody_through(client):
    """No guess: a sentence that says what to check."""
    with pytest.raises(PerfbotError, match="does not tell me who is in the user group S0NOBODY"):
        UserGroups(client, lambda: datetime.now(UTC))("S0NOBODY")


def test_the_way_to_a_message_is_its_permalink(slack, client):
    """Asked for once; "" where the message is gone."""
    ts = client.chat_postMessage(channel=PERFORMANCE, text="Hi")["ts"]
    links = Links(client)
    assert links(PERFORMANCE, ts).endswith(f"/archives/{PERFORMANCE}/p{ts.replace('.', '')}")
    links.client = None
    assert links(PERFORMANCE, ts)
    assert Links(client)(PERFORMANCE, "1.000001") == ""

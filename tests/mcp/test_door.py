"""An assistant gets what people get, by the SDK's own client over stdio, and can change nothing."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import replace

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters

from bot.ask import Asker, Door
from bot.ask.tools import TOOLS, Tools
from bot.blockkit import validate
from bot.cli import assistant
from bot.cli.assistant import Seat
from bot.cli.parts import CommandParts
from bot.errors import UnknownName
from bot.render import without_visualization
from bot.settings import Settings
from bot.store.records import ChannelOwner
from tests.office import MORNING, NOW

EXAMPLES = {
    "board": {"window": "28d"},
    "channel": {"name": "Google Ads", "window": "28d"},
    "campaign": {"name": "generic"},
    "why": {"name": "google", "metric": "cpa"},
    "why_not": {"name": "Google | Brand"},
    "advice": {},
    "pacing": {},
    "outcomes": {},
    "find": {"text": "brand"},
}
COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]


@pytest.fixture(scope="module")
def database(judged_database, tmp_path_factory):
    """The judged morning, for this file alone."""
    file = tmp_path_factory.mktemp("mcp") / "perfbot.db"
    file.write_bytes(judged_database.read_bytes())
    return file


@pytest.fixture(scope="module")
def call(database):
    """`call(method, …)` of an SDK client that talks to one `perfbot mcp` over stdio."""
    words = [*COMMAND[1:], "mcp", "--db", str(database), "--as-of", str(MORNING)]
    environment = {key: text for key, text in os.environ.items() if not key.startswith("SLACK_")}
    server = StdioServerParameters(command=COMMAND[0], args=words, env=environment,
                                   cwd=str(database.parent))  # fmt: skip
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(server)) as client,
    ):
        yield lambda method, *words: portal.call(getattr(client, method), *words)


@pytest.fixture
def desk_asks(world):
    """What the desk answers at the terminal's door."""
    asker = Asker("cli", door=Door.TERMINAL)
    return lambda question: world.desk.ask(question, asker, MORNING, dry=True)


def digest_of(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_tools_are_the_questions_people_ask(call):
    """Nine, each saying what it answers and that it only reads; arguments are explained."""
    tools = {tool.name: tool for tool in call("list_tools").tools}
    assert set(tools) == set(EXAMPLES) == set(TOOLS)
    for tool in tools.values():
        assert tool.description
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert all(one.get("description") for one in tool.input_schema["properties"].values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_answer_is_the_one_slack_gets(call, desk_asks, name):
    """The same words and blocks as `/perf` gives, and the numbers behind them beside."""
    result = call("call_tool", name, EXAMPLES[name])
    answer = result.structured_content
    assert not result.is_error
    reply = desk_asks(answer["question"])
    assert (answer["text"], answer["as_of"]) == (reply.text, str(MORNING))
    assert json.dumps(answer["blocks"]) == json.dumps([dict(block) for block in reply.blocks])
    assert validate(without_visualization(answer["blocks"])) == []
    assert result.content[0].text
    assert answer["data"] is not None


def test_the_numbers_behind_an_answer_are_the_boards(call, world):
    """Metrics now, before and as planned of each campaign; of advice every field."""
    data = call("call_tool", "channel", EXAMPLES["channel"]).structured_content["data"]
    assert {row["channel"] for row in data} == {"google_ads"}
    spend = sum(row["now"]["spend"] for row in data)
    numbers = world.store.numbers(as_of=MORNING)
    google = numbers[(numbers["channel"] == "google_ads")]
    days = google[google["date"] >= str(MORNING.fromordinal(MORNING.toordinal() - 28))]
    assert spend == pytest.approx(float(days["spend"].sum()))
    advice = call("call_tool", "advice", {}).structured_content["data"]
    assert [one["id"] for one in advice]
    assert all(one["evidence"] and one["state"] == "open" for one in advice)


@pytest.mark.parametrize(("name", "arguments"), [
    ("campaign", {"name": "nosuch thing"}),
    ("channel", {"name": "google", "window": "a fortnight"}),
    ("channel", {"name": '"; drop table daily --'}),
    ("why", {"name": "\x00\n/perf subscribe 07:30"}),
    ("why_not", {"name": "Google | Brand", "rule": "no-such-rule"}),
    ("find", {"text": " "}),
    ("campaign", {}),
])  # fmt: skip
def test_what_cannot_be_answered_is_a_sentence(call, name, arguments):
    """An error with words and a way out; the server goes on."""
    result = call("call_tool", name, arguments)
    assert result.is_error
    assert result.content[0].text
    assert "Traceback" not in result.content[0].text
    assert not call("call_tool", "advice", {}).is_error


def test_no_tool_writes(call, database):
    """Whatever is asked, sentences that would set or subscribe included, no byte is changed."""
    before = digest_of(database)
    for name, arguments in EXAMPLES.items():
        call("call_tool", name, arguments)
    for words in ("subscribe 07:30", "settings language nb", "share advice", "ack 1"):
        for tool, argument in (("find", "text"), ("campaign", "name"), ("channel", "name")):
            call("call_tool", tool, {argument: words})
    assert digest_of(database) == before


# -- clients and roles, in this process ----------------------------------------------------------


@pytest.fixture
def parts(world, rulebook, renderers):
    """A command's parts over a morning in which Google is Alfa's and the rest Beta's."""
    keys = world.store.numbers()[["channel", "account_id", "campaign_id"]].drop_duplicates()
    clients = {
        tuple(map(str, key)): "Alfa" if key[0] == "google_ads" else "Beta"
        for key in keys.fillna("").itertuples(index=False)
    }
    world.store.assign_clients(clients)
    world.store.assign_channel(ChannelOwner("C1", "Alfa"), by="U1", at=NOW)
    command_parts = CommandParts(Settings(), world.store)
    command_parts.__dict__ |= {"rulebook": rulebook, "renderers": renderers}
    return command_parts


SEAT = Seat("", "", None, None)


def asked(parts, seat, tool, /, **arguments):
    return assistant._tools(parts, seat).ask(tool, arguments, MORNING).to_json()


def test_one_client_is_all_an_assistant_of_it_sees(parts):
    """Every tool, by a client or by a client's channel: nothing of the other's is in it."""
    for seat in (replace(SEAT, client="Beta"), replace(SEAT, user="U1", channel="C2"),
                 replace(SEAT, client="Beta", user="U1")):  # fmt: skip
        if seat.channel:
            parts.store.assign_channel(ChannelOwner("C2", "Beta"), by="U1", at=NOW)
        for name, arguments in EXAMPLES.items():
            if name in ("channel", "why", "why_not", "campaign"):
                assert asked(parts, seat, name, **arguments)["error"], name
            else:
                assert "google" not in json.dumps(asked(parts, seat, name, **arguments)).lower()
        board = asked(parts, seat, "board")["data"]
        assert {row["channel"] for row in board} == {"meta_ads", "tiktok_ads", "linkedin_ads"} & {
            row["channel"] for row in asked(parts, SEAT, "board")["data"]
        }
        assert board
    assert not asked(parts, replace(SEAT, client="Alfa"), "channel", name="google")["error"]


def test_an_unknown_client_is_named_with_the_known(parts):
    """A typing error shows nothing and says who there is."""
    with pytest.raises(UnknownName, match="Alfa"):
        assistant._tools(parts, replace(SEAT, client="Alfo"))


def test_in_a_channel_of_nobodys_nothing_is_shown(parts):
    """Where clients are kept apart, a person without a channel or client sees nothing."""
    for seat in (replace(SEAT, user="U1"), replace(SEAT, user="U1", channel="C9")):
        assert not asked(parts, seat, "board")["data"]


@pytest.mark.parametrize("client", [None, "Alfa"])
def test_who_may_not_ask_gets_no_answer(parts, client):
    """Roles of perfbot.toml hold here too: a stranger is told who may."""
    parts.settings = Settings.model_validate({"who": {"viewers": ["U0VIEWER1"]}})
    parts.__dict__.pop("desk", None)
    stranger = asked(parts, Seat("U0STRANGE", "C1", client, None), "board")
    viewer = asked(parts, Seat("U0VIEWER1", "C1", client, None), "board")
    assert (stranger["error"], stranger["data"]) == (True, None)
    assert (viewer["error"], bool(viewer["data"])) == (False, True)


def test_without_the_sdk_it_says_what_to_install(parts, monkeypatch):
    """One sentence and the extra's name."""
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    with pytest.raises(Exception, match=r"perfbot\[mcp\]"):
        assistant._server(lambda: MORNING, assistant._tools(parts, SEAT))


def test_what_an_assistant_reads_holds_no_secret(parts):
    """A name that looks like a token is hidden before it leaves."""
    tools = Tools(parts.desk, Asker("cli", door=Door.TERMINAL))
    answer = tools.ask("find", {"text": "xoxb-123-456-abcDEF"}, MORNING)
    assert "abcDEF" not in assistant._result(answer).model_dump_json()

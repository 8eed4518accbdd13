"""A file dropped into a channel over the wire: read out in its thread, imported once on a press."""

from __future__ import annotations

import base64
import gzip
import io
import time
import zipfile
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from urllib.request import Request, urlopen

import pandas as pd
import pytest
import yaml
from pydantic import SecretStr

from bot import rules_files
from bot.app.composition import Composition
from bot.ask import Asker
from bot.blockkit import every_text
from bot.context.context import ALWAYS, values_of
from bot.demo.workspace.server import Workspace
from bot.domain.replies import DroppedFile
from bot.numbers.plan import PlanEntry
from bot.places import shipped
from bot.render import Renderer, languages
from bot.settings import App, Settings, Tokens
from bot.settings.models import Who
from bot.slack import files, socket
from bot.slack.app import drain
from bot.slack.files import NotGiven, SharedFile, about, downloaded
from bot.slack.web_clients import web_client
from bot.store import open_store
from bot.store.base import ChannelOwner, PlanRow

KARI, OLA, PERFORMANCE, GENERAL = "U0KARI001", "U0OLA0001", "C0PERFORM", "C0GENERAL"
AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
AT_SLACK = "https://files.slack.com/files-pri/T1-F1/download/a.csv"
HEAD = "date,channel,account id,campaign,campaign id,currency,spend,impressions,clicks,Mood"
DAYS = [date(2026, 11, day) for day in range(16, 23)]


def export(days=DAYS, campaigns=("Lamp", "Chair"), spend=100.5):
    """Some campaigns' days as an export, with a heading nobody knows."""
    lines = [
        f"{day},google_ads,7,{name},id-{name},NOK,{spend},9000,90,good"
        for day in days
        for name in campaigns
    ]
    return "\n".join([HEAD, *lines, ""])


def workbook(text):
    buffer = io.BytesIO()
    pd.read_csv(io.StringIO(text)).to_excel(buffer, index=False)
    return buffer.getvalue()


def archive(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("one.csv", text)
    return buffer.getvalue()


KINDS = {
    "week.csv": str.encode,
    "week.tsv": lambda text: text.replace(",", "\t").encode(),
    "week.xlsx": workbook,
    "week.zip": archive,
    "week.csv.gz": lambda text: gzip.compress(text.encode()),
}


class Wire:
    """perfbot whole behind a workspace."""

    def __init__(self, workspace, composition):
        self.workspace, self.composition = workspace, composition

    @property
    def store(self):
        return self.composition.store

    def do(self, verb, **body):
        answer = self.workspace.do(verb, **{"user": "kari", "channel": "performance", **body})
        assert answer["ok"], answer
        return answer

    def drop(self, name="week.csv", text=None, **body):
        """Drop a file; what the workspace says of it."""
        content = {"text": export() if text is None else text} if "base64" not in body else {}
        return self.do("share_file", name=name, **content, **body)

    def until(self, matching, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if matches := matching(self.workspace.snapshot()):
                return matches
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {self.workspace.snapshot()['messages']}")

    def reply(self, dropped, words):
        """The bot's message in the file's thread, once it says that."""
        return self.until(
            lambda state: [
                message
                for message in state["messages"]
                if message.get("thread_ts") == dropped["ts"] and words in spoken(message)
            ]
        )[-1]

    def whisper(self, words):
        return self.until(lambda s: [e for e in s["ephemerals"] if words in spoken(e)])[-1]

    def press(self, message, action_id, **body):
        self.do("action", ts=message["ts"], action_id=action_id, value=value_in(message), **body)

    def numbers(self):
        return self.store.numbers()


def spoken(message):
    return " ".join([message["text"], *every_text(message.get("blocks") or [])]).replace(
        "\u00a0", " "
    )


def value_in(message):
    """What the message's buttons carry."""
    elements = [each for block in message["blocks"] for each in block.get("elements", [])]
    return next(each["value"] for each in elements if each.get("action_id") == "file.import")


@pytest.fixture(scope="module")
def words():
    rulebook = rules_files.load()
    return rulebook, {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}


@pytest.fixture(scope="module")
def connected(workspace_running, words):
    """One bot for the module; each test gets a store and settings of its own."""
    workspace_running.do("reset")
    workspace_running.do("http", url="")

    def connect(stack, **changes):
        tokens = Tokens(bot=SecretStr(workspace_running.bot_token),
                        app=SecretStr(workspace_running.app_token),
                        api_url=workspace_running.api_url)  # fmt: skip
        settings = Settings(app=App(time_zone="Europe/Oslo", currency="NOK"), tokens=tokens)
        store = stack.enter_context(closing(open_store(":memory:")))
        settings = settings.model_copy(update=changes)
        composition = Composition(settings, store, *words, lambda: AT)
        app = composition.bolt()
        stack.callback(composition.homes.stop)
        stack.callback(drain, app)
        bot = socket.connect(app, workspace_running.app_token, workspace_running.api_url)
        stack.callback(bot.close)
        wire = Wire(workspace_running, composition)
        wire.until(lambda _: workspace_running.connected())
        return wire

    return connect


@pytest.fixture
def connecting(workspace_running, connected):
    """Connects bots, each ended with the test."""
    workspace_running.do("reset")
    with ExitStack() as stack:
        yield lambda **changes: connected(stack, **changes)


@pytest.fixture
def wire(connecting):
    return connecting()


def test_a_file_is_read_out_in_its_thread_and_imported_on_a_press(wire):
    """Rows, days, channel, account, totals, what is left aside; then what the import did."""
    dropped = wire.drop()
    read = wire.reply(dropped, "reads so")
    for part in ("14 rows of 2 campaigns on 7 days", "16–22 Nov", "Google", "7", "1 407 kr",
                 "Mood", "Import", "Leave it"):  # fmt: skip
        assert part in spoken(read).replace("\u2009", ""), part
    assert wire.numbers().empty
    wire.press(read, "file.import")
    kept = wire.reply(dropped, "was imported by Kari")
    assert kept["ts"] == read["ts"], "the message itself says so, and has no buttons any more"
    assert "14 new, 0 changed, 0 there already" in spoken(kept)
    assert not [block for block in kept["blocks"] if block["type"] == "actions"]
    assert len(wire.numbers()) == 14
    assert wire.store.board("28d", date(2026, 11, 23)) is not None
    (event,) = wire.store.events(kind="import.file")
    assert (event.actor, event.details["file"], event.details["rows"]) == (KARI, "week.csv", 14)
    wire.do("command", text="/perf channel google")
    wire.whisper("1 407 kr")


def test_every_kind_of_file_reads_the_same(wire):
    """CSV, TSV, a workbook, an archive, a packed file."""
    content = {name: base64.b64encode(pack(export())).decode() for name, pack in KINDS.items()}
    dropped = [wire.drop(name, base64=packed) for name, packed in content.items()]
    for each in dropped:
        assert "14 rows of 2 campaigns" in spoken(wire.reply(each, "reads so"))


def test_left_alone_nothing_is_stored(wire):
    """Who left it is said, and its buttons are gone."""
    dropped = wire.drop()
    wire.press(wire.reply(dropped, "reads so"), "file.leave")
    left = wire.reply(dropped, "left it: nothing of week.csv was stored")
    assert not [block for block in left["blocks"] if block["type"] == "actions"]
    assert wire.numbers().empty


def test_pressed_twice_it_is_imported_once(wire):
    """Two people at once: one import; whoever comes later reads who did it."""
    dropped = wire.drop()
    read = wire.reply(dropped, "reads so")
    wire.press(read, "file.import")
    wire.press(read, "file.import", user="ola")
    wire.until(lambda _: wire.store.events(kind="import.file"))
    file_id, _, fingerprint = value_in(read).partition(":")
    again = DroppedFile(file_id, "week.csv", io.BytesIO(export().encode()))
    desk, asker = wire.composition.desk, Asker(OLA, PERFORMANCE)
    assert "was imported already, by" in desk.file_kept(again, fingerprint, asker).text
    assert len(wire.store.events(kind="import.file")) == 1
    assert len(wire.numbers()) == 14


def test_a_bad_file_is_refused_whole_with_its_line_and_the_way_out(wire):
    """Nothing of it is stored; in Norwegian as well."""
    bad = export().replace("100.5", "lots", 3).replace("lots", "100.5", 2)
    refused = wire.reply(wire.drop("uke.csv", bad), "Nothing of uke.csv was stored")
    assert "Line 4:" in spoken(refused)
    assert "lots" in spoken(refused)
    wire.store.set_preference(KARI, language="nb")
    page = wire.drop("side.csv", "<html><body>Log in</body></html>")
    told = spoken(wire.reply(page, "Ingenting"))
    assert "Ingenting fra side.csv ble lagret" in told
    assert "Dette er en nettside eller XML, ikke en tabell med daglige tall." in told
    assert "Eksporter tallene som CSV eller .xlsx." in told
    assert wire.numbers().empty


def test_a_file_that_was_deleted_meanwhile_is_said(wire):
    """What is gone is not imported."""
    dropped = wire.drop()
    read = wire.reply(dropped, "reads so")
    wire.do("delete_file", file=dropped["file"])
    wire.press(read, "file.import")
    assert "Drop it once more" in spoken(wire.reply(dropped, "is not there any more"))
    assert wire.numbers().empty


def test_a_file_that_changed_meanwhile_is_read_out_anew(wire):
    """What is imported is what was shown: another file has another reading, and its own press."""
    dropped = wire.drop()
    read = wire.reply(dropped, "reads so")
    changed = export(spend=7.0).encode()
    wire.workspace.state.files[dropped["file"]].content = changed
    wire.press(read, "file.import")
    again = wire.reply(dropped, "98 kr")
    assert wire.numbers().empty
    wire.press(again, "file.import")
    wire.reply(dropped, "was imported by Kari")
    assert wire.numbers()["spend"].sum() == pytest.approx(98.0)


def test_what_is_no_table_by_its_name_is_nobodys_question(wire):
    """A picture, a document: not a word; neither of a file perfbot itself hands over."""
    wire.drop("photo.png", "x")
    wire.drop("note.docx", "x")
    wire.composition.client.files_upload_v2(
        content="a,b\n", filename="own.csv", channel=PERFORMANCE
    )
    dropped = wire.drop()
    wire.reply(dropped, "reads so")
    bots = [each for each in wire.workspace.snapshot()["messages"] if each.get("thread_ts")]
    assert {each["thread_ts"] for each in bots} == {dropped["ts"]}


def test_only_those_who_may_import(connecting):
    """The dropper alone is told who may; a press of somebody else's stores nothing."""
    wire = connecting(who=Who(admins=(OLA,)))
    wire.drop()
    assert "may import numbers" in spoken(wire.whisper("Only"))
    dropped = wire.drop(user="ola")
    read = wire.reply(dropped, "leser jeg slik")
    wire.press(read, "file.import")
    wire.until(lambda s: [e for e in s["ephemerals"] if e["user"] == KARI and "Only" in e["text"]])
    assert wire.numbers().empty
    wire.press(read, "file.import", user="ola")
    wire.reply(dropped, "ble importert av")
    assert len(wire.numbers()) == 14


def plan(store, *entries):
    rows = [
        PlanRow(entry.match, values_of(entry), ALWAYS, "test", AT, "slack", place)
        for place, entry in enumerate(entries)
    ]
    store.set_plan(rows, origin="slack")


def test_in_a_clients_channel_only_that_clients_campaigns_come_in(wire):
    """One that is another's, under its id, its name or by the plan, is refused whole."""
    store = wire.store
    plan(store, PlanEntry("Lamp*", client="Alfa"), PlanEntry("Chair*", client="Beta"))
    for channel, client in ((PERFORMANCE, "Alfa"), (GENERAL, "*")):
        store.assign_channel(ChannelOwner(channel, client), by="U9", at=AT)
    wire.do("command", channel="general", text="/invite @perfbot")
    theirs = wire.drop("both.csv")
    assert "Chair" in spoken(wire.reply(theirs, "not known as this channel's client's"))
    own = wire.drop("own.csv", export(campaigns=("Lamp",)))
    wire.press(wire.reply(own, "reads so"), "file.import")
    wire.reply(own, "was imported by")
    everything = wire.drop("all.csv", channel="general")
    read = wire.reply(everything, "reads so")
    wire.do("action", channel="general", ts=read["ts"], action_id="file.import",
            value=value_in(read))  # fmt: skip
    wire.reply(everything, "was imported by")
    stolen = export(campaigns=("Lamp",)).replace("id-Lamp", "id-Chair")
    assert "Lamp" in spoken(wire.reply(wire.drop("id.csv", stolen), "not known as this channel's"))
    assert set(wire.numbers()["campaign_name"]) == {"Lamp", "Chair"}


# -- fetching -----------------------------------------------------------------------------------


@pytest.fixture
def client(workspace_running):
    workspace_running.do("reset")
    return web_client(workspace_running.bot_token, workspace_running.api_url)


def dropped_file(workspace, text="a,b\n"):
    answer = workspace.do(
        "share_file", user="kari", channel="performance", name="a b.csv", text=text
    )
    return answer["file"]


def test_a_file_takes_the_bots_token(workspace_running, client):
    """Without one, or with a wrong one, whoever asks is sent to the login."""
    file = about(client, dropped_file(workspace_running))
    assert (file.name, file.size, file.user) == ("a b.csv", 4, KARI)
    with downloaded(client, file) as content:
        assert content.read() == b"a,b\n"
    wrong = web_client("xoxb-1-wrong", workspace_running.api_url)
    with pytest.raises(NotGiven, match="Slack did not give me the file"), downloaded(wrong, file):
        pass
    with urlopen(Request(file.address)) as answer:
        assert answer.read(4) != b"a,b\n"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"address": ""}, "kept somewhere else"),
        ({"address": AT_SLACK, "size": files.MAX_BYTES + 1}, "larger than 100 MB"),
        ({"address": "https://evil.example/a.csv"}, "did not give"),
        ({"address": "http://files.slack.com/a.csv"}, "did not give"),
        ({"address": "http://127.0.0.1:1/a.csv"}, "did not give"),
        ({"address": "https://files.slack.com.evil.example/a.csv"}, "did not give"),
    ],
)
def test_only_slacks_own_address_is_asked(workspace_running, client, changes, said):
    """Nothing larger than a limit, nothing kept elsewhere, no other host gets the token."""
    usual = {"id": "F1", "name": "a.csv", "user": KARI, "size": 4, "places": {}}
    file = SharedFile(**{"address": "", **usual, **changes})
    with pytest.raises(NotGiven) as refusal, downloaded(client, file):
        pass
    assert said in str(refusal.value)


def test_an_app_without_the_scope_is_not_given_a_file(tmp_path):
    """An older manifest grants no files:read: files.info refuses, and so does the download."""
    data = yaml.safe_load(shipped("slack-manifest.yml").read_text())
    data["oauth_config"]["scopes"]["bot"].remove("files:read")
    older = tmp_path / "manifest.yml"
    older.write_text(yaml.safe_dump(data))
    with Workspace(older) as running:
        file_id = dropped_file(running)
        client = web_client(running.bot_token, running.api_url)
        with pytest.raises(NotGiven, match="did not give"):
            about(client, file_id)
        address = f"{running.url}/files-pri/{file_id}/a.csv"
        file = SharedFile(file_id, "a.csv", KARI, 4, address, {})
        with pytest.raises(NotGiven), downloaded(client, file):
            pass

"""Several workspaces over the real wire: each answered by its own token, none sees another.

The two that are installed by OAuth have the very same ids of channels and people as the first.
"""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from bot.app.composition import Composition
from bot.app.serving import Server, listening
from bot.demo.workspace.model import Team
from bot.demo.workspace.oauth import CLIENT_ID, CLIENT_SECRET
from bot.demo.workspace.server import Workspace
from bot.settings import App, Settings, Tokens
from bot.settings.models import Slack, Who
from bot.slack import http, socket
from bot.slack.app import drain
from bot.store import open_store
from bot.store.base import ChannelOwner, Outgoing, Subscription
from tests.clients.conftest import ALFA, ZYX, canaries, now
from tests.office import NOW

A, B = Team("T0ALFA001", "Alfa", "alfa"), Team("T0ZYX0001", "Zyxwood", "zyx")
CHANNEL, KARI = "C0PERFORM", "U0KARI001"
KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def slack():
    with Workspace(neighbours=(A, B)) as running:
        yield running


class Agency:
    """perfbot whole behind three workspaces: the agency's own, and one of each client."""

    def __init__(self, slack, composition, address):
        self.slack, self.composition, self.address = slack, composition, address
        self.store = composition.store
        self.browser = httpx.Client(follow_redirects=False, trust_env=False, timeout=20)

    def team(self, team):
        return self.slack.neighbours[team.id] if team else self.slack

    def begin(self, team):
        """A browser on its way to Slack's dialog and back: where it is led, and its cookie."""
        begun = self.browser.get(f"{self.address}/slack/install")
        assert begun.status_code == 302, begun.text
        cookie = begun.headers["set-cookie"].partition(";")[0]
        dialog = self.browser.get(f"{begun.headers['location']}&team={team.id}")
        assert dialog.status_code == 302, dialog.text
        return dialog.headers["location"], cookie

    def end(self, back, cookie):
        return self.browser.get(back, headers={"cookie": cookie})

    def install(self, team):
        page = self.end(*self.begin(team))
        assert page.status_code == 200, page.text
        return page

    def do(self, team, verb, **body):
        answer = self.team(team).do(verb, **{"user": "kari", "channel": "performance", **body})
        assert answer["ok"], answer
        return answer

    def until(self, wanted, team=None, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := wanted(self.team(team).snapshot()):
                return found
            time.sleep(0.03)
        raise AssertionError(self.team(team).snapshot()["ephemerals"])

    def ask(self, team, text, words):
        """What only Kari of that workspace sees, once it says that."""
        self.do(team, "command", text=f"/perf {text}")
        return self.until(lambda s: [e for e in s["ephemerals"] if words in repr(e)], team)[-1]

    def owns(self, team, client):
        channel = f"{CHANNEL}@{team.id}"
        self.store.assign_channel(ChannelOwner(channel, client), by="U9", at=NOW)
        return channel

    def subscribe(self, team):
        wanted = Subscription(0, f"{CHANNEL}@{team.id}", "07:30", (1, 2, 3, 4, 5), "Europe/Oslo",
                              "en", f"{KARI}@{team.id}")  # fmt: skip
        return self.store.subscribe(wanted)

    def morning(self):
        self.composition.tick().digests(NOW)
        self.composition.outbox.deliver()

    def digests(self, team):
        posted = self.team(team).snapshot()["messages"]
        here = [m for m in posted if m["channel"] == CHANNEL]
        return [m for m in here if m.get("thread_ts") in {None, "", m["ts"]}]


def composed(slack, store, rulebook, renderers, address, key=KEY, **slack_settings):
    tokens = Tokens(
        bot=SecretStr(slack.bot_token), app=SecretStr(slack.app_token), api_url=slack.api_url,
        signing_secret=SecretStr(slack.signing_secret),
        client_id=CLIENT_ID, client_secret=SecretStr(CLIENT_SECRET), token_key=SecretStr(key),
    )  # fmt: skip
    settings = Settings(
        app=App(time_zone="Europe/Oslo"),
        tokens=tokens,
        who=Who(admins=("U0OLA0001", f"{KARI}@{B.id}")),
        slack=Slack(address=address, **slack_settings),
    )
    return Composition(settings, store, rulebook, renderers, now)


@pytest.fixture(params=["socket"])
def agency(request, slack, two_clients, tmp_path, rulebook, renderers):
    slack.do("reset")
    for each in slack.neighbours.values():
        each.do("reset")
    store = open_store(shutil.copy(two_clients, tmp_path / "perfbot.db"))
    for each in store.subscriptions():
        store.unsubscribe(each.id, by="U9", at=NOW)
    bound = listening("127.0.0.1", 0)
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    slack.oauth.redirect_urls[:] = [f"{address}/slack/oauth_redirect"]
    composition = composed(slack, store, rulebook, renderers, address)
    app = composition.bolt()
    with ExitStack() as stack:
        stack.callback(store.close)
        stack.callback(composition.homes.stop)
        stack.callback(drain, app)
        by_http = request.param == "http"
        pages = http.asgi(app if by_http else None)
        pages.router.routes.extend(composition.installer().routes())
        server = Server(pages, bound)
        server.start()
        stack.callback(server.stop)
        if by_http:
            assert slack.do("http", url=f"{address}/slack/events")["ok"]
            stack.callback(slack.do, "http", url="")
        else:
            stack.callback(socket.connect(app, slack.app_token, slack.api_url).close)
        found = Agency(slack, composition, address)
        stack.callback(found.browser.close)
        found.until(lambda _: slack.connected())
        yield found


@pytest.mark.parametrize("agency", ["socket", "http"], indirect=True)
def test_two_workspaces_are_each_answered_by_their_own(agency):
    """Installed by OAuth; a command in each shows its own client's campaigns, in it alone."""
    for team, client in ((A, ALFA), (B, ZYX)):
        assert "installed" in agency.install(team).text
        agency.owns(team, client)
    ours = agency.ask(A, "channel google", "Google | Generic")
    assert canaries(ours) == []
    theirs = agency.ask(B, "channel google", "Zyx")
    assert canaries(theirs)
    assert agency.slack.snapshot()["ephemerals"] == []
    assert canaries(agency.team(A).snapshot()["ephemerals"]) == []


def test_nothing_is_shown_where_nobody_said_whose_a_channel_is(agency):
    """Neither in a channel of a workspace just installed, nor to its people directly."""
    agency.install(B)
    for channel in agency.store.channel_owners():
        agency.store.assign_channel(ChannelOwner(channel, "*"), by="U9", at=NOW)
    agency.do(B, "command", text="/perf channel google")
    shown = agency.until(lambda s: s["ephemerals"], B)
    assert "Google | Generic" not in repr(shown)
    assert canaries(shown) == []
    agency.do(B, "command", text="/perf settings client all")
    refused = agency.until(
        lambda s: [e for e in s["ephemerals"] if "Only somebody" in e["text"]], B
    )[-1]
    assert "team's own" in refused["text"]
    assert f"{CHANNEL}@{B.id}" not in agency.store.channel_owners()


def test_what_slack_takes_back_ends_one_workspace_alone(agency):
    """Tokens deleted, digests stopped, admins told; the other lives on; a new install goes on."""
    for team, client in ((A, ALFA), (B, ZYX)):
        agency.install(team)
        agency.owns(team, client)
        agency.subscribe(team)
    agency.do(B, "revoke", event="app_uninstalled")
    agency.until(lambda _: agency.store.workspace(B.id).ended)
    assert agency.store.workspace(B.id).sealed == ""
    agency.morning()
    assert len(agency.digests(A)) == 1
    assert agency.digests(B) == []
    agency.ask(A, "channel google", "Google | Generic")
    told = agency.until(lambda s: [m for m in s["messages"] if "taken out of" in repr(m)])
    assert "Zyxwood" in repr(told)
    assert "/slack/install" in repr(told)
    agency.install(B)
    agency.morning()
    assert len(agency.digests(B)) == 1
    assert canaries(agency.team(B).snapshot()["messages"])
    assert canaries(agency.team(A).snapshot()["messages"]) == []
    assert agency.digests(None) == []
    assert canaries(agency.ask(B, "channel google", "Zyx"))
    assert len(agency.digests(A)) == 1


def test_a_state_is_used_once_in_the_browser_that_began(agency):
    """Replayed, of another browser, made up, cancelled or without a code: a sentence, no token."""
    back, cookie = agency.begin(A)
    foreign = agency.begin(A)[1]
    refusals = [
        agency.end(back, foreign),
        agency.end(back, ""),
        agency.end(back.replace("state=", "state=x"), cookie),
        agency.end(f"{back.partition('?')[0]}?error=access_denied", cookie),
    ]
    assert agency.store.workspaces() == []
    assert agency.end(back, cookie).status_code == 200
    refusals.append(agency.end(back, cookie))
    for refused in refusals:
        assert refused.headers["content-type"].startswith("text/html")
        assert "begun" in refused.text or "cancelled" in refused.text
        assert "Begin again" in refused.text
        assert "xoxb" not in refused.text
    assert [each.status_code for each in refusals] == [400, 400, 400, 200, 401]


def test_the_way_in_has_its_limits(agency, slack, rulebook, renderers):
    """Long addresses, floods, and workspaces that the settings do not name."""
    long = agency.browser.get(f"{agency.address}/slack/install?x={'a' * 5000}")
    assert long.status_code == 414
    back, cookie = agency.begin(B)
    agency.composition.several.installs.wanted = (A.id,)
    refused = agency.end(back, cookie)
    assert (refused.status_code, agency.store.workspaces()) == (403, [])
    assert "does not serve the workspace T0ZYX0001" in refused.text
    statuses = [agency.browser.get(f"{agency.address}/slack/install").status_code
                for _ in range(30)]  # fmt: skip
    assert statuses[-1] == 429


def test_nothing_crosses_by_ids_of_another_workspace(agency):
    """A message queued for one workspace, a lookup of another's: none by the wrong token."""
    for team in (A, B):
        agency.install(team)
        agency.owns(team, ALFA if team is A else ZYX)
    client = agency.composition.client
    client.chat_postMessage(channel=f"{CHANNEL}@{A.id}", text="to Alfa")
    for pinned in (client.at(B.id), client.at("")):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            pinned.chat_postMessage(channel=f"{CHANNEL}@{A.id}", text="astray")
    said = {team: [m["text"] for m in agency.team(team).snapshot()["messages"]]
            for team in (None, A, B)}  # fmt: skip
    assert said == {None: [], A: ["to Alfa"], B: []}
    channels = agency.composition.desk.context.channels_of(f"{KARI}@{A.id}")
    assert f"{CHANNEL}@{A.id}" in channels
    assert all(each.endswith(f"@{A.id}") for each in channels)


def buttons(message, action_id):
    return [element for block in message["blocks"] for element in block.get("elements", ())
            if element.get("action_id") == action_id]  # fmt: skip


def test_everything_people_do_is_of_their_workspace(agency):
    """Thread, button, reaction, Home tab, direct message, mention, form: kept and shown there."""
    for team, client in ((A, ALFA), (B, ZYX)):
        agency.install(team)
        agency.owns(team, client)
    agency.subscribe(A)
    agency.morning()
    (digest,) = agency.digests(A)
    cards = [m for m in agency.team(A).snapshot()["messages"]
             if m.get("thread_ts") == digest["ts"] != m["ts"]]  # fmt: skip
    agency.do(A, "message", text="ack 1", thread_ts=digest["ts"])
    card = next(each for each in cards[1:] if buttons(each, "advice.acknowledge"))
    (button, *_) = buttons(card, "advice.acknowledge")
    agency.do(A, "action", ts=card["ts"], action_id="advice.acknowledge", value=button["value"])
    people = agency.until(lambda _: who_answered(agency, 2), A)
    assert people == {f"{KARI}@{A.id}"}
    agency.do(A, "open_home")
    agency.until(lambda s: s["homes"], A)
    agency.do(A, "message", channel="perfbot", text="channel google")
    agency.do(A, "message", text="@perfbot channel google")
    for channel in ("D0KARI001", CHANNEL):
        agency.until(lambda s, at=channel: [m for m in s["messages"] if m["channel"] == at
                                            and "Generic" in repr(m) and m["user"] == "U0PERFBOT"
                                            and "Google" in m["text"]], A)  # fmt: skip
    agency.do(A, "command", text="/perf export google")
    agency.until(lambda s: [m for m in s["messages"] if m["channel"] == "D0KARI001"
                            and m.get("files")], A)  # fmt: skip
    agency.do(A, "command", text="/perf subscribe 09:00 weekdays Europe/Oslo")
    agency.until(
        lambda _: (
            f"{CHANNEL}@{A.id}"
            in {each.channel for each in agency.store.subscriptions() if each.time == "09:00"}
        )
    )
    assert agency.store.preference(f"{KARI}@{A.id}")["name"] == "Kari Nordmann"
    assert agency.store.preference(KARI) == {}
    for elsewhere in (None, B):
        seen = agency.team(elsewhere).snapshot()
        assert (seen["messages"], seen["ephemerals"], seen["homes"]) == ([], [], {}), elsewhere


def who_answered(agency, answers):
    """Who has answered advice, once so many answers are kept."""
    events = agency.store.events(kind="advice.acknowledge")
    people = [event.actor for event in events if "@" in event.actor]
    return set(people) if len(people) >= answers else set()


def test_what_was_said_while_perfbot_was_away_is_read_back_by_each_token(agency):
    """A line in a thread of another workspace; one that has ended in between holds up no other."""
    for team, client in ((A, ALFA), (B, ZYX)):
        agency.install(team)
        agency.owns(team, client)
    agency.subscribe(A)
    agency.store.enqueue([Outgoing("k", "digest", f"{CHANNEL}@{B.id}", "A thread of ours", ())])
    agency.morning()
    (digest,) = agency.digests(A)
    assert len(agency.digests(B)) == 1
    agency.team(B).do("revoke", event="tokens_revoked")
    agency.until(lambda _: agency.store.workspace(B.id).ended)
    agency.do(A, "fault", kind="lost_event")
    agency.do(A, "message", text="ack 1", thread_ts=digest["ts"])
    app = agency.composition.bolt()
    try:
        catch_up = agency.composition.catching_up(app, lambda: True)
        assert catch_up.read_back(datetime.now(UTC) - timedelta(minutes=5), datetime.now(UTC)) == 1
    finally:
        drain(app)
    assert who_answered(agency, 1) == {f"{KARI}@{A.id}"}

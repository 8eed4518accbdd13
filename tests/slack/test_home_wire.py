"""The Home tab over the real wire: opened, previewed, filled in wrongly and rightly, shown anew."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from threading import Event

import pytest
from pydantic import SecretStr

from bot import rules_files
from bot.app.composition import Composition
from bot.app.demo import import_market, morning_of
from bot.blockkit import every_text
from bot.render import Renderer, languages
from bot.settings import App, Settings, Tokens
from bot.slack import socket
from bot.slack.app import drain
from bot.store import open_store
from bot.store.base import Subscription

KARI, ZONE, AS_OF = "U0KARI001", "Europe/Oslo", date(2026, 11, 23)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A database with the demo's market, judged this morning."""
    place = tmp_path_factory.mktemp("home") / "perfbot.db"
    clock = lambda: morning_of(AS_OF, ZONE)  # noqa: E731
    rulebook = rules_files.load()
    words = {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}
    with closing(open_store(place)) as store:
        store.upgrade()
        import_market(store, AS_OF, 1, clock())
        settings = Settings(app=App(time_zone=ZONE, currency="NOK"))
        Composition(settings, store, rulebook, words, clock).day.refresh(AS_OF)
    return place, rulebook, words


class Home:
    """perfbot whole behind a workspace, seen from somebody's Home tab."""

    def __init__(self, workspace, store):
        self.workspace, self.store = workspace, store

    def do(self, verb, **body):
        answer = self.workspace.do(verb, **{"user": "kari", "channel": "performance", **body})
        assert answer["ok"], answer
        return answer

    def until(self, wanted, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := wanted(self.workspace.snapshot()):
                return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {self.workspace.snapshot()['views']}")

    def shows(self, words, user=KARI):
        """The Home tab, once it says that."""
        return self.until(lambda s: [h for h in homes(s, user) if words in said(h)])

    def form(self, words):
        """The form on top, once it says that."""
        return self.until(lambda s: [v for v in s["views"] if words in said(v)])[-1]

    def closed(self):
        self.until(lambda s: not s["views"])

    def open(self, action_id, words, value=None):
        """Open Home, press a button there, and wait for its form."""
        self.do("open_home")
        self.shows("Targets and plan")
        self.touch(action_id, value)
        return self.form(words)

    def touch(self, action_id, value=None, user=KARI):
        """Press a button of somebody's Home tab, or choose in a menu of it."""
        (view,) = homes(self.workspace.snapshot(), user)
        more = {"value": value} if value else {}
        self.do("action", user=user, view_id=view["id"], action_id=action_id, **more)

    def press(self, action_id, words, **typed):
        top = self.workspace.snapshot()["views"][-1]["id"]
        self.do("action", view_id=top, action_id=action_id, values=typed)
        return self.form(words)


def homes(state, user):
    found = state["homes"]
    return [found[user]] if isinstance(found, dict) and user in found else list(
        found.values() if isinstance(found, dict) else found
    )  # fmt: skip


def said(thing) -> str:
    """Everything a view says."""
    return " ".join(every_text(thing)).replace("\u00a0", " ")


@pytest.fixture
def perf(workspace_running, judged, tmp_path):
    place, rulebook, words = judged
    database = tmp_path / "perfbot.db"
    database.write_bytes(place.read_bytes())
    workspace_running.do("reset")
    workspace_running.do("http", url="")
    tokens = Tokens(
        bot=SecretStr(workspace_running.bot_token),
        app=SecretStr(workspace_running.app_token),
        api_url=workspace_running.api_url,
    )
    settings = Settings(app=App(time_zone=ZONE, currency="NOK"), tokens=tokens)
    clock = lambda: datetime(2026, 11, 23, 7, 14, tzinfo=UTC)  # noqa: E731
    context = Composition(settings, open_store(database), rulebook, words, clock)
    app = context.bolt()
    with ExitStack() as stack:
        stack.callback(context.store.close)
        stack.callback(context.homes.stop)
        stack.callback(drain, app)
        bot = socket.connect(app, workspace_running.app_token, workspace_running.api_url)
        stack.callback(bot.close)
        found = Home(workspace_running, context.store)
        found.context = context
        found.until(lambda _: workspace_running.connected())
        yield found


def test_a_target_from_home_to_the_next_question(perf):
    """Preview, a wrong amount at its field, a right one; Home and `/perf campaign` have it."""
    perf.open("target.new", "Set a target")
    perf.press("target.preview", "Fits 4 campaigns")
    refused = perf.do("submit_view", values={"target.amount": "plenty"})
    assert "no amount" in refused["errors"]["target_amount"]
    perf.do("submit_view", values={"target.amount": "312,50"})
    perf.closed()
    perf.shows("target 312.50 kr a sale")
    perf.do("command", text='/perf campaign "Google | Generic"')
    assert perf.until(lambda s: [w for w in s["ephemerals"] if "312" in said(w)])


def test_an_entry_is_previewed_added_and_removed(perf):
    """The form tells whose place it takes; removing shows the plan without it."""
    perf.open("plan.new", "Add to the plan")
    perf.press("plan.preview", "takes its place", **{"plan.pattern": "google*"})
    perf.do("submit_view", values={"plan.pattern": "google*", "plan.stage": "act"})
    perf.closed()
    perf.shows("google*: Act")
    perf.open("plan.edit", "Change the plan", value="google*")
    perf.press("plan.remove", "Add to the plan")
    perf.until(lambda s: all("google*: Act" not in said(h) for h in homes(s, KARI)))


def test_a_threshold_is_looked_back_on_and_kept(perf):
    """Preview answers in the form, and what is kept is on Home and in the log."""
    perf.open("threshold.new", "Change a threshold")
    perf.press("threshold.preview", "would have said it of", **{"threshold.value": "1,05"})
    perf.do("submit_view", values={"threshold.value": "1,05"})
    perf.closed()
    perf.shows("convert/CPA.waste")
    (event,) = perf.store.history(kinds=["threshold.set"])
    assert event.actor == KARI


def test_two_people_at_one_entry(perf):
    """Ola saves first; Kari is shown what he changed, and nothing of hers is kept."""
    pattern = "google_ads:Google | Generic"
    perf.open("plan.edit", "Change the plan", value=pattern)
    perf.do("open_home", user="ola")
    perf.until(lambda s: len(s["homes"]) == 2)
    perf.touch("plan.edit", pattern, "U0OLA0001")
    perf.until(lambda s: len(s["views"]) == 2)
    perf.do("submit_view", user="ola", values={"plan.target": "300"})
    perf.until(lambda s: len(s["views"]) == 1)
    perf.do("submit_view", values={"plan.target": "320"})
    told = said(perf.form("changed this at"))
    assert "Ola Hansen" in told
    assert "250 → 300" in told


def test_language_is_chosen_on_home(perf):
    """The Home tab comes back in Norwegian at once."""
    perf.do("open_home")
    perf.shows("Targets and plan")
    perf.touch("home.language", "nb")
    perf.shows("Mål og plan")


def test_a_summary_is_added_and_stopped_on_home(perf):
    """The form asks for its channel; Home shows it, then no more."""
    perf.open("home.subscribe", "Morning summary")
    perf.do("submit_view", values={"subscribe.channel": "C0PERFORM"})
    perf.closed()
    (home,) = perf.shows("Stop this summary?")
    stops = [one for block in home["blocks"] for one in block.get("elements", ())
             if one.get("action_id") == "home.stop"]  # fmt: skip
    perf.touch("home.stop", stops[0]["value"])
    perf.shows("None yet.")
    assert perf.store.subscriptions() == []


OLA = "U0OLA0001"


def both_look(perf):
    """Kari and Ola have their Home tabs open."""
    for user, person, words in (("ola", OLA, "Mål og plan"), ("kari", KARI, "Targets and plan")):
        perf.do("open_home", user=user)
        perf.shows(words, person)
        perf.until(lambda _, person=person: person in perf.store.preference("home:shown"))


def test_others_see_a_new_target_without_opening_home_again(perf):
    """Kari sets one: Ola's open tab has it a second later, published once."""
    both_look(perf)
    published, homes_ = [], perf.context.homes
    real = homes_.publish
    homes_.publish = lambda user, view: published.append(user) or real(user, view)
    perf.touch("target.new")
    perf.form("Set a target")
    perf.do("submit_view", values={"target.amount": "312,50"})
    perf.shows("mål 312,50 kr per salg", OLA)
    homes_.stop()
    assert published == [OLA]


def test_an_answer_is_seen_on_everybodys_home(perf):
    """Kari is on it: her own tab and Ola's say so."""
    both_look(perf)
    advice = perf.store.all_advice(state="open")[0].advice.id
    perf.touch("advice.progress", advice)
    perf.shows("I gang: Kari", OLA)
    perf.shows("In progress: Kari")


def test_no_answer_waits_for_anybodys_home(perf):
    """However long the tabs take, an answer is taken and told at once."""
    both_look(perf)
    first, second, *_ = [each.advice.id for each in perf.store.all_advice(state="open")]
    begun, ended = Event(), Event()

    def drawn(user):
        begun.set()
        ended.wait(60)
        return {"type": "home", "blocks": [user]}

    perf.context.homes.view = drawn
    try:
        for advice in (first, second):
            perf.touch("advice.progress", advice)
            perf.until(lambda _, id_=advice: perf.store.advice(id_).state == "in_progress")
            assert begun.wait(30)  # and is not over while the next answer comes
    finally:
        ended.set()


def test_what_a_command_changes_is_shown_by_the_worker(perf):
    """Subscribed by words in a channel: Home has it after the next minute's work."""
    both_look(perf)
    perf.context.homes.look()
    perf.do("command", text="/perf subscribe 06:45")
    perf.until(lambda _: perf.store.subscriptions())
    perf.context.homes.look()
    perf.shows("06:45")


CHANNEL = "C0PERFORM"


def subscribed(perf):
    """#performance gets a morning digest."""
    wanted = Subscription(0, CHANNEL, "07:30", (1, 2, 3, 4, 5), ZONE, "en", KARI)
    return perf.store.subscribe(wanted)


def posted(perf, words):
    """A message of the channel, once it says that."""
    return perf.until(lambda s: [m for m in s["messages"] if words in said(m)])[-1]


def test_urgent_news_in_the_channel_follow_their_thread(perf):
    """Answered by the button under it, the message above is ticked, and at last says so."""
    now = perf.context.clock()
    with perf.store.atomic():
        news = perf.context.day.urgent(subscribed(perf), now.date())
        perf.store.enqueue(news)
    perf.context.outbox.deliver()
    parent = perf.store.outgoing(news[0].key)
    for item in news[1:]:
        ts = perf.store.outgoing(item.key).ts
        perf.do("action", ts=ts, action_id="advice.progress", value=item.advice_id)
        perf.until(lambda _, id_=item.advice_id: perf.store.advice(id_).state == "in_progress")
    found = posted(perf, "What was urgent here has been answered")
    assert found["ts"] == parent.ts
    assert said(found).count(": in progress") == len(news) - 1


def test_a_plan_changed_on_home_is_told_in_the_thread_once(perf):
    """Kari gives LinkedIn another budget: a minute later its advice ends, and says who did it."""
    tick, now = perf.context.tick(), perf.context.clock()
    tick.homes()
    tick.write(subscribed(perf), AS_OF, now)
    perf.context.outbox.deliver()
    perf.open("plan.edit", "Change the plan", value="linkedin_ads:LinkedIn | ABM")
    perf.do("submit_view", values={"plan.budget": "3000"})
    perf.closed()
    perf.shows("new advice comes with the next summary")
    for _ in range(2):
        tick.changes(now)
        perf.context.outbox.deliver()
    line = posted(perf, "No longer true since Kari")
    assert "changed the plan" in said(line)
    lines = [m for m in perf.workspace.snapshot()["messages"] if "No longer true since" in said(m)]
    assert len(lines) == 1
    tick.homes()
    perf.until(lambda s: all("comes with the next summary" not in said(h) for h in homes(s, KARI)))

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from bot.ask import Asker, Context, Desk
from bot.domain.replies import Press
from bot.features.digest.digest import written
from bot.features.outcomes.effects import came_of
from bot.features.outcomes.follow_up import came_in
from bot.features.parts.advice_cards import card
from bot.jobs import morning
from bot.question.slots import Slots
from bot.render.renderer import Renderer
from bot.render.values.templates import Digest, RuleNews
from bot.settings import Settings
from bot.store import open_store
from bot.store.base import Outgoing, Subscription
from bot.store.records import GivenAnswer

NOW = datetime(2026, 9, 1, 7, tzinfo=UTC)
ON = NOW.date()
PEERS = ("p0", "p1", "p2", "p3", "p4")
KARI = Asker("U1", "C1", "en", "Europe/Oslo")


def days(since, count, budgets, sales):
    """Daily rows from a day on: what each campaign may spend and sells a day."""
    return pd.DataFrame([
        {"date": since + timedelta(day), "channel": "google_ads", "account_id": "a",
         "campaign_id": name, "campaign_name": f"Campaign {name}", "stage": "convert",
         "pricing_model": "CPA", "currency": "NOK", "spend": budget, "daily_budget": budget,
         "conversions": sales[name] + (day % 3 - 1), "clicks": 200.0, "impressions": 9000.0,
         "pulled_on": since + timedelta(day + 1)}
        for day in range(count) for name, budget in budgets.items()
    ])  # fmt: skip


BEFORE = {"g": 1000.0, "r": 1000.0, **dict.fromkeys(PEERS, 1000.0)}
SALES = {"g": 10.0, "r": 30.0, **dict.fromkeys(PEERS, 20.0)}
AFTER, SOLD = {**BEFORE, "g": 800.0, "r": 1200.0}, {**SALES, "g": 9.0, "r": 45.0}


@pytest.fixture
def moving(rulebook):
    """A shift from g to r, open and posted to #performance."""
    from bot.domain.advice import Advice

    return Advice(
        "s1", rulebook.rules[0].id, "v", ("g", "r"), "shift_budget", "advise",
        {"g": 800.0, "r": 1200.0}, {"g": 1000.0, "r": 1000.0}, currency="NOK",
        title="One more sale costs less elsewhere", message="Move it.", opened_on=ON,
    )  # fmt: skip


@pytest.fixture
def context(tmp_path, rulebook, renderers, moving):
    store = open_store(tmp_path / "perfbot.db")
    store.set_preference("U1", name="Kari")
    store.add_numbers(days(ON - timedelta(40), 40, BEFORE, SALES), source="x", pulled_at=NOW)
    store.save_advice([moving], as_of=ON, at=NOW)
    kept = store.subscribe(Subscription(0, "C1", "07:30", (1, 2, 3, 4, 5), "UTC", "en", "U1"))
    parent = f"digest:{kept.id}:{ON}"
    item = Outgoing(f"advice:{kept.id}:{ON}:s1", "advice", "C1", "Move", (), parent, "s1", item=1)
    store.enqueue([Outgoing(parent, "digest", "C1", "Good morning", ()), item])
    store.delivered(parent, "1.0")
    store.delivered(item.key, "1.1")
    yield Desk(Context(store, rulebook, renderers, Settings(), lambda: NOW)).context
    store.close()


def answer(context, verb, asker=KARI):
    desk = Desk(
        Context(context.store, context.rulebook, context.renderers, context.settings, context.clock)
    )
    return desk.answer(Press("s1", verb), asker)


def later(context, budgets=AFTER, sales=SOLD, count=30):
    context.store.add_numbers(
        days(ON, count, budgets, sales), source="y", pulled_at=NOW + timedelta(count)
    )


def refresh(context, day):
    at = datetime.combine(day, NOW.time(), UTC)
    return morning.refresh(context.store, context.rulebook, day, clock=lambda: at)


def record(context):
    return context.store.advice("s1")


def lines(context):
    thread = [context.store.outgoing(key) for key in ("outcome:s1:1:digest:1:" + str(ON),)]
    return [replace(one, text=one.text.replace("\u00a0", " ")) for one in thread if one]


def test_an_acknowledged_move_is_frozen_with_the_answer(context):
    """Windows, peers and lag are kept; the message says when it is read and against how many."""
    said = answer(context, "acknowledge")
    (record,) = context.store.outcomes("waiting")
    assert record.frozen.controls == tuple(f"google_ads|a|{name}" for name in PEERS)
    assert (record.by, record.frozen.on) == ("U1", ON)
    assert "against 5 untouched campaigns" in said.changes[0].text
    assert "25 September" in said.changes[0].text


def test_other_answers_freeze_nothing(context):
    """Nor does a second acknowledgement; one that is taken back is void."""
    answer(context, "progress")
    assert context.store.outcomes() == []
    answer(context, "acknowledge")
    answer(context, "acknowledge", Asker("U2"))
    assert len(context.store.outcomes()) == 1
    answer(context, "undo")
    assert [one.state for one in context.store.outcomes()] == ["void"]


def test_flagged_and_moved_campaigns_are_no_peers(context, moving):
    """A campaign whose tracking is in doubt, and one somebody has said yes to."""
    flagged = replace(moving, id="f", campaign_ids=("p0",), action="check_tracking", budgets={})
    other = replace(moving, id="o", campaign_ids=("p1",), action="raise_budget")
    context.store.save_advice([moving, flagged, other], as_of=ON, at=NOW)
    context.store.answer("o", GivenAnswer("acknowledge", by="U2", at=NOW))
    answer(context, "acknowledge")
    (record,) = context.store.outcomes(advice_id="s1")
    assert record.frozen.controls == tuple(f"google_ads|a|{name}" for name in PEERS[2:])


def test_the_next_morning_sees_that_it_was_done(context):
    """An event, once; nothing is said in the thread before it is read."""
    answer(context, "acknowledge")
    later(context)
    for day in (2, 3):
        refresh(context, ON + timedelta(day))
    (record,) = context.store.outcomes("waiting")
    assert record.applied.state == "applied"
    assert len(context.store.events("s1", "outcome.applied")) == 1
    assert lines(context) == []


def test_a_change_of_ones_own_is_noted_and_counts_as_an_answer(context):
    """Another amount than advised: never undone, but the campaigns are left in peace."""
    answer(context, "acknowledge")
    later(context, {**BEFORE, "g": 400.0, "r": 1600.0})
    refresh(context, ON + timedelta(3))
    assert context.store.outcomes()[0].applied.state == "differently"
    said = context.store.memory(ON + timedelta(4)).answers[-1]
    assert (said.verb, said.campaign_ids) == ("changed_outside", ("g", "r"))


def test_the_outcome_comes_back_to_its_thread(context):
    """On its morning, once, as a line under the advice, however often the morning is judged."""
    answer(context, "acknowledge")
    later(context)
    due = context.store.outcomes()[0].frozen.read_on
    refresh(context, due - timedelta(1))
    assert lines(context) == []
    for _ in range(2):
        refresh(context, due)
    (line,) = lines(context)
    assert line.text.startswith(
        "Campaign g → Campaign r: it worked. −26 % a sale on what was moved (90 % sure between"
    )
    assert "Compared with 5 campaigns nobody touched." in line.text
    assert (line.kind, line.channel, line.thread_ts) == ("line", "C1", "1.0")
    assert [one.state for one in context.store.outcomes()] == ["measured"]


def test_what_was_agreed_on_a_day_is_what_came_of_that(context):
    """Another day's move would answer something else; that day's is answered."""
    answer(context, "acknowledge")
    later(context)
    due = context.store.outcomes()[0].frozen.read_on
    refresh(context, due)
    asked = Slots("outcome", text="what came of what i acknowledged ◊", window="yesterday")
    assert "worked" not in came_of(context, asked, Asker("U1"), due).text
    on_that_day = replace(asked, window=f"{ON.isoformat()}..{ON.isoformat()}")
    assert "worked" in came_of(context, on_that_day, Asker("U1"), due).text


def test_the_digest_says_what_came_in(context, renderers):
    """The morning it is read, and not the next."""
    answer(context, "acknowledge")
    later(context)
    due = context.store.outcomes()[0].frozen.read_on
    refresh(context, due)
    kept = context.store.subscriptions()[0]
    parent = morning.digest(context.store, context.rulebook, renderers["en"], kept, due)[0]
    assert "Your shift of 1 September (Campaign g → Campaign r) worked: −26 % a sale" in str(
        parent.blocks
    ).replace("\\xa0", " ")
    assert came_in(context, due + timedelta(1)) == ()


def test_a_move_nobody_made_says_so(context):
    """Instead of a verdict about nothing."""
    answer(context, "acknowledge")
    later(context, BEFORE, SALES)
    refresh(context, ON + timedelta(24))
    (line,) = lines(context)
    assert line.text == "Campaign g → Campaign r: not measured. The change was not seen in time."


def test_it_is_said_in_the_words_of_its_channel(context):
    """In Norwegian where the digest is."""
    kept = context.store.subscriptions()[0]
    context.store.subscribe(replace(kept, language="nb"))
    answer(context, "acknowledge")
    later(context)
    refresh(context, ON + timedelta(24))
    assert lines(context)[0].text.startswith("Campaign g → Campaign r: det virket. −26 % per salg")


@pytest.mark.parametrize(("days", "wait"), [(42, 1), (14, 3)])
def test_a_test_has_one_date(context, moving, days, wait):
    """What its card announces, what the answer says and the morning it is measured are one day."""
    told = {"days": days, "wait": wait, "readable": True, "expected": 1.4, "decides": 1.2}
    test = replace(moving, numbers={**moving.numbers, "shift": told, "as_of": ON.isoformat()})
    context.store.save_advice([test], as_of=ON, at=NOW)
    day = context.renderers["en"].speech.forms.long_day(ON + timedelta(days + wait))
    shown = context.renderers["en"].render("advice", card=card(context, record(context), {}, UTC))
    assert f"read it on {day}" in str(shown.blocks)
    said = answer(context, "acknowledge").changes[0]
    assert f"read it on {day}" in str(said.blocks)
    assert f"Measured on {day} against" in said.text
    assert context.store.outcomes()[0].frozen.read_on == ON + timedelta(days + wait)


def test_an_acknowledged_test_keeps_its_date_while_it_runs(context, moving):
    """The advice is still true the next morning; the test has begun when it was taken on."""
    told = {
        "on": ON.isoformat(), "before": dict(moving.budgets_before), "after": dict(moving.budgets),
        "days": 14, "wait": 3, "readable": True, "expected": 1.4, "decides": 1.2,
    }  # fmt: skip
    test = replace(moving, numbers={**moving.numbers, "shift": told, "as_of": ON.isoformat()})
    context.store.save_advice([test], as_of=ON, at=NOW)
    answer(context, "acknowledge")
    morning_after = {**test.numbers, "as_of": (ON + timedelta(1)).isoformat()}
    context.store.save_advice(
        [replace(test, numbers=morning_after)], as_of=ON + timedelta(1), at=NOW + timedelta(1)
    )
    for measured_on in (ON + timedelta(17), None):
        shown = replace(card(context, record(context), {}, UTC), measured_on=measured_on)
        assert shown.trial.read_on == ON + timedelta(17)


def test_a_test_is_called_one_in_the_digest(context, renderers, moving):
    """Not a shift, when its outcome comes in; from then on it is among the tests no longer."""
    told = {
        "on": ON.isoformat(), "before": dict(moving.budgets_before), "after": dict(moving.budgets),
        "days": 14, "wait": 3, "readable": True, "expected": 1.4, "decides": 1.2,
    }  # fmt: skip
    test = replace(moving, numbers={**moving.numbers, "shift": told})
    context.store.save_advice([test], as_of=ON, at=NOW)
    answer(context, "acknowledge")
    later(context)
    said = Desk(
        Context(context.store, context.rulebook, context.renderers, context.settings, context.clock)
    )
    running = said.ask("/perf tests", KARI, ON + timedelta(16))
    assert "2 tests " in running.text  # and the one that peers are advised to try
    refresh(context, ON + timedelta(17))
    (told,) = came_in(context, ON + timedelta(17))
    assert "2 tests " not in said.ask("/perf tests", KARI, ON + timedelta(17)).text
    asked = said.ask("/perf outcomes", KARI, ON + timedelta(17))
    assert "Your test of 1 September worked" in asked.text + str(asked.blocks)
    assert (told.action, told.givers, told.takers) == ("run_test", ("Campaign g",), ("Campaign r",))


def test_a_rule_that_is_always_dismissed_only_watches(context, rulebook, renderers, moving):
    """Its advice moves nothing from then on, and the message says so."""
    from bot.snapshot.evaluation import demotions

    for number in range(10):
        one = replace(moving, id=f"d{number}")
        context.store.save_advice([moving, one], as_of=ON, at=NOW)
        context.store.answer(one.id, GivenAnswer("dismiss", by="U1", at=NOW))
    (found,) = demotions(context.store, ON + timedelta(1))
    assert (found.rule, found.why) == (moving.rule, "noisy")
    from bot.advice import Advised
    from bot.advice.outcome import demoted

    told = demoted(Advised((moving,)), [found]).advice[0]
    record = replace(context.store.advice("s1"), advice=told)
    shown = card(context, record, {}, context.zone())
    text = str(Renderer("en").render("advice", card=shown).blocks)
    assert "Only watching since 1 September: most of what this rule said was dismissed." in text


def test_a_rule_that_only_watches_is_told_at_the_digests_foot_once(context, renderers, moving):
    """On the morning it changes, in both languages and on a quiet day too; never again."""
    for number in range(10):
        one = replace(moving, id=f"d{number}")
        context.store.save_advice([moving, one], as_of=ON, at=NOW)
        context.store.answer(one.id, GivenAnswer("dismiss", by="U1", at=NOW))
    later(context, BEFORE, SALES)
    title = context.rulebook.rules[0].title
    told = f"The rule “{title}” now only watches: most of what it said was dismissed."
    for day, said in ((ON, False), (ON + timedelta(1), True), (ON + timedelta(2), False)):
        parent = written(context, renderers["en"], day, UTC).parent
        assert (told in str(parent.blocks)) is said
    norsk = written(context, renderers["nb"], ON + timedelta(1), UTC).parent
    assert "følger nå bare med: det meste av det den sa, ble avvist." in str(norsk.blocks)


def test_a_rule_that_advises_again_is_told_too(context, renderers):
    """Its newest outcomes no longer prove it harmful."""
    quiet = Digest(ON, ON - timedelta(1), campaigns=3, rules=(RuleNews("Money sells elsewhere"),))
    said = renderers["en"].render("digest_quiet", digest=quiet)
    assert "The rule “Money sells elsewhere” advises again." in str(said.blocks)
    assert said.text.startswith("Good morning. Nothing to change.")

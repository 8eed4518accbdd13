"""Questions are answered from the numbers, near misses with what was meant."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.ask import Asker, desk, line_reading
from bot.ask.entity_linking import known_names
from bot.blockkit import validate
from bot.errors import NoNumbers, UnknownName
from bot.jobs import morning
from bot.question.grammar import parse
from bot.question.slot_reading import read
from bot.snapshot import boards
from bot.store.base import PlanRow

MORNING = date(2026, 11, 23)


def shown(reply) -> str:
    """Every text of an answer's blocks."""
    return str(reply.blocks)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "help",
        "channel google",
        "channel Google Ads 28d",
        "kanal meta mtd",
        "channel tiktok yesterday",
        "channel google 2026-11-01..2026-11-15",
        "channel",
        "campaign",
        "campaign generic",
        "campaign Google | Shopping 28d",
        "advice",
        "advice google",
        "advice google | shopping",
        "digest",
        "subscribe 07:30 weekdays",
        "unsubscribe",
        "channel gogle",
        "campaign nothing like it",
        "channel google 2026-13-01..2026-13-02",
        "wat",
    ],
)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_answer_is_valid_block_kit(dry_desk, question, language):
    """Whatever is asked, Slack takes the answer."""
    reply = dry_desk.ask(question, Asker("U1", "C1", language), MORNING, dry=True)
    assert reply.text
    assert reply.blocks
    assert validate(list(reply.blocks)) == []


def test_a_channel_is_found_by_any_of_its_names(world, kari):
    """google, Google Ads and google_ads are one channel and give one answer."""
    answers = {
        world.desk.ask(f"channel {name}", kari, MORNING).text
        for name in ("google", "Google Ads", "google_ads", "GOOGLE")
    }
    assert len(answers) == 1
    assert next(iter(answers)).startswith("Google, last 7 days (16–22 Nov)")


def test_a_kept_board_and_a_computed_one_give_the_same_answer(world, kari, rulebook):
    """The stored board answers quickly, and exactly as the numbers themselves would."""
    questions = ["channel google", "channel meta mtd", "campaign generic 28d", "digest"]
    kept = [world.desk.ask(each, kari, MORNING) for each in questions]
    for window in ("yesterday", "7d", "14d", "28d", "mtd", "trend:stages", "trend:google_ads"):
        world.store.save_board(window, MORNING, [{"stamp": "of other rules"}])
    assert [world.desk.ask(each, kari, MORNING) for each in questions] == kept


def test_kept_figures_equal_computed_ones(world):
    """Every number of a stored board is the number computed from the days, to the last bit."""
    for window in ("yesterday", "7d", "14d", "28d", "mtd"):
        kept = boards.figures(world.context, MORNING, window)
        world.store.save_board(window, MORNING, [{"stamp": ""}])
        computed = boards.figures(world.context, MORNING, window)
        assert sorted(kept.rows, key=lambda row: row.entity) == sorted(
            computed.rows, key=lambda row: row.entity
        )
        assert kept.totals == computed.totals
        assert (kept.now, kept.before, kept.until) == (
            computed.now,
            computed.before,
            computed.until,
        )


def test_a_changed_plan_is_seen_at_once(world, kari):
    """A board kept under another plan is not used."""
    assert "from the plan" in str(world.desk.ask("campaign generic", kari, MORNING).blocks)
    values = {"stage": "act", "pricing_model": "CPL"}
    said = PlanRow("Google | Generic", values, MORNING, "U1", world.context.clock(), "slack")
    world.store.set_plan([said], origin="slack")
    assert "Act · CPL" in str(world.desk.ask("campaign generic", kari, MORNING).blocks)


def test_a_near_miss_names_the_channel_and_offers_it(world, kari):
    """`gogle` is answered with google, and a button that asks for it."""
    reply = world.desk.ask("channel gogle", kari, MORNING)
    assert isinstance(reply.error, UnknownName)
    assert "gogle" in reply.text
    assert reply.text.endswith("Did you mean Google?")
    assert "channel Google" in shown(reply)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chanel google", "channel google"), ("kampanj generic", "campaign generic")],
)
def test_a_mistyped_command_offers_the_whole_question(world, kari, typed, meant):
    """A command one letter off, and a name: that command is offered, whatever else it may ask."""
    reply = world.desk.ask(typed, kari, MORNING)
    assert reply.error is not None
    assert meant in shown(reply)


@pytest.mark.parametrize(("text", "asks"), [("google", "channel google"), ("Shopping", "campaign")])
def test_a_name_without_a_command_is_understood(world, kari, text, asks):
    """`/perf google` offers the channel, `/perf Shopping` the campaign."""
    assert asks in shown(world.desk.ask(text, kari, MORNING))


@pytest.mark.parametrize(
    ("question", "asked"),
    [("why", "Which channel?"), ("campaign", "Which campaign?")],
)
def test_a_question_without_a_name_asks_which(world, kari, question, asked):
    """Nobody was named, so nothing is said to fit."""
    assert world.desk.ask(question, kari, MORNING).text == asked


def test_a_name_that_fits_more_than_the_buttons_says_how_many(world, kari):
    """` | ` is in every name: thirteen fit, five can be chosen."""
    reply = world.desk.ask('campaign "|"', kari, MORNING)
    assert reply.text.startswith("13 campaigns fit")
    assert "Only the first five are shown" in shown(reply)


def test_a_name_that_fits_several_campaigns_asks_which(world, kari):
    """`google` fits five campaigns: each is a button that asks for exactly that one."""
    reply = world.desk.ask("campaign google", kari, MORNING)
    assert reply.error is None
    assert 'campaign "Google | Generic"' in shown(reply)


def test_an_answer_in_norwegian_is_norwegian(world):
    """The reader's language decides, for words and numbers."""
    reply = world.desk.ask("channel google", Asker("U1", "C1", "nb"), MORNING)
    assert "siste 7 dager" in reply.text
    assert "per salg" in reply.text


def test_a_language_nobody_wrote_reads_in_the_configured_one(world):
    """Slack's locale may be anything."""
    reply = world.desk.ask("channel google", Asker("U1", "C1", "xx"), MORNING)
    assert "last 7 days" in reply.text


def test_without_numbers_the_answer_says_how_to_get_some(empty, kari):
    """No data yet: one sentence with the way out."""
    reply = empty.ask("channel google", kari, MORNING)
    assert isinstance(reply.error, NoNumbers)
    assert "no numbers yet" in reply.text
    assert "perfbot import" in reply.text


def test_days_without_numbers_name_the_newest_day(world, kari):
    """Asked about next spring, perfbot says where its numbers end."""
    reply = world.desk.ask("channel google", kari, date(2027, 4, 1))
    assert isinstance(reply.error, NoNumbers)
    assert "22 November 2026" in reply.text


def test_asking_stores_nothing(world, kari):
    """Questions, previews and digests shown leave the database as it was."""
    before = "\n".join(_dump(world.store))
    for question in ("channel google", "advice", "digest", "subscribe 08:00", "unsubscribe"):
        world.desk.ask(question, kari, MORNING, dry=True)
    assert "\n".join(_dump(world.store)) == before


def _dump(store):
    with store._db.reading() as db:
        yield from db.conn.iterdump()


def test_names_that_look_like_commands_stay_names(world, kari):
    """Whatever a campaign is called, asking for it and showing it stays harmless and exact."""
    names = ["<!channel>", "*bold* {{ 7*7 }}", 'say "hi"', "x" * 500, "مرحبا 🎉"]
    frame = world.store.numbers(MORNING.replace(day=15), None)
    frame = frame[frame["campaign_id"] == "g-generic"]
    odd = [
        frame.assign(campaign_id=f"odd{number}", campaign_name=name)
        for number, name in enumerate(names)
    ]
    world.store.add_numbers(pd.concat(odd), source="odd", pulled_at=world.context.clock())
    morning.refresh(world.store, world.context.rulebook, MORNING, clock=world.context.clock)
    for question in ("campaign", "campaign hi", "channel google", "digest", "advice"):
        reply = world.desk.ask(question, kari, MORNING)
        assert validate(list(reply.blocks)) == []
        assert "<!channel>" not in reply.text
    for number, name in enumerate(names):
        reply = world.desk.ask(f"campaign odd{number}", kari, MORNING)
        assert validate(list(reply.blocks)) == []
        assert name[:40].replace("<", "&lt;").replace(">", "&gt;") in reply.text


def test_a_campaign_that_began_this_month_is_paced_by_its_own_days(world, kari):
    """LinkedIn | ABM runs since the 7th: the days before it are no days without spend."""
    reply = world.desk.ask("pacing abm", kari, MORNING)
    assert "on the way to 70\u00a0% to 71\u00a0%." in reply.text


@pytest.mark.parametrize(
    ("language", "left", "together"),
    [
        ("en", "That leaves about 15\u00a0000\u00a0kr unspent.", "All together"),
        ("nb", "Da står omtrent 15\u00a0000\u00a0kr ubrukt.", "Alt samlet"),
    ],
)
def test_pace_leads_with_the_money_furthest_off(world, language, left, together):
    """The budget with the most money off its pace comes first, and all of them are summed."""
    reply = world.desk.ask("pacing", Asker("U1", "C1", language), MORNING)
    assert left in reply.text
    names = [row[0]["text"] for row in reply.blocks[1]["rows"]]
    assert names[1:3] == [together, "Google | Generic"]
    assert names[3:5] == ["Google | Competitors", "LinkedIn | ABM"]


def test_a_move_that_is_a_test_is_among_the_tests(world, kari):
    """Competitors to Shopping is advised as a test: `tests` tells of it."""
    reply = world.desk.ask("tests", kari, MORNING)
    assert reply.text == "1 test is advised or running."
    assert "Google | Shopping" in shown(reply)


def test_a_comparison_names_the_days_its_change_is_against(world, kari):
    """Two campaigns against last month: the days four weeks earlier, not the week before."""
    reply = world.desk.ask("compare Generic vs Shopping vs last month", kari, MORNING)
    assert "Change from 19–25 Oct" in shown(reply)


def test_three_names_are_not_taken_for_one(world, kari):
    """`google meta tiktok` is no campaign's name: two can be compared."""
    reply = world.desk.ask("compare google meta tiktok", kari, MORNING)
    assert reply.text.startswith("I compare two things at a time.")


def test_a_schedule_nobody_understands_is_answered_with_one(world, kari):
    """`subscribe 25:99` gets a time and days that work."""
    reply = world.desk.ask("subscribe 25:99", kari, MORNING, dry=True)
    assert "25:99. Write a time and days: 07:30 weekdays" in reply.text


def test_the_examples_of_the_help_work_whatever_campaigns_are_called(world, kari):
    """A campaign called `last week` is in quotes, and so asked about."""
    frame = world.store.numbers(MORNING.replace(day=15), None)
    frame = frame[frame["campaign_id"] == "g-generic"]
    odd = frame.assign(campaign_id="odd", campaign_name="last week", spend=9e6)
    world.store.add_numbers(odd, source="odd", pulled_at=world.context.clock())
    morning.refresh(world.store, world.context.rulebook, MORNING, clock=world.context.clock)
    assert '/perf campaign "last week"' in shown(world.desk.ask("help", kari, MORNING))
    assert world.desk.ask('campaign "last week"', kari, MORNING).text.startswith("last week, ")


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", "CPA: over 1.2 to 1.3 times its target", "As written: spend.now"),
        ("nb", "CPA: over 1,2 til 1,3 ganger målet", "Slik den er skrevet: spend.now"),
    ],
)
def test_a_rule_is_told_in_words_first(world, language, said, written):
    """What it asks as people say it; the line itself in small print."""
    reply = world.desk.ask("rules convert-cut", Asker("U1", "C1", language), MORNING)
    found = shown(reply)
    assert found.index(said) < found.index(written)


@pytest.mark.parametrize("window", ["", " 7d", " 28d", " mtd", " yesterday"])
@pytest.mark.parametrize("asked", ["channel google", "kanal meta", "Channel google_ads"])
def test_a_channel_and_its_window_are_no_sentence(world, kari, asked, window):
    """They are answered without being read as one, and as the reader of sentences leaves them."""
    text = f"{asked}{window}"
    assert desk._read(world.context, f"/perf {text}", MORNING).question == parse(text)
    slots = read(text, known_names(world.context, MORNING), MORNING)
    assert line_reading.typed(
        text, line_reading.meant(world.context, slots, kari, MORNING, dry=True)
    )


@pytest.mark.parametrize(
    "asked", ["channel", "channel spend", "channel google why", "channel snap 7d", "how is google"]
)
def test_anything_else_is_read_as_it_may_be_meant(world, asked):
    """A metric, a word more, an unknown channel or no command at all is no such question."""
    assert desk._read(world.context, asked, MORNING).question is None

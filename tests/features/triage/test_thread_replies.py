"""What people write under a digest is an answer, or ordinary talk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.replies import Press
from bot.features.triage.thread_replies import spoken
from bot.policy.permissions import AgreedPart

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "verb", "item", "until"),
    [
        ("ack", "acknowledge", 0, None),
        ("Ack 2", "acknowledge", 2, None),
        ("ok!", "acknowledge", 0, None),
        ("OK #3", "acknowledge", 3, None),
        ("ja", "acknowledge", 0, None),
        ("in progress 2", "progress", 2, None),
        ("pågår", "progress", 0, None),
        ("snooze", "snooze", 0, None),
        ("snooze 3d", "snooze", 0, date(2026, 11, 26)),
        ("snooze 2 3d", "snooze", 2, date(2026, 11, 26)),
        ("snooze 2", "snooze", 2, None),
        ("snooze for 1 week", "snooze", 0, date(2026, 11, 30)),
        ("utsett 3 dager", "snooze", 0, date(2026, 11, 26)),
        ("snooze 2 until 2026-12-01", "snooze", 2, date(2026, 12, 1)),
        ("nei", "dismiss", 0, None),
        ("no 2", "dismiss", 2, None),
        ("undo", "undo", 0, None),
        ("angre 1", "undo", 1, None),
        ("snooze 3 until monday", "snooze", 3, date(2026, 11, 30)),
        ("utsett 2 til mandag", "snooze", 2, date(2026, 11, 30)),
        ("Utsett nr. 2 til fredag", "snooze", 2, date(2026, 11, 27)),
        ("snooze number 2 until next Friday", "snooze", 2, date(2026, 11, 27)),
        ("wait until tomorrow", "snooze", 0, date(2026, 11, 24)),
        ("vent til i morgen", "snooze", 0, date(2026, 11, 24)),
        ("utsett 1 i to uker", "snooze", 1, date(2026, 12, 7)),
        ("snooze 2 a week", "snooze", 2, date(2026, 11, 30)),
        ("snooze 2 till 4 December", "snooze", 2, date(2026, 12, 4)),
        ("utsett til 4. des", "snooze", 0, date(2026, 12, 4)),
        ("snooze until Jan 7th", "snooze", 0, date(2027, 1, 7)),
        ("utsett 1 til 1.12", "snooze", 1, date(2026, 12, 1)),
        ("utsett til neste uke", "snooze", 0, date(2026, 11, 30)),
        ("snooze 4 until the end of the month", "snooze", 4, date(2026, 11, 30)),
        ("utsett 2 etter helgen", "snooze", 2, date(2026, 11, 30)),
        ("fiks 2", "acknowledge", 2, None),
        ("fix 2", "acknowledge", 2, None),
        ("Gjør det!", "acknowledge", 0, None),
        ("✅ 2", "acknowledge", 2, None),
        (":white_check_mark:", "acknowledge", 0, None),
        ("jeg fikser 3", "progress", 3, None),
        ("I’ll fix 3", "progress", 3, None),
        ("no 2.", "dismiss", 2, None),
    ],
)
def test_short_answers_are_understood(text, verb, item, until):
    """The verb in either language, the number, and until when."""
    found = spoken(text, TODAY)
    assert (found.given.verb, found.item, found.given.until) == (verb, item, until)


@pytest.mark.parametrize(
    ("text", "item", "part"),
    [
        ("ack 50%", 0, AgreedPart(share=Decimal("0.5"))),
        ("ack 2 50 %", 2, AgreedPart(share=Decimal("0.5"))),
        ("ok 2 halvparten", 2, AgreedPart(share=Decimal("0.5"))),
        ("ack half", 0, AgreedPart(share=Decimal("0.5"))),
        ("ja 33,5 prosent", 0, AgreedPart(share=Decimal("0.335"))),
        ("ack to 400", 0, AgreedPart(amount=Decimal(400))),
        ("ok 3 til 1 400,50 kr", 3, AgreedPart(amount=Decimal("1400.50"))),
        ("ack 2", 2, None),
    ],
)
def test_part_of_it_may_be_acknowledged(text, item, part):
    """A share or a new budget, in either language, with or without the number."""
    found = spoken(text, TODAY)
    assert (found.given.verb, found.item, found.given.part) == ("acknowledge", item, part)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nei: for dyrt nå", "for dyrt nå"),
        ("no 2, we tried it in May", "we tried it in May"),
        ("dismiss because it is on purpose", "it is on purpose"),
        ("nei fordi vi venter", "vi venter"),
        ("nei 2 vi har allerede ny annonse på vei", "vi har allerede ny annonse på vei"),
        ("no 2 we have a new ad on its way", "we have a new ad on its way"),
        ("avvis 1 budsjettet er bestemt av kunden", "budsjettet er bestemt av kunden"),
    ],
)
def test_a_dismissal_may_give_its_reason(text, reason):
    """What follows a colon, a comma or "because" is kept."""
    assert spoken(text, TODAY).given.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "ok, let us talk tomorrow",
        "nobody knows",
        "yesterday was better",
        "acknowledging this later",
        "snooze until I say so",
        "what does 2 mean?",
        "no idea what this is",
        "no 2 days are alike",
        "nei 2 er vel ikke riktig?",
        "",
        "👍",
        "ack ack ack",
    ],
)
def test_ordinary_talk_answers_nothing(text):
    """A line that is more than an answer is left alone."""
    assert spoken(text, TODAY) is None


@given(st.text(max_size=200))
def test_any_line_is_an_answer_or_is_not(text):
    """Nothing anybody writes breaks it."""
    found = spoken(text, TODAY)
    assert found is None or found.given.verb


def test_ack_2_answers_the_second_item(world, kari):
    """The number is the one shown in the thread."""
    said = world.desk.thread_reply("C1", world.digest.ts, "ack 2", kari)
    assert said.changes[0].ts == world.items[1].ts
    assert world.store.advice(world.items[1].advice_id).state == "acknowledged"


def test_an_answer_that_fits_several_asks_which(world, kari):
    """`ack` under a digest with four things to do changes nothing and lists them."""
    said = world.desk.thread_reply("C1", world.digest.ts, "ack", kari)
    assert "Which one" in said.reply.text
    assert "ack 2" in said.reply.text
    assert said.changes == ()


def test_a_number_that_is_not_there_asks_which(world, kari):
    """`ack 99` of a few."""
    assert "Which one" in world.desk.thread_reply("C1", world.digest.ts, "ack 99", kari).reply.text


def test_the_only_open_one_needs_no_number(world, kari):
    """When all but one are answered, `ack` means the last."""
    for item in world.items[1:]:
        world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    said = world.desk.thread_reply("C1", world.digest.ts, "ack", kari)
    assert said.changes[0].ts == world.items[0].ts


def test_undo_without_a_number_means_the_one_answered(world, kari):
    """`undo` finds the only answer there is to undo."""
    world.desk.answer(Press(world.items[2].advice_id, "acknowledge"), kari)
    world.desk.thread_reply("C1", world.digest.ts, "undo", kari)
    assert world.store.advice(world.items[2].advice_id).state == "open"


def test_talk_and_foreign_threads_are_left_alone(world, kari):
    """None means: not for me."""
    assert world.desk.thread_reply("C1", world.digest.ts, "why so dear?", kari) is None
    assert world.desk.thread_reply("C1", "1.1", "ack", kari) is None
    assert world.desk.thread_reply("C9", world.digest.ts, "ack", kari) is None


@pytest.mark.parametrize("name", ["white_check_mark", "heavy_check_mark"])
def test_a_tick_on_advice_acknowledges_it(world, kari, name):
    """✅ and ✔ on the message itself."""
    said = world.desk.reaction("C1", world.items[3].ts, name, kari)
    assert said.changes[0].ts == world.items[3].ts


def test_other_reactions_and_messages_mean_nothing(world, kari):
    """👀 on advice, and ✅ on somebody's own message."""
    assert world.desk.reaction("C1", world.items[0].ts, "eyes", kari) is None
    assert world.desk.reaction("C1", "1.1", "white_check_mark", kari) is None


def test_a_tick_on_a_digest_with_several_asks_which(world, kari):
    """✅ on the parent is an answer only where there is one thing to do."""
    assert world.desk.reaction("C1", world.digest.ts, "white_check_mark", kari).reply
    for item in world.items[1:]:
        world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    said = world.desk.reaction("C1", world.digest.ts, "white_check_mark", kari)
    assert said.changes[0].ts == world.items[0].ts


@pytest.mark.parametrize("text", ["why 2?", "Hvorfor 2", "evidence 2", "vis nr. 2"])
def test_why_2_shows_what_is_behind_it(world, kari, text):
    """The numbers of that piece of advice, in the thread, to whoever asked."""
    found = world.desk.in_thread("C1", world.digest.ts, text, kari)
    shown = world.desk.evidence_view(world.items[1].advice_id, kari)
    assert list(found.blocks) == shown["blocks"]
    assert found.text


def test_why_without_a_number_asks_which(world, kari):
    """Several pieces of advice in the thread: the number is asked for."""
    assert "Which one" in world.desk.in_thread("C1", world.digest.ts, "why?", kari).text


def test_a_question_in_a_thread_is_answered(world, kari):
    """What is asked of perfbot gets its answer where it was asked."""
    assert "Google" in str(world.desk.in_thread("C1", world.digest.ts, "channel google", kari))


@pytest.mark.parametrize(
    ("text", "said"),
    [("hvor mye brukte vi på Google i går?", " brukt"),
     ("dette ser ikke bra ut, det må vi snakke om", "tok ikke det som et svar")],
)  # fmt: skip
def test_a_norwegian_line_in_a_thread_is_answered_in_norwegian(world, kari, text, said):
    """Slack says English of most Norwegians; what they write says better."""
    assert kari.language == "en"
    assert said in world.desk.in_thread("C1", world.digest.ts, text, kari).text


@pytest.mark.parametrize("text", ["ok, let us talk tomorrow", "👍", "snooze it", "who knows?"])
def test_a_line_that_is_no_answer_is_told_what_would_be(world, kari, text):
    """Never silence: a sentence with examples."""
    found = world.desk.in_thread("C1", world.digest.ts, text, kari)
    assert "did not take that as an answer" in found.text
    assert "ack 2" in str(found.blocks)


@pytest.mark.parametrize(
    "text", ["takk!", "thanks, will do", "Tusen takk, da vet vi det", "great, thanks :)", "cheers"]
)
def test_thanks_in_a_thread_are_taken_as_thanks(world, kari, text):
    """Nobody who is friendly is told how to write an answer."""
    said = "Bare hyggelig." if "vet vi" in text else "Any time."  # a whole sentence of Norwegian
    assert world.desk.in_thread("C1", world.digest.ts, text, kari).text == said


@pytest.mark.parametrize(
    "text",
    [
        "nei takk",
        "no thanks",
        "ok, thanks",
        "takk, men hva koster det egentlig å la den stå til mai",
    ],
)
def test_what_may_be_an_answer_is_no_mere_thanks(world, kari, text):
    """`no thanks` may mean a dismissal: how that is written is said."""
    said = "tok ikke det som et svar" if "egentlig" in text else "did not take that as an answer"
    assert said in world.desk.in_thread("C1", world.digest.ts, text, kari).text


def test_undo_with_nothing_to_undo_says_so(world, kari):
    """In a thread, of one piece of advice, and as a sentence; nothing is changed by it."""
    in_thread = world.desk.thread_reply("C1", world.digest.ts, "undo", kari)
    of_one = world.desk.thread_reply("C1", world.digest.ts, "angre 2", kari)
    assert "nothing to take back" in in_thread.reply.text
    assert "nothing to take back" in of_one.reply.text
    assert (in_thread.event, of_one.event) == (0, 0)
    for text in ("undo", "undo that", "can you undo my last answer?"):
        assert "nothing to take back" in world.desk.ask(text, kari).text


@pytest.mark.parametrize("text", ["undo", "please undo it", "angre det jeg gjorde", "/perf undo"])
def test_undo_as_a_sentence_says_where_it_is_done(world, kari, text):
    """Something is answered: it is taken back under the advice, not by a guess which."""
    world.desk.answer(Press(world.items[1].advice_id, "acknowledge"), kari)
    said = "trykk Angre" if "gjorde" in text else "press Undo under that advice"
    assert said in world.desk.ask(text, kari).text
    assert world.store.advice(world.items[1].advice_id).state == "acknowledged"


def test_an_edit_that_answers_the_same_is_not_an_answer_anew(world, kari):
    """`ack 2 ` with a blank taken away: it was kept the first time."""
    assert world.desk.thread_reply("C1", world.digest.ts, "ack 2.", kari, before="ack 2") is None
    assert world.desk.thread_reply("C1", world.digest.ts, "ack 2", kari, before="akc 2")


def test_what_names_us_in_a_thread_is_a_question(world, kari):
    """`@perfbot advise` is met halfway as anywhere else; what is no command says so."""
    found = world.desk.in_thread("C1", world.digest.ts, "advise", kari, named=True)
    assert "things to do" in found.text
    unknown = world.desk.in_thread("C1", world.digest.ts, "chanel google", kari, named=True)
    assert unknown.error is not None or "Google" in unknown.text

"""A question in ordinary words is understood as one that may be typed, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import Asker
from bot.ask.entity_linking import known_names
from bot.ask.paraphrase import echoed
from bot.blockkit import validate
from bot.errors import UnknownName
from bot.question.grammar import Question, parse
from bot.question.slot_reading import read
from bot.question.vocabulary import METRICS
from bot.question.wording import language_asked
from bot.render import languages

MORNING = date(2026, 11, 23)
NONSENSE = "zxqv wvvk qqqz xkcd jjjq"
HALF_SAID = (
    "spend drop on meta", "money in versus money out", "pausing brand, thoughts", "is there waste",
    "who ate the budget", "numbers on brand please", "anything odd about spend", "brand, then",
    "money for nothing", "more money on brand?", "google budget thoughts", "sales dip",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("why did the CPA on google rise last week?", "why Google cpa last week"),
        ("hvorfor steg CPA på Google forrige uke?", "why Google cpa last week"),
        ("how is Meta doing this month?", "channel Meta this month"),
        ("hvordan går det med meta i går", "channel Meta yesterday"),
        ("how did google do vs last month", "channel Google vs last month"),
        ("what should we do about google?", "advice Google"),
        ("why is Google | Shopping so expensive?", 'why "Google | Shopping"'),
        ("how are Leads B2B going", 'campaign "Meta | Leads B2B"'),
        ("google 28d", "channel Google 28d"),
        ("why are leads on meta so expensive?", "why Meta cpl"),
        ("Hvorfor er klikkene på Meta så dyre?", "why Meta cpc"),
        ("why did the cost per sale on Google rise last week?", "why Google cpa last week"),
        ("is google better than meta?", "compare Google and Meta"),
        ("how are google and meta doing?", "compare Google and Meta"),
        ("what happened to Leads B2B on Friday?", 'why "Meta | Leads B2B" on friday'),
        ("why isn’t there any advice for generic?", 'why-not "Google | Generic"'),
        ("hvorfor får jeg ingen råd om generic?", 'why-not "Google | Generic"'),
    ],
)
def test_a_sentence_is_answered_with_how_it_was_understood(dry_desk, kari, text, asks):
    """The answer is that of the typed question, under the words that ask it."""
    reply = dry_desk.ask(text, kari, MORNING, dry=True)
    assert reply.error is None
    reader = replace(kari, language=language_asked(text) or kari.language)
    assert f"/perf {echoed(parse(asks), reader.language)}" in str(reply.blocks[0])
    assert ("Understood as" in str(reply.blocks[0])) == (reader.language == "en")
    typed = dry_desk.ask(asks, reader, MORNING, dry=True)
    assert reply.text == typed.text
    assert all(block in reply.blocks for block in typed.blocks)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("hvorfor did CPA rise on google last week?", "hvorfor Google cpa forrige uke"),
        ("er google bedre enn meta?", "sammenlign Google og Meta"),
        ("google vs last year?", "kanal Google mot i fjor"),
    ],
)
def test_how_a_sentence_was_understood_is_said_in_the_readers_language(world, text, asks):
    """A Norwegian reads Norwegian commands where the words are of both languages or of neither."""
    reader = Asker("U1", "C1", "nb")
    reply = world.desk.ask(text, reader, MORNING)
    assert f"Forstått som: /perf {asks}" in str(reply.blocks[0])
    assert world.desk.ask(asks, reader, MORNING).text == reply.text


WHEN = st.sampled_from(
    [
        *("", "7d", "28d", "mtd", "wtd", "yesterday", "today", "lastweek", "lastmonth"),
        *("since thursday", "since lastweek", "since 2026-11-12", "since october", "on sunday"),
        *("in may", "2026-11-01..2026-11-15"),
    ]
)
AGAINST = st.sampled_from(
    ["", "previous", "week", "month", "year", "target", "2026-10-01..2026-10-07"]
)


@given(st.sampled_from(languages()), WHEN, AGAINST, st.sampled_from(["", *METRICS]))
def test_what_is_said_back_reads_back(language, window, compare, metric):
    """In every language, whatever the days and the number."""
    for command in ("channel", "why", "campaign", "advice"):
        number = metric if command == "why" else ""
        question = Question(command, "meta_ads", window, metric=number, compare=compare)
        back = parse(echoed(question, language))
        told = (back.command, back.subject, back.window, back.metric, back.compare)
        assert told == (command, "Meta", window, number, compare)


@pytest.mark.parametrize(("language", "near"), [("en", "channel google"), ("nb", "kanal google")])
def test_a_near_miss_is_a_command_of_the_readers_language(world, language, near):
    """`chanel google` is meant as `kanal google` where that is what one types."""
    reply = world.desk.ask("chanel google", Asker("U1", "C1", language), MORNING)
    assert near in reply.text


@pytest.mark.parametrize(
    "text", ["how is gogle doing last week?", "hvordan did gogle do forrige uke"]
)
def test_a_name_in_a_sentence_that_is_nearly_one_is_taken_and_said(world, kari, text):
    """A typing error costs nobody an answer, and is shown as it was taken."""
    reply = world.desk.ask(text, kari, MORNING)
    assert "Understood as: /perf channel Google last week" in str(reply.blocks[0])
    assert reply.text == world.desk.ask("channel google last week", kari, MORNING).text


def test_words_that_were_not_used_are_said(world, kari):
    """Nothing that was written is dropped without a word."""
    reply = world.desk.ask("how did google do with flurbs since thursday?", kari, MORNING)
    assert "I did not use: flurbs." in str(reply.blocks[0])
    assert "19–22 Nov" in reply.text


@pytest.mark.parametrize(("language", "said"), [("en", "yesterday's"), ("nb", "gårsdagens")])
@pytest.mark.parametrize("text", ["channel google today", "google today?"])
def test_today_is_not_over_yet(world, text, language, said):
    """Asked about today, yesterday is shown, and that is said."""
    reader = Asker("U1", "C1", language)
    reply = world.desk.ask(text, reader, MORNING)
    assert said in str(reply.blocks[:2])
    assert reply.text == world.desk.ask("channel google yesterday", reader, MORNING).text


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("thanks!", "en", "Any time."),
        ("Takk!", "nb", "Bare hyggelig."),
        ("tusen takk", "nb", "Bare"),
    ],
)
def test_a_thank_you_gets_a_friendly_line(world, text, language, said):
    """Nobody who says thanks is asked whether they meant a command."""
    reply = world.desk.ask(text, Asker("U1", "C1", language), MORNING)
    assert reply.text.startswith(said)
    assert reply.error is None


@pytest.mark.parametrize("text", ["qwert zxcv", "blah di blah", "chanel google"])
def test_what_names_nothing_is_not_guessed(world, kari, text):
    """A sentence about nothing known gets the help, a typo the command that was meant."""
    assert isinstance(world.desk.ask(text, kari, MORNING).error, UnknownName)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("why did CPA rise?", "All channels: CPA"),
        ("why did conversions drop yesterday", "All channels: conversions"),
    ],
)
def test_a_why_about_nobody_is_about_everything(world, kari, text, says):
    """No channel is asked back."""
    assert world.desk.ask(text, kari, MORNING).text.startswith(says)


@pytest.mark.parametrize("text", ["what is the weather like", "write me a poem", "blir det regn?"])
def test_what_is_not_its_subject_is_said_to_be_that(world, kari, text):
    """Politely, and no number is guessed instead."""
    reply = world.desk.ask(text, kari, MORNING)
    assert reply.error is None
    said = "bare tallene for annonsekampanjene" if "regn" in text else "only know the numbers of"
    assert said in reply.text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("how is flurb doing", "flurb"),
        ("why is flurb so bad", "flurb"),
        ("hvordan går det med flurb", "flurb"),
    ],
)
def test_a_name_nobody_knows_is_said_and_not_answered_as_everything(world, kari, text, named):
    """Whoever asks about somebody gets no numbers of all."""
    reply = world.desk.ask(text, kari, MORNING)
    assert isinstance(reply.error, UnknownName)
    assert named in reply.text


def test_what_may_be_several_questions_is_asked_back(world, kari):
    """No other question is answered: each button asks the same sentence as one of them."""
    names = known_names(world.context, MORNING)
    text = next(text for text in HALF_SAID if read(text, names, MORNING).options)
    reply = world.desk.ask(text, kari, MORNING)
    assert reply.text == "I am not sure what you ask. Did you mean:"
    (actions,) = [block for block in reply.blocks if block["type"] == "actions"]
    values = [element["value"] for element in actions["elements"]]
    assert 1 <= len(values) <= 3
    assert all(value.endswith(text) for value in values)


@pytest.mark.parametrize(
    ("kind", "says"),
    [("why", "Google"), ("how_much", "Google"), ("unknown/device", "no numbers by device")],
)
def test_a_press_asks_the_same_sentence_as_the_kind_it_says(world, kari, kind, says):
    """What was not sure is decided by whoever asked, name and days and all."""
    reply = world.desk.ask(f"[{kind}] flimflam spend on google last week", kari, MORNING)
    assert reply.error is None
    assert says in reply.text
    assert not reply.text.startswith("I am not sure")


def test_what_else_a_sentence_may_ask_stands_under_its_answer(world, kari):
    """An answer that is likely and not firm has the way to the other one beneath, a press away."""
    names = known_names(world.context, MORNING)
    kinds = {text: read(text, names, MORNING).otherwise for text in HALF_SAID}
    text = next(text for text in HALF_SAID if kinds[text])
    reply = world.desk.ask(text, kari, MORNING)
    assert reply.error is None
    assert validate(list(reply.blocks)) == []
    last = reply.blocks[-1]
    assert [element["value"] for element in last["elements"]] == [
        f"[{kind}] {text}" for kind in kinds[text]
    ]
    other = world.desk.ask(last["elements"][0]["value"], kari, MORNING)
    assert other.text != reply.text


def test_what_is_asked_plainly_has_nothing_beneath(world, kari):
    """Nobody who asks in usual words is asked whether they meant it."""
    reply = world.desk.ask("what did we spend last week", kari, MORNING)
    assert "something else" not in str(reply.blocks)


def test_a_question_goes_on_from_the_last_of_the_same_person(world):
    """`and meta?` asks the same of Meta; nobody goes on from what somebody else asked."""
    asker, somebody = Asker("U7", "C7", "en"), Asker("U8", "C7", "en")
    world.desk.ask("how much did google spend last week", asker, MORNING)
    reply = world.desk.ask("and meta?", asker, MORNING)
    whole = world.desk.ask("how much did meta spend last week", somebody, MORNING)
    assert reply.text == whole.text
    assert world.desk.ask("and google?", Asker("U9", "C7", "en"), MORNING).text != whole.text


def test_several_together_are_one_sum(world, kari):
    """The headline is the sum, and under it stands what it is made of."""
    parts = [
        world.desk.ask(f"how many clicks did {name} get last week", kari, MORNING).text
        for name in ("google", "meta")
    ]
    clicks = [int("".join(filter(str.isdigit, text.split(" clicks")[0]))) for text in parts]
    reply = world.desk.ask("clicks on google + meta last week combined", kari, MORNING)
    assert reply.text.startswith("Google + Meta: ")
    said = reply.text.split(" clicks")[0]
    assert int("".join(filter(str.isdigit, said))) == sum(clicks)


COMMANDS = st.sampled_from(["channel", "campaign", "advice", "pacing", "why"])
WINDOWS = st.sampled_from(["", "7d", "28d", "mtd", "yesterday", "lastweek", "lastmonth", "wtd"])
COMPARES = st.sampled_from(["", "previous", "week", "month", "year", "target"])
NAMES = st.text(st.characters(blacklist_characters="\"“”«»„‘’'", categories=["L", "N", "P", "Zs"]))


@given(COMMANDS, NAMES, WINDOWS, COMPARES, st.sampled_from(["", "cpa", "ctr"]))
def test_what_is_understood_can_be_typed(command, name, window, compare, metric):
    """A question written out reads back as itself, whatever the name."""
    name = " ".join(name.split())
    metric = metric if command == "why" else ""
    question = Question(command, name, window, metric=metric, compare=compare)
    back = parse(question.asks)
    told = (back.command, back.subject, back.window, back.metric, back.compare)
    assert told == (command, name, window, metric, compare)


@pytest.mark.parametrize(
    "question",
    [
        "stage convert",
        "stage",
        "steg rekkevidde vs last month",
        "stage konvert",
        "pricing CPA 28d",
        "pricing",
        "pricing cpx",
        "compare google and meta 28d",
        "sammenlign google meta",
        "compare Google | Generic and Google | Shopping",
        "compare google",
        "compare",
        "pacing",
        "pacing google",
        "budsjett",
        "sources",
        "targets",
        "targets google",
        "rules",
        "rules convert",
        "rules convert-cut",
        "rules nonsense",
        "tests",
        "outcomes",
        "outcomes google",
        "settings",
        "settings norsk Europe/Oslo",
        "settings klingon",
        "share channel google",
        "share",
        "digest weekly",
        "sammendrag månedlig",
        "channel google 7d vs month",
        "kanal google siste 7 dager mot forrige måned",
        "channel google vs target",
        "channel google vs 2026-10-01..2026-10-07",
        "campaign generic vs last year",
        "campaign generic vs target",
        "why google cpa lastweek vs month",
        "channel google vs 2026-13-01..2026-13-07",
        "channel gogle 28d vs target",
    ],
)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_question_has_an_answer_slack_takes(dry_desk, question, language):
    """Whatever is asked, in either language, with a window and a comparison."""
    reply = dry_desk.ask(question, Asker("U1", "C1", language), MORNING, dry=True)
    assert reply.text
    assert validate(list(reply.blocks)) == []


def test_a_near_miss_keeps_the_rest_of_the_question(world, kari):
    """`channel gogle 28d vs target` offers google in the same days against its target."""
    reply = world.desk.ask("channel gogle 28d vs target", kari, MORNING)
    assert "channel Google 28d vs target" in str(reply.blocks)


def test_what_is_shared_is_said_in_the_channel(world, kari):
    """`share` asks in the open; every other answer is for the asker alone."""
    assert world.desk.ask("share channel google", kari, MORNING).response_type == "in_channel"
    assert world.desk.ask("channel google", kari, MORNING).response_type == "ephemeral"


def test_a_chosen_language_is_kept(world, kari):
    """`settings norsk` answers in Norwegian, and the next answer is, too."""
    reply = world.desk.ask("settings norsk", kari, MORNING)
    assert "Jeg skriver til deg på" in reply.text
    assert world.store.preference("U1")["language"] == "nb"


def test_a_comparison_is_with_the_days_that_were_asked(world, kari):
    """The price before is that of the days named, and the days are said."""
    reply = world.desk.ask("channel google 7d vs 2026-10-01..2026-10-07", kari, MORNING)
    named = world.desk.ask("channel google 2026-10-01..2026-10-07", kari, MORNING)
    assert "in 1–7 Oct" in reply.text
    before = reply.text.split("in 1–7 Oct")[0].rsplit(",", 1)[1].strip()
    assert f"{before} kr a sale" in named.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("channel google vs the weather", "weather"),
        ("channel meta vs the weather 28d", "weather"),
    ],
)
def test_what_follows_a_command_and_is_no_part_of_it_stands_first(world, kari, text, left):
    """A command answered in part says so before the answer."""
    reply = world.desk.ask(text, kari, MORNING)
    first = str(reply.blocks[0])
    assert "I did not use" in first
    assert left in first
    assert "only a part" in first


def test_a_sentence_nobody_reads_is_said_to_be_none(world, kari):
    """It is no command somebody mistyped; two words that begin as none are."""
    unread = read(NONSENSE, known_names(world.context, MORNING), MORNING)
    assert (unread.intent, unread.options) == ("", ())
    reply = world.desk.ask(NONSENSE, kari, MORNING)
    assert "I did not understand that." in reply.text
    assert "command" in world.desk.ask("flurb gnorx", kari, MORNING).text


@pytest.mark.parametrize(
    ("text", "speaks", "answered_in"),
    [
        ("hvor mye brukte vi på Google i går?", "en", "nb"),
        ("Hvorfor steg CPA på Google?", "en", "nb"),
        ("how much did we spend on Google yesterday?", "nb", "en"),
        ("kanal google", "en", "en"),
        ("channel google", "nb", "nb"),
        ("hvor mye brukte vi på Google i går?", "nb", "nb"),
        ("hvor mye spend hadde the brand campaigns på Google?", "en", "en"),
        ("hvordan går det med Vinterjakkke?", "en", "nb"),
    ],
)
def test_a_sentence_surely_in_the_other_language_is_answered_in_it(
    dry_desk, text, speaks, answered_in
):
    """Only a sentence without doubt: a command and mixed words keep the reader's language."""
    reply, in_en, in_nb = (
        dry_desk.ask(text, Asker("U1", "C1", language), MORNING, dry=True)
        for language in (speaks, "en", "nb")
    )
    assert reply.text == (in_en if answered_in == "en" else in_nb).text
    assert (" the " in reply.text or "don't" in reply.text) == (answered_in == "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hva skjer hvis vi lar det være?", "nb"),
        ("what happens if we leave it?", "en"),
        ("kampanje vinterjakker siste uke", ""),
        ("why google cpa last week", ""),
        ("spend på Meta?", ""),
        ("how er det?", ""),
        ("roas", ""),
    ],
)
def test_a_language_is_sure_by_two_words_of_its_own_and_none_of_the_other(text, language):
    """One word, a command, or words of both say nothing."""
    assert language_asked(text) == language


@pytest.mark.parametrize(
    "text", ["digest weekly", "/perf digest daily", "sammendrag ukentlig", "digest monthly"]
)
def test_an_edition_of_the_digest_is_that_digest(dry_desk, kari, text):
    """`digest weekly` is no wish to end one: the command is answered as documented."""
    reply = dry_desk.ask(text, kari, MORNING, dry=True)
    assert reply.error is None
    assert "unsubscribe" not in reply.text
    form = "weekly" if "week" in text or "ukent" in text else "monthly"
    form = "daily" if "daily" in text else form
    edition = dry_desk.ask(f"/perf digest {form}", kari, MORNING, dry=True)
    assert reply.text == edition.text


@pytest.mark.parametrize(
    ("text", "names"),
    [("campaign Search | Leads B2B", "Meta | Leads B2B"), ("kampanje Video", ""),
     ("campaign Performance Max", ""), ("camp Keywords | Generic", "Google | Generic")],
)  # fmt: skip
def test_what_stands_after_a_commands_word_is_a_name(dry_desk, kari, text, names):
    """A name that holds `search` or `video` asks nothing about kinds of campaigns."""
    reply = dry_desk.ask(text, kari, MORNING, dry=True)
    assert "campaign types" not in reply.text
    assert names in str(reply.blocks)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hva skjer hvis vi lar det være?", "står på spill"),
        ("what happens if we do nothing?", "is at stake"),
        ("where could we spend more?", "more a day: best on"),
        ("hvor kan vi bruke mer penger?", "mer om dagen: best på"),
        (
            "is LinkedIn ABM wearing out?",
            "No, there is no sign of it. LinkedIn | ABM: CTR week by week",
        ),
        ("er Google Generic sliten?", "Google | Generic: CTR"),
        (
            "is Awareness autumn wearing out?",
            "Yes, it looks so. Make fresh creative for Meta | Awareness autumn",
        ),
    ],
)
def test_what_two_newcomers_asked_is_answered_as_meant(dry_desk, kari, text, says):
    """What is at stake, where more money goes, and whether people are tired of ads."""
    assert says in dry_desk.ask(text, kari, MORNING, dry=True).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("are we going to blow the budget this month?", "All channels: no, not at this pace."),
        ("rekker Google Generic å bruke opp budsjettet?", " i dette tempoet."),
        ("is yesterday complete?", " is not complete: about"),
        ("how is spend split between channels, in percent", "%) and"),
        ("two best campaigns by revenue", "Then "),
        ("clicks vs landing views on google generic", "visits,"),
        (
            "if I cut Video reach by 20 %, what does that save",
            "saves 300 kr a day, about 9 000 kr a month",
        ),
        ("which campaigns had no sales yesterday", "with 0 sales,"),
        ("what does ctr stand for", "It stands for click-through rate. CTR is"),
        ("clicks on everything but Google Brand yesterday", "without Google | Brand"),
        (
            "how many days did Google Shopping spend more than 100 last week",
            "7 days with spend over",
        ),
    ],
)
def test_the_first_words_answer_what_was_asked(dry_desk, kari, text, says):
    """Yes or no, each of a few, each share, and what is saved: not only numbers to read it from."""
    assert says in dry_desk.ask(text, kari, MORNING, dry=True).text.replace("\xa0", " ")

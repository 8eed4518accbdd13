"""What people write to perfbot and under its messages, over the wire: heard, or told why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.app import catching_up

PERFORMANCE, KARI, OLA = "C0PERFORM", "U0KARI001", "U0OLA0001"


def replies(bot, text):
    return bot.until(lambda s: [m for m in s["messages"] if text in m["text"]])


# -- direct messages and mentions ---------------------------------------------------------------


@pytest.mark.parametrize("text", ["advice", "@perfbot advice", "hey @perfbot, advice"])
def test_a_direct_message_is_answered_with_or_without_our_name(bot, text):
    """Slack sends no app_mention there: the message is the question, answered once."""
    bot.do("message", channel="perfbot", text=text)
    assert len(replies(bot, "339 kr")) == 1
    bot.settle_down()
    assert len(bot.heard("ask")) == 1
    assert "advice" in bot.heard("ask")[0][1]


def test_a_mention_in_a_channel_is_one_question(bot):
    """Slack tells of it twice, as message and as app_mention."""
    bot.do("message", text="@perfbot advice")
    replies(bot, "339 kr")
    bot.settle_down()
    assert len(bot.heard("ask")) == 1


def test_whoever_opens_the_conversation_is_offered_what_to_ask(bot):
    """An agent of today: app_home_opened of the messages tab, and prompts for that person."""
    bot.do("open_home", tab="messages")
    found = bot.until(lambda s: s["prompts"].get("D0KARI001"))
    assert found["title"] == "You might want to ask"
    assert found["prompts"] == [{"title": "What should I do today?", "message": "advice"}]
    assert bot.heard("prompts")[0][1][0] == KARI
    assert bot.look()["homes"] == {}


# -- lines that are no answer ---------------------------------------------------------------------


def test_a_line_that_is_no_answer_gets_a_sentence_only_its_writer_sees(bot):
    """Never silence, and nobody else is bothered."""
    ts = bot.post()
    bot.do("message", text="hm, two", thread_ts=ts)
    (whisper,) = bot.whispers("did not take that")
    assert (whisper["user"], whisper["thread_ts"]) == (KARI, ts)


def test_a_line_that_names_a_colleague_is_theirs(bot):
    """Who writes `@Ola what do you think` talks to Ola."""
    bot.do("message", text="hm, @ola what do you think?", thread_ts=bot.post())
    bot.settle_down()
    assert bot.look()["ephemerals"] == []


def test_a_line_that_names_us_is_answered_in_the_open(bot):
    """`@perfbot hm` in the thread: its answer stands there for everybody."""
    ts = bot.post()
    bot.do("message", text="@perfbot hm", thread_ts=ts)
    (said,) = replies(bot, "did not take that")
    assert said["thread_ts"] == ts


def test_a_line_that_was_taken_is_marked(bot):
    """A check mark on `ack 2` itself; none on a line that was no answer."""
    ts = bot.post()
    taken = bot.do("message", text="ack 2", thread_ts=ts)["ts"]
    talk = bot.do("message", text="hm", thread_ts=ts)["ts"]
    marks = lambda s, of: next(m for m in s["messages"] if m["ts"] == of)["reactions"]  # noqa: E731
    (mark,) = bot.until(lambda s: marks(s, taken))
    assert (mark["name"], mark["users"]) == ("white_check_mark", ["U0PERFBOT"])
    assert marks(bot.look(), talk) == []
    assert [call for call in bot.desk.heard if call[0] == "reaction"] == []


# -- edits ----------------------------------------------------------------------------------------


def test_an_edited_line_counts_as_it_reads_now(bot):
    """`hm akc 2` becomes `ack 2`: that is an answer, and only the edit is."""
    said = bot.do("message", text="hm akc 2", thread_ts=bot.post())
    bot.whispers("did not take that")
    bot.do("edit", ts=said["ts"], text="ack 2")
    assert bot.whispers("Took ack 2.")
    assert bot.heard("thread", 2)[-1][3] == "hm akc 2"


def test_an_edit_that_changes_no_word_is_none(bot):
    """Slack edits messages by itself, to unfold a link."""
    said = bot.do("message", text="ack 2", thread_ts=bot.post())
    bot.whispers("Took ack 2.")
    bot.do("edit", ts=said["ts"], text="ack 2")
    bot.settle_down()
    assert len(bot.heard("thread")) == 1


def test_an_edit_elsewhere_is_none_of_ours(bot):
    """Under other people's messages, or in the channel."""
    said = bot.do("message", text="lunch?")
    bot.do("edit", ts=said["ts"], text="ack 2")
    bot.settle_down()
    assert bot.desk.heard == []


# -- while nobody listened ------------------------------------------------------------------------


@dataclass(frozen=True)
class Thread:
    """A digest of ours, as the store has it."""

    channel: str
    ts: str
    key: str = "digest:1:2026-11-23"


@pytest.fixture
def away(bot, running):
    """perfbot is away, and comes back; what Slack delivered meanwhile is lost."""

    class Away:
        def __init__(self):
            self.root = bot.post()
            self.item = bot.post(thread_ts=self.root)
            self.threads = [Thread(PERFORMANCE, self.root)]
            self.since = datetime.now(UTC)
            self.back = catching_up(running.app, running.parts, self, lambda: True)

        def posted_since(self, _at):
            return self.threads

        def said(self, text, user="kari"):
            """Written while nobody was there to hear it."""
            bot.do("fault", kind="lost_event")
            return bot.do("message", text=text, user=user, thread_ts=self.root)

        def marked(self, user="kari"):
            bot.do("fault", kind="lost_event")
            bot.do("react", ts=self.item, name="white_check_mark", user=user)

        def returns(self):
            return self.back.read_back(self.since - timedelta(seconds=1), datetime.now(UTC))

    return Away()


def test_answers_written_while_perfbot_was_away_are_kept(bot, away):
    """Two answers and a word among people: both are kept once, the word is left."""
    away.said("ack 1")
    away.said("no 2: frozen", user="ola")
    away.said("hm, what now?")
    assert away.returns() == 2
    assert [call[1] for call in bot.heard("thread", 3)] == [
        "ack 1",
        "no 2: frozen",
        "hm, what now?",
    ]
    assert bot.whispers("Took ack 1.")[0]["user"] == KARI
    assert bot.whispers("Took no 2")[0]["user"] == OLA
    assert away.returns() == 0


def test_what_was_heard_is_not_read_back_as_new(bot, away):
    """Delivered and answered: reading the thread changes nothing."""
    bot.do("message", text="ack 1", thread_ts=away.root)
    bot.whispers("Took ack 1.")
    assert away.returns() == 0
    assert len(bot.heard("thread")) == 1


def test_a_mark_set_while_perfbot_was_away_counts_once(bot, away):
    """A check mark on a card, and one that was heard when it was set."""
    away.marked("kari")
    bot.do("react", ts=away.item, name="white_check_mark", user="ola")
    bot.heard("reaction")
    assert away.returns() == 1
    assert away.returns() == 0
    assert len(bot.heard("reaction", 2)) == 2


def test_the_first_time_marks_are_only_noted(bot, away):
    """Nobody knows when they were set: what stood there before is not answered anew."""
    away.marked("kari")
    assert away.back.read_back(None, datetime.now(UTC)) == 0
    assert away.returns() == 0
    assert [call for call in bot.desk.heard if call[0] == "reaction"] == []


def test_a_thread_that_cannot_be_read_holds_up_no_other(bot, away):
    """Archived, left, deleted: the next thread is read all the same."""
    away.threads = [Thread("C0GENERAL", away.root), Thread(PERFORMANCE, "1.000001"),
                    Thread(PERFORMANCE, away.root)]  # fmt: skip
    away.said("ack 1")
    assert away.returns() == 1


def test_a_gap_is_read_once_and_a_short_one_not_at_all(bot, away, monkeypatch):
    """Looked at every few seconds: read on return, after a minute without a look, and no more."""
    reads = []
    monkeypatch.setattr(away.back, "read_back", lambda since, _now: reads.append(since) or 0)
    bot.memory.chosen["slack"] = {"last_seen": away.since.isoformat()}
    away.back()
    away.back()
    assert len(reads) == 1
    bot.memory.chosen["slack"]["last_seen"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    away.back()
    assert len(reads) == 2
    away.back.connected = lambda: False
    away.back()
    away.back.connected = lambda: True
    away.back()
    assert len(reads) == 3

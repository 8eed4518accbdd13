"""Every feature over the real wire, by socket and by HTTP."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UnknownName

PERFORMANCE, KARI, OLA = "C0PERFORM", "U0KARI001", "U0OLA0001"


def plain(text):
    return {"type": "plain_text", "text": text}


def actions(*elements):
    return [{"type": "actions", "elements": list(elements)}]


def button(action_id, value="a1"):
    return {"type": "button", "action_id": action_id, "text": plain("Press"), "value": value}


def menu(action_id, *values):
    options = [{"text": plain(value), "value": value} for value in values]
    return {"type": "overflow", "action_id": action_id, "options": options}


def reply_of(bot, **fields):
    words = type(bot.desk.reply)
    bot.desk.reply = words(**{"text": "Google: 339 kr a sale.", **fields})


def test_a_command_is_answered_to_its_asker_only(bot):
    """`/perf channel google` shows the answer to Kari and posts nothing."""
    bot.do("command", text="/perf channel google")
    (whisper,) = bot.whispers("339 kr")
    assert whisper["user"] == KARI
    assert bot.look()["messages"] == []
    assert bot.desk.heard[0][:2] == ("ask", "channel google")


def test_a_slow_answer_is_acknowledged_in_time(bot):
    """The desk may take longer than Slack's three seconds; the command does not time out."""
    bot.desk.slow = 3.3
    bot.do("command", text="/perf advice")
    assert bot.whispers("339 kr")


def test_a_busy_store_costs_no_acknowledgement(bot):
    """Somebody imports a year next door: Slack is acknowledged before the store answers."""
    bot.memory.slow = 3.3
    bot.do("command", text="/perf advice")
    assert bot.whispers("339 kr")


def test_the_asker_comes_with_language_and_time_zone(bot):
    """Ola's Slack is Norwegian; Kari has chosen English in UTC with perfbot."""
    bot.memory.chosen[KARI] = {"language": "en", "time_zone": "UTC"}
    bot.do("command", text="/perf", user="ola")
    bot.do("command", text="/perf", user="kari")
    askers = [call[2] for call in bot.heard("ask", 2)]
    assert (OLA, PERFORMANCE, "nb", "Europe/Oslo") in askers
    assert (KARI, PERFORMANCE, "en", "UTC") in askers
    bot.until(lambda _: bot.memory.chosen.get(OLA, {}).get("name") == "Ola Hansen")


def test_subscribing_opens_a_modal_which_answers(bot):
    """A reply with a modal opens it; what is filled in comes back with its channel."""
    reply_of(bot, modal=bot.desk.subscribe_view(None))
    bot.do("command", text="/perf subscribe")
    view = bot.until(lambda s: s["views"])
    bot.do("submit_view", values={"time": {"text": "07:30"}})
    assert view
    assert bot.whispers("every morning")[0]["channel"] == PERFORMANCE
    state, asker = bot.heard("subscribed")[0][1:]
    assert state.inputs["text"] == "07:30"
    assert asker[1] == PERFORMANCE


def test_a_modal_filled_in_wrongly_says_so_itself(bot):
    """What the desk refuses is shown at the input, and the modal stays."""
    reply_of(bot, modal=bot.desk.subscribe_view(None))
    bot.do("command", text="/perf subscribe")
    bot.until(lambda s: s["views"])
    bot.desk.fails = UnknownName("time", "noon")
    answer = bot.do("submit_view", values={"time": {"text": "noon"}})
    assert "noon" in answer["errors"]["time"]
    assert bot.look()["views"]


@pytest.mark.parametrize("verb", ["acknowledge", "progress", "undo"])
def test_a_button_reaches_the_desk_at_once(bot, verb):
    """Acknowledge, in progress and undo: one press, one answer, settled under the request's key."""
    ts = bot.post(blocks=actions(button(f"advice.{verb}")))
    bot.do("action", ts=ts, action_id=f"advice.{verb}")
    call = bot.heard("answer")[0]
    assert call[1:3] == ("a1", verb)
    assert call[3][0] == KARI
    assert bot.settled[0].startswith("trigger:")


def test_snoozing_for_a_week_counts_from_the_readers_today(bot):
    """`1w` is seven days after today in the reader's own zone."""
    ts = bot.post(blocks=actions(menu("advice.snooze", "1w:a1", "date:a1")))
    bot.do("action", ts=ts, action_id="advice.snooze", value="1w:a1")
    call = bot.heard("answer")[0]
    day = datetime.now(UTC).date() + timedelta(days=7)
    assert call[1:3] == ("a1", "snooze")
    assert abs(call[4] - day) <= timedelta(days=1)


def test_snoozing_until_a_day_asks_for_it(bot):
    """`Pick a date` opens a calendar; the day picked is when it comes back."""
    ts = bot.post(blocks=actions(menu("advice.snooze", "1w:a1", "date:a1")))
    bot.do("action", ts=ts, action_id="advice.snooze", value="date:a1")
    bot.until(lambda s: s["views"])
    bot.do("submit_view", values={"day": {"day": "2026-12-24"}})
    assert str(bot.heard("answer")[0][4]) == "2026-12-24"


def test_dismissing_asks_why(bot):
    """The reason written in the modal goes to the desk with the advice it is about."""
    ts = bot.post(blocks=actions(button("advice.dismiss", "a7")))
    bot.do("action", ts=ts, action_id="advice.dismiss")
    bot.until(lambda s: s["views"])
    bot.do("submit_view", values={"reason": {"text": "The budget is frozen."}})
    call = bot.heard("answer")[0]
    assert (call[1], call[2], call[5]) == ("a7", "dismiss", "The budget is frozen.")


def test_applying_shows_the_budgets_first(bot):
    """The press opens the dialog and asks for nothing; sending it is what asks."""
    ts = bot.post(blocks=actions(button("advice.apply", "a7")))
    bot.do("action", ts=ts, action_id="advice.apply")
    bot.until(lambda s: s["views"])
    assert bot.desk.heard[-1] == ("apply_view", "a7")
    bot.do("submit_view", values={})
    call = bot.heard("answer")[0]
    assert (call[1], call[2]) == ("a7", "apply")


def test_undoing_at_the_platform_is_one_press(bot):
    """No dialog stands between a person and what it was before."""
    ts = bot.post(blocks=actions(button("advice.set_back", "a7")))
    bot.do("action", ts=ts, action_id="advice.set_back")
    call = bot.heard("answer")[0]
    assert (call[1], call[2]) == ("a7", "set_back")


def test_evidence_opens_beside_the_message(bot):
    """Show evidence opens a modal and changes nothing."""
    ts = bot.post(blocks=actions(button("advice.evidence")))
    bot.do("action", ts=ts, action_id="advice.evidence")
    assert bot.until(lambda s: s["views"])
    assert bot.settled == []


def test_a_reply_in_the_thread_is_an_answer(bot):
    """`ack 2` under a digest goes to the desk; its word goes to the writer alone."""
    ts = bot.post()
    bot.do("message", text="ack 2", thread_ts=ts)
    (whisper,) = bot.whispers("Took ack 2.")
    assert whisper["thread_ts"] == ts
    assert bot.settled[0].startswith("said:")


def test_talk_in_other_threads_is_none_of_ours(bot):
    """A thread under somebody else's message is not read."""
    said = bot.do("message", text="lunch?")
    bot.do("message", text="ack", thread_ts=said["ts"])
    bot.settle_down()
    assert bot.desk.heard == []
    assert bot.memory.claimed == set()  # nor written down


def test_a_reaction_on_our_message_is_an_answer(bot):
    """A check mark on advice counts; on other people's messages it does not."""
    theirs = bot.do("message", text="hello")
    bot.do("react", ts=theirs["ts"], name="white_check_mark")
    bot.do("react", ts=bot.post(), name="white_check_mark")
    assert bot.heard("reaction")[0][1] == "white_check_mark"
    bot.settle_down()
    assert len(bot.desk.heard) == 1


def test_who_reacts_too_late_is_told_in_the_thread(bot):
    """The word to the one who came second is where the advice is."""
    ts = bot.post(thread_ts=bot.post())
    bot.do("react", ts=ts, name="heavy_check_mark")
    (whisper,) = bot.whispers("Kari was first.")
    assert whisper["thread_ts"]


def test_a_mention_is_answered_in_its_thread(bot):
    """`@perfbot channel google` is answered in the open, once, under the question."""
    said = bot.do("message", text="@perfbot channel google")
    posted = bot.until(lambda s: [m for m in thread_of(s, said["ts"]) if "339 kr" in m["text"]])
    bot.settle_down()
    assert len(posted) == 1
    assert [call[1] for call in bot.desk.heard] == ["channel google"]


def test_an_answer_to_a_mention_in_our_thread_is_still_an_answer(bot):
    """`@perfbot ack` under advice answers it; other words there are a question."""
    ts = bot.post()
    bot.do("message", text="@perfbot ack", thread_ts=ts)
    assert bot.heard("thread")[0][1] == "ack"
    bot.do("message", text="@perfbot hm", thread_ts=ts)
    assert bot.heard("aside")[0][1::2] == ("hm", True)


def test_a_direct_message_is_a_question(bot):
    """In a DM no mention is needed."""
    said = bot.do("message", channel="perfbot", text="advice")
    posted = bot.until(
        lambda s: [m for m in messages_of(s, said["channel"]) if "339 kr" in m["text"]]
    )
    assert len(posted) == 1


def test_home_is_published_when_it_is_opened(bot):
    """Opening the Home tab shows it."""
    bot.do("open_home")
    assert "Good morning." in str(bot.until(lambda s: s["homes"]))


def test_buttons_under_an_answer_ask_again(bot):
    """Window and choose replace the asker's own message; share posts for everybody."""
    reply_of(
        bot,
        blocks=[
            {"type": "actions", "elements": [
                button("window", "channel google 28d"), button("share", "channel google"),
                button("choose", "channel google"),
            ]}
        ],
    )  # fmt: skip
    bot.do("command", text="/perf channel gogle")
    ts = bot.whispers("339 kr")[0]["ts"]
    reply_of(bot, text="28 days: 350 kr.")
    bot.do("action", ts=ts, action_id="window")
    assert len(bot.whispers("350 kr")) == 1
    assert len(bot.look()["ephemerals"]) == 1


def test_sharing_posts_the_answer_for_everybody(bot):
    """Share puts the same answer into the channel."""
    reply_of(bot, blocks=actions(button("share", "channel google")))
    bot.do("command", text="/perf channel google")
    ts = bot.whispers("339 kr")[0]["ts"]
    bot.do("action", ts=ts, action_id="share")
    assert bot.until(lambda s: [m for m in messages_of(s, PERFORMANCE) if "339 kr" in m["text"]])


def test_the_same_event_twice_is_heard_once(bot):
    """Slack delivers an event again: nobody answers twice."""
    ts = bot.post()
    bot.do("fault", kind="duplicate_event")
    bot.do("message", text="ack", thread_ts=ts)
    bot.heard("thread")
    bot.settle_down()
    assert len(bot.desk.heard) == 1


def test_a_lost_acknowledgement_is_not_answered_twice(bot):
    """Slack did not see the ack and retries: the second delivery only gets its ack."""
    ts = bot.post()
    bot.do("fault", kind="drop_ack")
    bot.do("message", text="ack", thread_ts=ts)
    bot.heard("thread")
    bot.settle_down()
    assert len(bot.desk.heard) == 1


def test_an_error_is_one_sentence_to_the_asker(bot):
    """What the desk cannot do is said to the person, in their language."""
    bot.desk.fails = UnknownName("channel", "gogle", ["google"])
    bot.do("command", text="/perf channel gogle", user="ola")
    (whisper,) = bot.whispers("gogle")
    assert whisper["text"].startswith("nb:")
    assert whisper["user"] == OLA


def test_a_bug_is_said_too(bot, caplog):
    """An unexpected error in an event listener reaches the person, and the log has the rest."""
    bot.desk.fails = RuntimeError("a bug")
    bot.do("message", text="ack", thread_ts=bot.post())
    assert bot.whispers("not kept: something went wrong")
    assert "Traceback" in caplog.text


def test_blocks_slack_does_not_know_are_left_out(bot):
    """Where Slack refuses a chart the answer comes without it."""
    section = {"type": "section", "text": plain("Google")}
    chart = {"type": "data_visualization", "title": 7}
    reply_of(bot, blocks=[section, chart])
    bot.do("command", text="/perf channel google")
    (whisper,) = bot.whispers("339 kr")
    assert [block["type"] for block in whisper["blocks"]] == ["section"]


def test_broken_blocks_leave_at_least_the_text(bot):
    """Where Slack refuses the rest too, the text alone is shown."""
    reply_of(bot, blocks=[{"type": "section"}])
    bot.do("message", text="@perfbot advice")
    assert bot.until(lambda s: [m for m in messages_of(s, PERFORMANCE) if "339 kr" in m["text"]])


def test_a_short_rate_limit_is_waited_out(bot):
    """Two 429s on the way to an answer cost it two seconds, no more."""
    bot.do("fault", kind="rate_limited", times=2, method="chat.postMessage", seconds=0)
    before = time.monotonic()
    bot.do("message", text="@perfbot advice")
    assert bot.until(lambda s: [m for m in messages_of(s, PERFORMANCE) if "339 kr" in m["text"]])
    assert time.monotonic() - before < 5


def test_buttons_nobody_knows_are_acknowledged(bot):
    """A link button, or one of an older version, does nothing and shows no error."""
    ts = bot.post(blocks=actions(button("old.thing")))
    bot.do("action", ts=ts, action_id="old.thing")
    bot.do("react", ts=ts, name="eyes")
    bot.do("react", ts=ts, name="eyes", remove=True)
    bot.settle_down()
    assert [call[0] for call in bot.desk.heard] == ["reaction"]


def messages_of(state, channel):
    return [message for message in state["messages"] if message["channel"] == channel]


def thread_of(state, thread_ts):
    found = [message for message in state["messages"] if message.get("thread_ts") == thread_ts]
    return [message for message in found if message["ts"] != thread_ts]


def test_subscribing_where_we_are_not_says_so(bot):
    """The digest is kept; that perfbot must be invited is said at once, not by its absence."""
    reply_of(bot, text="The summary comes here.")
    bot.desk.reply = Promise("The summary comes here.", posts_to="C0GENERAL")
    bot.do("command", channel="general", text="/perf subscribe 07:30")
    assert bot.whispers("summary comes here")[0]["channel"] == "C0GENERAL"
    assert "/invite @perfbot" in bot.whispers("not in that channel yet")[0]["text"]


def test_subscribing_where_we_are_says_nothing_of_it(bot):
    """A member needs no invitation."""
    bot.desk.reply = Promise("The summary comes here.", posts_to=PERFORMANCE)
    bot.do("command", text="/perf subscribe 07:30")
    bot.whispers("summary comes here")
    bot.settle_down()
    assert len(bot.look()["ephemerals"]) == 1


@dataclass(frozen=True)
class Promise:
    """A reply that something will come to a channel."""

    text: str
    blocks: tuple = ()
    response_type: str = "ephemeral"
    modal: None = None
    posts_to: str = ""


def test_a_form_that_comes_too_late_says_so(bot):
    """Slack's three seconds were over before the modal was ready: that is said, not swallowed."""
    bot.desk.slow = 3.4
    ts = bot.post(blocks=actions(button("advice.evidence")))
    bot.do("action", ts=ts, action_id="advice.evidence")
    assert "three seconds" in bot.whispers("Press again")[0]["text"]


def test_a_form_slack_hangs_up_on_is_said_and_no_traceback(bot, caplog):
    """However often the line is cut: one sentence to the person, one line in the log."""
    ts = bot.post(blocks=actions(button("advice.evidence")))
    bot.do("fault", kind="hang_up", method="views.open", times=9)
    bot.do("action", ts=ts, action_id="advice.evidence")
    assert "Slack did not answer me" in bot.whispers("Slack did not answer me")[0]["text"]
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "hang_up"])
def test_an_address_that_fails_is_tried_again(bot, fault):
    """A response_url that answers 500, 429 or nothing: the answer comes all the same."""
    bot.do("fault", kind=fault, method="response_url", times=2, seconds=0)
    bot.do("command", text="/perf advice")
    assert bot.whispers("339 kr")


def test_an_address_that_is_used_up_is_gone_around(bot):
    """404 from the address: what is for one person reaches them by the Web API."""
    bot.desk.slow = 0.3
    bot.do("command", text="/perf advice")
    bot.workspace.state.response_urls.clear()
    assert bot.whispers("339 kr")


def test_what_everybody_sees_is_not_posted_twice(bot):
    """A shared answer whose acknowledgement was lost is looked for before it is said again."""
    ts = bot.post(blocks=actions(button("share", "channel google")))
    bot.do("fault", kind="lost_answer", method="response_url")
    bot.do("action", ts=ts, action_id="share")
    shared = lambda s: [m for m in s["messages"] if "339 kr" in m["text"]]  # noqa: E731
    bot.until(shared)
    bot.settle_down(1.5)
    assert len(shared(bot.look())) == 1


def test_a_failed_look_at_a_person_is_not_remembered(bot):
    """Slack does not know Ola for a moment: the next answer is in his language again."""
    bot.do("fault", kind="api_error", method="users.info", error="internal_error")
    bot.do("command", text="/perf", user="ola")
    bot.heard("ask", 1)
    bot.do("command", text="/perf", user="ola")
    assert bot.heard("ask", 2)[-1][2][2] == "nb"

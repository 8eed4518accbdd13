"""A morning over the wire, by socket and by HTTP: asked, told, answered, undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.blockkit import validate


def first(day):
    return day.items()[0]


def answered(day, ts):
    """The message of that ts, once it no longer offers Acknowledge."""

    def found(state):
        message = next(one for one in state["messages"] if one["ts"] == ts)
        return None if "advice.acknowledge" in str(message["blocks"]) else message

    return day.until(found)


def test_a_channel_is_answered_to_the_asker(day):
    """`/perf channel google` brings numbers to Kari, in valid blocks, and posts nothing."""
    day.do("command", text="/perf channel google")
    (whisper,) = day.whispers()
    assert "Google" in whisper["text"]
    assert validate(whisper["blocks"]) == []
    assert day.messages() == []


def test_ola_is_answered_in_norwegian(day):
    """His Slack is Norwegian, and so is the answer."""
    day.do("command", text="/perf hjelp", user="ola")
    day.do("command", text="/perf help", user="kari")
    texts = {w["user"]: w["text"] for w in day.until(lambda s: two(s["ephemerals"]))}
    assert len(set(texts.values())) == 2


def two(found):
    return found if len(found) == 2 else None


def test_an_unknown_channel_gets_the_nearest(day):
    """`gogle` is answered with a button that shows google, which then does."""
    day.do("command", text="/perf channel gogle")
    (whisper,) = day.whispers("gogle")
    action = next(b for b in whisper["blocks"] if b["type"] == "actions")["elements"][0]
    day.do("action", ts=whisper["ts"], action_id=action["action_id"])
    assert day.until(lambda s: [w for w in s["ephemerals"] if "Google" in w["text"]])


def test_the_digest_has_its_advice_in_the_thread(posted):
    """One digest, and each piece of advice in its thread with its buttons; all valid."""
    (parent,) = posted.digests()
    assert parent["text"]
    assert posted.items()
    for message in [parent, *posted.items()]:
        assert validate(message["blocks"]) == []
    assert all("advice.acknowledge" in str(item["blocks"]) for item in posted.items())


def test_acknowledging_edits_the_message_and_adds_one_line(posted):
    """The buttons give way to who did it; the thread gets one line; nobody is mentioned."""
    ts = first(posted)["ts"]
    posted.do("action", ts=ts, action_id="advice.acknowledge")
    message = answered(posted, ts)
    assert "Kari" in str(message)
    assert "<@" not in str(message)
    assert "advice.undo" in str(message["blocks"])
    (line,) = posted.until(lambda _: posted.lines())
    assert "Kari" in line


def test_undoing_brings_the_buttons_back(posted):
    """Undo reopens, visibly: buttons again, and a second line."""
    ts = first(posted)["ts"]
    posted.do("action", ts=ts, action_id="advice.acknowledge")
    answered(posted, ts)
    posted.do("action", ts=ts, action_id="advice.undo", user="ola")
    posted.until(lambda s: "advice.acknowledge" in str(message_of(s, ts)["blocks"]))
    assert len(posted.until(lambda _: two(posted.lines()))) == 2


def message_of(state, ts):
    return next(one for one in state["messages"] if one["ts"] == ts)


def test_a_reply_acknowledges_by_number(posted):
    """`ack 2` in the thread answers the second piece of advice."""
    (parent,) = posted.digests()
    second = posted.items()[1]["ts"]
    posted.do("message", text="ack 2", thread_ts=parent["ts"])
    answered(posted, second)
    assert "advice.acknowledge" in str(message_of(posted.look(), first(posted)["ts"])["blocks"])


def test_a_check_mark_acknowledges(posted):
    """A check mark on a piece of advice is an answer."""
    ts = first(posted)["ts"]
    posted.do("react", ts=ts, name="white_check_mark")
    assert "Kari" in str(answered(posted, ts))


def test_snoozing_and_dismissing(posted):
    """Three days from a menu; a reason from a modal."""
    one, other = (item["ts"] for item in posted.items()[:2])
    snooze = next(e for e in elements(posted, one) if e["action_id"] == "advice.snooze")
    value = next(o["value"] for o in snooze["options"] if o["value"].startswith("3d"))
    posted.do("action", ts=one, action_id="advice.snooze", value=value)
    answered(posted, one)
    posted.do("action", ts=other, action_id="advice.dismiss")
    posted.until(lambda s: s["views"])
    posted.do("submit_view", values={"reason": {"reason": "known"}, "note": {"note": "Frozen."}})
    assert "Frozen." in str(answered(posted, other))


def elements(day, ts):
    blocks = message_of(day.look(), ts)["blocks"]
    return [e for block in blocks if block["type"] == "actions" for e in block["elements"]]


def test_two_people_at_once_have_one_winner(posted):
    """Kari and Ola press at the same moment: one answer, one line, one told that it was taken."""
    ts = first(posted)["ts"]

    def press(user):
        posted.do("action", ts=ts, action_id="advice.acknowledge", user=user)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, ["kari", "ola"]))
    answered(posted, ts)
    assert posted.whispers()
    assert len(posted.until(lambda _: posted.lines())) == 1


def test_the_same_reply_twice_is_one_answer(posted):
    """Slack delivers a reply twice: one line."""
    (parent,) = posted.digests()
    posted.do("fault", kind="duplicate_event")
    posted.do("message", text="ack 1", thread_ts=parent["ts"])
    answered(posted, first(posted)["ts"])
    posted.do("message", text="ack 2", thread_ts=parent["ts"])
    posted.until(lambda _: two(posted.lines()))
    assert len(posted.lines()) == 2


def test_a_rate_limit_delays_an_answer_and_loses_nothing(posted):
    """Slack asks for a minute in the middle of an answer: a minute later both are there."""
    ts = first(posted)["ts"]
    posted.do("fault", kind="rate_limited", method="chat.update", seconds=60)
    posted.do("action", ts=ts, action_id="advice.acknowledge")
    posted.until(lambda _: posted.lines())
    assert "advice.acknowledge" in str(message_of(posted.look(), ts)["blocks"])
    posted.clock.wait(seconds=61)
    posted.tick()
    answered(posted, ts)
    assert len(posted.lines()) == 1


def test_a_digest_whose_answer_was_lost_is_not_posted_twice(day):
    """Slack posted it, the answer got lost: after a look there is still one."""
    day.subscribe()
    day.do("fault", kind="lost_answer", method="chat.postMessage")
    day.tick()
    day.clock.wait(minutes=2)
    day.tick()
    assert len(day.digests()) == 1
    assert day.items()


def test_subscribing_from_the_modal_gives_a_digest(day):
    """`/perf subscribe`, filled in and sent: tomorrow there is a digest at that time."""
    day.do("command", text="/perf subscribe")
    day.until(lambda s: s["views"])
    day.do(
        "submit_view",
        values={
            "subscribe_time": {"subscribe.time": "08:15"},
            "subscribe_zone": {"subscribe.zone": "Europe/Oslo"},
            "subscribe_language": {"subscribe.language": "nb"},
        },
    )
    day.until(lambda _: day.context.store.subscriptions())
    day.clock.wait(minutes=44)
    day.tick()
    assert day.digests() == []
    day.clock.wait(minutes=2)
    day.tick()
    assert len(day.digests()) == 1


def test_home_and_mentions(day):
    """The Home tab is there, and a question in the open is answered in its thread."""
    day.do("open_home")
    assert day.until(lambda s: s["homes"])
    said = day.do("message", text="@perfbot channel google")
    day.until(lambda s: [m for m in s["messages"] if m.get("thread_ts") == said["ts"]])

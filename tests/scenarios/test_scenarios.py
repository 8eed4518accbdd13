"""What a team does with perfbot, from outside: any Slack that speaks the protocol will do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


def first(scene):
    return scene.items()[0]


def test_a_question_is_answered_to_the_asker_and_shared(scene):
    """`/perf channel google` is for Kari alone; Share puts it into the channel, once."""
    before = len(scene.channel())
    scene.command("kari", "/perf channel google")
    answer = scene.told("kari", "Google")
    assert scene.whispers("ola") == []
    assert len(scene.channel()) == before
    scene.press("kari", answer, "share")
    shared = scene.appeared(before)
    assert "Google" in shared["text"]
    assert len(scene.channel()) == before + 1


def test_the_digest_comes_once_with_its_advice_in_the_thread(scene):
    """One message in the channel, conclusions in its text; each advice below has its buttons."""
    (digest,) = scene.digests()
    assert digest["text"]
    assert digest["blocks"]
    assert scene.items()
    for item in scene.items():
        for action in ("acknowledge", "progress", "snooze", "dismiss", "evidence"):
            assert f"advice.{action}" in str(item["blocks"])


def test_a_button_acknowledges_and_undo_takes_it_back(scene):
    """The buttons give way to who did it, one line follows; Undo brings them back, and a line."""
    item = first(scene)
    scene.press("kari", item, "advice.acknowledge")
    assert scene.name("kari") in str(scene.answered(item)["blocks"])
    assert scene.name("kari") in scene.line(1)
    scene.press("ola", item, "advice.undo")
    scene.reopened(item)
    assert scene.name("ola") in scene.line(2)


def test_a_reply_acknowledges_by_number(scene):
    """`ack 2` in the thread is an answer to the second piece of advice, and to no other."""
    (digest,), one, two = scene.digests(), *scene.items()[:2]
    scene.say("kari", "ack 2", digest["ts"])
    scene.answered(two)
    assert "advice.acknowledge" in str(scene.message(one)["blocks"])


def test_a_reaction_acknowledges(scene):
    """A check mark on a piece of advice is an answer."""
    item = first(scene)
    scene.react("ola", item, "white_check_mark")
    assert scene.name("ola") in str(scene.answered(item)["blocks"])


def test_dismissing_asks_for_a_reason(scene):
    """A modal opens; what is written in it stands on the advice."""
    item = first(scene)
    scene.press("kari", item, "advice.dismiss")
    assert scene.view("kari")["blocks"]
    scene.submit("kari", reason={"reason": "known"}, note={"note": "Frozen until Friday."})
    assert "Frozen until Friday." in str(scene.answered(item)["blocks"])


def test_snoozing_says_until_when(scene):
    """Three days from the menu: the advice is put off, and can be taken up again."""
    item = first(scene)
    scene.press("kari", item, "advice.snooze", option(item, "advice.snooze", "3d"))
    assert "advice.undo" in str(scene.answered(item)["blocks"])


def option(item, action, start):
    """The value of a menu's option that starts like that."""
    blocks = (block for block in item["blocks"] if block["type"] == "actions")
    menus = (each for block in blocks for each in block["elements"] if each.get("options"))
    menu = next(each for each in menus if each["action_id"] == action)
    return next(each["value"] for each in menu["options"] if each["value"].startswith(start))


def test_two_people_at_once_have_one_winner(scene):
    """Kari and Ola press at the same moment: one answer, one line, the other is told who won."""
    item = first(scene)
    with ThreadPoolExecutor(2) as pool:
        press = lambda user: scene.press(user, item, "advice.acknowledge")  # noqa: E731
        list(pool.map(press, ["kari", "ola"]))
    scene.answered(item)
    line = scene.line(1)
    winner, loser = ("kari", "ola") if scene.name("kari") in line else ("ola", "kari")
    scene.told(loser, scene.name(winner))
    assert len(scene.lines()) == 1


def test_a_mention_is_answered_in_its_thread(scene):
    """`@perfbot channel google` in the open gets its answer below the question."""
    name = scene.web.auth_test()["user"]
    asked = scene.say("kari", f"@{name} channel google")
    assert "Google" in scene.replied(asked)["text"]


def test_an_unknown_command_is_answered_with_the_nearest(scene):
    """`/perf chanel google` and `/perf channel gogle` are met halfway; nothing is posted."""
    before = len(scene.channel())
    scene.command("kari", "/perf chanel google")
    scene.told("kari", "channel")
    scene.command("ola", "/perf channel gogle")
    scene.told("ola", "oogle")
    assert len(scene.channel()) == before


def test_hostile_names_stay_text(scene):
    """A campaign named like a mention, a link and markup calls nobody and links nowhere."""
    scene.command("kari", "/perf campaign Launch <!channel> <@U0KARI001>")
    answer = scene.told("kari", "Launch")
    assert "evil.example" in str(answer["blocks"])
    inert(answer)


def inert(message):
    """No mention, no broadcast, no link to elsewhere: in the text, and anywhere in the blocks."""
    for raw in ("<!channel", "<@U0KARI001", "<https://evil"):
        assert raw not in message["text"]
    for node in nodes(message["blocks"]):
        assert node.get("type") not in ("user", "broadcast", "usergroup")
        assert "evil.example" not in str(node.get("url", ""))
        if node.get("type") == "mrkdwn":
            assert not any(raw in node["text"] for raw in ("<!", "<@", "<https://evil"))


def nodes(tree):
    found = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    if isinstance(tree, dict):
        yield tree
    for each in found:
        yield from nodes(each)


def test_a_rate_limit_is_waited_out(scene):
    """429 with Retry-After in the middle of an answer: a second later edit and line are there."""
    item = first(scene)
    scene.fault("rate_limited", method="chat.update", seconds=1)
    scene.press("kari", item, "advice.acknowledge")
    scene.answered(item)
    scene.line(1)


def test_a_lost_connection_comes_back(scene):
    """The line to Slack is cut without a word: the next question is answered again."""
    scene.fault("disconnect", abrupt=True)
    scene.comes_back()
    scene.command("kari", "/perf help")
    scene.told("kari", "/perf")


def test_a_forged_delivery_is_turned_away(scene):
    """By HTTP a wrong signature changes nothing; a socket has none to forge."""
    item = first(scene)
    if scene.mode == "http":
        scene.fault("bad_signature")
        with pytest.raises(AssertionError, match="401"):
            scene.press("kari", item, "advice.acknowledge")
        assert "advice.acknowledge" in str(scene.message(item)["blocks"])
    scene.press("kari", item, "advice.acknowledge")
    scene.answered(item)


def test_an_event_delivered_twice_is_handled_once(scene):
    """Slack says it twice: one answer to a question, one line to a reply, and no sorry."""
    scene.fault("duplicate_event", times=2)
    asked_once(scene)
    scene.fault("duplicate_event")
    answered_once(scene)


def test_an_event_sent_again_is_handled_once(scene):
    """Our acknowledgement got lost, Slack retries (X-Slack-Retry-Num by HTTP): the same."""
    scene.fault("drop_ack", times=2)
    asked_once(scene)
    scene.fault("drop_ack")
    answered_once(scene)


def asked_once(scene):
    """A mention is two events, message and app_mention: both come again, one answer does."""
    asked = scene.say("kari", f"@{scene.web.auth_test()['user']} channel google")
    scene.replied(asked)
    scene.settled()
    assert len(scene.thread(asked)) == 1


def answered_once(scene):
    (digest,), item = scene.digests(), first(scene)
    scene.say("kari", "ack 1", digest["ts"])
    scene.answered(item)
    scene.settled()
    assert len(scene.lines()) == 1
    assert scene.whispers("kari") == []


def test_a_restart_between_digest_and_answer_loses_nothing(scene, perfbot):
    """Killed and started again: no second digest, and yesterday's buttons still work."""
    item = first(scene)
    scene.settled()  # killed in the middle of a post, it would look twice before the next one
    perfbot.kill()
    perfbot.start()
    scene.press("kari", item, "advice.acknowledge")
    scene.answered(item)
    assert len(scene.digests()) == 1
    assert len(scene.items()) == len({each["ts"] for each in scene.items()})

"""A day played in Slack: the digest, every button, menu, form and modal, threads and reactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tape import door
from tests.tape.play import KARI, OLA, Entry, Player, pressable

WHOLE = (0, 3)  # the pieces of advice whose every button is pressed: a fault, and a shift
LINES = (
    *("ack 2", "undo 2", "ok", "nei", "snooze 3 3d", "angre 3", "jobber med det 5", "ack 9"),
    *("dismiss 1: we know", "undo 1", "ack 4 half", "undo 4", "ack 4 400", "undo 4"),
    *("snooze 2 until 2026-12-01", "undo 2", "let us talk tomorrow", "ack 0", "snooze 2 400d"),
    *("done 1", "undo 1", "angre", "ja 2", "undo 2"),
)
TALK = (
    *("@perfbot channel google", "@perfbot how is generic doing?", "@perfbot", "@perfbot takk"),
    *("channel google", "good morning everybody"),
)
DIRECT = ("channel google", "hvordan går det med google?", "hello", "campaign genric", "takk!")


def played(path: Path) -> list[Entry]:
    """The whole day, in one go: each act finds what those before it left."""
    with door.morning(path) as morning:
        player = Player(morning)
        morning.subscribe()
        morning.tick()
        player.note("the digest is posted")
        for act in (_items, _threads, _reactions, _talk, _home, _target, _plan, _threshold):
            act(player)
        for act in (_summaries, _reader, _commands, _answered_on_home, _tomorrow):
            act(player)
        return player.entries


def _items(player: Player) -> None:
    """Each button of each piece of advice, taken back after it."""
    for number, item in enumerate(player.items()):
        if number not in WHOLE:
            _modal(player, number, "advice.evidence")
            _press(player, number, "advice.acknowledge")
            _press(player, number, "advice.undo")
            continue
        for action in ("acknowledge", "progress"):
            _press(player, number, f"advice.{action}")
            _press(player, number, f"advice.{action}", user=OLA)  # both at once: one is late
            _press(player, number, "advice.undo")
        for value in _choices(item, "advice.snooze"):
            _press(player, number, "advice.snooze", value=value)
            if value.startswith("date"):
                _send(player, {"until": "2026-11-20"})
                _press(player, number, "advice.snooze", value=value)
                _send(player, {"until": "2026-12-04"})
            _press(player, number, "advice.undo")
        for action in ("advice.evidence", "advice.dismiss", "advice.partly"):
            _modal(player, number, action)


def _press(player: Player, number: int, action: str, **more: Any) -> None:
    item = player.items()[number]
    if any(each["action_id"] == action for each in pressable(item["blocks"])):
        told = f"item {number + 1}: {action} {more or ''}".strip()
        player.press(told, item, action, **more)
    elif more.get("user") == OLA:  # Ola's page still shows the buttons of a moment ago
        return


def _modal(player: Player, number: int, action: str) -> None:
    _press(player, number, action)
    if not player.views:
        return
    if action == "advice.dismiss":
        _send(player, {"reason": "known", "note": "<@U0OLA0001> said *so* & more"})
        _press(player, number, "advice.undo")
        _press(player, number, action, user=OLA)
        _send(player, {"reason": "other"}, user=OLA)
    elif action == "advice.partly":
        _send(player, {"part": "plenty"})
        _press(player, number, action)
        _send(player, {"part": "50 %"})
    _close(player)
    _press(player, number, "advice.undo")


def _send(player: Player, values: dict[str, Any], user: str = KARI) -> None:
    player.act(f"{user} sends {values}", "submit_view", user=user, values=values)


def _close(player: Player) -> None:
    for view in list(player.views.values()):
        user = KARI if view["of"] == door.KARI else OLA
        player.act("closes the form", "close_view", user=user, all=True)


def _choices(thing: dict[str, Any], action: str) -> list[str]:
    menus = [each for each in pressable(thing["blocks"]) if each["action_id"] == action]
    return [option["value"] for menu in menus for option in menu.get("options", ())]


def _digest(player: Player) -> dict[str, Any]:
    return next(each for each in player.messages() if each["text"].startswith("Good morning"))


def _threads(player: Player) -> None:
    """Lines under the digest and under a piece of advice."""
    ts = _digest(player)["ts"]
    for line in LINES:
        player.act(f"in the thread: {line}", "message", text=line, thread_ts=ts)
    player.act("Ola in the thread: ok 1", "message", user=OLA, text="ok 1", thread_ts=ts)
    player.act("Kari is late: ack 1", "message", text="ack 1", thread_ts=ts)
    player.act("Ola: angre 1", "message", user=OLA, text="angre 1", thread_ts=ts)
    player.act("asks in the thread", "message", text="@perfbot advice", thread_ts=ts)


def _reactions(player: Player) -> None:
    for name in ("white_check_mark", "thumbsup", "heavy_check_mark"):
        for number in (0, 1):
            item = player.items()[number]
            player.act(f"item {number + 1}: :{name}:", "react", ts=item["ts"], name=name)
            player.act("takes it back", "react", ts=item["ts"], name=name, remove=True)
            _press(player, number, "advice.undo")
    ts = _digest(player)["ts"]
    player.act("the digest: :white_check_mark:", "react", ts=ts, name="white_check_mark")


def _talk(player: Player) -> None:
    """What is said to perfbot in the channel, and to it alone."""
    for text in TALK:
        player.act(f"in the channel: {text}", "message", text=text)
    for user in (KARI, OLA):
        for text in DIRECT:
            player.act(f"{user} to perfbot: {text}", "message", user=user, channel="perfbot",
                       text=text)  # fmt: skip


def _home(player: Player) -> None:
    for user, person in ((KARI, door.KARI), (OLA, door.OLA)):
        player.act(f"{user} opens Home", "open_home", user=user)
        for element in pressable(player.home(person)["blocks"]):
            if element["action_id"].startswith(("choose", "advice.evidence")):
                value = element.get("value", "")
                told = f"{user} on Home: {element['action_id']} {value}"
                player.press(told, player.home(person), element["action_id"], user=user,
                             value=value)  # fmt: skip
                _close(player)


def _target(player: Player) -> None:
    home = player.home()
    player.press("Home: target.new", home, "target.new")
    player.press("target.preview", player.top(), "target.preview")
    for values in (
        {"target.channel": "google_ads", "target.cell": "convert/CPA"},
        {"target.channel": "any", "target.pattern": "*brand*"},
        {"target.pattern": "nothing like it", "target.amount": "12"},
        {"target.channel": "google_ads", "target.pattern": "", "target.amount": "312,50"},
    ):
        player.press(f"target.preview {values}", player.top(), "target.preview", values=values)
    for amount in ("plenty", "-3", "312,50"):
        _send(player, {"target.amount": amount})
    player.act("Kari opens Home", "open_home")
    _close(player)


def _plan(player: Player) -> None:
    player.press("Home: plan.new", player.home(), "plan.new")
    for values in (
        {"plan.pattern": "google*"},
        {"plan.pattern": "google*", "plan.stage": "act", "plan.pricing": "CPC"},
        {"plan.pattern": "*b2b*", "plan.channel": "meta_ads", "plan.target": "300"},
    ):
        player.press(f"plan.preview {values}", player.top(), "plan.preview", values=values)
    _send(player, {"plan.pattern": "", "plan.channel": "any"})
    _send(player, {"plan.pattern": "google*", "plan.channel": "any", "plan.stage": "act",
                   "plan.target": "no", "plan.budget": "40 000"})  # fmt: skip
    _send(player, {"plan.target": "22,5", "plan.owner": door.OLA})
    _close(player)
    player.act("Kari opens Home", "open_home")
    player.press("plan.edit", player.home(), "plan.edit", value="google*")
    player.press("plan.remove", player.top(), "plan.remove")
    _close(player)
    player.act("Kari opens Home", "open_home")
    _both_edit(player)


def _both_edit(player: Player) -> None:
    """Ola saves an entry while Kari has it open."""
    pattern = "google_ads:Google | Generic"
    player.press("Kari edits", player.home(), "plan.edit", value=pattern)
    player.act("Ola opens Home", "open_home", user=OLA)
    home = player.home(door.OLA)
    player.press("Ola edits", home, "plan.edit", user=OLA, value=pattern)
    _send(player, {"plan.target": "300"}, user=OLA)
    _send(player, {"plan.target": "320"})
    _send(player, {"plan.target": "320"})
    _close(player)


def _threshold(player: Player) -> None:
    player.act("Kari opens Home", "open_home")
    player.press("Home: threshold.new", player.home(), "threshold.new")
    for cell in ("reach/CPM", "act/CPL", "convert/CPA"):
        player.press(f"threshold.cell {cell}", player.top(), "threshold.cell", value=cell)
    for name in ("room", "pause", "waste"):
        player.press(f"threshold.name {name}", player.top(), "threshold.name", value=name)
    for value in ("1,05", "nothing", "99"):
        player.press(f"threshold.preview {value}", player.top(), "threshold.preview",
                     values={"threshold.value": value})  # fmt: skip
    for value in ("nothing", "-1", "1,05"):
        _send(player, {"threshold.value": value})
    _close(player)
    player.act("Kari opens Home", "open_home")


def _summaries(player: Player) -> None:
    """Subscriptions added, changed and stopped, on Home and by command."""
    player.press("Home: change the summary", player.home(), "home.subscribe", value="C0PERFORM")
    _send(player, {"subscribe.time": "06:45", "subscribe.days": ["1", "3"]})
    player.act("Kari opens Home", "open_home")
    stops = [each["value"] for each in pressable(player.home()) if each["action_id"] == "home.stop"]
    for value in stops:
        player.press(f"Home: home.stop {value}", player.home(), "home.stop", value=value)
    player.act("Kari opens Home", "open_home")
    player.act("/perf subscribe", "command", text="/perf subscribe")
    _send(player, {"subscribe.time": "09:15", "subscribe.language": "nb"})
    player.act("/perf subscribe 06:45", "command", text="/perf subscribe 06:45 weekdays")
    whisper = {**player.whisper(), "channel": "performance"}
    for element in pressable(whisper["blocks"]):
        player.press(f"under it: {element['action_id']}", whisper, element["action_id"])
        _close(player)
    player.act("/perf unsubscribe", "command", text="/perf unsubscribe")


def _reader(player: Player) -> None:
    """Language and time zone chosen on Home."""
    for action, values in (
        ("home.language", ("nb", "en")),
        ("home.zone", ("Europe/London", "Europe/Oslo")),
    ):
        for value in values:
            player.press(f"{action} {value}", player.home(), action, value=value)


def _commands(player: Player) -> None:
    """What is answered about what was done."""
    asked = ("audit", "audit kari", "advice", "targets", "pacing", "outcomes", "find generic",
             "campaign generic", "why-not generic", "digest", "settings", "tests")  # fmt: skip
    for text in asked:
        for user in (KARI, OLA):
            player.act(f"{user}: /perf {text}", "command", user=user, text=f"/perf {text}")


def _answered_on_home(player: Player) -> None:
    player.act("Kari opens Home", "open_home")
    for action in ("advice.progress", "advice.acknowledge", "advice.dismiss"):
        found = [each for each in pressable(player.home()) if each["action_id"] == action]
        if found:
            player.press(f"Home: {action}", player.home(), action, value=found[-1]["value"])
            if player.views:
                _send(player, {"reason": "wrong", "note": ""})
        player.act("Kari opens Home", "open_home")


def _tomorrow(player: Player) -> None:
    """The next morning has its digest, the threads their news."""
    player.morning.subscribe()
    player.morning.clock.turn(days=1)
    player.morning.tick()
    player.note("tomorrow's tick, with no new numbers")
    player.act("/perf advice", "command", text="/perf advice")
    player.act("Kari opens Home", "open_home")

"""Three weeks at work: digests, answers, a plan changed in Slack, a move measured.

Played with the current code it is a part of the tape. Played at a9449ed it left the database and
the messages in `data/`, which the current code must still read: see `dump.py`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.tape import door
from tests.tape.play import KARI, OLA, Entry, Player, pressable

MORNINGS = (2, 3, 5, 9, 13, 14, 17, 18, 20, 23)  # of November 2026
SHIFT = "Move "


def played(path: Path) -> list[Entry]:
    """The weeks, morning by morning; they end with forms left open."""
    with door.morning(path) as morning:
        player = Player(morning)
        morning.plan()
        morning.subscribe()
        for day in MORNINGS:
            _morning(player, day)
        _left_open(player)
        return player.entries


def _morning(player: Player, day: int) -> None:
    player.morning.begin(date(2026, 11, day))
    player.morning.tick()
    player.note(f"the morning of the {day}th")
    act = {2: _first, 5: _plan, 13: _second, 14: _third, 18: _fourth, 20: _fifth}.get(day)
    if act:
        act(player)


def _first(player: Player) -> None:
    """Kari acknowledges the move and makes it; Ola wants a summary of his own."""
    item = _item(player, SHIFT)
    player.press("Kari acknowledges the move", item, "advice.acknowledge")
    player.morning.moved(_value(item))
    player.act("Ola subscribes", "command", user=OLA, text="/perf subscribe 09:00 mon fri nb")
    player.act(
        "Ola settles his zone", "command", user=OLA, text="/perf settings zone Europe/London"
    )


def _plan(player: Player) -> None:
    """A target set on Home, and a threshold."""
    player.act("Kari opens Home", "open_home")
    player.press("a target", player.home(), "target.new")
    values = {"target.channel": "meta_ads", "target.cell": "act/CPL", "target.amount": "180"}
    player.act("and its amount", "submit_view", user=KARI, values=values)
    player.act("Kari opens Home", "open_home")
    player.press("a threshold", player.home(), "threshold.new")
    player.act("and its value", "submit_view", user=KARI, values={"threshold.value": "1,2"})


def _second(player: Player) -> None:
    player.act("Ola asks", "command", user=OLA, text="/perf råd")
    player.act("Kari asks", "command", text="/perf outcomes")


def _third(player: Player) -> None:
    """Ola is on the landing page."""
    item = _item(player, "Check the landing page")
    player.press("Ola is on it", item, "advice.progress", user=OLA)


def _fourth(player: Player) -> None:
    """The creative can wait; the landing page is done."""
    item = _item(player, "Make fresh creative")
    (value,) = [each for each in _choices(item) if each.startswith("3d")]
    player.press("Kari snoozes the creative", item, "advice.snooze", value=value)
    page = _item(player, "Check the landing page")
    player.act("Ola: done", "react", user=OLA, ts=page["ts"], name="white_check_mark")


def _fifth(player: Player) -> None:
    for text in ("outcomes", "audit", "tests", "advice"):
        player.act(f"/perf {text}", "command", text=f"/perf {text}")


def _left_open(player: Player) -> None:
    """The last morning: nothing is answered yet, and four forms are open."""
    player.act("Kari opens Home", "open_home")
    player.act("Ola opens Home", "open_home", user=OLA)
    player.act("Kari asks", "command", text="/perf campaign generic")
    items = [each for each in player.items() if "advice.dismiss" in str(each["blocks"])]
    for item, action in zip(items[-2:], ("advice.dismiss", "advice.evidence"), strict=True):
        player.press(f"{action} stays open", item, action)
        player.act("the next", "close_view", user=KARI) if action == "advice.evidence" else None
    player.press("plan.edit stays open", player.home(door.OLA), "plan.edit", user=OLA,
                 value="google_ads:Google | Generic")  # fmt: skip


def _value(item: dict[str, Any]) -> str:
    """The id of the advice an item is about."""
    return str(next(each["value"] for each in pressable(item["blocks"]) if each.get("value")))


def _choices(item: dict[str, Any]) -> list[str]:
    menus = [each for each in pressable(item["blocks"]) if each["action_id"] == "advice.snooze"]
    return [option["value"] for menu in menus for option in menu["options"]]


def _item(player: Player, words: str) -> dict[str, Any]:
    """The newest piece of advice about that, with its buttons."""
    return [each for each in player.items() if words in each["text"]][-1]

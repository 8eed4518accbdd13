"""Seven weeks at work: digests, answers, a plan changed in Slack, a move measured.

Played with the current code it is a part of the tape. Played at a9449ed it left the database and
the messages in `data/`, which the current code must still read: see `dump.py`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.tape import door, dump
from tests.tape.play import KARI, OLA, Entry, Player, pressable

MORNINGS = ("10-26", "10-27", "10-29", "11-16", "12-05", "12-08", "12-09", "12-14")
SHIFT = "Move "


def played(path: Path) -> list[Entry]:
    """The weeks, morning by morning; they end with forms left open."""
    path.unlink(missing_ok=True)
    return _played(path)[0]


def left_behind(path: Path) -> None:
    """Play the weeks and keep their database, and what Slack shows at their end."""
    dump.write(path, _played(path)[1])


def _played(path: Path) -> tuple[list[Entry], dict[str, Any]]:
    with door.morning(path) as morning:
        player = Player(morning)
        morning.plan()
        morning.subscribe()
        for day in MORNINGS:
            _morning(player, day)
        _left_open(player)
        return player.entries, morning.look()


def _morning(player: Player, day: str) -> None:
    player.morning.begin(date.fromisoformat(f"2026-{day}"))
    player.morning.tick()
    player.note(f"the morning of {day}")
    if day in ACTS:
        ACTS[day](player)


def _first(player: Player) -> None:
    """Kari acknowledges the move and makes it; Ola wants a summary of his own."""
    item = _item(player, SHIFT)
    player.press("Kari acknowledges the move", item, "advice.acknowledge")
    player.morning.moved(_value(item))
    player.act("Ola subscribes", "command", user=OLA, channel="perfbot",
               text="/perf subscribe 09:00 mon fri nb")  # fmt: skip
    player.act("Ola reads English", "command", user=OLA, text="/perf settings language en")


def _plan(player: Player) -> None:
    """A target set on Home, and a threshold."""
    player.act("Kari opens Home", "open_home")
    player.press("a target", player.home(), "target.new")
    values = {"target.channel": "meta_ads", "target.cell": "act/CPL", "target.amount": "180"}
    player.act("and its amount", "submit_view", user=KARI, values=values)
    player.act("Kari opens Home", "open_home")
    player.press("a threshold", player.home(), "threshold.new")
    player.act("and its value", "submit_view", user=KARI, values={"threshold.value": "1,2"})


def _pace(player: Player) -> None:
    """Ola thinks otherwise of the pace."""
    item = _item(player, "Adjust the pace")
    player.press("Ola dismisses the pace", item, "advice.dismiss", user=OLA)
    values = {"reason": "disagree", "note": "We spend it in *December* <3"}
    player.act("and says why", "submit_view", user=OLA, values=values)


def _asks(player: Player) -> None:
    for text in ("outcomes", "audit", "tests", "advice", "targets"):
        player.act(f"Kari: /perf {text}", "command", text=f"/perf {text}")
    player.act("Ola: /perf resultater", "command", user=OLA, text="/perf resultater")


def _page(player: Player) -> None:
    """Ola is on the landing page."""
    item = _item(player, "Check the landing page")
    player.press("Ola is on it", item, "advice.progress", user=OLA)


def _creative(player: Player) -> None:
    """The creative can wait; the landing page is done."""
    item = _item(player, "Make fresh creative")
    (value,) = [each for each in _choices(item) if each.startswith("3d")]
    player.press("Kari snoozes the creative", item, "advice.snooze", value=value)
    page = _item(player, "Check the landing page")
    player.act("Ola: done", "react", user=OLA, ts=page["ts"], name="white_check_mark")


ACTS = {
    "10-26": _first,
    "10-29": _plan,
    "11-16": _pace,
    "12-05": _page,
    "12-09": _creative,
    "12-14": _asks,
}


def _left_open(player: Player) -> None:
    """The last morning: nothing is answered yet, and two forms are open."""
    player.act("Kari opens Home", "open_home")
    player.act("Ola opens Home", "open_home", user=OLA)
    player.act("Kari asks", "command", text="/perf campaign generic")
    items = [each for each in player.items() if "advice.dismiss" in str(each["blocks"])]
    player.press("a dismissal stays open", items[-1], "advice.dismiss")
    player.press("the plan stays open", player.home(door.OLA), "plan.edit", user=OLA,
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

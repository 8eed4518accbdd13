"""Plays the tape: asks, presses, fills in, and takes down what is seen and what the log says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.tape import door, questions

Entry = dict[str, Any]
KARI, OLA, PLACE = "kari", "ola", "performance"
SHOWN = ("text", "blocks", "user", "channel", "thread_ts", "subtype", "reactions", "files")
VIEW = ("type", "title", "submit", "close", "callback_id", "blocks", "private_metadata", "errors")
BATCH = 80  # commands of one process: whoever asks more at once is asked to wait
SLOW = "This takes longer than usual"  # said on a slow machine: it is no answer
MANY = 20  # whispers that are looked through quickly
WITH_BUTTONS = (
    *("help", "channel google", "campaign generic", "why google cpa", "advice", "pacing"),
    *("why-not brand", "compare google meta", "stage convert", "pricing cpa", "campaign"),
    *("channel gogle", "chanel google", "digest", "tests", "targets", "rules", "find generic"),
    *("outcomes", "sources", "settings", "export google", "why", "campaign genric"),
)
DATED = ("board", "advise", "ask", "digest", "why", "why-not", "outcomes")
# What differs from run to run: Slack's ids, its times, addresses on this machine.
NORMAL = (
    (re.compile(r"\b1[67]\d{8}\.\d{6}\b"), "<ts>"),
    (re.compile(r"\bp1[67]\d{14}\b"), "<p-ts>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<slack>"),
    (re.compile(r"<slack>/(response|link|files?|upload)[\w/.-]*"), r"<slack>/\1"),
    (re.compile(r"\b([VFDT])\d{9}\b"), r"<\1>"),
    (re.compile(r'"block_id": "b\d+", '), ""),  # numbered by Slack where perfbot names none
    (re.compile(r"/tmp/[\w./-]+"), "<path>"),
)


def normal(value: Any) -> Any:
    """A value as JSON holds it, without what differs from run to run."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    for pattern, instead in NORMAL:
        text = pattern.sub(instead, text)
    return json.loads(text)


class Player:
    """One morning, acted on; each act is an entry of what came of it."""

    def __init__(self, morning: door.Morning, after: Player | None = None) -> None:
        self.morning = morning
        self.entries: list[Entry] = after.entries if after else []
        self._numbers = after._numbers if after else 0
        self._before = self._look()

    def act(self, name: str, verb: str, /, *, user: str = KARI, **body: Any) -> Entry:
        """Do something in Slack and take down what is new."""
        answer = self.morning.do(verb, **{"user": user, "channel": PLACE, **body})
        return self.note(name, answer)

    def note(self, name: str, answer: Any = None) -> Entry:
        """Take down what is new since the last entry."""
        entry: Entry = {"name": name}
        if answer and (not answer.get("ok") or answer.get("answer")):
            entry["answer"] = {key: answer[key] for key in answer if key not in ("ts", "channel")}
        now = self._look()
        for part, things in now.items():
            new = [thing for key, thing in things.items() if self._before[part].get(key) != thing]
            if new or (part == "views" and set(things) != set(self._before[part])):
                entry[part] = new
        self._before = now
        entry["events"] = self._events()
        self.entries.append(normal(entry))
        return entry

    def _events(self) -> list[dict[str, Any]]:
        found = self.morning.events(self._numbers)
        self._numbers = found[-1]["number"] if found else self._numbers
        return [
            {key: row[key] for key in ("actor", "kind", "subject")}
            | {"details": json.loads(row["details"])}
            for row in found
        ]

    def _look(self) -> dict[str, dict[str, Any]]:
        state = self.morning.look()
        views = {each["id"]: _of(each, VIEW) | {"of": each["user"]} for each in state["views"]}
        return {
            "messages": {
                each["ts"]: _of(each, SHOWN)
                for each in state["messages"]
                if not str(each.get("text", "")).startswith(SLOW)
            },
            "whispers": {
                each["ts"]: _of(each, SHOWN)
                for each in state["ephemerals"]
                if not str(each.get("text", "")).startswith(SLOW)
            },
            "views": views,
            "homes": {user: _of(view, VIEW) for user, view in state["homes"].items()},
        }

    def clear(self) -> None:
        """Forget in Slack what was said so far, so that looking at it stays quick."""
        if len(self._before["whispers"]) > MANY:
            self.morning.clear()
            self._before = self._look()

    # Finding what to press

    @property
    def views(self) -> dict[str, Any]:
        """Open modals, as the last act left them."""
        return self._before["views"]

    def messages(self) -> list[dict[str, Any]]:
        return self.morning.look()["messages"]

    def items(self) -> list[dict[str, Any]]:
        """Advice with buttons in #performance, the oldest first."""
        found = [each for each in self.messages() if _elements(each, "advice.")]
        return sorted(found, key=lambda each: each["ts"])

    def whisper(self) -> dict[str, Any]:
        return self.morning.look()["ephemerals"][-1]

    def home(self, user: str = door.KARI) -> dict[str, Any]:
        return self.morning.look()["homes"][user]

    def top(self) -> dict[str, Any]:
        return self.morning.look()["views"][-1]

    def press(self, name: str, thing: dict[str, Any], action: str, /, **more: Any) -> Entry:
        """Press a button of a message, a modal or a Home tab."""
        where = {"view_id": thing["id"]} if "ts" not in thing else {"ts": thing["ts"]}
        if "channel" in thing and "ts" in thing:
            where["channel"] = thing["channel"]
        return self.act(name, "action", action_id=action, **{**where, **more})


def _of(thing: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: thing[key] for key in keys if thing.get(key)}


def _elements(thing: dict[str, Any], start: str) -> list[dict[str, Any]]:
    return [each for each in pressable(thing) if each["action_id"].startswith(start)]


def pressable(thing: Any) -> list[dict[str, Any]]:
    """Every button and menu in a message or view, in order."""
    if isinstance(thing, dict):
        own = [thing] if thing.get("action_id") else []
        return own + [found for value in thing.values() for found in pressable(value)]
    if isinstance(thing, list):
        return [found for value in thing for found in pressable(value)]
    return []


def commands(path: Path) -> list[Entry]:
    """Every `/perf` command, by Kari and every third by Ola, before any digest."""
    player, texts = None, list(enumerate(questions.commands()))
    for start in range(0, len(texts), BATCH):
        with door.morning(path) as morning:
            player = Player(morning, player)
            for number, text in texts[start : start + BATCH]:
                for user in (KARI, OLA) if number % 3 == 0 else (KARI,):
                    _ask(player, user, text)
    return player.entries if player else []


def _ask(player: Player, user: str, text: str) -> None:
    player.act(f"{user}: /perf {text}", "command", user=user, text=f"/perf {text}")
    if player.views:
        player.act(f"{user}: closes it", "close_view", user=user, all=True)
    player.clear()


def buttons(path: Path) -> list[Entry]:
    """Every button under an answer, each with another question behind it once."""
    player, pressed = None, set()
    for start in range(0, len(WITH_BUTTONS), 8):
        with door.morning(path) as morning:
            player = Player(morning, player)
            for text in WITH_BUTTONS[start : start + 8]:
                _press_all(player, text, pressed)
    return player.entries if player else []


def _press_all(player: Player, text: str, pressed: set[tuple[str, str]]) -> None:
    player.act(f"/perf {text}", "command", text=f"/perf {text}")
    for element in pressable(player.whisper()["blocks"]):
        for value in _values(element):
            key = (element["action_id"], value)
            if key not in pressed and not element["action_id"].startswith("advice."):
                _press(player, text, element, value)
            pressed.add(key)


def _press(player: Player, text: str, element: dict[str, Any], value: str) -> None:
    """Ask again, and press a button under the answer."""
    player.act(f"/perf {text}", "command", text=f"/perf {text}")
    more = {"value": value} if "options" in element else {}
    whisper, action = {**player.whisper(), "channel": PLACE}, element["action_id"]
    player.press(f"/perf {text}: {action} {value}", whisper, action, **more)
    if player.views:
        player.act("closes it", "close_view", all=True)
    player.clear()


def _values(element: dict[str, Any]) -> list[str]:
    options = [each["value"] for each in element.get("options", ())]
    return options or [str(element.get("value", ""))]


def asked() -> list[tuple[str, str]]:
    """Each question with the language it is asked in: commands in both, sentences in their own."""
    typed = [(text, language) for text in questions.commands() for language in ("en", "nb")]
    spoken = [(text, each) for each in ("en", "nb") for text in questions.sentences(each)]
    return [*typed, *spoken]


def answers(path: Path) -> list[Entry]:
    """Each question as the first thing a process is asked."""
    desk = door.Desk(path)
    entries = []
    for text, language in asked():
        desk.forget()
        entries.append(answer(desk, text, language))
    desk.close()
    return entries


def answer(desk: door.Desk, text: str, language: str) -> Entry:
    return normal({"name": f"{language}: {text}", "reply": desk.ask(text, language)})


def command_line(path: Path) -> list[Entry]:
    """`perfbot` and its words, in this process."""
    entries = []
    for words in questions.cli():
        dated = ["--as-of", door.AS_OF.isoformat()] if words[0] in DATED else []
        result = door.run(*words, *dated, "--db", str(path))
        entries.append(normal({"name": f"perfbot {' '.join(words)}", **result}))
    return entries

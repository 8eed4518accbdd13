"""What each `/perf` command is for, in people's words: docs/commands is made of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.question.vocabulary import COMMANDS
from docs.asking.advice import ADVICE
from docs.asking.numbers import NUMBERS
from docs.asking.parts import PARTS
from docs.asking.running import RUNNING
from docs.asking.shape import Asking

__all__ = ["ASKING", "BUTTONS", "Asking"]

_ALL = {**NUMBERS, **PARTS, **ADVICE, **RUNNING}
ASKING: Mapping[str, Asking] = {name: _ALL.pop(name) for name in COMMANDS} | _ALL

BUTTONS: Mapping[str, str] = {
    "share": "posts the answer for everybody in the channel, with your name",
    "window": "the same question for those days",
    "choose": "asks that question; only you see the answer",
    "advice.evidence": "opens the numbers, the rule, its thresholds and what was checked",
    "advice.acknowledge": "says you have done it; a move is measured from here on",
    "advice.progress": "says somebody is on it: nobody is reminded",
    "advice.partly": "asks how much of the move you made",
    "advice.snooze": "puts it away for a while; it comes back if it is still true",
    "advice.dismiss": "asks why not, and puts it away",
    "advice.undo": "takes the answer back",
    "subscribe.change": "opens a form: language, time zone, summaries",
    "find.open": "goes to the message",
    "file.import": "imports the file that was read out",
    "file.leave": "stores nothing of it",
}

"""A typed question's way: which files carry it to its answer, and what it is called there.

A function carries the question when one of its variables holds
- the text typed, with or without `/perf`, whole or as a list of its words;
- a value of a class called Question, which is what the text is read into;
- or, one step further, a mapping or an object of perfbot's own that holds either.

The way is the files of the functions that are handed it, in the order of the calls. A file entered
again after another was entered is a return. What a question is asked about itself (a method of its
own) is no step. The names are those of all variables that hold it; of `self` there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any

from benchmarks.shape.tracing import under_bot

COMMAND = "/perf"
TYPE = "Question"


class Follower:
    """Follows one question; its `frame` is for `tracing.watching`."""

    def __init__(self, text: str) -> None:
        self.words = text.casefold().split()
        self.path: list[str] = []
        self.names: set[str] = set()

    def counts(self) -> dict[str, int]:
        """Files on the way, returns to a file already left, and names borne."""
        returns = sum(place in self.path[:step] for step, place in enumerate(self.path))
        return {"files": len(set(self.path)), "returns": returns, "names": len(self.names)}

    def frame(self, frame: FrameType, event: str, _argument: Any) -> None:
        """A function of perfbot is entered or left."""
        if event not in {"call", "return"} or _question(frame.f_locals.get("self")):
            return
        names = {name for name, value in frame.f_locals.items() if self.carries(value)}
        self.names |= names
        place = under_bot(frame.f_code)
        if event == "call" and names and self.path[-1:] != [place]:
            self.path.append(place)

    def carries(self, value: Any) -> bool:
        """Whether a value holds the question, itself or one step inside."""
        if self._is(value):
            return True
        if isinstance(value, Mapping) and type(value) is dict:
            return any(self._is(inner) for inner in value.values())
        if not type(value).__module__.startswith("bot."):
            return False
        return any(self._is(inner) for inner in _inside(value))

    def _is(self, value: Any) -> bool:
        if isinstance(value, str):
            words = value.casefold().split()
            return words[words[:1] == [COMMAND] :] == self.words
        if isinstance(value, list | tuple):
            return [str(word).casefold() for word in value] == self.words
        return _question(value)


def _question(value: Any) -> bool:
    return type(value).__name__ == TYPE


def _inside(value: Any) -> Iterable[Any]:
    named = getattr(type(value), "__slots__", ())
    slots = [getattr(value, name, None) for name in named] if isinstance(named, tuple) else []
    return [*vars(value).values(), *slots] if hasattr(value, "__dict__") else slots

"""What somebody typed after /perf, as a question. Pure, forgiving, in English and Norwegian."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.words import COMMAND_OF, COMMANDS, LONGEST_METRIC, METRIC_OF, WINDOWS
from bot.errors import UnknownName

COUNT_WORDS = r"(?:days?|dager|dagers|d|døgn)"
DAYS = re.compile(rf"(?:last |past |siste )?(\d{{1,3}}) ?{COUNT_WORDS}", re.IGNORECASE)
WEEKS = re.compile(r"(?:last |past |siste )?(\d{1,2}) ?(?:weeks?|uker?|w)", re.IGNORECASE)
RANGE = re.compile(r"(\S+?) ?(?:\.\.|–|—) ?(\S+)")
QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»", "„": "“", "‘": "’", "”": "”"}
PREPOSITIONS = ("on", "of", "for", "in", "at", "på", "hos", "i", "av")
FILLERS = ("for", "the", "last", "in", "de", "i", "siste")


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        command: One of `bot.desk.words.COMMANDS`.
        subject: A channel's or campaign's name as typed, without quotes, or "".
        window: As `bot.numbers.windows.parse_window` reads it, or "" where none was given.
        words: The rest as typed (the schedule of `subscribe`).
        metric: Of `why`: a metric's name, or "" where none was given.
    """

    command: str
    subject: str = ""
    window: str = ""
    words: tuple[str, ...] = ()
    metric: str = ""


def parse(text: str) -> Question:
    """Read what was typed, with or without `/perf`.

    Raises:
        UnknownName: Of kind `command`, with the nearest commands.
    """
    words = _tokens(re.sub(r"^\s*/perf\b", "", text, flags=re.IGNORECASE))
    if not words:
        return Question("help")
    command, rest = _command(words)
    if command in {"subscribe", "unsubscribe"}:
        return Question(command, words=tuple(rest))
    subject, window = _split_window(rest)
    if command == "why":
        subject, metric = _split_metric(subject)
        if not window:
            subject, window = _split_window(subject)
        return Question(command, _name(subject), window, tuple(rest), metric)
    return Question(command, _name(subject), window, tuple(rest))


def _tokens(text: str) -> list[str]:
    """Words; what stands in quotes is one word and keeps its opening quote."""
    words: list[str] = []
    text = text.replace("\u00a0", " ").strip()
    while text:
        close = QUOTES.get(text[0])
        end = text.find(close, 1) if close else -1
        if close and end > 0 and text[end + 1 : end + 2] in {"", " ", "\t", "\n"}:
            words.append(f'"{text[1:end]}')
            text = text[end + 1 :].lstrip()
        else:
            word, _, text = re.sub(r"\s+", " ", text).partition(" ")
            words.append(word)
    return words


def _command(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    for length in (2, 1):
        said = " ".join(words[:length]).casefold().rstrip(":")
        if len(words) >= length and said in COMMAND_OF:
            return COMMAND_OF[said], words[length:]
    raise UnknownName("command", words[0].lstrip('"'), nearest_commands(words[0]))


def nearest_commands(given: str) -> tuple[str, ...]:
    """Commands spelled or starting like `given`, nearest first."""
    given = given.casefold().lstrip('"')
    starts = [word for word in COMMAND_OF if len(given) > 1 and word.startswith(given)]
    close = difflib.get_close_matches(given, list(COMMAND_OF), n=3, cutoff=0.6)
    return tuple(dict.fromkeys(COMMAND_OF[word] for word in (*starts, *close)))


def _split_window(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """The window at the end, as many words as it takes, and what stands before it."""
    for length in (4, 3, 2, 1):
        tail = words[-length:] if len(words) >= length else ()
        if tail and not any(word.startswith('"') for word in tail):
            window = window_of(" ".join(tail))
            if window:
                return _without_fillers(words[:-length]), window
    return words, ""


def _split_metric(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """The metric at the end, or at the beginning before a preposition, and the other words."""
    for length in range(min(LONGEST_METRIC, len(words)), 0, -1):
        last, first = (metric_of(" ".join(part)) for part in (words[-length:], words[:length]))
        if last:
            return _without_fillers(words[:-length]), last
        if first and words[length].casefold() in PREPOSITIONS:
            return words[length + 1 :], first
    return words, ""


def metric_of(text: str) -> str:
    """The metric `text` names, in either language, or "" where it names none."""
    return METRIC_OF.get(" ".join(text.casefold().split()), "")


def _without_fillers(words: Sequence[str]) -> Sequence[str]:
    while words and words[-1].casefold() in FILLERS:
        words = words[:-1]
    return words


def window_of(text: str) -> str:
    """The window `text` names, in `parse_window`'s own words, or "" where it names none."""
    said = " ".join(text.casefold().split())
    if said in WINDOWS:
        return WINDOWS[said]
    if days := DAYS.fullmatch(said):
        return f"{int(days[1])}d"
    if weeks := WEEKS.fullmatch(said):
        return f"{7 * int(weeks[1])}d"
    if (dates := RANGE.fullmatch(said)) and any(char.isdigit() for char in said):
        return f"{dates[1]}..{dates[2]}"
    return ""


def _name(words: Sequence[str]) -> str:
    return " ".join(word.removeprefix('"') for word in words).strip()


def usage() -> tuple[str, ...]:
    """The commands, as `help` lists them."""
    return tuple(COMMANDS)

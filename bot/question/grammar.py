"""What somebody typed after /perf, as a question. Pure, forgiving, in English and Norwegian."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import UnknownName
from bot.question.vocabulary import (
    BREAKDOWN_OF,
    COMMAND_OF,
    COMMANDS,
    COMPARE_OF,
    LATEST,
    LONGEST_METRIC,
    LONGEST_WINDOW,
    METRIC_OF,
    STOP_WORDS,
    VERSUS,
    WINDOWS,
)

COUNT_WORDS = r"(?:days?|dager|dagene|dagers|d|døgn)"
LAST = r"(?:(?:the |de )?(?:last |past |siste ))?"
DAYS = re.compile(rf"{LAST}(\d{{1,3}}) ?{COUNT_WORDS}", re.IGNORECASE)
WEEKS = re.compile(rf"{LAST}(\d{{1,2}}) ?(?:weeks?|uker?|ukene|w)", re.IGNORECASE)
RANGE = re.compile(r"(\S+?) ?\.{2,3} ?(\S+)|(\d\S*?) ?[–—…] ?(\d\S*)")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FROM_TO = re.compile(rf"({DAY.pattern})(?: (?:to|til|through) | - )({DAY.pattern})")
DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
HYPHENS = re.compile(r"(?<=\d)[\u2010\u2011\u2212](?=\d)")  # as phones and documents write them
TO_DATE = {"mtd", "wtd", "qtd", "ytd"}
SINCE = re.compile(r"(?:since|siden|from|fra) (?:the )?(.+)")
QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»", "„": "“", "‘": "’", "”": "”"}
PREPOSITIONS = ("on", "of", "for", "in", "at", "på", "hos", "i", "av")
FILLERS = ("for", "the", "last", "in", "de", "i", "siste", "from", "fra")
AND = ("and", "og", "with", "med", "vs", "vs.", "versus", "against", "mot", "kontra")
PLAIN = re.compile(r"[\w-]+")
MOST_WORDS = 100  # of a question; nobody types more, and a pasted page is no question
# These read the words themselves.
BELOW = ("keywords", "ads", "pages", "audiences")  # what goes on below a campaign
AS_TYPED = ("subscribe", "unsubscribe", "share", "settings", "find", "audit", "export")


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        command: One of `bot.question.vocabulary.COMMANDS`.
        subject: A channel's or campaign's name as typed, without quotes, or "".
        window: As `parse_window` reads it, `today`, or "" where none was given.
        words: The rest as typed (the schedule of `subscribe`).
        metric: Of `why`, or of all channels: a metric's name, or "" where none was given; of
            `audiences` one of `bot.question.vocabulary.BREAKDOWNS`.
        compare: What to compare with: `previous`, `week`, `month`, `year`, `target`, a range, "".
    """

    command: str
    subject: str = ""
    window: str = ""
    words: tuple[str, ...] = ()
    metric: str = ""
    compare: str = ""

    def span(self, usual: str = "7d") -> str:
        """Window and comparison as `parse_window` reads them; `usual` where none was given."""
        window = self.window or usual
        dated = self.compare and self.compare != "target"
        return f"{window} vs {self.compare}" if dated else window

    @property
    def when(self) -> str:
        """Window and comparison as the grammar reads them back, "" where neither was given."""
        against = f"vs {self.compare}" if self.compare else ""
        return f"{self.window} {against}".strip()

    @property
    def asks(self) -> str:
        """The question as the grammar reads it back."""
        parts = (self.command, as_subject(self.subject), self.metric, self.when)
        return " ".join(part for part in parts if part)


def as_subject(name: str) -> str:
    """A name as the grammar reads it back as a name: in quotes unless it is one plain word."""
    if not name or (PLAIN.fullmatch(name) and not _means_something(name)):
        return name
    return f'"{name}"' if '"' not in name else f"“{name}”"


def _means_something(word: str) -> bool:
    return bool(window_of(word) or metric_of(word)) or word.casefold() in (*FILLERS, *AND)


def parse(text: str) -> Question:
    """Read what was typed, with or without `/perf`.

    Raises:
        UnknownName: Of kind `command`, with the nearest commands.
    """
    words = tokens(re.sub(r"^\s*/perf\b", "", text, flags=re.IGNORECASE))
    if not words:
        return Question("help")
    command, arguments = _command(words)
    if command in AS_TYPED:
        return Question(command, words=tuple(arguments))
    subject, compare = _split_compare(arguments)
    subject, window = _split_window(subject)
    metric = ""
    if command == "channel" and (metric := metric_of(" ".join(subject))):
        subject = ()  # of every channel
    elif command in BELOW:
        subject, metric = _split_breakdown(_without_preposition(subject))
    elif command == "why":
        subject, metric = _split_metric(subject)
        if not window:
            subject, window = _split_window(subject)
    return Question(command, _name(subject), window, tuple(arguments), metric, compare)


def tokens(text: str) -> list[str]:
    """Words; what stands in quotes is one word and keeps its opening quote."""
    words: list[str] = []
    text = HYPHENS.sub("-", text).replace("\u00a0", " ").strip()
    while text and len(words) < MOST_WORDS:
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
        phrase = " ".join(words[:length]).casefold().rstrip(":")
        if len(words) >= length and phrase in COMMAND_OF:
            return COMMAND_OF[phrase], words[length:]
    raise UnknownName("command", words[0].lstrip('"'), nearest_commands(words[0]))


def nearest_commands(typed_word: str) -> tuple[str, ...]:
    """Commands spelled or starting like `typed_word`, nearest first."""
    typed_word = typed_word.casefold().lstrip('"')
    if typed_word in STOP_WORDS:  # `hvor …` is a sentence, no beginning of `hvorfor`
        return ()
    starts = [word for word in COMMAND_OF if len(typed_word) > 1 and word.startswith(typed_word)]
    close = difflib.get_close_matches(typed_word, list(COMMAND_OF), n=3, cutoff=0.6)
    return tuple(dict.fromkeys(COMMAND_OF[word] for word in (*starts, *close)))


def _split_compare(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """What follows the last `vs`, where it is something to compare with, and the other words."""
    for at in range(len(words) - 1, 0, -1):
        for length in (3, 2, 1):
            if " ".join(words[at - 1 : at - 1 + length]).casefold() in VERSUS:
                comparison, used = _compared(words[at - 1 + length :])
                if comparison:
                    after = words[at - 1 + length + used :]
                    return [*words[: at - 1], *after], comparison
    return words, ""


def _compared(words: Sequence[str]) -> tuple[str, int]:
    """What the first words compare with, and how many they are."""
    for length in range(min(4, len(words)), 0, -1):
        comparison = compare_of(" ".join(words[:length]))
        if comparison:
            return comparison, length
    return "", 0


def compare_of(text: str) -> str:
    """What `text` compares with (see `Question.compare`), or "" where it is nothing of the kind."""
    phrase = " ".join(text.casefold().split())
    if phrase in COMPARE_OF:
        return COMPARE_OF[phrase]
    return _range_of(phrase)


def _split_window(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """The window at the end, as many words as it takes, and what stands before it."""
    for length in range(LONGEST_WINDOW, 0, -1):
        tail = words[-length:] if len(words) >= length else ()
        if tail and not any(word.startswith('"') for word in tail):
            window = window_of(" ".join(tail))
            if window:
                return _without_fillers(words[:-length]), window
    return words, ""


def _split_metric(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """The metric at the end, or at the beginning before a preposition, and the other words."""
    for length in range(min(LONGEST_METRIC, len(words)), 0, -1):
        tail_metric, head_metric = (
            metric_of(" ".join(part)) for part in (words[-length:], words[:length])
        )
        if tail_metric:
            return _without_fillers(words[:-length]), tail_metric
        if head_metric and words[length].casefold() in PREPOSITIONS:
            return words[length + 1 :], head_metric
    return words, ""


def _split_breakdown(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """The breakdown at the end or the beginning (`generic device`), and the other words."""
    for place, remaining in ((-1, words[:-1]), (0, words[1:])):
        if words and (level := BREAKDOWN_OF.get(words[place].casefold())):
            return _without_preposition(_without_fillers(remaining)), level
    return words, ""


def _without_preposition(words: Sequence[str]) -> Sequence[str]:
    """`annonser i Generic`: the name without what leads to it."""
    lead = bool(words) and words[0].casefold() in PREPOSITIONS
    return words[1:] if lead and len(words) > 1 else words


def metric_of(text: str) -> str:
    """The metric `text` names, in either language, or "" where it names none."""
    return METRIC_OF.get(" ".join(text.casefold().split()), "")


def _without_fillers(words: Sequence[str]) -> Sequence[str]:
    while words and words[-1].casefold() in FILLERS:
        words = words[:-1]
    return words


def window_of(text: str) -> str:
    """The window `text` names, in `parse_window`'s own words, or "" where it names none."""
    phrase = " ".join(text.casefold().split())
    if window_name := WINDOWS.get(phrase) or LATEST.get(phrase):
        return window_name
    if days := DAYS.fullmatch(phrase):
        return f"{int(days[1])}d"
    if weeks := WEEKS.fullmatch(phrase):
        return f"{7 * int(weeks[1])}d"
    if since := SINCE.fullmatch(phrase):
        return _since(since[1])
    return _range_of(phrase)


def _since(phrase: str) -> str:
    """From the first day of what is named: `since thursday`, `since 2026-11-12`."""
    forms = (phrase, f"on {phrase}", f"på {phrase}", f"in {phrase}", f"i {phrase}")
    since_name = next(
        (window for form in forms if (window := WINDOWS.get(form) or LATEST.get(form))), ""
    )
    if since_name in {"today", "yesterday"}:
        return since_name
    if since_name in TO_DATE:
        return ""  # `since mtd` is no day: nobody says it, and it may be a name
    since_day, _, until_day = _range_of(phrase).partition("..")
    if until_day != since_day:
        return f"{since_day}..{until_day}"  # `from … to …`
    day = since_name or since_day
    return f"since {re.sub('^(on|in) ', '', day)}" if day else ""


def _range_of(phrase: str) -> str:
    """The range of days `phrase` names, "" where it names none; `1.11.2026` is an ISO date."""
    phrase = DOTTED.sub(lambda day: f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}", phrase)
    if DAY.fullmatch(phrase):
        return f"{phrase}..{phrase}"
    dates = RANGE.fullmatch(FROM_TO.sub(r"\1..\2", phrase))
    if not dates or not any(char.isdigit() for char in phrase):
        return ""
    return "..".join(part for part in dates.groups() if part)


def subjects(question: Question) -> tuple[str, ...]:
    """The names of `compare`: what stands between `and`, `vs` and commas; two words are two."""
    words, _ = _split_window(_split_compare(question.words)[0])
    parts: list[list[str]] = [[]]
    for word in words:
        if word.casefold() in AND or word == ",":
            parts.append([])
        else:
            parts[-1].append(word.rstrip(",") if not word.startswith('"') else word)
            if word.endswith(",") and not word.startswith('"'):
                parts.append([])
    names = [_name(part) for part in parts if part]
    if len(names) == 1 and len(words) == 2:
        names = [_name([word]) for word in words]
    return tuple(name for name in names if name)


def _name(words: Sequence[str]) -> str:
    return " ".join(word.removeprefix('"') for word in words).strip()


def usage() -> tuple[str, ...]:
    """The commands, as `help` lists them."""
    return tuple(COMMANDS)

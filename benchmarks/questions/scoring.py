"""How right a reply is: strict, and by what its reader sees first.

right           It begins with whom it is about, its headline holds the figure in the reader's
                number form (or the names in their order, the day, the fact), and its words are
                among those that would be right.
partly          The same stands further down, or the subject or the words are wanting.
wrong           It answers, but another question.
not understood  perfbot says that it did not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from benchmarks.questions import world
from benchmarks.questions.corpus import Pattern, Question
from benchmarks.questions.figures import Day, Days, Fact, Names, Need, Truth, Value, truths
from benchmarks.questions.numerals import Numeral, dates, numerals
from benchmarks.questions.reading import Seen

CHANNELS = {
    "google_ads": "Google", "meta_ads": "Meta", "linkedin_ads": "LinkedIn", "tiktok_ads": "TikTok",
}  # fmt: skip
BASED = re.compile(
    r"not in the|counts? no|over (all|the)|of (all|its|the)( \S+)? (spend|campaigns)"
    r"|campaigns (that|with|which)|spend (on|of) |teller ingen|ikke (med )?i|av (alt|hele)"
    r"|kampanje(r|ne) (som|med)|over hele|forbruk(et)? (på|til|i) ",
    re.IGNORECASE,
)
HELP = re.compile(
    r"what I understand|don't know the command|kjenner ikke kommandoen|dette forstår jeg"
    r"|hva jeg forstår|did you mean|mente du"
    r"|\A(which|hvilken|hvilket|hvilke) [^.]{0,60}\?",
    re.IGNORECASE,
)
UNKNOWN = re.compile(
    r"(?:(?:don't|didn't|do not|did not) (?:know|understand)"
    r"|(?:forstår|forsto|kjenner) (?:ikke|ingen))"
    r"(?: (?:the command|a command|a name|a campaign|a channel|kommandoen|noen?|som heter|called))*"
    r"(?P<echo>[^.:,?!\n]*)[.?\n]",
    re.IGNORECASE,
)
WHOLE_UNITS_FROM = 10  # "29 kr a sale" is how 28.95 is read; below ten a decimal is due


IN_TABLES = {"which", "compare", "target", "how_much"}  # where a table is the answer
OF_MANY = {"which", "compare", "do"}  # whose answer may begin with any name
OF_ALL = {"how_much", "pace", "forecast", "news", "target", "define", "not_known", "talk"}
SMALL = {"a", "the", "called", "noe", "noen", "en", "et", "som", "heter", "google_ads", "meta_ads",
         "linkedin_ads", "tiktok_ads", "command", "name"}  # fmt: skip


class Score(Enum):
    """What a reply is worth."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    LOST = "not understood"


def score(question: Question, reply: Seen) -> Score:
    """What a reply to a question is worth."""
    if _lost(question, reply):
        return Score.LOST
    if any(each.search(reply.headline) for each in question.must_not):
        return Score.WRONG
    ways = [way for figure in question.figures for way in truths(figure, question.windows)]
    words = reply.top if question.intent in IN_TABLES else reply.prose
    if (
        about(question, reply)
        and _held(ways, reply, question, headline=True)
        and _worded(question, words)
        and _named(question, words)
    ):
        return Score.RIGHT
    anywhere = f"{reply.top}\n{reply.whole}"
    return Score.PARTLY if _partly(question, reply, ways, anywhere) else Score.WRONG


def _partly(question: Question, reply: Seen, ways: list[Truth], anywhere: str) -> bool:
    """Whether it stands further down, or is the change that was asked about without its cause."""
    if not _named(question, anywhere):
        return False
    if ways:
        return _held(ways, reply, question, headline=False)
    what = any(len(each) > 1 and each[0].search(reply.headline) for each in question.accept)
    uncaused = question.intent == "why" and what
    return about(question, reply) and (uncaused or _worded(question, anywhere))


def _lost(question: Question, reply: Seen) -> bool:
    """Whether perfbot says that it did not understand, or only repeats what it did not know."""
    if HELP.search(reply.headline):
        return True
    unknown = UNKNOWN.search(reply.headline)
    if not reply.refused or unknown is None:
        return False
    asked = set(re.findall(r"\w+", question.asked.lower()))
    return set(re.findall(r"\w+", unknown["echo"].lower())) <= asked | SMALL


def about(question: Question, reply: Seen) -> bool:
    """Whether the first line does not begin with another campaign or channel."""
    first = reply.headline.split("\n")[0]
    leads = _leading(first)
    if leads is None or leads == question.subject or question.intent in OF_MANY:
        return True
    if question.subject in CHANNELS:
        inside = _channel(leads) == question.subject
        return inside and question.intent not in OF_ALL
    if question.subject == "account" or ":" in question.subject:
        return question.intent not in OF_ALL
    return _named(question, first)


def _leading(line: str) -> str | None:
    """The campaign or channel a line begins with."""
    campaigns = [name for name in world.plan()["campaign_name"] if line.startswith(name)]
    channels = [name for name, label in CHANNELS.items() if re.match(rf"{label}\b", line)]
    return next(iter((*campaigns, *channels)), None)


def _channel(name: str) -> str:
    campaigns = world.plan().set_index("campaign_name")["channel"].to_dict()
    return str(campaigns.get(name, name))


def _worded(question: Question, words: str) -> bool:
    return not question.accept or any(_all_of(each, words) for each in question.accept)


def _all_of(patterns: Iterable[Pattern], words: str) -> bool:
    return all(each.search(words) for each in patterns)


def _named(question: Question, words: str) -> bool:
    """Whether the campaign or channel the question is about is named."""
    subject = question.subject
    if subject == "account" or ":" in subject:
        return True
    name = CHANNELS.get(subject, subject.rsplit("| ", 1)[-1])
    return re.search(rf"(?<!\w){re.escape(name)}", words, re.IGNORECASE) is not None


def _held(ways: list[Truth], reply: Seen, question: Question, *, headline: bool) -> bool:
    """Whether one way of being right is held whole."""
    return not ways or any(
        all(_holds(need, reply, question.language, headline=headline) for need in way)
        for way in ways
    )


def _holds(need: Need, reply: Seen, language: str, *, headline: bool) -> bool:
    words = reply.headline if headline else reply.whole
    match need:
        case Value():
            return _value(need, words, reply, language)
        case Names():
            return _names(need, reply, words, language)
        case Day():
            days = dates(words if headline else reply.whole, world.AS_OF.year)
            return any(abs((day - need.day).days) <= need.within for day in days)
        case Days():
            return _each_day(need, reply, language)
        case Fact():
            return need.pattern.search(words) is not None


def _value(need: Value, words: str, reply: Seen, language: str) -> bool:
    if need.based and not BASED.search(f"{reply.top}\n{words}"):
        return False
    return any(_shows(numeral, need) for numeral in numerals(words, language))


def _shows(numeral: Numeral, need: Value) -> bool:
    """Whether a number as it stands is the value: unit, decimals and rounding."""
    if numeral.percent is not (need.kind == "percent"):
        return False
    if need.kind == "count" and numeral.unit in {"kr", "nok"}:
        return False
    if need.within:
        return abs(numeral.value / need.value - 1) <= need.within
    coarse = numeral.decimals == 0 and need.kind != "count" and not need.change
    if coarse and abs(need.value) < WHOLE_UNITS_FROM:
        return False
    signless = need.change or need.value < 0
    return numeral.shows(need.value) or (signless and numeral.shows(-need.value))


def _names(need: Names, reply: Seen, words: str, language: str) -> bool:
    alone = need.ordered and len(need.names) == 1
    texts = (words,) if alone else _texts(reply)
    if need.first and not any(_value(need.first, text, reply, language) for text in texts):
        return False
    if alone:
        return _mentioned(words, _same_kind(need.names))[:1] == list(need.names)
    for order in _orders(reply, words, need.names):
        if need.ordered and tuple(order[: len(need.names)]) == need.names:
            return True
        if not need.ordered and set(order) == set(need.names):
            return True
    return False


def _texts(reply: Seen) -> Iterator[str]:
    """Where a ranking's first number may stand: the headline, the first rows' cells."""
    yield reply.headline
    yield from (cell for table in reply.tables for row in table[1:2] for cell in row)


def _orders(reply: Seen, words: str, wanted: tuple[str, ...]) -> Iterator[list[str]]:
    """The names in the order they stand in: in the words, and down each table's first columns."""
    known = _same_kind(wanted)
    yield _mentioned(words, known)
    for table in reply.tables:
        for column in range(min(2, len(table[0]) if table else 0)):
            cells = "\n".join(row[column] for row in table[1:] if column < len(row))
            yield _mentioned(cells, known)


def _same_kind(wanted: tuple[str, ...]) -> dict[str, str]:
    """Every name of the kind of those wanted, and how it is written."""
    if set(wanted) <= set(CHANNELS):
        return {name: rf"\b{label}\b(?! \|)" for name, label in CHANNELS.items()}
    if set(wanted) <= {"reach", "act", "convert", "engage"}:
        return {name: rf"\b{name}\b" for name in ("reach", "act", "convert", "engage")}
    campaigns = world.plan()["campaign_name"]
    return {name: _campaign(name) for name in campaigns}


def _campaign(name: str) -> str:
    """A campaign's whole name, or the part after its channel where it starts with a capital."""
    return rf"{re.escape(name)}|(?<!\| )\b(?-i:{re.escape(name.rsplit('| ', 1)[-1])})\b"


def _mentioned(words: str, known: dict[str, str]) -> list[str]:
    found = [
        (match.start(), name)
        for name, pattern in known.items()
        for match in re.finditer(pattern, words, re.IGNORECASE)
    ]
    return list(dict.fromkeys(name for _, name in sorted(found)))


def _each_day(need: Days, reply: Seen, language: str) -> bool:
    """A value for each day stands in one table or in a chart's points."""
    cells = [cell for table in reply.tables for row in table[1:] for cell in row]
    shown = [each for cell in cells for each in numerals(cell, language)]
    points = [Numeral(value, 2) for value in reply.points]
    return any(
        all(any(_shows(one, Value(value, need.kind)) for one in among) for value in need.values)
        for among in (shown, points)
    )

"""What a sentence asks, slot by slot: the value that reading gives and answers take. Pure.

A sentence may go on from the one before: `and meta?`, `why?`, `should we pause it`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.calendar_spans import span_of, whole_month
from bot.question.metric_words import without_metrics

Kind = Literal["channel", "campaign", "group", "stage", "pricing_model", "person"]


@dataclass(frozen=True)
class Named:
    """Somebody or something a sentence names.

    Attributes:
        kind: What it is; `pricing_model` and the others are columns of a board. A `group` is the
            campaigns whose names share some words.
        key: Its value there (`google_ads`, a campaign's entity, `convert`, a user's id); of a
            group the words.
        title: As people call it.
    """

    kind: Kind
    key: str
    title: str


@dataclass(frozen=True)
class Bound:
    """A condition: above or below a number, or the target where there is none.

    Attributes:
        metric: Whose number it is, "" for the one the sentence is about.
        each: The days the number is of: 1 for `a day`, 7 for `a week`, 0 for all that are asked of.
        beyond: By how much at least, as a share of the target.
        even: Whether the number itself fulfils it: `at least`, `between`.
    """

    above: bool
    number: float | None = None
    metric: str = ""
    each: int = 0
    beyond: float = 0.0
    even: bool = False


@dataclass(frozen=True)
class Slots:
    """A question taken apart; what a sentence leaves open is empty.

    Attributes:
        intent: As the headings of examples/ name it, "" where nothing was understood.
        detail: Which of an intent's answers: a definition's word, what is to be done, what is
            not known.
        metric: A metric's name, `profit`, `monthly_budget` or `target`.
        also: Further metrics of a list: `spend, clicks and sales`.
        subjects: In the order they are named.
        excluded: Who is left out: `excluding brand`.
        window: As `parse_window` reads it.
        against: What to compare with, as `Question.compare` says it.
        until: The day something should wait until, as `parse_window` reads it.
        by: `campaign`, `channel`, `stage` or `day`: what is ranked or listed.
        order: `most`, `least`, `best` or `worst`.
        count: How many; 0 where it is not said.
        form: `share` (of all), `average` (a day), `days`, `weeks` or `months` (each of them),
            `together` (one sum of all subjects), or "" (the sum or ratio).
        amount: A number that is no count or day; `percent` marks a per cent.
        besides: What must hold besides `bound`.
        unread: Words that may be a name or a number nobody knows; "" where all was understood.
        text: The words as compared, subjects and days taken out.
        options: Kinds of question it may be (`intent/detail`), where that is not sure.
        otherwise: Kinds it may be besides what it is taken for, where that is not firm.
        line: All of it as it was typed, casefolded, with marks for the names.
    """

    intent: str = ""
    detail: str = ""
    metric: str = ""
    also: tuple[str, ...] = ()
    subjects: tuple[Named, ...] = ()
    excluded: tuple[Named, ...] = ()
    window: str = ""
    against: str = ""
    until: str = ""
    by: str = ""
    order: str = ""
    count: int = 0
    bound: Bound | None = None
    besides: tuple[Bound, ...] = ()
    form: str = ""
    amount: float | None = None
    percent: bool = False
    unread: str = ""
    text: str = ""
    options: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    line: str = field(default="", compare=False)

    @property
    def things(self) -> tuple[Named, ...]:
        """The subjects there are numbers of: not the people."""
        return tuple(subject for subject in self.subjects if subject.kind != "person")

    @property
    def people(self) -> tuple[Named, ...]:
        """The people it names."""
        return tuple(subject for subject in self.subjects if subject.kind == "person")

    def span(self, usual: str = "7d") -> str:
        """Window and comparison as `parse_window` reads them."""
        window = self.window or usual
        return f"{window} vs {self.against}" if self.against else window


_BEGINS = (
    r"(?:(?:and|og|ok|so|men|but)[ ,]+)*"
    r"(?:and|og|(?:what|how) about|[hk]va med|ka med|enn|(?:det )?samme (?:for|på|med)|only|just|"
    r"bare|kun|(?:the )?same (?:thing |question )?(?:for|on|with))(?!\w)"
)
_GOES_ON = re.compile(rf"^\s*{_BEGINS}", re.IGNORECASE)
_GLUE = re.compile(
    r"[¤£◊?!.,:]|\b(?:and|og|what|how|about|hva|kva|ka|med|same|thing|question|det|samme|for|on|in|på|"
    r"i|the|our|vår|of|av|with|then|da|enn|so|ok|men|but|too|also|instead|heller|også|only|just|bare|"
    r"kun)\b"
)
# What else a sentence may hold that says only how the number is told, or under which condition.
_HOW = {
    "form": re.compile(r"\b(?:per|pr|by|each|every|a|hver|om|day|daily|week|weekly|month|"
                       r"monthly|dag|dagen|daglig|uke|uken|ukentlig|måned|månedlig|share|andel|"
                       r"average|snitt|together|total|totalt)\b"),
    "bound": re.compile(r"[<>=]|[0-9][0-9 .,]*(?:k|%|kr|nok|kroner)?|\b(?:kr|kroner|nok|than|"
                        r"enn|over|under|above|below|more|less|mer|mindre|at least|minst|between|"
                        r"mellom|to|til)\b"),
    "order": re.compile(r"\b(?:[0-9]{1,2}|top|topp|bottom|bunn|best|beste|worst|verste|dårligste|"
                        r"highest|lowest|høyest|lavest|most|least|mest|minst|flest|færrest|one|two|"
                        r"three|five|to|tre|fem|de|first|last)\b"),
}  # fmt: skip
_ALONE = {"form", "bound"}  # these need no `and` before them: nobody asks `per week?` of nothing
_WHY = re.compile(
    r"^\W*(?:(?:and|og|but|men|ok|so|hm+|oh)[ ,]+)*(?:why|hvorfor|koffor|kvifor|how come)"
    r"(?: (?:is|was|er|var|did) (?:that|this|it|det|den)(?: so)?)?(?: det| da| then| though)?\W*$",
    re.IGNORECASE,
)
# Whom something is to be done with, or is asked of, where the sentence only points at it.
_END_POINTS = re.compile(
    r"\b(?:pause|stop|scale|cut|raise|increase|lower|keep|fix|kill|drop|worth|stopp|stoppe|stanse|"
    r"skalere|kutte|øke|senke|beholde|hit|reach|did|has|is|can|will|er|har|"
    r"kan|vil|når|når startet|startet|begynte) (?:it|that one|this one|them|those|den|dem|disse)\b",
    re.IGNORECASE,
)
_POINTED = {"advice", "when", "forecast", "pace", "target", "what_if", "why", "tracking", "news"}
_BEFORE_IT = re.compile(
    r"\b(?:(?:the )?(?:day|week|month|period) before(?: that)?|before that|"
    r"(?:dagen|uk[ae]n?|måneden|perioden) før(?: det)?|før det)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"^\W*(?:(?:and|og|ok|so|but|men)[ ,]+)*(?:is|was|er|var) (?:that|it|this|det|den|dette) "
    r"(?:any |a |noe |en |et |considered )?(?:good|bad|ok|okay|fine|high|low|normal|a lot|much|"
    r"too \w+|expensive|bra|dårlig|greit|høyt|lavt|normalt?|mye|lite|for \w+|dyrt|innafor|innenfor)"
    r"(?: number| result| tall)?\W*$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^\W*(?:(?:and|og|ok|so)[ ,]+)*(?:(?:compare|sammenlign|hold) )?(?:(?:it|that|this|them|"
    r"those|det|den|dette|dem) )?(?:with|to|against|vs\.?|versus|med|mot|opp mot|"
    r"compared (?:to|with)|sammenli[gk]net med) (?:the |our )?¤\W*$"
)
MOST_WORDS = 8


def goes_on(text: str, slots: Slots) -> bool:
    """Whether a sentence only names somebody, days or a number beside what was asked before."""
    if _WHY.match(text) or _GOOD.match(text) or _points(text, slots) or _beside(slots):
        return True
    begins = _GOES_ON.match(text) is not None
    kinds = [kind for kind in _HOW if getattr(slots, kind)]
    earlier = begins and _BEFORE_IT.search(text) is not None
    new = bool(slots.subjects or slots.window or slots.metric or slots.excluded or kinds or earlier)
    remaining = without_metrics(_BEFORE_IT.sub(" ", slots.text) if earlier else slots.text)
    for kind in kinds:
        remaining = _HOW[kind].sub(" ", remaining)
    alone = bool(kinds) and set(kinds) <= _ALONE and not (slots.subjects or slots.metric)
    alone = alone or (bool(slots.excluded) and not slots.metric)
    return new and not _GLUE.sub(" ", remaining).split() and (begins or alone)


def _points(text: str, slots: Slots) -> bool:
    """Whether a sentence asks of whom the one before named, and names nobody itself."""
    short = len(text.split()) <= MOST_WORDS
    return (
        short and not slots.things and slots.intent in _POINTED and bool(_END_POINTS.search(text))
    )


def _beside(slots: Slots) -> bool:
    """Whether it holds somebody against whom the one before named: `compare that to meta`."""
    return bool(slots.things) and _BESIDE.match(slots.text) is not None


def went_on(slots: Slots, before: Slots, *, text: str = "", as_of: date | None = None) -> Slots:
    """The question before, with what is new put in its place."""
    if _WHY.match(text):
        return replace(before, intent="why", detail="", also=(), form="", order="", bound=None)
    if _GOOD.match(text):
        return replace(
            before, intent="target", detail="off", also=(), form="", order="", bound=None
        )
    if _beside(slots) and before.things:
        both = tuple(dict.fromkeys((*before.subjects, *slots.subjects)))
        return replace(before, intent="compare", detail="", subjects=both, form="", by="", order="")
    if text and _points(text, slots):
        return replace(slots, subjects=before.subjects, metric=slots.metric or before.metric)
    merged = replace(
        before,
        subjects=slots.subjects or before.subjects,
        excluded=slots.excluded or before.excluded,
        metric=slots.metric or before.metric,
        also=slots.also if slots.metric else before.also,
        window=slots.window or _earlier(text, before.window, as_of) or before.window,
        against=slots.against if slots.window else before.against,
        form=slots.form or before.form,
        order=slots.order or before.order,
        count=slots.count or before.count,
        bound=slots.bound or before.bound,
        besides=slots.besides if slots.bound else before.besides,
        text=slots.text if before.intent == "define" else before.text,
    )
    asks_number = slots.metric and before.intent in {"news", "advice", "moved"}
    in_form = bool(slots.form) and before.intent in {"news", "compare", "which", "why"}
    return replace(merged, intent="how_much", detail="") if asks_number or in_form else merged


def _earlier(text: str, window: str, as_of: date | None) -> str:
    """`and the day before?`: as many days just before those asked about; "" for anything else."""
    if as_of is None or not _BEFORE_IT.search(text):
        return ""
    try:
        span = parse_window(window or "7d", as_of)[0]
    except PerfbotError:
        return ""
    until = span.since - timedelta(1)
    if (span.since, span.until) == whole_month(span.since.year, span.since.month):
        return span_of(*whole_month(until.year, until.month))
    return span_of(span.since - timedelta(span.days), until)

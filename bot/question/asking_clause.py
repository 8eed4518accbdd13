"""The part of a sentence that asks, without what leads up to it and the courtesies around it. Pure.

`They were worried last time, so could you tell me who has taken that on, if you know?` asks `who
has taken that on`. What leads up to it names days, numbers and campaigns, too; what is asked stands
in the part that asks, and what that leaves unsaid is looked for in the rest. A sentence may go on
from the one before as well: `and meta?`, `why?`, `should we pause it`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.calendar_spans import span_of, whole_month
from bot.question.metric_words import without_metrics
from bot.question.slots import Slots

LEAST_WORDS = 3  # a shorter part says too little to be read alone
LONG = 9  # words: a shorter sentence has nothing that leads up to it
LEADS = 4  # words that lead up to a question at least: `google or meta, where …` is all asked

_ASKS = (
    r"(?:how|what|which|who|whom|whose|when|where|why|is|are|was|were|do|does|did|has|have|should|"
    r"hva|hvor|hvilke[nt]?|hvem|når|hvorfor|hvordan|hvis|er|var|har|hadde|skal|bør|burde|"
    r"kva|kor|kven|korleis|koffor|kvifor|ka|kem|korsn|åssen)"
)
_PRONOUN = r"(?:me|us|them|him|her|meg|oss|dem|mæ|okke)"
_TELL = r"(?:tell|give|show|remind|let|fortell(?:e)?|si|gi|vise?|minne?)"
# `could you please tell me`, `I would like to know`, `kan du si meg`, `jeg lurer på`.
_OPENER = re.compile(
    rf"\b(?:"
    rf"(?:(?:could|would|can|will|may|might|kan|kunne|vil|ville|gidder|orker)\s+"
    rf"(?:you|u|ya|we|i|somebody|someone|anyone|du|dere|dokker|noen|jeg)\s+"
    rf"(?:[\w']+\s+){{0,4}}?)?{_TELL}\s+{_PRONOUN}(?:\s+know|\s+vite)?(?=\s+(?:{_ASKS}|whether|if|om)\b)|"
    rf"(?:be (?:reassuring|good|nice|great|helpful|useful|interesting|lovely) to (?:know|tell \w+|"
    rf"hear|see)|(?:i|we)(?:'d| would)? (?:like|love|need|want) to (?:know|see|hear|understand)|"
    rf"(?:i|we)(?: am|'m| was| are|'re)? (?:wonder(?:ing)?|curious|asking myself)|"
    rf"do (?:you|we) (?:happen to )?know|any idea|"
    rf"(?:jeg|vi|eg|me) (?:lurer|lurte|undres) (?:litt )?(?:på|om)|"
    rf"(?:jeg|vi|eg|me) (?:vil(?:le)?|skulle|kunne|trenger|må|ønsker) (?:gjerne )?(?:ha |få |å )?"
    rf"(?:vite|visst|vete|se|høre)|(?:vet|veit) (?:du|dere|vi|noen)|noen som (?:vet|veit))"
    rf"(?=[ ,]+(?:{_ASKS}|whether|if|om)\b)|"
    rf"(?:spør|spurte|lurer på|vil vite|asks?|asked|asking|wonders|wants to know)"
    rf"(?: me| us| meg| oss)?(?=[ ,]+(?:{_ASKS}|whether|if|om)\b)"
    rf")[ ,:]+"
)
# What stands before a question that begins in the middle: `…, so which of the two`.
_JOINT = re.compile(
    rf"(?:(?:[,;:–—]|\s-)\s+(?:so|and|but|then|now|well|og|men|så|da|altså|for|or|eller)?|"
    rf"\s(?:but|men)\s)[ ,]*(?={_ASKS}\b)"
)
# `would you kindly give me the clicks`: what is wanted stands after it, asked by no word.
_REQUEST = re.compile(
    rf"\b(?:(?:could|would|can|will|kan|kunne|vil) (?:you|u|somebody|someone|du|dere|noen) "
    rf"(?:[\w']+ ){{0,3}}?(?:{_TELL}|send|pull|list|compare|hent\w*|sammenlign\w*|list\w*)|"
    rf"(?:could|would|can) (?:you|u) (?:[\w']+ ){{0,2}}?mind (?:giving|telling|showing|comparing|"
    rf"sending)|would it be possible to|er det mulig å|går det an å)\b"
)
# `of those over 1000 kr, which …`: whom a question is about stands before it.
_TOPIC = re.compile(
    r"\s*(?:for|among|amongst|of|out of|on|in|at|from|with|within|between|counting|excluding|"
    r"without|blant|av|på|i|fra|med|hos|uten|innen|mellom|når det gjelder)\b"
)
# `do you have that number?` asks what stands before it.
_POINTS = re.compile(
    r"^(?:(?:do|would) you (?:happen to )?(?:have|know)|have you got|(?:har|vet|veit) (?:du|dere|"
    r"vi)|is|er|can you|kan du)(?: (?:noe|any|tall|numbers?|si|tell me|på|on|for|det|den|dette|"
    r"that|this|it|so|true|right|riktig|sant|tallet|the|number|figure|about|om))*[ ?.!]*$"
)
_ENDS = re.compile(r"(?<=[?!;])\s+|(?<=[^\W\d]\.)\s+")  # `12. november` is one
_COURTESY = re.compile(
    r"[ ,]*(?:\bif (?:you|u|that|it|anyone|anybody)(?:'s|'d)? (?:happen to |by any chance )?"
    r"(?:know|can|could|possible|okay|ok|is possible|is ok|don't mind|do not mind|have it|see)|"
    r"\bwhen you (?:have|get) (?:a |the )?(?:moment|minute|time|chance)|\b(?:many |thank)?thanks?"
    r"(?: you)?(?: in advance)?(?: so much| a lot)?|\bcheers|\bplease|\bpls|\bplz|\bkindly|"
    r"\bhvis (?:du|dere) (?:vet|veit|kan|har (?:det|tid))|\bnår du (?:har tid|får tid)|"
    r"\b(?:tusen |mange )?takk(?: på forhånd| skal du ha)?|\bvær så snill|\bliksom|\bsånn|"
    r"\bda\b|\bass|\blol|\bso (?:that )?(?:i|we) (?:can|could|may|know)\b.*|"
    r"\bbecause (?:i|we|they|the client|my boss)\b.*|"
    r"\b(?:slik|sånn) at (?:jeg|vi) (?:kan|får|vet)\b.*|"
    r"\bfordi (?:jeg|vi|kunden|sjefen)\b.*)\s*(?=[?!.]*$)"
)
_WORDS = re.compile(r"[^\W_]+")
# What a question rests on is a part of it: `if we pause it, what does it cost us`.
_SUPPOSED = re.compile(
    r"\b(?:if|say|suppose|supposing|assum\w+|given|imagine|hvis|dersom|sett at|anta|tenk|gitt)\b"
)


@dataclass(frozen=True)
class Part:
    """Where the part that asks begins and ends in the text."""

    start: int
    end: int


def asking_part(text: str, taken: Sequence[tuple[int, int]] = ()) -> Part | None:
    """Where a casefolded sentence asks; None where all of it does.

    Args:
        text: As typed, casefolded.
        taken: Where names stand in it, `(start, end)`: nothing is cut inside one.
    """
    masked = _masked(text, taken)
    if len(_WORDS.findall(masked)) < LONG:
        return None
    start, end = _sentence_that_asks(masked)
    start += _beginning(masked[start:end])
    while (match := _COURTESY.search(masked[start:end])) and match[0]:
        end = start + match.start()
    part = Part(start, end)
    enough = len(_WORDS.findall(masked[start:end])) >= LEAST_WORDS
    return part if enough and (start, end) != (0, len(text)) else None


def _masked(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """The text as long as it is, without letters or signs where names stand."""
    for start, end in taken:
        text = text[:start] + "x" * (end - start) + text[end:]
    return text


def _sentence_that_asks(masked: str) -> tuple[int, int]:
    """The first of several sentences that begins as a question, else the last with its sign."""
    edges = [0, *(match.end() for match in _ENDS.finditer(masked)), len(masked)]
    spans = [(start, end) for start, end in pairwise(edges) if end > start]
    signed = [span for span in spans if masked[slice(*span)].rstrip().endswith("?")]
    begun = [span for span in spans if re.match(rf"{_ASKS}\b", masked[slice(*span)])]
    signed_questions = [
        span for span in signed if span in begun and not _POINTS.match(masked[slice(*span)])
    ]
    if len(spans) == 1 or not (signed or begun):
        return 0, len(masked)
    chosen = (signed_questions or signed or begun)[0]
    return (0, len(masked)) if _POINTS.match(masked[slice(*chosen)]) else chosen


def _beginning(sentence: str) -> int:
    """Where the question of a sentence begins."""
    openers = list(_OPENER.finditer(sentence))
    if openers and _SUPPOSED.search(sentence[: openers[-1].start()]):
        return 0
    if openers:
        return openers[-1].end()
    if re.match(rf"{_ASKS}\b", sentence):
        return 0
    requests = [match.start() for match in _REQUEST.finditer(sentence)]
    if requests:
        return requests[-1]
    return next((match.end() for match in _JOINT.finditer(sentence) if _leads(sentence, match)), 0)


def _leads(sentence: str, joint: re.Match[str]) -> bool:
    """Whether what stands before a question only leads up to it."""
    lead, question = sentence[: joint.start()], sentence[joint.end() :]
    long = min(len(_WORDS.findall(lead)), len(_WORDS.findall(question))) >= LEADS
    return long and not _SUPPOSED.search(lead) and not _TOPIC.match(lead)


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
    "form": re.compile(r"\b(?:per|pr|by|each|every|a|hver|om|day|daily|week|weekly|dag|dagen|"
                       r"daglig|uke|uken|ukentlig|share|andel|average|snitt|together|total|totalt)\b"),
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
    left = without_metrics(_BEFORE_IT.sub(" ", slots.text) if earlier else slots.text)
    for kind in kinds:
        left = _HOW[kind].sub(" ", left)
    alone = bool(kinds) and set(kinds) <= _ALONE and not (slots.subjects or slots.metric)
    alone = alone or (bool(slots.excluded) and not slots.metric)
    return new and not _GLUE.sub(" ", left).split() and (begins or alone)


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

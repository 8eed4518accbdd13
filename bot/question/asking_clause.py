"""The part of a sentence that asks, without what leads up to it and the courtesies around it. Pure.

`They were worried last time, so could you tell me who has taken that on, if you know?` asks `who
has taken that on`. What leads up to it names days, numbers and campaigns, too; what is asked stands
in the part that asks, and what that leaves unsaid is looked for in the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.question.conditions import amount_in, bounds
from bot.question.days_left_out import unsaid
from bot.question.metric_words import metrics_in
from bot.question.name_mentions import MarkedNames
from bot.question.named_days import NamedDays, named_days, without
from bot.question.slots import Named
from bot.question.wording import plainly

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
# `…, what do i tell her?`: what somebody else asked stands before it.
_TO_TELL = (
    r"(?:and |so |og |så )?(?:what|hva|kva|ka) "
    r"(?:(?:do|can|should|shall|must|could|kan|skal|bør|må) )?"
    r"(?:(?:i|we|jeg|vi) )?(?:tell|say(?: to)?|answer|reply(?: to)?|report|svare[r]?|si|sier)"
    r"(?: (?:jeg|vi))?(?: (?:her|him|them|back|the (?:client|boss)|hen(?:ne|om)|ham|dem|da|då))*"
)
_POINTS = re.compile(
    r"^(?:(?:do|would) you (?:happen to )?(?:have|know)|have you got|(?:har|vet|veit) (?:du|dere|"
    r"vi)|is|er|can you|kan du)(?: (?:noe|any|tall|numbers?|si|tell me|på|on|for|det|den|dette|"
    r"that|this|it|so|true|right|riktig|sant|tallet|the|number|figure|about|om))*[ ?.!]*$|"
    rf"^{_TO_TELL}[ ?.!]*$"
)
_ENDS = re.compile(r"(?<=[?!;])\s+|(?<=[^\W\d]\.)\s+")  # `12. november` is one
_COURTESY = re.compile(
    rf"[ ,–—-]*\b{_TO_TELL}[ ?.!]*$|"
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
        span
        for span in signed
        if (span in begun or _beginning(masked[slice(*span)]))
        and not _POINTS.match(masked[slice(*span)])
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


_BEFORE = re.compile(r"^(?:so|and|og|ok|but|men(?! (?:or|and|vs))|hey|hei|please|um|eh)[ ,]+(?=\w)")
# `which channel …` is asked of every channel, whatever was named before; `which campaign` of those
# of a channel that was.
_OF_ALL = {
    "channel": re.compile(
        r"\b(?:which|what|top|best|hvilken?|hvilke) (?:\w+ )?(?:channels?|platforms?|kanal\w*|"
        r"plattform\w*)\b"
    ),
    "campaign": re.compile(
        r"\b(?:which|what|top|best|hvilken?|hvilke) (?:\w+ )?(?:campaigns?|kampanje\w*)\b"
    ),
}
_OVERALL = re.compile(
    r"\b(?:overall|altogether|in total|in all|all channels|account|alt i alt|totalt|til sammen|"
    r"kontoen)\b"
)
_OF_THEM = re.compile(r"\b(?:of|av|between|mellom) (?:the|these|those|de|disse|dem|them)\b")
# `the call on monday`: days on which something is to be told are none that numbers are asked of.
_ENGAGED = re.compile(
    r"\b(?:call|phone|meeting|presentation|deck|board|review|catch[- ]up|lunch|deadline|"
    r"møte\w*|presentasjon\w*|styre\w*|gjennomgang\w*|telefon\w*|samtale\w*|frist\w*)\b"
)


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence with marks for what it names.

    Attributes:
        text: Names, people and days taken out: what kind of question it is shows in the rest.
        marked: Names taken out, as it was typed.
        plain: Names taken out, in plain words; days still in.
        names: Whom it names.
        days: Which days it names, and where in `plain`.
        clause: The part of `text` that asks, "" where all of it does.
    """

    text: str
    marked: MarkedNames
    plain: str
    names: tuple[Named, ...]
    days: tuple[NamedDays, ...]
    clause: str = ""


def sentence(marked: MarkedNames, as_of: date) -> MarkedSentence:
    """A line whose names are marked, with marks for its days as well. Never raises."""
    plain = plainly(marked.line)
    days = named_days(plain, as_of)
    remainder = _BEFORE.sub("", unsaid(" ".join(without(plain, days).split())))
    names = tuple(mention.named for mention in marked.mentions)
    return MarkedSentence(remainder, marked, plain, names, days)


def asking(whole: MarkedSentence, as_of: date) -> MarkedSentence:
    """The part of a sentence that asks; whom or when that leaves unsaid is taken from the rest."""
    places = [(mention.start, mention.end) for mention in whole.marked.mentions]
    part = asking_part(whole.marked.line, places)
    if part is None:
        return whole
    clause = sentence(whole.marked.part(part.start, part.end), as_of)
    dated = clause if clause.days or _ENGAGED.search(whole.text) else whole
    return MarkedSentence(
        text=clause.text if _is_whole(clause.text, whole.text) else whole.text,
        marked=whole.marked,
        plain=dated.plain,
        names=clause.names or _named_before(whole, clause),
        days=dated.days,
        clause=clause.text,
    )


def _is_whole(clause: str, text: str) -> bool:
    """Whether the part that asks has a number of its own, and all conditions and amounts."""
    alike = len(bounds(clause)) == len(bounds(text)) and amount_in(clause) == amount_in(text)
    return bool(metrics_in(clause)) and alike


def _named_before(whole: MarkedSentence, clause: MarkedSentence) -> tuple[Named, ...]:
    """Whom the rest of a sentence names that the part that asks is about."""
    if _OF_THEM.search(clause.text):
        return whole.names
    if _OVERALL.search(clause.text):
        return ()
    ranked = {kind for kind, words in _OF_ALL.items() if words.search(clause.text)}
    return tuple(name_entry for name_entry in whole.names if name_entry.kind not in ranked)

"""The conditions of a sentence: above or below what, each of which number, of which days. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.question.metric_words import PRICE_OF, metric_spans, metrics_in
from bot.question.slots import Bound

_AMOUNT = re.compile(
    r"(?<![\w◊])[$£€]?(?P<number>[0-9]{1,3}(?:[  .,][0-9]{3})+|[0-9]+(?:[.,][0-9]+)?)\s*"
    r"(?P<unit>k\b|m\b|mill?\b\.?|mio\b\.?|million(?:s|er)?\b|%|percent|per cent|prosent|kr\b|"
    r"nok\b|kroner\b|x\b)?"
)
# `by the 30th`, `innen den 30.`: a day, and no amount.
_DAY_OF_MONTH = re.compile(
    r"\b[0-9]{1,2}(?:st|nd|rd|th)\b|\b(?:den|til|innen) [0-9]{1,2}\.(?=[ ?,]|$)"
)
_WORDS_ABOVE = (
    r"over|above|more than|at least|no less than|higher than|exceed\w*|mer enn|minst|flere enn|"
    r"høyere enn|større enn|north of|upwards of|in excess of|past|greater than|>=?"
)
_WORDS_BELOW = (
    r"sub|south of|under|below|less than|fewer than|lower than|at most|no more than|mindre enn|"
    r"færre enn|lavere enn|maks(?:imum)?|høyst|up to|inntil|<=?"
)
_BEYOND = re.compile(
    rf"(?<![\w])(?:(?P<above>{_WORDS_ABOVE})|(?P<below>{_WORDS_BELOW}))"
    r"\s*(?:kr ?)?(?=[$£€]?[0-9])|"
    r"(?<![\w])(?:(?P<higher>higher|more|better|bigger|dearer|høyere|mer|flere|bedre|større|dyrere)|"
    r"(?:lower|less|fewer|worse|smaller|cheaper|lavere|mindre|færre|dårligere|billigere))"
    r"(?: [^\W\d]+){1,3}? (?:than|enn) (?:kr ?)?(?=[$£€]?[0-9])"
)
_BETWEEN = re.compile(
    r"\b(?:between|mellom) (?:kr ?)?(?P<low>[$£€]?[0-9][0-9  .,]*(?:k\b|%)?)"
    r" ?(?:kr |nok |kroner |x )?(?:and|to|og|til|-|–) ?(?P<high>[$£€]?[0-9].*)"
)
_EVEN = ("at least", "at most", "minst", "høyst", "no less", "no more", "maks", ">=", "<=")
_EACH = re.compile(
    r"^(?: ?(?:kr|nok|kroner))?(?: \w+){0,2}? ?(?:(?:a|per|each|every|pr\.?|om|i|hver|/) ?"
    r"(?:(?P<day>day|dag(?:en)?|døgn(?:et)?)|(?P<week>week|uk[ae]n?))\b|(?P<daily>daily|daglig))"
)
_EACH_BEFORE = re.compile(r"\b(?:daily|daglig\w*|dags\w+)\b")
_SOME = (
    r"^(?: ?(?:kr|nok|kroner|%))?(?: (?:new|nye|documented|different|single|kr|of|i|in|på))?\s*$"
)
_TARGET = re.compile(r"\b(?:targets?|mål|målet|målene)\b")
_OFF = re.compile(
    r"\b(?:over|above|off|miss\w*|exceed\w*|overst[ei]g\w*|overskr\w*|utenfor|"
    r"too (?:dear|expensive)|worse than|dårligere enn|"
    r"(?:more|higher|dearer|mer|høyere|dyrere)(?: \w+){0,3} (?:than|enn)(?! ?[0-9]))\b"
)
_REACHES = (
    r"on|within|innenfor|på|når|nå|treffer|treffe|hit\w*|beat\w*|meet\w*|reach\w*|klar\w*|"
    r"oppnå\w*|innfri\w*|leverer"
)
_ON = re.compile(rf"\b(?:under|below|better than|bedre enn|{_REACHES})\b")
# `who is not meeting`, `hvem når ikke`, `without hitting`: the other side of a target.
_NOT_ON = re.compile(
    rf"(?:\b(?:not|never|ikke|aldri|fail\w*(?: to)?|cannot|without|uten(?: å)?)|n't)"
    rf"(?: \w+){{0,2}}? (?:{_REACHES})\b|"
    rf"\b(?:{_REACHES})(?: \w+)? (?:ikke|aldri)\b"
)
# `nå` is now, but where it reaches something: `hvem går dårligst nå`, `klarer å nå målet`.
_NOW = re.compile(
    r"(?<!å )(?<!skal )(?<!kan )(?<!vil )(?<!ikke )\bnå\b"
    r"(?! (?:\w+ )?(?:mål\w*|sin\w*|sitt|den|det))"
)
# Where more is better, `under the ROAS target` is the wrong side of it.
_RISING = {
    *("roas", "ctr", "conversion_rate", "revenue", "conversions", "leads", "clicks", "profit"),
    *("documented_conversions", "qualified_leads", "order_value", "repeat_conversions"),
}
_UNDER_IT = re.compile(r"\b(?:under|below|short of|beneath|bak)\b")
_OVER_IT = re.compile(r"\b(?:over|above|past|beyond|exceed\w*)\b")
_LACKS = re.compile(
    r"\b(?:lack\w*|without(?! \w+ing)|no targets?|(?:have|has|got) no|uten(?! å)|mangl\w*|"
    r"ingen mål|(?:nobody|no one|ingen) (?:\w+ ){0,2}?(?:set|satt|sett|given|gitt|lagt)\b|"
    r"(?:have|has|had|did|do|does)(?: not|n't)(?: \w+){0,3} (?:set|got|have|given|put)|"
    r"(?:not|never) (?:been )?(?:set|given|had)|"
    r"(?:ikke|aldri)(?: (?:har|er|blitt|ble|noen gang))* (?:satt|sett|fått|lagt|gitt|har|hatt)|"
    r"(?:har|er)(?: \w+)? (?:ikke|aldri)(?: \w+){0,2} (?:satt|sett|fått|lagt|gitt|hatt|mål))\b"
)
_NONE_OF = re.compile(
    r"\b(?:no|zero|without(?: any| a single)?|not (?:a|one) single|uten(?: et eneste| noen)?|ingen|"
    r"null|(?<![0-9.,])0|zilch|not any) $"
)

_ROSE = re.compile(
    r"\b(?:gr(?:ew|own|owing|ows?)|growth|ris(?:e|en|es|ing)|rose|increas\w*|improv\w*|doubl(?:ed|ing)|"
    r"gain(?:ed|ing)|(?:went|gone|going|go|is|are) up|climb\w*|jump(?:ed|ing)?|vokst\w*|vokser|"
    r"øk(?:t|te|er|ning\w*)|"
    r"stiger|steget|(?:gått|gikk|går) opp|doblet|doblede|forbedret|bedret)\b"
)
_FELL = re.compile(
    r"\b(?:f[ae]ll(?:en|ing|s)?|dropp(?:ed|ing)|drops?|declin\w*|decreas\w*|lost|losing|"
    r"shr[aiu]nk\w*|(?:went|gone|going|go|is|are) down|worsen\w*|slid|slipp\w*|falt|faller|falle|"
    r"sank|synker|sunket|mistet|mister|tapt|(?:gått|gikk|går) ned|halvert|redusert|svekket)\b"
)
_DOUBLED = re.compile(r"\b(?:doubl\w*|dobl\w*)\b")


@dataclass(frozen=True)
class _Place:
    """A condition, and where in the sentence it stands."""

    bound: Bound
    start: int
    end: int


def bounds(text: str) -> tuple[Bound, ...]:
    """Every condition of a casefolded sentence, the first first; `over target` has no number.

    `cpa over 40 and spent more than 1000` are two, each of its own metric; `roas between 2 and 3`
    are two of one.
    """
    if _TARGET.search(text):
        of_target = _of_target(text)
        exact = not of_target or of_target[0].beyond  # `20 % over target` is one condition
        return of_target if exact else (*of_target, *_besides_target(text))
    places = list(_ranges(text)) or list(_beyond(text))
    ends = [0, *(place.end for place in places)]
    starts = [*(place.start for place in places), len(text)]
    return tuple(
        _in_its_unit(text, place, _metric_of(text, ends[at], place, starts[at + 1]))
        for at, place in enumerate(places)
    )


_HAS_NOT = re.compile(
    r"(?:\b(?:not|never|ikke|aldri)|n't)\b(?: \w+){0,2}? (?:had|have|got|get|getting|gotten|sold|"
    r"brought|made|given|generated|produced|seen|hatt|fått|får|solgt|gitt|gir|levert|skaffet|ha|få)?"
    r"(?: us)?(?: (?:any|a single|one single|even one|noen|noe|et eneste|en eneste|ett eneste))* ?$"
)


def _in_its_unit(text: str, place: _Place, metric: str) -> Bound:
    """A condition of its metric; an amount of kroner is money and no count."""
    money = re.search(r"\b(?:kr|nok|kroner)\s*$", text[place.start : place.end]) is not None
    return replace(place.bound, metric="spend" if money and _is_count(metric) else metric)


_SOLD_NOTHING = re.compile(
    r"\b(?:sold|sells?|selling|solgte|selger|solgt) (?:absolutely |helt )?"
    r"(?:nothing|ingenting|null|zero|zilch|ikke noe)\b"
)


def without_any(intent: str, text: str) -> tuple[Bound, ...]:
    """`which have no leads`, `uten salg`, `sold nothing`: fewer than one of what is counted."""
    if intent == "which" and _SOLD_NOTHING.search(text):
        return (Bound(above=False, number=1.0, metric="conversions"),)
    spans = metric_spans(text) if intent == "which" else []
    counted = next(
        (name for start, _, name in spans if _is_denied(text[:start]) and _is_count(name)), ""
    )
    return (
        (Bound(above=False, number=1.0, metric=counted if bounds(text) else ""),) if counted else ()
    )


def _is_denied(before: str) -> bool:
    return bool(_NONE_OF.search(before) or _HAS_NOT.search(before))


def _is_count(name: str) -> bool:
    return name in PRICE_OF or name == "reach"


def lacks_target(text: str) -> bool:
    """Whether a sentence about targets asks who has none: `we have not set a target for`."""
    return _TARGET.search(text) is not None and _LACKS.search(text) is not None


def side_of_change(text: str) -> str:
    """`up` or `down` where a casefolded sentence asks who grew or fell; else ""."""
    if _ROSE.search(text):
        return "up"
    return "down" if _FELL.search(text) else ""


def says_doubled(text: str) -> bool:
    """Whether a change is asked about that made a number twice what it was."""
    return _DOUBLED.search(text) is not None


def amount_in(text: str) -> tuple[float | None, bool]:
    """The first amount of a sentence, None for none, and whether it is a per cent."""
    match = _AMOUNT.search(_DAY_OF_MONTH.sub(" ", text))
    if not match:
        return None, False
    unit = match["unit"] or ""
    number = _number(match["number"]) * (1000 if unit == "k" else 1)
    if unit.startswith("m"):
        number *= 1_000_000
    return number, (match["unit"] or "") in {"%", "percent", "per cent", "prosent"}


def _of_target(text: str) -> tuple[Bound, ...]:
    text = _NOW.sub(" ", text)
    off, on = _OFF.search(text) is not None, _ON.search(text) is not None
    if _NOT_ON.search(text):
        off = True
    elif metrics_in(text) and set(metrics_in(text)) <= _RISING:
        off, on = (off and not _OVER_IT.search(text)) or bool(_UNDER_IT.search(text)), True
    if not (off or on):
        return ()
    amount, percent = amount_in(text)
    share = amount / 100 if amount is not None and percent else 0.0
    if re.search(r"\b(?:doubl\w*|dobl\w*|dobbel\w*|twice)\b", text) and off:
        share = 1.0
    return (Bound(above=off, beyond=share),)


def _besides_target(text: str) -> Iterator[Bound]:
    """`spent over 20 000 and miss the target`: conditions that name another number."""
    for place in _beyond(text):
        metric = _metric_of(text, 0, place, len(text))
        bound = _in_its_unit(text, place, metric)
        if bound.metric and not _TARGET.match(text, place.end + 1):
            yield bound


def _beyond(text: str) -> Iterator[_Place]:
    for match in _BEYOND.finditer(text):
        amount = _AMOUNT.match(text, match.end())
        if amount is None:
            continue
        even = match[0].startswith(_EVEN)
        above = bool(match["above"] or match["higher"])
        bound = Bound(above, _value(amount), even=even)
        each_days = _each(text, match.start(), amount.end())
        split = not (match["above"] or match["below"])  # `a lower cpa than 4`: cpa stands inside
        start = amount.start() if split else match.start()
        yield _Place(replace(bound, each=each_days), start, amount.end())


def _ranges(text: str) -> Iterator[_Place]:
    """Between two numbers: at least the one and at most the other, in whichever order."""
    match = _BETWEEN.search(text)
    ends = (match.start("low"), match.start("high")) if match else ()
    amounts = [amount for end in ends if (amount := _AMOUNT.match(text, end))]
    if match is None or len(amounts) < 2:
        return
    low, high = sorted(map(_value, amounts))
    each_days = _each(text, match.start(), amounts[1].end())
    for above, number in ((True, low), (False, high)):
        bound = Bound(above, number, each=each_days, even=True)
        yield _Place(bound, match.start(), amounts[1].end())


def _value(amount: re.Match[str]) -> float:
    """A number as it was written: 3 per cent are 0.03."""
    number, percent = amount_in(amount[0])
    return (number or 0.0) / 100 if percent else number or 0.0


def _each(text: str, start: int, end: int) -> int:
    after = _EACH.match(text[end:])
    if after and after["week"]:
        return 7
    return 1 if after or _EACH_BEFORE.search(text[:start]) else 0


def _metric_of(text: str, begin: int, place: _Place, until: int) -> str:
    """What a number counts: what stands just behind it, else nearest before it, else behind it.

    A range's two ends share what stands before the first.
    """
    spans = metric_spans(text)
    behind = [span for span in spans if place.end <= span[0] and span[1] <= max(until, place.end)]
    behind = behind or [span for span in spans if place.end <= span[0]][:1]
    if behind and re.match(_SOME, text[place.end : behind[0][0]]):
        return behind[0][2]
    start = begin if begin <= place.start else 0
    before = [span for span in spans if start <= span[0] and span[1] <= place.start]
    nearest = before[-1:] or behind[:1]
    return nearest[0][2] if nearest else ""


def _number(text: str) -> float:
    if re.fullmatch(r"[0-9]{1,3}(?:[  .,][0-9]{3})+", text):
        return float(re.sub(r"[^0-9]", "", text))
    return float(text.replace(",", "."))

"""A sentence read slot by slot: names, days and numbers are taken out, then what is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import PerfbotError
from bot.numbers.input.windows import WEEKDAYS, parse_window
from bot.question.asking_clause import MarkedSentence, asking, sentence
from bot.question.calendar_spans import NUMBERS, count_of, month_ahead, span_of
from bot.question.classifier import Guess, guess
from bot.question.day_ends import changed as says_changed
from bot.question.days_left_out import without_left_out
from bot.question.name_index import NameIndex
from bot.question.name_mentions import marked
from bot.question.named_days import MARK, NamedDays
from bot.question.number_forms import TOGETHER
from bot.question.quantities import numbered
from bot.question.slots import Slots
from bot.question.terms import is_term
from bot.question.unread import left_aside, nobody_knows

WEEK, TWO = 7, 2
_WHOLE = {"lastmonth", "lastweek"}  # held against the whole one before them unasked
LONGEST_FEAST = 5  # days of Easter
_PREVIOUS = re.compile(
    r"(?:vs\.?|versus|against|mot|than|enn|with|med|from|fra|compared to|sammenli[gk]net med|"
    r"i forhold til|på)"
    r" (?:the |den |de )?(?:week|month|one|day|period|uk[ae]n?|måneden|perioden|dagen)"
    r" (?:before|earlier|prior|før)|week[- ]over[- ]week|month over month|"
    r"(?:vs\.?|versus|against|mot|and|og|with|med|than|enn|to) (?:the |de |our )?"
    r"(?:previous|prior|preceding|foregående|forrige) (?:[0-9]{1,3}|\w+) "
    r"(?:days|weeks|months|dager|dagene|uker|ukene|måneder|månedene)\b"
)
# `than a month ago`, `enn for en måned siden`: the same days, so much earlier.
_AGO = re.compile(
    r"\b(?:than|enn|vs\.?|against|mot) (?:it (?:was|did) |we did |(?:den|det) (?:var|gjorde) )?"
    r"(?:(?:a|one) (?P<en>week|month|year) (?:ago|earlier|back)|"
    r"for (?:en?|et) (?P<nb>uke|måned|år) siden)"
)
_AGO_OF = {"uke": "week", "måned": "month", "år": "year"}
_WEEKS_AGO = re.compile(
    r"\b(?:than|enn|vs\.?|against|mot|compared (?:to|with)|sammenli[gk]net med|i forhold til) "
    rf"(?:(?:it (?:was|did)|we did|(?:den|det) (?:var|gjorde)) )?(?:for )?"
    rf"(?:an? |et )?(?P<count>[0-9]{{1,2}}|{'|'.join(NUMBERS)}) "
    r"(?:weeks? ago|uker siden)"
)
_SAME_DAYS = re.compile(
    r"\b(?:same|samme)"
    r" (?:days?|period|time|quarter|months?|dag(?:er|ene)?|periode|tid|kvartal|måned)"
    r" (?:of |in |the |i )?"
    r"(?P<unit>last week|forrige uke|last month|forrige måned|last year|i fjor)"
)
_SAME_OF = {"week": "week", "uke": "week", "month": "month", "måned": "month"}
_SAME_NUMBERS = re.compile(
    r"\b(?:same|samme|tilsvarende) (?:days?|dates?|period|stretch|time|part|dag(?:er|ene)?|"
    rf"dato(?:er|ene)?|periode[n]?|tid(?:srom(?:met)?)?|del) (?:of |in |i |av )?{MARK}"
)
_FROM_TO = re.compile(rf"{MARK} (?:to|til) {MARK}")
_BESIDE = re.compile(
    rf"{MARK} (?P<side>before|after|prior|før|etter)(?: (?:it|that|then|den|det|da)\b| ?$| ?[?.])"
)
_RANGE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK_BEFORE = re.compile(
    r"\b(?:week|uk[ae]n?) (?:before|earlier|prior|før)\b|"
    r"\b(?:previous|prior|forrige) (?:week|uke)\b"
)
# `better than a normal friday`: that weekday, a week before.
_NORMAL = re.compile(
    rf"\b(?:an?|the|our|en|et|vår) (?:normal|usual|regular|ordinary|average|typical|vanlig|typisk|"
    rf"gjennomsnittlig|alminnelig) {MARK}"
)
_VERSUS = re.compile(
    r"(?<!igjen )(?<!left )(?:vs\.?|versus|against|mot|than|enn|kontra|compared (?:to|with)|"
    r"sammenli[gk]net med|"
    rf"i forhold til|better than|bedre enn|ahead of|behind|foran|bak|with|med|and|og)\s*"
    rf"(?:(?:it|they|we|det|de|den|vi) (?:did|was|were|had|gjorde|var|hadde) )?(?:in |i )?{MARK}"
)
_UNTIL = re.compile(rf"(?:until|till?|til|before|før|on|på|by|to)\s*{MARK}")
_BEFORE_DAYS = re.compile(rf"\b(?:before|prior to|up to|leading up to|før|fram til|inntil) {MARK}")
_AROUND = re.compile(
    rf"\b(?:before|før) (?:and|og|vs\.?|versus|or|mot) (?:after|etter|since) {MARK}|"
    rf"\b(?:after|etter) (?:and|og|vs\.?|versus|mot) (?:before|før) {MARK}"
)
_CHOSEN = re.compile(r"^\s*\[(?P<kind>[a-z_]+(?:/[a-z_]+)?)\]\s*")  # by a press, after asking back

# A week that goes on is held against the same days of the last one, not all of them.
_LIKE_FOR_LIKE = {("wtd", "lastweek"): "week", ("mtd", "lastmonth"): "month"}


def read(text: str, names: NameIndex, as_of: date) -> Slots:
    """What a line asks on a morning: first its names are marked, then the days, then the rest.

    Never raises; what is not understood stays empty.
    """
    chosen = _CHOSEN.match(text)
    names_marked = marked(text[chosen.end() :] if chosen else text, names)
    whole = sentence(names_marked, as_of)
    clause = asking(whole, as_of)
    slots = replace(
        _asking(chosen["kind"] if chosen else "", whole, clause),
        subjects=tuple(dict.fromkeys(clause.names)),
        excluded=names_marked.excluded,
        text=clause.text,
        line=names_marked.line,
    )
    return _honest(numbered(_over(_dated(slots, clause.plain, clause.days, as_of), as_of)))


def _asking(chosen: str, whole: MarkedSentence, clause: MarkedSentence) -> Slots:
    """The kind of question, as a button chose it, and what it may be instead or besides."""
    guessed = Guess() if chosen else _guessed(whole, clause)
    intent, _, detail = (chosen or guessed.likeliest).partition("/")
    return Slots(intent, detail, options=guessed.options, otherwise=guessed.otherwise)


def _guessed(whole: MarkedSentence, clause: MarkedSentence) -> Guess:
    if not any(character.isalpha() for character in whole.text):
        return Guess()  # a name or days alone
    if not whole.names and is_term(whole.text):
        return Guess(("define",), (1.0,))
    return guess(whole.text, clause.clause)


def _honest(slots: Slots) -> Slots:
    """A question about what nobody has numbers of is that, and none about what is nearest."""
    if slots.intent not in {"", "how_much", "which", "news"}:
        return slots
    counted = bool(slots.metric or slots.things)
    unread = nobody_knows(slots.text, counted=counted, placed=slots.intent == "news")
    if unread:
        return replace(slots, intent="unknown", detail="other", unread=unread)
    aside = slots.unread or left_aside(slots.text)
    return replace(slots, unread=aside) if slots.metric else slots


def _dated(slots: Slots, bare: str, days: tuple[NamedDays, ...], as_of: date) -> Slots:
    """The window, what it is compared with, and until when."""
    masked_text, until = slots.text, ""
    days, kept_in = without_left_out(bare, days, as_of)
    slots = replace(slots, unread=kept_in)
    against = "previous" if _PREVIOUS.search(bare) else _earlier(bare)
    weeks_ago = _WEEKS_AGO.search(bare)
    for phrase in filter(None, (_SAME_DAYS.search(bare), _AGO.search(bare), weeks_ago)):
        days = tuple(
            span for span in days if span.end <= phrase.start() or span.start >= phrase.end()
        )
    if slots.intent == "do" and days:
        until = days[-1].window if _UNTIL.search(masked_text) else ""
    spans = _in_order([span for span in days if span.window != "today"], masked_text)
    if weeks_ago:
        window = spans[0].window if spans else "7d"
        against = _weeks_before(window, count_of(weeks_ago["count"]), as_of)
        return replace(slots, window=window, against=against, until=until)
    if not spans:
        return replace(slots, window="today" if days else "", against=against, until=until)
    first_span = spans[0]
    later_spans = _later(spans, as_of)
    against = _its_own_day(against, first_span.window, bare)
    sided = None if later_spans or until else _sided(slots, first_span.window, masked_text, as_of)
    if sided:
        return replace(sided, against=sided.against or against)
    if later_spans and TOGETHER.search(bare):
        window = _as_one(first_span.window, later_spans[-1].window, as_of)
        return replace(slots, window=window, against=against, until=until)
    if later_spans and not against:
        against = _other_days(first_span.window, later_spans[0].window, masked_text, bare, as_of)
    elif _held_against(masked_text) and not later_spans:
        return replace(_alone(slots, first_span.window, as_of), until=until)
    return replace(slots, window=first_span.window, against=against, until=until)


def _later(spans: Sequence[NamedDays], as_of: date) -> Sequence[NamedDays]:
    """Days named after the first, but by another name: `black friday, yesterday, against …`."""
    if len(spans) <= TWO:
        return spans[1:]
    return [span for span in spans[1:] if _as_range(span.window, spans[0].window, as_of)]


def _other_days(first: str, later: str, masked_text: str, bare: str, as_of: date) -> str:
    """What days named second are, where the first are held against them; "" for the same ones."""
    if first == later:
        return "week" if _WEEK_BEFORE.search(bare) else ""
    against = _as_range(later, first, as_of)
    if against and _says_same_numbers(masked_text):
        against = _same_numbers(first, against, as_of)
    against = _beside(first, later, masked_text, as_of) or against
    against = _LIKE_FOR_LIKE.get((first, later), against)
    return "week" if _NORMAL.search(masked_text) else _as_far(first, against, as_of)


def _its_own_day(against: str, window: str, bare: str) -> str:
    """`black friday vs the week before`: a part of a week is held against the same days then."""
    since, until = window[:10], window[12:]
    in_week = (
        _RANGE.fullmatch(window)
        and (date.fromisoformat(until) - date.fromisoformat(since)).days < WEEK - 1
    )
    if against == "previous" and window in _WHOLE:
        return ""  # `last month versus the month before`: a whole one against a whole one
    inside = in_week or window == "yesterday" or window.startswith("on ")
    of_week = against == "previous" and _WEEK_BEFORE.search(bare) is not None
    return "week" if inside and of_week else against


def _sided(slots: Slots, window: str, masked_text: str, as_of: date) -> Slots | None:
    """The days before a day, or before and after it; None where they are the days themselves."""
    if _AROUND.search(masked_text):
        return _around(slots, window, as_of)
    if _BEFORE_DAYS.search(masked_text):
        return replace(slots, window=_until_then(window, as_of))
    return None


def _as_far(window: str, against: str, as_of: date) -> str:
    """`black friday vs last year`: those days a year ago, not all of that year; so of a quarter."""
    if window == "qtd":
        now, usual = parse_window(window, as_of)
        quarter_before = span_of(usual.since, now.since - timedelta(1))
        return "" if against == quarter_before else _last_year(window, against, as_of)
    return _last_year(window, against, as_of)


def _last_year(window: str, against: str, as_of: date) -> str:
    last_year = span_of(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    whole = re.fullmatch(r"[0-9]{4}-01-01\.\..*", window)
    return "year" if against == last_year and not whole else against


def _held_against(masked_text: str) -> bool:
    """Whether the days are what is compared with; `and last month?` only goes on to other days."""
    match = _VERSUS.search(masked_text)
    if match is None or masked_text.index(MARK) == 0:
        return False
    return match.start() > 0 or not re.match(r"(?:and|og|with|med)\b", match[0])


def _around(slots: Slots, window: str, as_of: date) -> Slots:
    """`before and after 17 november`: from that day on, against as many days before it."""
    try:
        first_day = parse_window(window, as_of)[0].since
    except PerfbotError:
        return slots
    last_day = as_of - timedelta(1)
    days = (last_day - first_day).days + 1
    if days < 1:
        return replace(slots, window=window)
    before = span_of(first_day - timedelta(days), first_day - timedelta(1))
    return replace(slots, window=span_of(first_day, last_day), against=before)


def _until_then(window: str, as_of: date) -> str:
    """`before november`: a year of days that end before its first."""
    try:
        first_day = parse_window(window, as_of)[0].since
    except PerfbotError:
        return window
    return span_of(first_day - timedelta(365), first_day - timedelta(1))


def _weeks_before(window: str, weeks: int, as_of: date) -> str:
    """The same days so many weeks earlier."""
    try:
        span = parse_window(window, as_of)[0]
    except PerfbotError:
        return ""
    earlier = timedelta(7 * weeks)
    return span_of(span.since - earlier, span.until - earlier)


_PAST = re.compile(
    r"\b(?:did|was|were|had|got|ended|spent|sold|finished|ble|var|fikk|hadde|gikk|endte|solgte|brukte|"
    r"havnet|landet)\b"
)


def _over(slots: Slots, as_of: date) -> Slots:
    """What days that are over `ended up` at is a number, nothing to foretell."""
    if slots.intent != "forecast" or slots.window in {"", "today", "mtd", "wtd"}:
        return slots
    if ahead := "" if _PAST.search(slots.text) else month_ahead(slots.window, as_of):
        return replace(slots, window=ahead)
    try:
        span = parse_window(slots.window, as_of)[0]
    except PerfbotError:
        return slots
    going_on = span.until == as_of - timedelta(1) and span.days > LONGEST_FEAST
    return slots if going_on or span.until >= as_of else replace(slots, intent="how_much")


def _earlier(bare: str) -> str:
    """Against the same days so much earlier: `week`, `month` or `year`; "" for nothing."""
    if ago := _AGO.search(bare):
        unit = ago["en"] or ago["nb"]
        return _AGO_OF.get(unit, unit)
    same = _SAME_DAYS.search(bare)
    return _SAME_OF.get(same["unit"].split()[-1], "year") if same else ""


def _alone(slots: Slots, window: str, as_of: date) -> Slots:
    """`are sales up vs last week`: the week so far against the same days of the last one."""
    last_year = f"{as_of.year - 1}-01-01..{as_of.year - 1}-12-31"
    if window == last_year and slots.intent != "define":
        return replace(slots, against="year")
    usual = {"lastweek": "week", "lastmonth": "month"}.get(window)
    if usual and slots.things and not slots.metric and slots.intent in {"", "news"}:
        return replace(slots, against=usual)
    now = {"lastweek": ("wtd", "week"), "lastmonth": ("mtd", "month")}.get(window)
    if now and slots.intent in {"compare", "why", "how_much", "", "which", "news", "moved"}:
        return replace(slots, window=now[0], against=now[1])
    if slots.intent in {"compare", "why"} and window.startswith("in "):
        return replace(slots, window="mtd", against=_as_range(window, "mtd", as_of))
    return replace(slots, window=window)


def _as_range(window: str, now: str, as_of: date) -> str:
    try:
        span, current_span = parse_window(window, as_of)[0], parse_window(now, as_of)[0]
    except PerfbotError:
        return ""
    return "" if span == current_span else f"{span.since.isoformat()}..{span.until.isoformat()}"


def _as_one(first: str, last: str, as_of: date) -> str:
    """`thursday and friday together`: from the first day of the one to the last of the other."""
    try:
        spans = parse_window(first, as_of)[0], parse_window(last, as_of)[0]
    except PerfbotError:
        return first
    since, until = min(span.since for span in spans), max(span.until for span in spans)
    return f"{since.isoformat()}..{until.isoformat()}"


def _says_same_numbers(text: str) -> bool:
    """Whether a sentence compares `with the same days in ◊`, another month."""
    return _SAME_NUMBERS.search(text) is not None


def _in_order(spans: Sequence[NamedDays], text: str) -> list[NamedDays]:
    """The days asked about before those they are held against: of a change, the later ones.

    `how did it change from september to october` asks about October.
    """
    changed = len(spans) == TWO and _FROM_TO.search(text) and says_changed(text)
    return [*spans][::-1] if changed else [*spans]


def _same_numbers(window: str, month: str, as_of: date) -> str:
    """`1-27 november` against `the same days in october`: its days of the same numbers."""
    span, whole = parse_window(window, as_of)[0], parse_window(month, as_of)[0]
    in_one_month = (span.since.year, span.since.month) == (span.until.year, span.until.month)
    if not in_one_month or whole.since.day != 1 or whole.since.month != whole.until.month:
        return month
    last_day = whole.until.day
    since = whole.since.replace(day=min(span.since.day, last_day))
    return span_of(since, whole.since.replace(day=min(span.until.day, last_day)))


def _beside(window: str, weekday: str, text: str, as_of: date) -> str:
    """`halloween than on the saturday before it`: that weekday next to the days; "" for none."""
    name, side = weekday.removeprefix("on "), _BESIDE.search(text)
    if side is None or name not in WEEKDAYS:
        return ""
    span, at = parse_window(window, as_of)[0], WEEKDAYS.index(name)
    if side["side"] in {"after", "etter"}:
        day = span.until + timedelta((at - span.until.weekday() - 1) % WEEK + 1)
    else:
        day = span.since - timedelta((span.since.weekday() - at - 1) % WEEK + 1)
    return span_of(day, day)

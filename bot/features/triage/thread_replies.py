"""Answers people write under a digest: `ack`, `ack 2`, `utsett 2 til mandag`, `nei`; or a ✅.

Until when: `3d`, `monday`, `til mandag`, `4 december`, `neste uke` as a day to come. Pure.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.replies import Asker, Reply, Said, Taken, WrittenLine
from bot.features.parts.message_sync import root_of
from bot.features.triage.answering import Decision, answer, evidence_view, record_of
from bot.features.triage.posted import posted_card
from bot.policy.permissions import part_of
from bot.question.grammar import window_of
from bot.question.vocabulary import ANSWER_OF, MONTHS, TICKS, WEEKDAY_OF
from bot.render.values.conversation import Talk
from bot.store.base import Outgoing

WORDS = sorted(ANSWER_OF, key=len, reverse=True)
NUMBER = r"(?:nr\.?|no\.?|number|nummer|item|punkt|#)?\s*"
SPOKEN = re.compile(
    rf"(?P<verb>{'|'.join(re.escape(word) for word in WORDS)})(?!\w)"
    rf"(?:\s+{NUMBER}(?P<item>\d{{1,2}})(?![\w-]|\.\w|,\d|\s?(?:%|prosent|percent)"
    r"|\s(?:days?|dager|døgn|weeks?|uker?)\b))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
REASON = re.compile(
    r"\s*(?:[:,–—-]|because\b|fordi\b|since\b)\s*(?P<reason>.+)", re.IGNORECASE | re.DOTALL
)
SAYS_WHY = re.compile(
    r"(?:we|i|it|its|it's|this|that|that's|they|not|already|vi|jeg|det|den|dette|ikke|allerede)\b",
    re.IGNORECASE,
)
WHY = re.compile(
    r"(?:why|hvorfor|evidence|bevis|explain|forklar|details|detaljer|show|vis)"
    rf"(?:\s+{NUMBER}(?P<item>\d{{1,2}}))?",
    re.IGNORECASE,
)
TAKES_BACK = re.compile(
    r"(?:/?perf )?(?:please |can you |could you |kan du )?"
    r"(?:undo|angre|reopen|gjenåpne|take (?:it|that|this) back|ta (?:det|den) tilbake)"
    r"(?: (?:it|that|this|the last(?: one| answer)?|my (?:last )?answer|det|den|dette|det siste"
    r"|svaret(?: mitt)?|det jeg (?:nettopp )?(?:gjorde|svarte)))?(?: please| takk)?",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"(?:(?:thank(?:s| you)|thx|tnx|cheers|takk|takker|tusen takk)\b"
    r"|(?:great|perfect|nice|super|supert|fint|flott|perfekt|bra|good (?:one|catch))[,! ]+"
    r"(?:thank|thx|takk|tusen takk)).*",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_REASON, MOST_BLOCKS, LONGEST_THANKS = 500, 49, 8  # letters, blocks, words
ANSWERED = ("acknowledged", "in_progress", "snoozed", "dismissed")


@dataclass(frozen=True)
class Spoken:
    """What a line in a thread says: the answer, which item (0: not said), the word used."""

    given: Decision
    item: int
    word: str


def spoken(text: str, today: date) -> Spoken | None:
    """A line as an answer; None where it is ordinary talk. Pure.

    Only a line that is nothing but an answer counts, so that "ok, let us talk tomorrow" does not
    answer anything; a dismissal may give its reason after a colon, a comma or "because", and one
    that names the number straight away: "nei 2 vi har ny annonse på vei".
    """
    line = " ".join(text.replace("’", "'").split()).rstrip(".! ")
    line_match = SPOKEN.fullmatch(line)
    if not line_match:
        return None
    word, remainder, item = (
        line_match["verb"],
        line_match["rest"].strip(" ."),
        int(line_match["item"] or 0),
    )
    verb = ANSWER_OF[word.casefold()]
    if verb == "snooze":
        until = day_meant(remainder, today) if remainder else None
        return Spoken(Decision(verb, until), item, word) if until or not remainder else None
    if verb == "acknowledge" and (part := part_of(remainder)):
        return Spoken(Decision(verb, part=part), item, word)
    if verb == "dismiss" and (reason := REASON.fullmatch(line_match["rest"])):
        return Spoken(Decision(verb, reason=reason["reason"][:LONGEST_REASON]), item, word)
    if verb == "dismiss" and item and _is_reason(word, remainder):
        return Spoken(Decision(verb, reason=remainder[:LONGEST_REASON]), item, word)
    return None if remainder else Spoken(Decision(verb), item, word)


def _is_reason(word: str, remainder: str) -> bool:
    """Whether words behind the number say why not: "no 2 days are alike" dismisses nothing."""
    if not remainder or remainder.endswith("?"):
        return False
    return word.casefold() != "no" or SAYS_WHY.match(remainder) is not None


def thread_reply(context: Context, line: WrittenLine, asker: Asker) -> Taken | None:
    """An answer written in a thread; None where the line is none or the thread not ours.

    An answer the line gave before it was edited is not given anew.
    """
    parsed = spoken(line.text, context.today(asker))
    items = _items(context, line.channel, line.thread_ts)
    if parsed is None or not items or parsed == spoken(line.before, context.today(asker)):
        return None
    return _for_one(context, items, parsed, asker)


def about(context: Context, channel: str, thread_ts: str, text: str, asker: Asker) -> Reply | None:
    """`why 2?` in a thread: everything behind that piece of advice; None where it asks no such."""
    question_match = WHY.fullmatch(" ".join(text.split()).rstrip("?.! "))
    items = _items(context, channel, thread_ts)
    if question_match is None or not items:
        return None
    number = int(question_match["item"] or 0)
    candidates = [item for item in items if item.item == number] if number else items
    if len(candidates) != 1:
        return _which(context, items, text.split(maxsplit=1)[0], asker)
    record = record_of(context, candidates[0].advice_id)
    modal = evidence_view(context, record.advice.id, asker)
    text = context.renderer(asker.language).rule(record.advice)
    return Reply(text, tuple(modal["blocks"][:MOST_BLOCKS]))


def no_answer(context: Context, asker: Asker) -> Reply:
    """For a line that was not understood: what may be written."""
    message = context.renderer(asker.language).render("no_answer")
    return Reply(message.text, message.blocks)


def thanks(context: Context, text: str, asker: Asker) -> Reply | None:
    """`takk!`, `thanks, will do`: an answer as friendly; None where more, or else, is said."""
    line = " ".join(text.split())
    if line.endswith("?") or len(line.split()) > LONGEST_THANKS or not THANKS.fullmatch(line):
        return None
    return _talk(context, "thanks", asker)


def taken_back(context: Context, line: str, asker: Asker) -> Reply | None:
    """`undo` outside a thread: where it is done, or that there is nothing to; None for others."""
    if not TAKES_BACK.fullmatch(" ".join(line.split()).rstrip("?.! ")):
        return None
    is_any = bool(context.store.all_advice(state=ANSWERED))
    return _talk(context, "undo" if is_any else "no_undo", asker)


def _talk(context: Context, kind: str, asker: Asker) -> Reply:
    message = context.renderer(asker.language).render("talk", talk=Talk(kind))
    return Reply(message.text, message.blocks)


def _items(context: Context, channel: str, thread_ts: str) -> list[Outgoing]:
    """The pieces of advice in a thread of ours."""
    return [message for message in context.store.thread(channel, thread_ts) if message.advice_id]


def reaction(context: Context, channel: str, ts: str, name: str, asker: Asker) -> Taken | None:
    """A ✅ on advice, or on a digest or urgent news with one thing to do; None for any other."""
    message = context.store.find_message(channel, ts)
    if name.partition("::")[0] not in TICKS or message is None:
        return None
    tick = Spoken(Decision("acknowledge"), message.item, "ack")
    if message.advice_id:
        return answer(context, message.advice_id, tick.given, asker)
    if message.kind not in {"digest", "urgent"}:
        return None
    items = _items(context, channel, root_of(context, message))
    return _for_one(context, items, tick, asker) if items else None


def _for_one(context: Context, items: Sequence[Outgoing], parsed: Spoken, asker: Asker) -> Taken:
    """Answer the one item meant: by its number, or the only one it can be; else ask which."""
    candidates = (
        [item for item in items if item.item == parsed.item] if parsed.item else list(items)
    )
    if len(candidates) > 1:
        able = [item for item in candidates if _can_be(context, item, parsed.given.verb)]
        if not able and parsed.given.verb == "undo":
            return Taken(lambda: Said(reply=_talk(context, "no_undo", asker)))
        candidates = able or candidates
    if len(candidates) == 1:
        return answer(context, candidates[0].advice_id, parsed.given, asker)
    return Taken(lambda: Said(reply=_which(context, items, parsed.word, asker)))


def _can_be(context: Context, item: Outgoing, verb: str) -> bool:
    state = record_of(context, item.advice_id).state
    return (state in ANSWERED) if verb == "undo" else (state in {"open", "in_progress"})


def _which(context: Context, items: Sequence[Outgoing], word: str, asker: Asker) -> Reply:
    cards = tuple(posted_card(context, item, record_of(context, item.advice_id)) for item in items)
    message = context.renderer(asker.language).render("which", cards=cards, verb=word)
    return Reply(message.text, message.blocks)


BEFORE = re.compile(
    r"^(?:for|in|until|till|til|to|om|på|on|kommende|førstkommende|the|i(?!\s(?:morgen|overmorgen)))\s+"
)
NEXT = re.compile(r"^(?:next|neste|this|denne|førstkommende|kommende)\s+(\w+)$")
ISO, DOTTED = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"(\d{1,2})\.(\d{1,2})\.?(\d{4})?")
DAY_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?([a-zæøå]+)\.?(?:\s+(\d{4}))?")
MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
SPAN = re.compile(
    r"(a|an|one|en|ei|et|two|to|three|tre)\s+(day|dag|week|uke|måned|month)s?r?(?:er)?"
)
NUMBERS = {"two": 2, "to": 2, "three": 3, "tre": 3}
LENGTHS = {"day": 1, "dag": 1, "week": 7, "uke": 7, "måned": 30, "month": 30}
TOMORROW = {
    **dict.fromkeys(("tomorrow", "i morgen", "imorgen", "morgen"), 1),
    **dict.fromkeys(("the day after tomorrow", "i overmorgen", "overmorgen"), 2),
}
MONTH_OF = {
    name[:length]: number
    for number, names in enumerate(MONTHS.items(), 1)
    for name in names
    for length in (len(name), 3)
}
WEEK = ("next week", "neste uke", "over helgen", "after the weekend", "etter helgen", "etter helga")
MONTH = ("next month", "neste måned")
MONTHS_END = ("end of the month", "end of month", "slutten av måneden", "månedsslutt", "month end")


def day_meant(text: str, today: date) -> date | None:
    """The day some words mean, the next one to come; None where they mean none."""
    phrase = " ".join(text.casefold().replace(",", " ").split()).rstrip(".!?")
    while (shorter := BEFORE.sub("", phrase)) != phrase:
        if day := _of(phrase, today):
            return day
        phrase = shorter
    return _of(phrase, today)


def _of(phrase: str, today: date) -> date | None:
    return _named(phrase, today) or _after(phrase, today) or _dated(phrase, today)


def _named(phrase: str, today: date) -> date | None:
    """A weekday, or a day that goes by a name of its own."""
    named = NEXT.fullmatch(phrase)
    if day := WEEKDAY_OF.get(named[1] if named else phrase):
        return _weekday(day, today)
    if phrase in WEEK:
        return _weekday(1, today)
    if phrase in MONTH:
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    if phrase in MONTHS_END:
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return None


def _after(phrase: str, today: date) -> date | None:
    """So many days from today."""
    if phrase in TOMORROW:
        return today + timedelta(days=TOMORROW[phrase])
    if span := SPAN.fullmatch(phrase):
        return today + timedelta(days=NUMBERS.get(span[1], 1) * LENGTHS[span[2]])
    window = window_of(phrase)
    return today + timedelta(days=int(window[:-1])) if re.fullmatch(r"\d+d", window) else None


def _weekday(weekday: int, today: date) -> date:
    """The next such day; on a Monday, "Monday" is in a week."""
    return today + timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)


def _dated(phrase: str, today: date) -> date | None:
    if ISO.fullmatch(phrase):
        year, month, day = map(int, phrase.split("-"))
        return _date(year, month, day, today)
    if parts := DOTTED.fullmatch(phrase):
        return _date(int(parts[3] or 0), int(parts[2]), int(parts[1]), today)
    if parts := DAY_MONTH.fullmatch(phrase):
        return _date(int(parts[3] or 0), MONTH_OF.get(parts[2], 0), int(parts[1]), today)
    if parts := MONTH_DAY.fullmatch(phrase):
        return _date(int(parts[3] or 0), MONTH_OF.get(parts[1], 0), int(parts[2]), today)
    return None


def _date(year: int, month: int, day: int, today: date) -> date | None:
    """A date; without a year, the next of its kind."""
    try:
        if year:
            return date(year, month, day)
        candidate = date(today.year, month, day)
        return candidate if candidate > today else date(today.year + 1, month, day)
    except ValueError:
        return None

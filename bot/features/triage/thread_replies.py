"""Answers people write under a digest: `ack`, `ack 2`, `snooze 3d`, `nei`; or a ✅."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.context.context import Office
from bot.domain.replies import Asker, Reply, Said, Taken
from bot.features.parts.message_sync import root_of
from bot.features.triage.answering import Given, answer, posted_card, record_of
from bot.policy.permissions import part_of
from bot.question.grammar import window_of
from bot.question.vocabulary import ANSWER_OF, TICKS
from bot.store.base import Outgoing

WORDS = sorted(ANSWER_OF, key=len, reverse=True)
SPOKEN = re.compile(
    rf"(?P<verb>{'|'.join(re.escape(word) for word in WORDS)})\b"
    r"(?:\s+#?(?P<item>\d{1,2})(?![\w.-]|,\d|\s?(?:%|prosent|percent)"
    r"|\s(?:days?|dager|døgn|weeks?|uker?)\b))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
REASON = re.compile(
    r"\s*(?:[:,–—-]|because\b|fordi\b|since\b)\s*(?P<reason>.+)", re.IGNORECASE | re.DOTALL
)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Spoken:
    """What a line in a thread says: the answer, which item (0: not said), the word used."""

    given: Given
    item: int
    word: str


def spoken(text: str, today: date) -> Spoken | None:
    """A line as an answer; None where it is ordinary talk. Pure.

    Only a line that is nothing but an answer counts, so that "ok, let us talk tomorrow" does not
    answer anything; a dismissal may give its reason after a colon, a comma or "because".
    """
    said = " ".join(text.split()).rstrip(".! ")
    found = SPOKEN.fullmatch(said)
    if not found:
        return None
    verb, rest = ANSWER_OF[found["verb"].casefold()], found["rest"].strip()
    item = int(found["item"] or 0)
    if verb == "snooze":
        until = snoozed_until(rest, today)
        return Spoken(Given(verb, until), item, found["verb"]) if until or not rest else None
    if verb == "acknowledge" and (part := part_of(rest)):
        return Spoken(Given(verb, part=part), item, found["verb"])
    if verb == "dismiss" and (reason := REASON.fullmatch(found["rest"])):
        return Spoken(Given(verb, reason=reason["reason"][:LONGEST_REASON]), item, found["verb"])
    return None if rest else Spoken(Given(verb), item, found["verb"])


def snoozed_until(text: str, today: date) -> date | None:
    """`3d`, `2 weeks`, `for 3 days`, `until 2026-12-01` as a day, else None."""
    words = re.sub(r"^(for|i|until|til|to)\s+", "", text.strip(), flags=re.IGNORECASE)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        try:
            return date.fromisoformat(words)
        except ValueError:
            return None
    window = window_of(words)
    return today + timedelta(days=int(window[:-1])) if re.fullmatch(r"\d+d", window) else None


def thread_reply(
    office: Office, channel: str, thread_ts: str, text: str, asker: Asker
) -> Taken | None:
    """An answer written in a thread; None where the line is none or the thread not ours."""
    said = spoken(text, office.today(asker))
    items = [each for each in office.store.thread(channel, thread_ts) if each.advice_id]
    if said is None or not items:
        return None
    return _for_one(office, items, said, asker)


def reaction(office: Office, channel: str, ts: str, name: str, asker: Asker) -> Taken | None:
    """A ✅ on advice, or on a digest or urgent news with one thing to do; None for any other."""
    message = office.store.find_message(channel, ts)
    if name.partition("::")[0] not in TICKS or message is None:
        return None
    tick = Spoken(Given("acknowledge"), message.item, "ack")
    if message.advice_id:
        return answer(office, message.advice_id, tick.given, asker)
    if message.kind not in {"digest", "urgent"}:
        return None
    thread = office.store.thread(channel, root_of(office, message))
    items = [each for each in thread if each.advice_id]
    return _for_one(office, items, tick, asker) if items else None


def _for_one(office: Office, items: Sequence[Outgoing], said: Spoken, asker: Asker) -> Taken:
    """Answer the one item meant: by its number, or the only one it can be; else ask which."""
    meant = [each for each in items if each.item == said.item] if said.item else list(items)
    if len(meant) > 1:
        meant = [each for each in meant if _can_be(office, each, said.given.verb)] or meant
    if len(meant) == 1:
        return answer(office, meant[0].advice_id, said.given, asker)
    return Taken(lambda: Said(reply=_which(office, items, said, asker)))


def _can_be(office: Office, item: Outgoing, verb: str) -> bool:
    state = record_of(office, item.advice_id).state
    return (state != "open") if verb == "undo" else (state in {"open", "in_progress"})


def _which(office: Office, items: Sequence[Outgoing], said: Spoken, asker: Asker) -> Reply:
    cards = tuple(posted_card(office, each, record_of(office, each.advice_id)) for each in items)
    message = office.renderer(asker.language).render("which", cards=cards, verb=said.word)
    return Reply(message.text, message.blocks)

"""What came in, over what was spent: MER (blended ROAS), what a new customer cost, what was undone.

Of the books' orders, whoever brought them: a platform claims what it saw an ad before, and two may
claim one sale. Both halves are of the same days, those that orders are known of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import AmountQuestion, scene
from bot.features.parts.reporting import exchange_of, rates_of
from bot.features.parts.subjects import EVERYTHING, Subject
from bot.numbers import documented
from bot.numbers.documented import Books
from bot.numbers.exchange import Exchange
from bot.numbers.input.daily import campaigns_only, entity
from bot.question.metric_words import metrics_in, without_metrics
from bot.question.slots import Slots
from bot.render.values.measures import BooksAnswer, BooksLine, ClaimedOrder
from bot.snapshot.naming import title

METRICS = ("mer", "cac")
REFUNDS = "refunds"  # nobody names it as a metric: it is asked in words
INTENTS = ("how_much", "compare", "define")  # others take the nearest metric of boards
USUAL = "28d"
VAGUE = ("", "unknown", "define", "news", "target", "how_much", "compare")
_MEANING = re.compile(
    r"\b(?:mean\w*|definition|define|defined|explain|stands? for|betyr|menes|definisjon|forklar|"
    r"står for)\b"
)
_BARE = re.compile(r"(?:what is|what's|whats|hva er) (?:an? |the )?◊?\??$")
LINES_SHOWN = 10
SHOWN_OF_KEY = 8
"""Characters of an order's hash that tell it from others: its number is kept nowhere."""


def meant(slots: Slots) -> Slots:
    """A sentence that names MER or the cost of a new customer asks for it, not what it is."""
    text = slots.text.casefold()
    metric_names = metrics_in(text)
    asks = slots.options or slots.intent in VAGUE
    if (
        not asks
        or len(metric_names) != 1
        or metric_names[0] not in METRICS
        or _MEANING.search(text)
    ):
        return slots
    if not slots.window and not slots.things and _BARE.fullmatch(without_metrics(text)):
        return slots
    return replace(
        slots, intent="how_much", metric=metric_names[0], options=(), otherwise=(), form=""
    )


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """MER and the like from the books; None where none is asked, or no orders are known."""
    if (
        slots.metric not in {*METRICS, REFUNDS}
        or slots.form
        or slots.against
        or len(slots.things) > 1
    ):
        return None
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    at = scene(context, slots, asker, as_of, USUAL)
    books_answer = from_books(at, subject, slots.metric)
    return at.said("books", answer=books_answer) if books_answer else None


def taken_back(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """How many orders were refunded or cancelled; None where no orders are known."""
    return answer(context, replace(slots, metric=REFUNDS, against="", form=""), asker, as_of)


def from_books(at: AmountQuestion, subject: Subject, metric: str) -> BooksAnswer | None:
    """What the books' orders are to the ads of the same days, as values."""
    rows = subject.rows(at.figures)
    span = at.figures.now
    everything = not subject.by
    entities = None if everything else {row.entity for row in rows}
    books = _books(at, span.since, span.until, entities)
    currencies = {row.currency for row in rows}
    if books is None or len(currencies) != 1 or (metric == "cac" and not books.new_customers):
        return None
    exchange = exchange_of(at.context, at.figures, currencies.pop() or "")
    spent, worth = books.spent(exchange), books.worth(exchange)
    if not spent or (metric == "mer" and worth is None):
        return None
    before = _books(at, at.figures.before.since, at.figures.before.until, entities)
    return BooksAnswer(
        metric=metric,
        name=subject.title,
        period=at.period,
        value=_ratio(metric, spent, worth, books),
        before=_before(metric, before, exchange),
        currency=exchange.to or None,
        spent=spent,
        worth=worth,
        orders=len(books.standing),
        refunded=len(books.orders) - len(books.standing),
        new_customers=books.new_customers,
        unsaid=int(books.standing["new_customer"].isna().sum()),
        claimed=books.claimed() if everything else None,
        days=(books.since, books.until),
        lines=_lines(books) if metric == "mer" else (),
        rates=rates_of(at.context, at.figures),
        **_several(books),
    )


def _several(books: Books) -> dict[str, Any]:
    """Orders that more than one platform counts: how many of each kind, and the newest."""
    orders = books.claimed_by_several
    kinds = Counter(orders["claimants"])
    columns = (orders[name] for name in ("order", "date", "value", "currency", "claimants"))
    return {
        "claimed_by": tuple(
            (tuple(map(title, platforms)), count) for platforms, count in kinds.most_common()
        ),
        "counted_twice": tuple(
            ClaimedOrder(str(key)[:SHOWN_OF_KEY], day.date(), _number(value), code or None,
                         tuple(map(title, platforms)))
            for key, day, value, code, platforms in zip(*columns, strict=True)
        ),
    }  # fmt: skip


def _ratio(metric: str, spent: float, worth: float | None, books: Books) -> float | None:
    if metric == "mer":
        return None if worth is None else worth / spent
    if metric == REFUNDS:
        return 1 - len(books.standing) / len(books.orders)
    return spent / books.new_customers if books.new_customers else None


def _before(metric: str, books: Books | None, exchange: Exchange) -> float | None:
    spent = books.spent(exchange) if books else None
    if books is None or not spent:
        return None
    return _ratio(metric, spent, books.worth(exchange), books)


def _books(
    at: AmountQuestion, since: date, until: date, entities: Collection[str] | None
) -> Books | None:
    """The orders of these days, and the ads of those among them that orders are known of."""
    store = at.context.store
    orders = store.orders(since, until)
    if not len(orders):
        return None
    first_day, last_day = orders["date"].min().date(), orders["date"].max().date()
    numbers = campaigns_only(store.numbers(first_day, last_day, as_of=at.as_of))
    if not len(numbers):
        return None
    counted = {row.entity for row in at.figures.counted}
    names = entity(numbers)
    matched = documented.match(orders, numbers)
    if entities is not None:
        matched = matched[matched["matched"] & documented.entities(matched).isin(list(entities))]
    numbers = numbers[names.isin(list(counted if entities is None else entities)).to_numpy()]
    return Books(matched, numbers, first_day, last_day) if len(matched) and len(numbers) else None


def _lines(books: Books) -> Sequence[BooksLine]:
    """The campaigns with the most in the books: what is claimed, documented, and comes back."""
    table = books.by_campaign().head(LINES_SHOWN)
    figures = table[["claimed", "documented", "refunded", "return"]]
    amounts = figures.itertuples(index=False, name=None)
    return tuple(
        BooksLine(str(name), *map(_number, row))
        for name, row in zip(table.index, amounts, strict=True)
    )


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)

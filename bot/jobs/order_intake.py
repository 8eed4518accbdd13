"""Orders, leads and answers to surveys into the store, beside the numbers of their campaigns.

Orders document sales; of leads it counts how many were qualified; of answers the mean of each day
is a campaign's satisfaction, and no answer is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from bot.numbers import documented, lead_quality
from bot.numbers.documented import CAMPAIGN
from bot.numbers.input.daily import campaigns_only, normalise
from bot.numbers.plan import Plan
from bot.store.base import Store

KEY = "orders:key"  # a preference of nobody's: what orders' numbers are hashed with
ORDER_SOURCE = "orders"
LAST = "orders:posted"  # likewise: when orders were last posted
WAITING = "orders:counted"  # likewise: since when boards lack what was counted


@dataclass(frozen=True)
class Handed:
    """What orders came to.

    Attributes:
        orders, added, changed: How many there are, how many are new, how many say something else.
        matched: How many of them belong to a campaign.
        days: Days x campaigns whose documented sales changed.
    """

    orders: int
    added: int
    changed: int
    matched: int
    days: int


def keep_orders(store: Store, orders: pd.DataFrame, at: datetime) -> Handed:
    """Keep orders and count them where they belong; the same again changes nothing.

    Args:
        store: The store.
        orders: `bot.numbers.documented.COLUMNS`; the order's number as the shop has it. Where there
            is no `updated_at`, what it says holds as of now.
        at: Now: the counts are known from today on.
    """
    if not len(orders):
        return Handed(0, 0, 0, 0, 0)
    with store.atomic("numbers"):
        hashed_orders = orders.assign(order=hashed(store, orders["order"]))
        if "updated_at" not in hashed_orders:
            hashed_orders = hashed_orders.assign(updated_at=at)
        added, changed = store.add_orders(hashed_orders)
        since, until = orders["date"].min().date(), orders["date"].max().date()
        matched = _matched(store, since, until)
        days = _count_orders(store, matched, at)
        placed = set(matched["order"][matched["matched"]])
    return Handed(len(orders), added, changed, len(placed & set(hashed_orders["order"])), days)


def note_posted(store: Store, handed: Handed, at: datetime) -> None:
    """Remember that orders came by themselves, and whether boards lack them now."""
    stamp = at.isoformat(timespec="seconds")
    store.set_preference(LAST, at=stamp)
    if handed.days:
        store.set_preference(WAITING, at=stamp)


def last_posted(store: Store) -> datetime | None:
    """When orders were last posted; None where none ever were."""
    at = store.preference(LAST).get("at", "")
    return datetime.fromisoformat(at) if at else None


def count_orders(store: Store, since: date, until: date, at: datetime) -> int:
    """Count the orders of these days anew: how many days x campaigns changed.

    After every pull, too: an order may come before the numbers of its day, and a campaign's name
    after both.
    """
    return _count_orders(store, _matched(store, since, until), at)


def _matched(store: Store, since: date, until: date) -> pd.DataFrame:
    orders = store.orders(since, until)
    numbers = campaigns_only(store.numbers(since, until)) if len(orders) else _NONE
    return documented.match(orders, numbers)


_NONE = normalise(pd.DataFrame())


def _count_orders(store: Store, matched: pd.DataFrame, at: datetime) -> int:
    if not matched["matched"].any():
        return 0
    since, until = matched["date"].min().date(), matched["date"].max().date()
    rows = documented.documented(matched, campaigns_only(store.numbers(since, until)))
    if not len(rows):
        return 0
    stored = store.add_numbers(
        rows, source=ORDER_SOURCE, pulled_at=at, columns=("documented_conversions",)
    )
    return stored.added + stored.restated


def hashed(store: Store, ids: pd.Series) -> list[str]:
    """Ids of orders and leads under the install's own key: they can be recognised, not read."""
    key = store.preference(KEY).get("key", "")
    if not key:
        key = secrets.token_hex(32)
        store.set_preference(KEY, key=key)
    secret = bytes.fromhex(key)
    return [hmac.new(secret, str(number).encode(), hashlib.sha256).hexdigest() for number in ids]


LEAD_SOURCE = "leads"


def keep_leads(store: Store, leads: pd.DataFrame, at: datetime) -> Handed:
    """Keep leads and count those that were qualified; the same again changes nothing.

    Args:
        store: The store.
        leads: `bot.numbers.lead_quality.COLUMNS`; the id as the CRM has it.
        at: Now: the counts are known from today on.
    """
    if not len(leads):
        return Handed(0, 0, 0, 0, 0)
    with store.atomic("numbers"):
        hashed_leads = leads.assign(lead=hashed(store, leads["lead"]), updated_at=at)
        added, changed = store.add_leads(hashed_leads)
        matched = placed(store, leads["date"].min().date(), leads["date"].max().date())
        days = _count_leads(store, matched, at)
        theirs = set(matched["lead"][matched["matched"]]) & set(hashed_leads["lead"])
    return Handed(len(leads), added, changed, len(theirs), days)


def count_leads(store: Store, since: date, until: date, at: datetime) -> int:
    """Count the leads of these days anew, as after a pull: how many days x campaigns changed."""
    return _count_leads(store, placed(store, since, until), at)


def placed(store: Store, since: date, until: date) -> pd.DataFrame:
    """The leads of these days with their campaigns (`bot.numbers.documented.match`)."""
    leads = store.leads(since, until)
    numbers = campaigns_only(store.numbers(since, until)) if len(leads) else _NONE
    return documented.match(leads, numbers)


def _count_leads(store: Store, matched: pd.DataFrame, at: datetime) -> int:
    if not matched["matched"].any():
        return 0
    since, until = matched["date"].min().date(), matched["date"].max().date()
    rows = lead_quality.qualified(matched, campaigns_only(store.numbers(since, until)))
    if not len(rows):
        return 0
    stored = store.add_numbers(rows, source=LEAD_SOURCE, pulled_at=at, columns=("qualified_leads",))
    return stored.added + stored.restated


ANSWER_SOURCE = "satisfaction"
ENGAGE = "engage"


@dataclass(frozen=True)
class Rated:
    """What answers came to.

    Attributes:
        answers, matched: How many there are, and how many belong to a campaign.
        days: Days x campaigns whose satisfaction changed.
    """

    answers: int
    matched: int
    days: int


def keep_answers(store: Store, answers: pd.DataFrame, plan: Plan, at: datetime) -> Rated:
    """Keep the mean score of each day and campaign; the same file again changes nothing.

    Answers that name a campaign are its own. Where no answer does, they are of customers in
    general: they count for every campaign of the engage stage, which is what they are asked about.

    Args:
        store: The store.
        answers: `date`, `campaign`, `channel`, `score`.
        plan: Says which campaigns engage.
        at: Now: the scores are known from today on.
    """
    if not len(answers):
        return Rated(0, 0, 0)
    since, until = answers["date"].min().date(), answers["date"].max().date()
    with store.atomic("numbers"):
        numbers = campaigns_only(store.numbers(since, until))
        by_campaign = bool((answers["campaign"] != "").any())
        rated = (
            _named(answers, numbers) if by_campaign else _of_all(answers, numbers, plan, at.date())
        )
        days = _kept(store, rated, at)
    matched = int(rated["answers"].sum()) if by_campaign else len(answers) if len(rated) else 0
    return Rated(len(answers), matched, days)


def _named(answers: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    placed = documented.match(answers, numbers)
    groups = placed[placed["matched"]].groupby(["date", *CAMPAIGN])["score"]
    means = groups.agg(satisfaction="mean", answers="size").reset_index()
    rows = numbers[["date", *CAMPAIGN, "campaign_name"]]
    keyed = rows.assign(account_id=rows["account_id"].fillna(""))
    rated = keyed.merge(means, how="left", on=["date", *CAMPAIGN])
    columns = {name: rated[name].to_numpy() for name in ("satisfaction", "answers")}
    return rows.assign(**columns).dropna(subset=["satisfaction"])


def _of_all(answers: pd.DataFrame, numbers: pd.DataFrame, plan: Plan, on: date) -> pd.DataFrame:
    kinds = numbers.drop_duplicates(CAMPAIGN)
    resolved = plan.resolve(kinds, on)
    engaging = resolved[resolved["stage"] == ENGAGE][CAMPAIGN]
    rows = numbers[["date", *CAMPAIGN, "campaign_name"]].merge(engaging, on=CAMPAIGN)
    means = answers.groupby("date")["score"].agg(satisfaction="mean", answers="size").reset_index()
    return rows.merge(means, on="date")


def _kept(store: Store, rated: pd.DataFrame, at: datetime) -> int:
    if not len(rated):
        return 0
    rows = rated.drop(columns="answers")
    stored = store.add_numbers(rows, source=ANSWER_SOURCE, pulled_at=at, columns=("satisfaction",))
    return stored.added + stored.restated

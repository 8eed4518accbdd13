"""Answers to a survey into the satisfaction of campaigns: the mean of each day, and no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from bot.numbers import documented
from bot.numbers.documented import CAMPAIGN
from bot.numbers.input.daily import campaigns_only
from bot.numbers.plan import Plan
from bot.store.base import Store

SOURCE = "satisfaction"
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


def keep(store: Store, answers: pd.DataFrame, plan: Plan, at: datetime) -> Rated:
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
        named = bool((answers["campaign"] != "").any())
        rated = _named(answers, numbers) if named else _of_all(answers, numbers, plan, at.date())
        days = _kept(store, rated, at)
    matched = int(rated["answers"].sum()) if named else len(answers) if len(rated) else 0
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
    stored = store.add_numbers(rows, source=SOURCE, pulled_at=at, columns=("satisfaction",))
    return stored.added + stored.restated

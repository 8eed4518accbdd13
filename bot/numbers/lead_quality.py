"""Leads as a CRM has them, beside what the platforms say they brought. Pure.

A platform counts a form that was sent; the CRM knows whether anybody wanted to talk, and whether
anything was bought. A lead belongs to the day it came, also where it is qualified weeks later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from bot.numbers.documented import CAMPAIGN, counted
from bot.numbers.input.columns import IDENTITY, coded
from bot.numbers.input.daily import is_campaign
from bot.numbers.plan import Plan

COLUMNS = ("lead", "date", "campaign", "channel", "qualified", "won", "value", "currency")
"""A lead: its (hashed) id, the day it came, the campaign and the channel it names ("" where nothing
says), 1 or 0 for qualified and for won, what it was won for in units of its currency (NaN where
unknown)."""


def qualified(matched: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """How many leads of each day and campaign were qualified since.

    On a day of which leads were handed in, a campaign that counts leads and has no qualified one
    has 0, where leads name the campaigns of its channel; else nothing is known.

    Args:
        matched: Leads as `bot.numbers.documented.match` leaves them.
        numbers: Daily numbers of the same days.

    Returns:
        As `bot.numbers.documented.documented`, with `qualified_leads`.
    """
    return counted(matched, matched["qualified"] == 1.0, numbers, ("leads", "qualified_leads"))


def by_day(matched: pd.DataFrame) -> pd.DataFrame:
    """Leads, qualified, won and won value of each day, campaign and currency."""
    placed = matched[matched["matched"]]
    keys = ["date", *CAMPAIGN, "currency"]
    won = placed["won"] == 1.0
    parts = placed.assign(leads=1.0, won_value=placed["value"].where(won))
    groups = parts.groupby(keys, sort=True)
    sums = groups[["leads", "qualified", "won"]].sum()
    return sums.assign(won_value=groups["won_value"].sum(min_count=1)).reset_index()


def summary(matched: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """The CRM beside the platforms, a row for each campaign that brings leads.

    Returns:
        `channel`, `account_id`, `campaign_id`, `campaign_name`, `currency`, `spend`, `claimed`
        (what the platform counts), `leads` (what the CRM has), `qualified`, `won`, `value` (of what
        was won, in the campaign's currency; NaN where a lead has another), `cost_per_qualified`,
        `cost_per_won`, `return` (value over spend). NaN where unknown.
    """
    days = matched["date"].between(numbers["date"].min(), numbers["date"].max())
    leads = matched[days & matched["matched"]]
    keyed = numbers.assign(account_id=numbers["account_id"].fillna(""))
    groups = keyed.groupby(CAMPAIGN, sort=False)
    totals = pd.DataFrame({
        "campaign_name": groups["campaign_name"].last(),
        "currency": groups["currency"].last(),
        "spend": groups["spend"].sum(min_count=1),
        "claimed": groups["leads"].sum(min_count=1),
    })  # fmt: skip
    table = totals.join(_crm(leads, totals["currency"]), how="left")
    with np.errstate(all="ignore"):
        for name in ("qualified", "won"):
            table[f"cost_per_{name}"] = table["spend"] / table[name].replace(0.0, np.nan)
        table["return"] = table["value"] / table["spend"].replace(0.0, np.nan)
    return table[table["claimed"].notna() | table["leads"].notna()].reset_index()


def _crm(leads: pd.DataFrame, currencies: pd.Series) -> pd.DataFrame:
    theirs = currencies.reindex(pd.MultiIndex.from_frame(leads[CAMPAIGN])).to_numpy()
    codes = leads["currency"].to_numpy()
    won = leads["won"] == 1.0
    foreign = won & leads["value"].notna() & (codes != "") & (codes != theirs)
    parts = leads.assign(won_value=leads["value"].where(won), foreign=foreign)
    groups = parts.groupby(CAMPAIGN)
    value = groups["won_value"].sum(min_count=1)
    return pd.DataFrame({
        "leads": groups.size().astype("float64"),
        "qualified": groups["qualified"].sum(),
        "won": groups["won"].sum(),
        "value": value.mask(groups["foreign"].any()),
    })  # fmt: skip


def paid_by_lead(numbers: pd.DataFrame, plan: Plan, on: date) -> pd.DataFrame:
    """Daily numbers in which a campaign that is paid by the lead has its leads as leads.

    Google, Microsoft and X count whatever an advertiser calls a conversion in one column. Where
    the plan, or the row itself, says CPL and no leads are reported beside it, those are the leads;
    what they are worth (`revenue`) stands as it is.

    Args:
        numbers: As `Store.numbers` gives them, in any number of revisions.
        plan: What people say the campaigns are for.
        on: The morning it is meant of.
    """
    if numbers.empty or not _lead_priced(numbers, plan, on):
        return numbers
    codes, _ = coded(numbers)
    own = is_campaign(numbers)
    sold, led = (
        np.bincount(codes, weights=own & numbers[name].notna(), minlength=int(codes.max()) + 1) > 0
        for name in ("conversions", "leads")
    )
    is_open = own & (sold & ~led)[codes]
    if not is_open.any():
        return numbers
    campaigns = numbers[is_open].drop_duplicates([*IDENTITY], keep="last")
    resolved = replace(plan, reported={}).resolve(campaigns, on)  # a guess does not count here
    is_led = (resolved["pricing_model"] == "CPL") & (resolved["because_pricing"] != "inferred")
    chosen = is_open & np.isin(codes, codes[numbers.index.get_indexer(campaigns.index[is_led])])
    conversions = numbers["conversions"]
    return numbers.assign(
        leads=numbers["leads"].where(~chosen, conversions),
        conversions=conversions.where(~chosen),
    )


def _lead_priced(numbers: pd.DataFrame, plan: Plan, on: date) -> bool:
    """Whether anything says of any campaign that it is paid by the lead."""
    if any((entry.pricing_model or "").upper() == "CPL" for entry in plan.valid(on)):
        return True
    return bool((numbers["pricing_model"].astype(object) == "CPL").any())

"""What comes in another currency than what is known of the same campaign, or of its account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

CAMPAIGN = ("channel", "account_id", "campaign_id")
ACCOUNT = CAMPAIGN[:2]


@dataclass(frozen=True)
class CurrencyChange:
    """A campaign, or a whole account, whose rows come in another currency.

    Attributes:
        channel, account_id: Whose; an account without an id is never compared as a whole.
        campaign_id: "" where it is the account.
        stored, coming: The two currencies.
    """

    channel: str
    account_id: str
    campaign_id: str
    stored: str
    coming: str

    def stays_beside(self, stored: pd.DataFrame, frame: pd.DataFrame) -> date | None:
        """The last stored day that rows do not bring anew, and so would stay in the old currency.

        None: every day is replaced, as where only the label had been wrong.
        """
        keys = CAMPAIGN if self.campaign_id else ACCOUNT
        of = stored["currency"].eq(self.stored)
        for name in keys:
            of &= stored[name].eq(getattr(self, name))
        cells = ["date", *CAMPAIGN]
        days = stored.loc[of, cells].drop_duplicates()
        beside = days.merge(frame[cells].drop_duplicates(), how="left", indicator=True)
        staying = beside.loc[beside["_merge"] == "left_only", "date"]
        return staying.max().date() if len(staying) else None


def last_day(frame: pd.DataFrame) -> date:
    """The newest day of rows in canonical shape; there is at least one."""
    newest: date = frame["date"].max().date()
    return newest


def currency_changes(frame: pd.DataFrame, census: pd.DataFrame) -> Iterator[CurrencyChange]:
    """The first campaign, then the first account, none of whose known currencies is the one coming.

    Args:
        frame: Rows that come, in canonical shape.
        census: The campaigns that are stored, with their currencies (`Reader.census`).
    """
    coming = frame.loc[frame["currency"].notna(), [*CAMPAIGN, "currency"]].drop_duplicates()
    stored = census.loc[census["currency"].notna(), [*CAMPAIGN, "currency"]]
    named = coming[coming["account_id"].ne("")]
    yield from _first(coming, stored, CAMPAIGN)
    yield from _first(named, stored, ACCOUNT)


def _first(
    coming: pd.DataFrame, stored: pd.DataFrame, keys: Sequence[str]
) -> Iterator[CurrencyChange]:
    pairs = coming.merge(stored, on=list(keys), suffixes=("", "_stored"))
    differs = pairs["currency"] != pairs["currency_stored"]
    everywhere = differs.groupby([pairs[key] for key in (*keys, "currency")]).transform("all")
    for row in pairs[everywhere].head(1).to_dict("records"):
        campaign = str(row["campaign_id"]) if "campaign_id" in keys else ""
        yield CurrencyChange(
            str(row["channel"]), str(row["account_id"]), campaign,
            str(row["currency_stored"]), str(row["currency"]),
        )  # fmt: skip

"""The reports that stand beside ad_reporting's campaigns: ad groups, ads, keywords, terms, pages.

Each is read for its own level, and only that: a report of keywords has ad groups as well, but not
all of what they spent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from bot.domain.details import DetailSpan, Level
from bot.errors import RefusedFile, SourceError
from bot.numbers.input.detail_rows import INCOMING, normal_details
from bot.numbers.input.names import account_key

log = logging.getLogger(__name__)
CAMPAIGNS = "ad_reporting__campaign_report"
REPORTS = {
    "ad_reporting__ad_group_report": Level.AD_SET,
    "ad_reporting__ad_report": Level.AD,
    "ad_reporting__keyword_report": Level.KEYWORD,
    "ad_reporting__search_report": Level.SEARCH_TERM,
    "ad_reporting__url_report": Level.LANDING_PAGE,
}
"""The reports of the dbt package, by the level each is read for."""


@dataclass(frozen=True)
class BesideReports:
    """Detail rows of a warehouse, and what they are all of.

    Attributes:
        frame: `bot.numbers.input.detail_rows.INCOMING`; None where there are none.
        spans: Days of accounts and levels it has every row of.
    """

    frame: pd.DataFrame | None = None
    spans: tuple[DetailSpan, ...] = ()


def reports_beside(table: str) -> dict[str, Level]:
    """The names of the other reports, as the campaigns' is written; none beside any other table."""
    before, name, after = table.rpartition(CAMPAIGNS)
    if not name or after.strip('"'):
        return {}
    return {f"{before}{report}{after}": level for report, level in REPORTS.items()}


def beside(
    campaigns: pd.DataFrame,
    reports: Mapping[str, Level],
    read: Callable[[str], pd.DataFrame | None],
    days: tuple[date, date],
) -> BesideReports:
    """Every report there is, of its own level.

    Args:
        campaigns: The daily numbers, for the accounts there are.
        reports: Names and levels.
        read: The details of a report; None where there is no such table, or nothing in it. One
            that cannot be read leaves what is stored of its level.
        days: The first and last day read.
    """
    frames, levels = [], []
    for name, level in reports.items():
        try:
            rows = read(name)
        except (RefusedFile, SourceError) as error:  # the campaigns' numbers do not wait for it
            log.warning("no details by %s today: %s: %s", level.value, name, error.message)
            continue
        if rows is not None:
            frames.append(rows[rows["level"] == level])
            levels.append(level)
    empty = normal_details(pd.DataFrame(columns=list(INCOMING)))
    frame = pd.concat(frames, ignore_index=True) if frames else empty
    accounts = campaigns[["channel", "account_id"]].drop_duplicates()
    spans = [
        DetailSpan(channel, account_key(account), level.value, *days)
        for level in levels
        for channel, account in accounts.itertuples(index=False)
    ]
    return BesideReports(frame if levels else None, tuple(spans))

"""Detail rows as columns of numbers: which part, campaign and day each row is of.

A million keyword-days are coded once and then only added up: nothing here loops over parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided

FULL_WEEK = 7
IDENTITY = ("channel", "account_id", "campaign_id")
DESCRIBED = ("detail_name", "parent_name", "match_type", "currency")


@dataclass(frozen=True)
class CampaignNorm:
    """What the parts of one campaign are held against.

    Attributes:
        results: The column that counts as a result, "" where its results are of no part.
        target: What a result may cost, in the campaign's currency; None without one.
        skip: Newest days held back, as late results still come in.
    """

    results: str = "conversions"
    target: float | None = None
    skip: int = 0


@dataclass(frozen=True)
class DetailPanel:
    """Rows of one level up to a morning, coded.

    Attributes:
        rows: As the store gives them, of one level.
        age: Days each row is old on the morning: 1 is yesterday.
        part: Which of `parts` each row is of.
        parts: One row a part: its identity and its newest names.
        campaign: Which of `campaigns` each part is in.
        campaigns: `(channel, account_id, campaign_id)`.
    """

    rows: pd.DataFrame
    age: Ints
    part: Ints
    parts: pd.DataFrame
    campaign: Ints
    campaigns: tuple[tuple[str, str, str], ...]
    norms: tuple[CampaignNorm, ...]

    @property
    def size(self) -> int:
        return len(self.parts)

    def add(self, values: Floats, rows: Bools | None = None) -> Floats:
        """A sum a part, NaN where nothing is known."""
        usable = ~np.isnan(values) if rows is None else rows & ~np.isnan(values)
        if usable.all():
            return self._added(self.part, values)
        part = self.part[usable]
        is_known = np.bincount(part, minlength=self.size) > 0
        return np.where(is_known, self._added(part, values[usable]), np.nan)

    def _added(self, part: Ints, values: Floats) -> Floats:
        return added(part, values, self.size)

    def together(self, values: Floats) -> Floats:
        """Of a number a part: the sum of its campaign, for each part; missing parts add nothing."""
        return added(self.campaign, np.nan_to_num(values), len(self.campaigns))[self.campaign]

    def column(self, name: str) -> Floats:
        """A column of the rows as numbers."""
        return self.rows[name].to_numpy(np.float64, na_value=np.nan)

    @cached_property
    def results(self) -> Floats:
        """What counts as a result in the row's campaign; NaN where that is not known."""
        names = [norm.results for norm in self.norms]
        counts = np.full(len(self.rows), np.nan)
        code = self.campaign[self.part]
        for name in filter(None, dict.fromkeys(names)):
            of_name = np.array([column == name for column in names], dtype=bool)
            counts = np.where(of_name[code], self.column(name), counts)
        return counts

    @cached_property
    def skip(self) -> Ints:
        """Newest days held back, a part."""
        skip_days = np.array([norm.skip for norm in self.norms], dtype=np.int64)
        return skip_days[self.campaign]

    @cached_property
    def target(self) -> Floats:
        """What a result may cost, a part; NaN without a target."""
        targets = [np.nan if norm.target is None else norm.target for norm in self.norms]
        return np.array(targets, dtype=np.float64)[self.campaign]

    def within(self, days: int, before: int = 0) -> Bools:
        """Rows of so many days, of which late results are in; `before` ends them earlier."""
        newest = self.age - self.skip[self.part]
        return np.asarray((newest > before) & (newest <= before + days))

    @cached_property
    def phi(self) -> float:
        """How far days scatter beyond dice: one number for all, at least 1.

        Pearson's around each part's own rate (STATISTICS.md item 5); days on which less than a
        fiftieth of a result is foretold are told by nothing.
        """
        clicks = np.nan_to_num(self.column("clicks"))
        results = np.nan_to_num(self.results)
        rate = np.nan_to_num(
            divided(self._added(self.part, results), self._added(self.part, clicks))
        )
        expected = clicks * rate[self.part]
        usable = expected > 0.02
        spare = usable.sum() - (rate > 0).sum()
        if spare <= 0:
            return 1.0
        off = (results[usable] - expected[usable]) ** 2 / expected[usable]
        return float(max(1.0, min(off.sum() / spare, 4.0)))


def panel_of(
    rows: pd.DataFrame,
    as_of: date,
    norms: dict[tuple[str, str, str], CampaignNorm],
    days: int = 91,
) -> DetailPanel:
    """Code the rows of one level that lie in the `days` before `as_of`.

    Args:
        rows: Columns as `bot.domain.details.DETAIL_COLUMNS`; one level, any order.
        as_of: The morning; the last data day is the day before.
        norms: What the parts of each campaign are held against; others are left out.
        days: Days that are read.
    """
    age = (np.datetime64(as_of, "D") - rows["date"].to_numpy("datetime64[D]")).astype(np.int64)
    inside = (age >= 1) & (age <= days)
    if not inside.all():
        rows, age = rows[inside], age[inside]
    campaign, keys = _campaigns(rows)
    has_norm = np.array([key in norms for key in keys], dtype=bool)
    if not has_norm.all():
        usable = has_norm[campaign]
        rows, age, campaign = rows[usable], age[usable], campaign[usable]
    detail, _ = pd.factorize(rows["detail_id"])
    campaign_parts = campaign * (int(detail.max(initial=0)) + 1) + detail
    part, newest_rows = _codes(campaign_parts)
    parts = rows.iloc[newest_rows][["detail_id", "parent_id", *DESCRIBED]].reset_index(drop=True)
    return DetailPanel(
        rows,
        age,
        part,
        parts,
        campaign[newest_rows],
        keys,
        tuple(norms.get(key, CampaignNorm("")) for key in keys),
    )


def names_apart(parts: pd.DataFrame, campaign: Ints) -> pd.Series:
    """What each part is called; of one name within a campaign, with what tells them apart.

    The ad group or ad set, else the match type, else both, else the part's own id.

    Args:
        parts: `detail_id` and the columns of `DESCRIBED`, a row a part.
        campaign: Which campaign each is in.
    """
    ids = parts["detail_id"].astype(object)
    names = parts["detail_name"].astype(object).where(parts["detail_name"].notna(), ids)
    alike = pd.DataFrame({"campaign": campaign, "name": names}).duplicated(keep=False)
    if not alike.any():
        return names
    doubled = pd.DataFrame({"campaign": campaign[alike], "name": names[alike]})
    labels = doubled["name"] + " (" + ids[alike].astype(str) + ")"
    for where in reversed(_wheres(parts[alike])):
        clear = (where != "") & ~doubled.assign(where=where).duplicated(keep=False)
        all_clear = clear.groupby([doubled["campaign"], doubled["name"]]).transform("all")
        labels = labels.where(~all_clear, doubled["name"] + " (" + where + ")")
    names = names.copy()
    names[alike] = labels
    return names


def _wheres(parts: pd.DataFrame) -> list[pd.Series]:
    """What may tell parts of one name apart, the best first; "" where it is not known."""
    parent, match = (parts[name].astype(object).fillna("") for name in DESCRIBED[1:3])
    both = (parent + ", " + match).where((parent != "") & (match != ""), "")
    return [parent, match, both]


def added(codes: Ints, values: Floats, size: int) -> Floats:
    """The sum of the values of each code, numbered from 0."""
    return np.asarray(np.bincount(codes, values, minlength=size), dtype=np.float64)


def _codes(values: Ints) -> tuple[Ints, Ints]:
    """A number for each different value, and a row of each: its last one."""
    codes, uniques = pd.factorize(values)
    last_row = np.empty(len(uniques), dtype=np.int64)
    last_row[codes] = np.arange(len(codes))
    return codes.astype(np.int64), last_row


def _campaigns(rows: pd.DataFrame) -> tuple[Ints, tuple[tuple[str, str, str], ...]]:
    combined = np.zeros(len(rows), dtype=np.int64)
    for name in IDENTITY:
        codes, uniques = pd.factorize(rows[name])
        combined = combined * (len(uniques) + 1) + codes + 1
    campaign, place = _codes(combined)
    identities = rows.iloc[place][list(IDENTITY)].astype(object)
    identities = identities.where(identities.notna(), "")
    return campaign, tuple(tuple(map(str, key)) for key in identities.to_numpy())  # type: ignore[misc]


def week_of(days: int) -> float:
    """What makes a window's sum a week's."""
    return FULL_WEEK / days

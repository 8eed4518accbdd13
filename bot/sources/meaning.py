"""What a platform's own words mean: results, stage and pricing model, budgets of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.sources.cells import Flags, Texts
from bot.sources.headings import data
from bot.sources.plain import plain
from bot.sources.refusals import BadValue, shown
from bot.sources.table import TextTable

STAGES = ("reach", "act", "convert", "engage")
PRICING = ("cpm", "cpc", "cpl", "cpa")
Numbers = npt.NDArray[np.float64]


def results(
    table: TextTable, values: Mapping[str, Numbers]
) -> tuple[dict[str, Numbers], list[str]]:
    """Meta's Results into the columns its indicator names: leads are leads, purchases conversions.

    A column the file has of its own is left as it is.

    Returns:
        The columns filled from Results, NaN where the row's results are something else; warnings.
    """
    if "results" not in values:
        return {}, []
    if not table.has("result_indicator"):
        return {}, [_NO_INDICATOR]
    kinds = table.cells["result_indicator"].translated(result_kind)
    filled: dict[str, Numbers] = {}
    for column in ("leads", "conversions", "landing_views", "engagements"):
        if column not in values and (kinds == column).any():
            filled[column] = np.where(kinds == column, values["results"], np.nan)
    unknown = (kinds == None) & ~np.isnan(values["results"])  # noqa: E711 (an array of objects)
    if not unknown.any():
        return filled, []
    word = shown(table.cells["result_indicator"][int(np.flatnonzero(unknown)[0])])
    return filled, [f"Results of the kind {word} are left out: I don't know what they count."]


_NO_INDICATOR = (
    "Results are left out: without a result indicator they may be leads, purchases or clicks. "
    "Add the column Result type to the export."
)


def marked_none(table: TextTable) -> dict[str, Flags]:
    """By column the rows in which Google marks that nothing was counted.

    Where a report is split (by device, by network), Google writes ` --` under conversions for the
    parts that none were attributed to, and the others hold them all. Anywhere else, and in any
    other column, a part without a value has none, and the whole has none either.
    """
    if table.layout.dialect.name != "google_ads":
        return {}
    return {
        name: table.cells[name].where(lambda cell: cell.strip() == "--")
        for name in ("conversions", "revenue", "leads")
        if table.has(name)
    }


@cache
def result_kind(indicator: str) -> str | None:
    """The column a result indicator belongs in; `other` for results that are kept elsewhere."""
    text = plain(indicator)
    for column, words in _platforms()["results"].items():
        if any(plain(word) in text for word in words):
            return str(column)
    return None


def stages(table: TextTable) -> dict[str, Texts]:
    """`stage`, `pricing_model` and `billed_by` of each row: its own, else what is optimised.

    Raises:
        BadValue: The row's own stage or pricing model is none there is.
    """
    stage = _own(table, "stage", STAGES)
    model = _own(table, "pricing_model", PRICING)
    lead_goal = _says_leads(table)
    for field in _platforms()["order"]:
        if table.has(field):
            purposes = table.cells[field].translated(_meaning(field))
            purposes = np.where(lead_goal & _wants_leads(table, field), "act cpl", purposes)
            unset = (stage == None) & (model == None) & (purposes != None)  # noqa: E711
            stage[unset] = [str(purpose).split()[0] for purpose in purposes[unset]]
            model[unset] = [str(purpose).split()[1] for purpose in purposes[unset]]
    return {"stage": stage, "pricing_model": model, "billed_by": _billed(table)}


def daily_only(table: TextTable, budgets: Numbers) -> tuple[Numbers, list[str]]:
    """The budgets that are a day's; those of a lifetime are none."""
    if table.has("budget_type"):
        words = set(map(plain, _platforms()["daily"]))
        daily = table.cells["budget_type"].where(lambda cell: plain(cell) in words)
        return np.where(daily, budgets, np.nan), []
    if table.layout.dialect.name == "meta_ads":
        return np.full_like(budgets, np.nan), ["Budgets are left out: no column says if daily."]
    return budgets, []


@cache
def _platforms() -> Any:
    return data("platforms.yml")


def _meaning(field: str) -> Callable[[str], str | None]:
    """Exactly a word of platforms.yml, or one followed by more ("Maximize clicks (enhanced)")."""
    meanings = {
        plain(word): meaning for meaning, words in _platforms()[field].items() for word in words
    }

    def meaning_of(cell: str) -> str | None:
        text = plain(cell)
        if text in meanings or not text:
            return meanings.get(text)
        longer = [word for word in meanings if text.startswith(f"{word} ")]
        return meanings[max(longer, key=len)] if longer else None

    return meaning_of


def _own(table: TextTable, column: str, allowed: tuple[str, ...]) -> Texts:
    if not table.has(column):
        return np.full(len(table), None, dtype=object)
    words = table.cells[column].translated(lambda cell: cell.strip(" -").casefold() or None)
    wrong = np.array([word is not None and word not in allowed for word in words], dtype=bool)
    if wrong.any():
        raise BadValue(
            f"{shown(words[wrong][0])} is no {column.replace('_', ' ')}.",
            hint=f"It is one of {', '.join(allowed)}, or empty.",
            line=table.line(wrong),
        )
    return words


def _says_leads(table: TextTable) -> npt.NDArray[np.bool_]:
    if not table.has("goal"):
        return np.zeros(len(table), dtype=bool)
    return table.cells["goal"].where(lambda cell: "lead" in plain(cell))


def _wants_leads(table: TextTable, field: str) -> npt.NDArray[np.bool_]:
    words = set(map(plain, _platforms()["lead_goal"]))
    if field != "bid_strategy":
        return np.zeros(len(table), dtype=bool)
    return table.cells[field].where(lambda cell: plain(cell) in words)


def _billed(table: TextTable) -> Texts:
    """What is charged for, by the column that says so, else by the bid's own word."""
    meaning = {
        plain(word): model for model, words in _platforms()["billed_by"].items() for word in words
    }
    billed = np.full(len(table), None, dtype=object)
    for field in ("billed_by", "bid_strategy"):
        if table.has(field):
            models = table.cells[field].translated(lambda cell: meaning.get(plain(cell)))
            billed = np.where(billed == None, models, billed)  # noqa: E711
    return billed

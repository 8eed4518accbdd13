"""What a platform's own words mean: results, stage and pricing model, budgets of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.plan import GUESS
from bot.sentences import Sentence
from bot.sources.cells import Flags, Texts
from bot.sources.headings import data
from bot.sources.plain import plain
from bot.sources.refusals import BadValue, shown
from bot.sources.table import TextTable

STAGES = ("reach", "act", "convert", "engage")
SUGGESTS = {"channel_type"}
PRICING = ("cpm", "cpc", "cpl", "cpa")
Numbers = npt.NDArray[np.float64]


RESULTS = ("leads", "conversions", "landing_views", "engagements")
"""What Meta's Results may be."""


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
    for column in RESULTS:
        if column not in values and (kinds == column).any():
            filled[column] = np.where(kinds == column, values["results"], np.nan)
    unknown = (kinds == None) & ~np.isnan(values["results"])  # noqa: E711 (an array of objects)
    if not unknown.any():
        return filled, []
    word = shown(table.cells["result_indicator"][int(np.flatnonzero(unknown)[0])])
    return filled, [
        Sentence(
            "Results of the kind %(word)s are left out: I don't know what they count.", word=word
        )
    ]


_NO_INDICATOR = (
    "Results are left out: without a result indicator they may be leads, purchases or clicks. "
    "Add the column Result type to the export."
)


MARKED = {
    "google_ads": ("conversions", "revenue", "leads"),
    "meta_ads": ("clicks", "clicks_all", "landing_views", "leads", "conversions", "revenue",
                 "engagements"),
}  # fmt: skip
"""What a platform leaves out, or marks, in the parts of a day that had none of it."""


def marked_none(table: TextTable) -> dict[str, Flags]:
    """By column the rows in which the platform marks that nothing was counted.

    Where a report is split (by device, by age), Google writes ` --` under conversions for the parts
    that none were attributed to, and Meta leaves the cell of every event blank; the other parts
    hold them all. Anywhere else, and in any other column, a part without a value has none, and the
    whole has none either.
    """
    dialect = table.layout.dialect.name
    flags = {
        name: cells.blank() if dialect == "meta_ads" else cells.where(_dashes)
        for name in MARKED.get(dialect, ())
        if (cells := table.cells.get(name)) is not None
    }
    if dialect == "meta_ads" and table.has("results"):
        flags = dict.fromkeys(RESULTS, _no_results(table)) | flags
    return flags


def left_out(table: TextTable) -> dict[str, Flags]:
    """By column the rows for which Meta wrote no cell: what that means the whole file says."""
    return marked_none(table) if table.layout.dialect.name == "meta_ads" else {}


def with_none_counted(frame: pd.DataFrame, table: TextTable) -> pd.DataFrame:
    """Rows of Meta's with 0 where it left out an event of ads that were shown.

    Meta writes no cell for what did not happen. So a blank is none of an event that the account
    counts in this file; of Results, of what the campaign's other rows say they are, where the row's
    own indicator is blank as well. An event that no row has stays missing: nobody counts it.
    """
    blanks = left_out(table)
    if not blanks:
        return frame
    shown_rows = (frame["impressions"] > 0) | (frame["spend"] > 0)
    account = [frame[name] for name in ("channel", "account_id")]
    filled = {}
    for name, blank in blanks.items():
        of_whom = account if table.has(name) else [*account, frame["campaign_id"]]
        counted = frame[name].notna().groupby(of_whom, dropna=False).transform("any")
        filled[name] = frame[name].mask(blank & shown_rows & counted & frame[name].isna(), 0.0)
    return frame.assign(**filled)


def _no_results(table: TextTable) -> Flags:
    """Rows that have neither results nor a word of what they would be."""
    blank = table.cells["results"].blank()
    indicator = table.cells.get("result_indicator")
    return blank if indicator is None else blank & indicator.blank()


def _dashes(cell: str) -> bool:
    return cell.strip() == "--"


@lru_cache(maxsize=4096)
def result_kind(indicator: str) -> str | None:
    """The column a result indicator belongs in; `other` for results that are kept elsewhere."""
    text = plain(indicator)
    for column, words in _platforms()["results"].items():
        if any(plain(word) in text for word in words):
            return str(column)
    return None


def stages(table: TextTable) -> dict[str, Texts]:
    """`stage`, `pricing_model` and `billed_by` of each row: its own, else what is optimised.

    A platform's type of campaign only suggests what it is for: `reach cpm?` is a guess.

    Raises:
        BadValue: The row's own stage or pricing model is none there is.
    """
    stage = _stated(table, "stage", STAGES)
    model = _stated(table, "pricing_model", PRICING)
    lead_goal = _says_leads(table)
    for field in _platforms()["order"]:
        if table.has(field):
            purposes = table.cells[field].translated(_meaning(field))
            purposes = np.where(lead_goal & _wants_leads(table, field), "act cpl", purposes)
            unset = (stage == None) & (model == None) & (purposes != None)  # noqa: E711
            if field in SUGGESTS:
                stage[unset] = [f"{purpose}{GUESS}" for purpose in purposes[unset]]
                continue
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


def _stated(table: TextTable, column: str, allowed: tuple[str, ...]) -> Texts:
    if not table.has(column):
        return np.full(len(table), None, dtype=object)
    words = table.cells[column].translated(lambda cell: cell.strip(" -").casefold() or None)
    wrong = np.array([word is not None and word not in allowed for word in words], dtype=bool)
    if wrong.any():
        raise BadValue(
            Sentence(
                "%(cell)s is no %(column)s.",
                cell=shown(words[wrong][0]),
                column=Sentence(column.replace("_", " ")),
            ),
            hint=Sentence("It is one of %(names)s, or empty.", names=", ".join(allowed)),
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

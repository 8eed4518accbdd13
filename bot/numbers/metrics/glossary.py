"""The glossary of metrics as a value: how each number is worked out and which way is better.

What counts as a result in each stage and pricing model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from bot.errors import PerfbotError, Problems, RuleError
from bot.numbers.input.columns import COLUMNS
from bot.numbers.input.history import History
from bot.numbers.metrics.sums import Floats

Unit = Literal["money", "count", "share", "ratio", "times", "days", "score"]
Better = Literal["lower", "higher", "none"]
How = Literal[
    "sum",
    "ratio",
    "mean",
    "last",
    "reach",
    "per_reach",
    "daily",
    "days",
    "missing_days",
    "response",
]
WRITTEN_KINDS = (
    *("sum", "ratio", "mean", "last", "reach", "daily", "days", "missing_days"),
    "response",
)
_FIELDS = ("title", "unit", "better", "kind", "sum", "over", "scale", "lag", "meaning")
_TAKES_SUM = ("sum", "ratio", "mean", "last", "per_reach", "daily")
_TAKES_OVER = ("ratio", "per_reach", "daily")


@dataclass(frozen=True)
class Metric:
    """One number perfbot knows.

    Attributes:
        unit: `money` in the campaign's currency, `share` as a fraction, `times`, `days`, `score`.
        better: Which way is better: `lower`, `higher` or `none`.
        sum: Column of the daily numbers that is added up (None for reach and days).
        over: Column it is divided by, None where it is not.
        scale: The ratio times this (1,000 for a price per thousand).
        kind: `sum`, `ratio`, `mean` of the days, `last` value, `reach` of the whole window,
            `per_reach` (divided by it), `daily` (over the days' own reach), `days`,
            `missing_days`; `response`: of no window, but what a campaign's answer to its budget
            tells on a morning (`bot.advice.evaluate.budget_answers`).
        lag: Whether the newest days are still filling up.
    """

    name: str
    unit: Unit
    better: Better
    sum: str | None = None
    over: str | None = None
    scale: float = 1.0
    title: str = ""
    lag: bool = False
    kind: How = "sum"
    meaning: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The columns it is made of."""
        return tuple(part for part in (self.sum, self.over) if part)


class Metrics(Mapping[str, Metric]):
    """Every metric by name, in the glossary's order."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = dict(metrics)

    def __getitem__(self, name: str) -> Metric:
        return self._metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._metrics)

    def __len__(self) -> int:
        return len(self._metrics)

    @property
    def measured(self) -> Metrics:
        """Those that are measured over a window."""
        return Metrics(
            {n: metric for n, metric in self._metrics.items() if metric.kind != "response"}
        )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Metrics:
        """The glossary out of what rules/metrics.yml holds: `{name: {title, unit, sum, …}}`.

        Raises:
            Problems: Every error at once, each a `RuleError` whose `rule` is the metric's name.
        """
        problems = [problem for name, entry in data.items() for problem in _problems(name, entry)]
        if problems:
            raise Problems(problems)
        lagging = {entry.get("sum") for entry in data.values() if entry.get("lag")}
        return cls({name: _metric(name, entry, lagging) for name, entry in data.items()})


def _metric(name: str, entry: Mapping[str, Any], lagging: set[str | None]) -> Metric:
    parts = {entry.get("sum"), entry.get("over")} - {None}
    return Metric(
        name=name,
        unit=entry["unit"],
        better=entry.get("better", "none"),
        sum=entry.get("sum"),
        over=entry.get("over"),
        scale=float(entry.get("scale", 1.0)),
        title=entry.get("title", name),
        lag=entry.get("lag", bool(parts & lagging)),
        kind=_kind(entry),
        meaning=entry.get("meaning", ""),
    )


def _kind(entry: Mapping[str, Any]) -> How:
    over, kind = entry.get("over"), entry.get("kind")
    if over == "reach" and kind != "daily":
        return "per_reach"
    return cast("How", kind or ("ratio" if over else "sum"))


def _problems(name: Any, entry: Any) -> Iterator[PerfbotError]:
    if not isinstance(name, str) or not name.isidentifier():
        yield _problem(str(name), "is no name for a metric", "Use letters, digits and underscores.")
        return
    if not isinstance(entry, Mapping):
        yield _problem(name, "has no fields", "Give at least a title, a unit and a sum.")
        return
    for field in entry:
        if field not in _FIELDS:
            yield _problem(name, f"has an unknown field {field!r}", f"Known: {_listed(_FIELDS)}.")
    yield from _wrong_words(name, entry)
    yield from _wrong_parts(name, entry)
    yield from _wrong_values(name, entry)


def _wrong_words(name: str, entry: Mapping[str, Any]) -> Iterator[PerfbotError]:
    choices = {"unit": get_args(Unit), "better": get_args(Better), "kind": WRITTEN_KINDS}
    for field, allowed in choices.items():
        value = entry.get(field)
        if value is None and field != "unit":
            continue
        if value not in allowed:
            yield _problem(name, f"has {field} {value!r}", f"One of {_listed(allowed)}.")


def _wrong_parts(name: str, entry: Mapping[str, Any]) -> Iterator[PerfbotError]:
    kind = _kind(entry)
    for field, takes in (("sum", _TAKES_SUM), ("over", _TAKES_OVER)):
        part = entry.get(field)
        if (part is None) == (kind in takes):
            verb = "needs" if kind in takes else "takes no"
            yield _problem(
                name, f"is of kind {kind} and {verb} `{field}`", "See the top of the file."
            )
        elif part is not None and not _is_value(part):
            yield _problem(name, f"has {field} {part!r}", f"One of {_listed(_VALUE_COLUMNS)}.")
    if kind == "sum" and _is_value(entry.get("sum")) and COLUMNS[entry["sum"]].kind == "ratio":
        yield _problem(name, "adds up a score", "Use kind: mean.")
    if kind == "sum" and entry.get("sum") in {"reach", "daily_budget"}:
        yield _problem(name, f"adds up {entry['sum']}", "Days of it cannot be added.")


def _wrong_values(name: str, entry: Mapping[str, Any]) -> Iterator[PerfbotError]:
    scale = entry.get("scale", 1)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale < 1e12:
        yield _problem(name, f"has scale {scale!r}", "A number over zero.")
    if not isinstance(entry.get("lag", False), bool):
        yield _problem(name, f"has lag {entry['lag']!r}", "true or false.")
    for field in ("title", "meaning"):
        if not isinstance(entry.get(field, ""), str):
            yield _problem(name, f"has {field} {entry[field]!r}", "Write it in quotes.")


_VALUE_COLUMNS = tuple(
    name for name, column in COLUMNS.items() if column.kind in {"money", "count", "ratio"}
)


def _is_value(part: Any) -> bool:
    return isinstance(part, str) and part in _VALUE_COLUMNS


def _problem(name: str, message: str, hint: str) -> RuleError:
    return RuleError(f"{message}.", hint=hint, rule=name)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


_SALES = ("documented_conversions", "conversions")
_BY_MODEL = {"CPL": ("leads",), "CPA": _SALES}
_BY_STAGE = {
    "reach": ("clicks",),
    "act": ("leads", "landing_views"),
    "convert": _SALES,
    "engage": ("repeat_conversions", "engagements", "conversions"),
}


def result_columns(stage: str | None, pricing_model: str | None) -> tuple[str, ...]:
    """The columns that may be a campaign's result, the best first.

    What is paid for by the action or the lead is counted in it (in engage: the repeat sale);
    otherwise the stage says what counts. Unknown: conversions, else leads.
    """
    if stage == "engage" and pricing_model != "CPL":
        return _BY_STAGE["engage"]
    columns = _BY_MODEL.get(pricing_model or "") or _BY_STAGE.get(stage or "")
    return columns or ("conversions", "leads")


def results(history: History, columns: Sequence[tuple[str, ...]]) -> Floats:
    """Results campaign x day: for each campaign the first of its columns that ever had a value."""
    out = np.full(history.rows.shape, np.nan)
    for candidates in dict.fromkeys(columns):
        open_ = np.array(
            [campaign_columns == candidates for campaign_columns in columns], dtype=bool
        )
        for name in (name for name in candidates if name in history.values):
            took = open_ & history.ever(name)
            out[took] = history.values[name][took]
            open_ &= ~took
    return out

"""Templates crossed with ways to say days, numbers and names, and what each must be read as.

grid.yml was written before its writer had opened the lexicon. A third of the templates, and of the
phrases for days and numbers, is set aside by a hash of its words: never looked at while mending.
The figure is worked out by pandas (figures.py); what the sentence was read as says where it went
wrong.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from benchmarks.questions import world
from benchmarks.questions.corpus import Question
from benchmarks.questions.figures import COUNTS, PERCENT, Slice, measured

HERE = Path(__file__).parent
ACCOUNT = "account"
FALLING = {"cpa", "cpc", "cpl", "cpm"}  # the lower the better
NO_TARGET = {"Meta | Awareness autumn", "TikTok | Video reach"}
YOUNG = {"LinkedIn | ABM", "LinkedIn | Whitepaper"}  # with few days of numbers
SIDES = {"desc": ("desc",), "asc": ("asc",), "": ("desc", "asc")}
INTENT_OF = {
    **dict.fromkeys(("by_channel", "by_campaign", "rank", "condition"), "which"),
    **dict.fromkeys(("compare_two", "compare_window", "compare_before"), "compare"),
    "pace": "pace", "forecast": "forecast", "target": "target", "budget": "target",
}  # fmt: skip
NORWEGIAN, ENGLISH = "nb", "en"


@dataclass(frozen=True)
class Meant:
    """What a sentence of the grid has to be read as; what is empty is not checked.

    Attributes:
        group: The heading of its template.
        metrics: All that are asked about.
        whom: The campaigns' names and the channels' keys.
        days: Windows of which one is right, as `FROM..TO`.
        against: The same of what they are compared with.
        more: What its template says besides (`by`, `order`, `side`, …).
    """

    group: str
    metrics: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One sentence of the grid: of which template and phrases, what is meant, and its key."""

    template: str
    phrases: tuple[str, ...]
    meant: Meant
    question: Question


def is_aside(words: str) -> bool:
    """Whether a template or phrase is of the third that is set aside."""
    return int(sha256(words.encode()).hexdigest(), 16) % 3 == 0


@dataclass
class Sampler:
    """Sentences of a language from the templates and phrases of one side."""

    language: str
    aside: bool
    seed: int = 1
    data: Mapping[str, Any] = field(
        default_factory=lambda: yaml.safe_load((HERE / "grid.yml").read_text(encoding="utf-8"))
    )

    def templates(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Group, words, and what a template says besides."""
        for group, entries in self.data["templates"][self.language].items():
            for entry in entries:
                words, more = entry if isinstance(entry, list) else (entry, {})
                if is_aside(words) is self.aside:
                    yield group, words, more

    def cells(self, each: int) -> Iterator[Cell]:
        """So many sentences of every template."""
        for group, words, more in self.templates():
            for number in range(each if "{" in words else 1):
                yield self._cell(group, words, more, f"{self.seed}:{number}:{words}")

    def windows(self) -> Iterator[Cell]:
        """Every way of saying days, in a sentence as plain as can be."""
        frames = {ENGLISH: "what was {sum} on {campaign} {window}?",
                  NORWEGIAN: "hva var {sum} på {campaign} {window}?"}  # fmt: skip
        for name, entry in self.data["windows"].items():
            for phrase in self.of_side(entry[self.language]):
                words = frames[self.language].replace("{window}", phrase)
                more = {"days": self.days_of(name, phrase), "metric": "clicks"}
                cell = self._cell("how_much", words, more, f"{self.seed}:{phrase}")
                yield Cell(f"[{name}] {phrase}", (phrase,), cell.meant, cell.question)

    def metrics(self) -> Iterator[Cell]:
        """Every way of saying a number, the same way."""
        frames = {ENGLISH: "what was {said} on {campaign} in October?",
                  NORWEGIAN: "hva var {said} på {campaign} i oktober?"}  # fmt: skip
        for name, entry in self.data["metrics"].items():
            for phrase in self.of_side(entry[self.language]):
                words = frames[self.language].replace("{said}", phrase)
                more = {"days": ("2026-10-01..2026-10-31",), "metric": name}
                cell = self._cell("how_much", words, more, f"{self.seed}:{phrase}")
                yield Cell(f"[{name}] {phrase}", (phrase,), cell.meant, cell.question)

    def of_side(self, phrases: Iterable[str]) -> list[str]:
        return [phrase for phrase in phrases if is_aside(phrase) is self.aside]

    def days_of(self, name: str, phrase: str) -> tuple[str, ...]:
        entry = self.data["windows"][name]
        return tuple(entry["days"]) + tuple(entry.get("also", {}).get(phrase, ()))

    def _cell(self, group: str, words: str, more: Mapping[str, Any], seed: str) -> Cell:
        return _Filling(self, group, words, more, random.Random(seed)).cell()


@dataclass
class _Filling:
    """One template's slots being filled."""

    sampler: Sampler
    group: str
    words: str
    more: Mapping[str, Any]
    chance: random.Random
    template: str = ""
    metrics: list[str] = field(default_factory=list)
    whom: list[str] = field(default_factory=list)
    days: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    phrases: list[str] = field(default_factory=list)
    count: int = 0
    number: float = 0.0

    def cell(self) -> Cell:
        self.template = self.words
        self._days()
        self._metrics()
        self._whom()
        self._number()
        meant = Meant(self.group, tuple(self.metrics), tuple(self.whom), self.days, self.against,
                      {**self.more, "n": self._n(), "bound": self.number})  # fmt: skip
        days = ("2026-11-01..2026-11-30",) if self.group in {"pace", "forecast"} else self.days
        windows = tuple((day[:10], day[12:]) for day in days)
        subject = self.whom[0] if len(self.whom) == 1 else ACCOUNT
        intent = INTENT_OF.get(self.group, "how_much")
        question = Question("grid", self.sampler.language, self.words, intent, subject,
                            windows=windows, figures=tuple(_figures(meant)))  # fmt: skip
        return Cell(self.template, tuple(self.phrases), meant, question)

    def _n(self) -> int:
        return self.count if self.more.get("number") == "n" else int(self.more.get("n", 0))

    def _put(self, slot: str, phrase: str) -> None:
        self.words = self.words.replace(f"{{{slot}}}", phrase, 1)
        self.phrases.append(phrase)

    def _pick(self, phrases: Sequence[str]) -> str:
        mine = self.sampler.of_side(phrases)
        return str(self.chance.choice(mine or list(phrases)))

    def _days(self) -> None:
        data, language = self.sampler.data, self.sampler.language
        self.days = tuple(self.more.get("days", ()) or ())
        if isinstance(self.more.get("days"), str):
            self.days = (str(self.more["days"]),)
        self.against = (str(self.more["against"]),) if "against" in self.more else ()
        if "{window}" in self.words:
            # `year to date` of a campaign that has begun in August says no more than the rest
            name = self.chance.choice(sorted(data["windows"]))
            phrase = self._pick(data["windows"][name][language])
            self.days = self.sampler.days_of(name, phrase)
            self._put("window", phrase)
        elif name := self.more.get("window", "").replace("any", ""):
            self.days = tuple(data["windows"][name]["days"])
        if "{pair}" in self.words:
            pair = self.chance.choice(data["pairs"])
            self.days = (pair["days"],)
            self.against = (pair["against"], *pair.get("against_too", ()))
            self._put("pair", self._pick(pair[language]))

    def _metrics(self) -> None:
        data, language = self.sampler.data, self.sampler.language
        kinds = {"sum": ("money", "count"), "count": ("count",), "money": ("money",),
                 "ratio": ("ratio",), "metric": ("money", "count", "ratio"),
                 "metric2": ("money", "count", "ratio")}  # fmt: skip
        for slot, wanted in kinds.items():
            if f"{{{slot}}}" in self.words:
                fitting = [name for name, entry in data["metrics"].items()
                           if entry["kind"] in wanted and name not in self.metrics
                           and self._beside(name)]  # fmt: skip
                name = self.more.get("metric") if slot == "sum" else None
                name = str(name or self.chance.choice(sorted(fitting)))
                self.metrics.append(name)
                self._put(slot, self._pick(data["metrics"][name][language]))
        if not self.metrics and "metric" in self.more:
            self.metrics.append(str(self.more["metric"]))

    def _beside(self, name: str) -> bool:
        """Whether a second number is of campaigns that have the first."""
        fits = self.sampler.data["fits"]
        if re.search("{(campaign|channel)2}", self.words) and len(fits.get(name, "...")) < 3:
            return False
        return all(fits.get(name) == fits.get(each) or each not in fits or name not in fits
                   for each in self.metrics)  # fmt: skip

    def _whom(self) -> None:
        data, language = self.sampler.data, self.sampler.language
        for slot in ("campaign", "campaign2", "channel", "channel2", "whom"):
            if f"{{{slot}}}" not in self.words:
                continue
            campaigns, channels = self._fitting()
            names = channels if slot.startswith("channel") else campaigns
            if slot == "whom" and self.chance.random() < 0.4:
                names = channels
            name = str(self.chance.choice(sorted(set(names) - set(self.whom))))
            self.whom.append(name)
            spelled = data["channels" if name in data["channels"] else "campaigns"][name]
            self.words = self.words.replace(
                f"{{{slot}}}", str(self.chance.choice(spelled[language])), 1
            )

    def _fitting(self) -> tuple[set[str], set[str]]:
        """The campaigns and channels that have the numbers asked about."""
        data = self.sampler.data
        campaigns = set(data["campaigns"])
        for metric in self.metrics:
            campaigns &= set(data["fits"].get(metric, campaigns))
        if self.group == "target":
            campaigns -= NO_TARGET
        if self.days or self.against:
            campaigns -= YOUNG
        plan = world.plan().set_index("campaign_name")["channel"]
        return campaigns, {str(plan[name]) for name in campaigns}

    def _number(self) -> None:
        self.count = self.chance.randint(2, 4)
        self.words = self.words.replace("{n}", str(self.count))
        if "{number}" not in self.words:
            return
        values = sorted(_values(self))
        at = self.chance.randrange(1, len(values)) if len(values) > 1 else 0
        middle = (values[at] + values[at - 1]) / 2 if values else 10.0
        self.number, written = _written(middle, self.metrics[0], self.sampler.language)
        self.words = self.words.replace("{number}", written)


def _values(filling: _Filling) -> list[float]:
    """The number of each group a condition is asked of."""
    metric, window = filling.metrics[0], (filling.days or ("2026-11-01..2026-11-27",))[0]
    by = {"day": "date", "channel": "channel"}.get(filling.more["by"], "campaign_name")
    part = Slice(_filter(filling.whom), (window[:10], window[12:]))
    values = (measured(rows, metric) for _, rows in part.rows().groupby(by))
    return [value for value in values if 0 < value < float("inf")]


def _written(value: float, metric: str, language: str) -> tuple[float, str]:
    """A bound as people write it, and its value."""
    digits = 0 if value >= 20 or metric in COUNTS else 1
    if value >= 1000:
        value = round(value, -2)
    value = round(value, digits)
    text = f"{value:,.{digits}f}"
    if language == NORWEGIAN:
        text = text.replace(",", " ").replace(".", ",")
    return value, f"{text} %" if metric in PERCENT else text


def _filter(whom: Sequence[str]) -> dict[str, str]:
    if not whom:
        return {}
    return {"channel" if whom[0].endswith("_ads") else "campaign": whom[0]}


def _amount(metric: str, about: Mapping[str, str]) -> list[dict[str, Any]]:
    """A number, whichever sales are meant by it."""
    if metric == "conversions":
        return [{"sum": name, **about} for name in (metric, "documented_conversions")]
    if metric == "cpa":
        return [{"ratio": name, **about} for name in (metric, "cpa_documented")]
    key = "sum" if metric in COUNTS or metric in {"spend", "revenue"} else "ratio"
    return [{key: metric, **about}]


def _figures(meant: Meant) -> Iterator[dict[str, Any]]:
    """The figures of which one must be held, none where a sentence has none."""
    about = _filter(meant.whom)
    metric = meant.metrics[0] if meant.metrics else ""
    whose_own = meant.group in {"by_campaign", "rank", "condition"}
    single = bool(meant.whom) and all("|" in name for name in meant.whom)
    if "conversion_rate" in meant.metrics and not (whose_own or single):
        return  # of those that count sales alone, which figures.py does not say
    if maker := FIGURES.get(meant.group):
        yield from maker(meant, metric, about)


Made = Iterator[dict[str, Any]]
About = Mapping[str, str]


def _how_much(_: Meant, metric: str, about: About) -> Made:
    yield from _amount(metric or "spend", about)


def _two(meant: Meant, _: str, about: About) -> Made:
    yield {"all": [_amount(name, about)[0] for name in meant.metrics]}


def _each(meant: Meant, metric: str, about: About) -> Made:
    by = meant.group.removeprefix("by_")
    yield from ({"rank": metric, "by": by, "order": order, "n": 2, **about} for order in SIDES[""])


def _rank(meant: Meant, metric: str, about: About) -> Made:
    more = meant.more
    if more["by"] not in {"campaign", "channel", "day"}:
        return
    good, bad = ("asc", "desc") if metric in FALLING else ("desc", "asc")
    order = str(more.get("order", ""))
    for each in SIDES[{"best": good, "worst": bad}.get(order, order)]:
        yield {"rank": metric, "by": more["by"], "order": each, "n": more["n"] or 2, **about}


def _two_beside(meant: Meant, metric: str, _: About) -> Made:
    yield {"all": [_amount(metric or "cpc", _filter([name]))[0] for name in meant.whom]}


def _change(meant: Meant, metric: str, about: About) -> Made:
    for against in meant.against:
        yield {"change": metric or "spend", "against": against, **about}


def _condition(meant: Meant, metric: str, _: About) -> Made:
    if meant.more["by"] in {"campaign", "channel"} and meant.days:
        bound = {str(meant.more["side"]): meant.more["bound"]}
        yield {"where": metric, "by": meant.more["by"], **bound}


def _trend(meant: Meant, metric: str, about: About) -> Made:
    if metric in {*COUNTS, "spend", "revenue"} and not {"by", "also"} & {*meant.more}:
        yield {"days": metric, **about}


def _average(meant: Meant, metric: str, about: About) -> Made:
    if "form" not in meant.more:
        yield {"per_day": metric, **about}


def _pace(_: Meant, __: str, about: About) -> Made:
    yield from ({"pace": name, **about} for name in ("used", "left", "share"))
    yield {"pace": "projected_share", "within": 0.03, **about}
    yield {"forecast": "spend", "within": 0.03, **about}


FIGURES: Mapping[str, Callable[[Meant, str, About], Made]] = {
    "how_much": _how_much, "how_much_two_metrics": _two, "by_channel": _each,
    "by_campaign": _each, "rank": _rank, "compare_two": _two_beside, "compare_window": _change,
    "condition": _condition, "trend": _trend, "average": _average, "pace": _pace,
    "share": lambda _, metric, about: iter([{"share": metric, **about}]),
    "forecast": lambda _, metric, about: iter(
        [{"forecast": metric or "spend", "within": 0.05, **about}]
    ),
    "budget": lambda _, __, about: iter([{"plan": "monthly_budget", **about}]),
    "target": lambda _, __, about: iter([{"plan": "target", **about}]),
}  # fmt: skip

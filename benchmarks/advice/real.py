"""`python -m benchmarks.advice --real FOLDER`: real series as the null, and with faults planted.

Every file of daily numbers that perfbot itself can read, and that is long enough, is played morning
by morning: nobody answers, nothing is known to be wrong, so that what is said is a false alarm or
news nobody can check. Then faults are planted into the same series: known truth on real noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.advice.score import FLAGS, NAMES, WITHIN
from bot.advice import Memory, advise
from bot.advice.rules.rulebook import MONEY_ACTIONS, Rulebook
from bot.domain.advice import Advice
from bot.errors import PerfbotError
from bot.numbers.plan import Plan, PlanEntry
from bot.rules_files import load
from bot.sources.exports import read

LEAST_DAYS, FIRST_MORNING, AGAIN = 28, 14, 14
"""Days a series must have; mornings before the first advice; days in which a turn takes back."""
LEAST_RESULTS, BEFORE, TRIES = 3.0, 14, 4
"""Results a day of a campaign that is broken, its days before that, and faults of a kind a set."""
REFUSED, SHORT = "refused by perfbot's reader", f"shorter than {LEAST_DAYS} days"
EMPTY, TWIN = "without a result", "copies or parts of others"
KINDS = ("outage", "partial", "double", "drop", "stop", "spike", "fatigue")
LONG = {"spike": 1, "stop": 5, "outage": 7}
COUNTED = ("leads", "qualified_leads", "conversions", "documented_conversions", "revenue")


@dataclass(frozen=True)
class Series:
    """A real set: daily rows with one pull each, and how it is told apart."""

    name: str
    frame: pd.DataFrame

    @property
    def days(self) -> list[date]:
        return [day.date() for day in sorted(self.frame["date"].unique())]

    @property
    def campaigns(self) -> int:
        return int(self.frame.groupby(["channel", "campaign_id"]).ngroups)

    def part_of(self, other: Series) -> bool:
        """Whether the other set has all of its days, showings and clicks: a copy or a part."""
        columns = ["date", "impressions", "clicks"]
        mine, theirs = (set(one.frame[columns].fillna(-1).itertuples(index=False, name=None))
                        for one in (self, other))  # fmt: skip
        return mine <= theirs

    @property
    def weeks(self) -> float:
        """Hundreds of campaign-weeks that are judged."""
        judged = self.frame["date"] >= self.frame["date"].min() + pd.Timedelta(days=FIRST_MORNING)
        return float(judged.sum()) / 700


@dataclass
class Played:
    """What was said of a series: pieces by action when they were new, and budgets turned back."""

    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    moves: int = 0
    turned: int = 0
    open: int = 0
    mornings: int = 0


def series_in(folder: Path) -> tuple[list[Series], list[str]]:
    """Every set that can be played, each once, and a line for each file that cannot."""
    sets: list[Series] = []
    left = dict.fromkeys((REFUSED, SHORT, EMPTY, TWIN), 0)
    for path in sorted(folder.rglob("*.csv")):
        try:
            frame = read(path).frame
        except PerfbotError:
            left[REFUSED] += 1
            continue
        if frame["date"].nunique() < LEAST_DAYS:
            left[SHORT] += 1
        elif not frame.get("conversions", pd.Series([0.0])).sum() > 0:
            left[EMPTY] += 1
        else:
            sets.append(Series(path.stem, _ready(frame)))
    sets.sort(key=lambda one: -len(one.frame))
    kept = [one for place, one in enumerate(sets) if not any(map(one.part_of, sets[:place]))]
    left[TWIN] = len(sets) - len(kept)
    lines = [f"{many} {why}" for why, many in left.items() if many]
    return [*kept, *filter(None, map(_joined, kept))], lines


def _ready(frame: pd.DataFrame) -> pd.DataFrame:
    """Known the morning after each day; an id where there is none."""
    ready = frame.drop(columns=[n for n in ("pulled_on", "pulled_at", "revision") if n in frame])
    ids = ready["campaign_id"] if "campaign_id" in ready else pd.Series(None, index=ready.index)
    ready["campaign_id"] = ids.fillna(ready["campaign_name"])
    return ready.assign(pulled_on=ready["date"] + pd.Timedelta(days=1)).reset_index(drop=True)


def _joined(one: Series) -> Series | None:
    """Campaigns of a month each that follow one another in a channel, as one series a channel."""
    channels = one.frame["channel"].nunique()
    if len(one.days) < 100 or one.campaigns < 6 * channels:
        return None
    frame = one.frame.assign(campaign_id=one.frame["channel"], campaign_name=one.frame["channel"])
    if frame.duplicated(["date", "campaign_id"]).any():
        return None
    return Series(f"{one.name}, one series a channel", frame)


def plan_of(one: Series) -> Plan:
    """What anybody would say of shops' campaigns: they are there to sell, paid by the sale."""
    names = sorted(one.frame["campaign_name"].dropna().unique())
    entries = [PlanEntry(str(n), stage="convert", pricing_model="CPA", measured_by="shop")
               for n in names]  # fmt: skip
    return Plan(entries=tuple(entries))


def mornings(
    one: Series, since: date, until: date, rulebook: Rulebook
) -> Iterator[tuple[date, tuple[Advice, ...]]]:
    """What perfbot says each morning, with its memory, nobody answering."""
    memory, plan = Memory(), plan_of(one)
    for back in range((until - since).days + 1):
        as_of = since + timedelta(back)
        known = one.frame[one.frame["date"] < pd.Timestamp(as_of)]
        advised = advise(known, as_of, rulebook, plan, memory)
        memory = advised.memory
        yield as_of, advised.advice


def play(one: Series, rulebook: Rulebook) -> Played:
    """The whole of a series as it is: the null."""
    played, heard = Played(), set[str]()
    turned: dict[str, tuple[date, bool]] = {}
    days = one.days
    for as_of, said in mornings(one, days[0] + timedelta(FIRST_MORNING),
                                days[-1] + timedelta(1), rulebook):  # fmt: skip
        played.mornings += 1
        played.open += len(said)
        for advice in said:
            if advice.id in heard:
                continue
            heard.add(advice.id)
            played.said[advice.action] += 1
            for campaign, up in moves(advice).items():
                played.moves += 1
                last, way = turned.get(campaign, (date.min, up))
                played.turned += way != up and (as_of - last).days <= AGAIN
                turned[campaign] = (as_of, up)
    return played


def moves(advice: Advice) -> dict[str, bool]:
    """Campaigns whose budget it would change, and whether upward."""
    terms = advice.numbers.get("shift") or {}
    before = advice.budgets_before or terms.get("before", {})
    after = advice.budgets or terms.get("after", {})
    if before and after:
        return {id_: after[id_] > before[id_] for id_ in after if id_ in before}
    if advice.action in MONEY_ACTIONS:
        return {advice.campaign_ids[0]: advice.action == "raise_budget"}
    return {}


# -- planted faults -------------------------------------------------------------------------
@dataclass(frozen=True)
class Planted:
    """A fault in a real series: from `first` on, for a campaign."""

    kind: str
    channel: str
    campaign: str
    first: date
    frame: pd.DataFrame


def plants(one: Series, kind: str, random: np.random.Generator) -> Iterator[Planted]:
    """Faults of a kind on campaigns and days where anybody could tell."""
    groups = one.frame.groupby(["channel", "campaign_id"])["date"]
    span = groups.agg(["min", "max"])
    often = one.frame.groupby(["channel", "campaign_id"])["conversions"].mean()
    room = (span["max"] - span["min"]).dt.days - BEFORE - 5
    prone = span[(room > 0) & (often >= LEAST_RESULTS)]
    for _ in range(TRIES if len(prone) else 0):
        channel, campaign = prone.index[int(random.integers(len(prone)))]
        begins = prone.loc[(channel, campaign), "min"]
        late = int(random.integers(0, room[(channel, campaign)]))
        first = (begins + pd.Timedelta(days=BEFORE + late)).date()
        frame = _broken(one.frame, kind, (channel, campaign), first, random)
        yield Planted(kind, channel, campaign, first, frame)


def _broken(
    frame: pd.DataFrame,
    kind: str,
    where: tuple[str, str],
    first: date,
    random: np.random.Generator,
) -> pd.DataFrame:
    """The same rows, and what the fault does to them."""
    broken, last = frame.copy(), first + timedelta(LONG.get(kind, 60) - 1)
    rows = (broken["channel"] == where[0]) & (broken["campaign_id"] == where[1])
    rows &= (broken["date"] >= pd.Timestamp(first)) & (broken["date"] <= pd.Timestamp(last))
    if kind == "spike":
        broken.loc[rows, ["spend", "impressions", "clicks"]] *= 2.8
    elif kind == "stop":
        numbers = broken.select_dtypes("number").columns
        broken.loc[rows, [name for name in numbers if name != "daily_budget"]] *= 0.0
    elif kind == "fatigue":
        slide = np.exp(np.linspace(0, np.log(0.5), 21))
        age = (broken.loc[rows, "date"] - pd.Timestamp(first)).dt.days.clip(0, 20)
        for name in ("clicks", *COUNTED):
            if name in broken:
                broken.loc[rows, name] = (broken.loc[rows, name] * slide[age]).round()
    else:
        factor = {"outage": 0.0, "partial": 0.45, "double": 2.0, "drop": 0.6}[kind]
        for name in (name for name in COUNTED if name in broken):
            broken.loc[rows, name] = _counted(broken.loc[rows, name], factor, random)
    return broken


def _counted(values: pd.Series, factor: float, random: np.random.Generator) -> pd.Series:
    """Counts thinned one by one, as a tag loses them; whole multiples stay exact."""
    if factor in {0.0, 2.0}:
        return values * factor
    known = values.dropna()
    thinned = random.binomial(known.round().clip(lower=0).astype(int), factor)
    return pd.Series(thinned.astype(float), index=known.index).reindex(values.index)


def days_to_find(one: Series, planted: Planted, rulebook: Rulebook) -> float:
    """Days from the fault's first until a flag of its kind names the campaign; inf in 14 days."""
    changed = Series(one.name, planted.frame)
    since, until = planted.first - timedelta(2), planted.first + timedelta(WITHIN)
    last = one.days[-1] + timedelta(1)
    named = NAMES[planted.kind]
    for as_of, said in mornings(changed, since, min(until, last), rulebook):
        if as_of <= planted.first:
            continue
        for advice in said:
            ids = {id_.removeprefix(f"{planted.channel}:") for id_ in advice.campaign_ids}
            if advice.action in named and planted.campaign in ids:
                return float((as_of - planted.first).days)
    return float("inf")


def report(folder: Path, console: Console) -> None:
    """Two tables: what is said of each series as it is, and how soon planted faults are found."""
    sets, left = series_in(folder)
    rulebook = load()
    console.print(_null(sets, rulebook))
    console.print(_faults(sets, rulebook))
    console.print(f"Files not played: {', '.join(left)}.", style="dim")


def _null(sets: Sequence[Series], rulebook: Rulebook) -> Table:
    title = "Real series as they are, nobody answering: per 100 campaign-weeks"
    table = Table(title=title, title_justify="left")
    for column in ("set", "days", "campaigns", "flags", "budget changes", "taken back in 14 days",
                   "open a day", "what was said"):  # fmt: skip
        table.add_column(column, justify="left" if column in {"set", "what was said"} else "right")
    for one in track(sets, "Playing real series", console=Console(stderr=True)):
        played = play(one, rulebook)
        flags = sum(many for action, many in played.said.items() if action in FLAGS)
        said = ", ".join(f"{many} {action}" for action, many in sorted(played.said.items()))
        share = f"{100 * played.turned / played.moves:.0f} %" if played.moves else "-"
        table.add_row(one.name, str(len(one.days)), str(one.campaigns), f"{flags / one.weeks:.2f}",
                      f"{played.moves / one.weeks:.2f}", share,
                      f"{played.open / max(played.mornings, 1):.2f}", said)  # fmt: skip
    return table


def _faults(sets: Sequence[Series], rulebook: Rulebook) -> Table:
    table = Table(title="Faults planted into them", title_justify="left")
    for column in ("fault", "planted", "found in 14 days", "median days"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for kind in track(KINDS, "Planting faults", console=Console(stderr=True)):
        random = np.random.default_rng([7, *kind.encode()])
        days = [days_to_find(one, planted, rulebook)
                for one in sets for planted in plants(one, kind, random)]  # fmt: skip
        found = f"{100 * float(np.mean(np.isfinite(days))):.0f} %" if days else "-"
        middle = float(np.median(days)) if days else np.nan
        table.add_row(kind, str(len(days)), found, f"{middle:g}" if np.isfinite(middle) else "-")
    return table

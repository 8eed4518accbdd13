"""A shard's morning as rows of a table: its advice, what was held back, its boards.

The same rows come of it in this process and on an engine that brings each shard's daily numbers to
where it is judged. What an engine keeps and carries is text, so that nothing depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd
from pydantic import TypeAdapter

from bot.advice.advise import advise
from bot.advice.rules.rulebook import Rulebook
from bot.advice.sharded_advice import memory_of
from bot.context.reported_results import days_read, with_results
from bot.domain.advice import (
    Advice,
    Advised,
    Evidence,
    HeldBack,
    Memory,
    advice_to_json,
    held_back_to_json,
    plain,
)
from bot.errors import PerfbotError
from bot.numbers.input.columns import COLUMNS
from bot.numbers.input.daily import entity as entity_of
from bot.numbers.input.daily import known_on, visible_on
from bot.numbers.input.normalise import normalise
from bot.numbers.input.revisions import campaigns_of
from bot.numbers.metrics.board import board
from bot.numbers.plan import Plan
from bot.numbers.shards import Census, Shard, census_of
from bot.snapshot.morning_days import HISTORY
from bot.store.codec import dump, load

ADVICE, HELD_BACK, BOARD, LEARNED, FAILED = "advice", "held_back", "board", "learned", "failed"
ROW = ("as_of", "client", "currency", "kind", "place", "key", "body", "kept")
"""A row: of which morning and shard; what it is; its place among those; its id, campaign or window;
the same as JSON for whoever reads the table; and as perfbot reads it back."""
RAW = ("channel", "account_id", "campaign_id", "campaign_name", "currency")
"""What the rows of a campaign are found by, as whoever keeps the table writes it."""
PLACE = ("shard_client", "shard_currency", "census_entity", "census_id", "census_label")
"""Columns that say of each row which campaign of the census it is."""
_ADVICE = TypeAdapter(Advice)


@dataclass(frozen=True)
class Judging:
    """What every shard of a morning is judged by.

    Attributes:
        windows: Of the boards.
        judges: The metric each cell judges by (`Context.judges`).
    """

    as_of: date
    rulebook: Rulebook
    plan: Plan
    memory: Memory
    windows: tuple[str, ...] = ("7d", "28d")
    judges: Mapping[tuple[str, str], str] | None = None

    @property
    def since(self) -> date:
        """The first day that is read."""
        return self.as_of - timedelta(HISTORY)


def placed(identities: pd.DataFrame, judging: Judging) -> pd.DataFrame:
    """Which shard each campaign of a table belongs to, and what it is called among all.

    Args:
        identities: The different values of `RAW` of a table, with the newest `date` of each.
        judging: Whose plan names the clients.

    Returns:
        The same rows, without those of no campaign, with the columns of `PLACE`.
    """
    ordered = identities.sort_values([*RAW, "date"], na_position="first").reset_index(drop=True)
    known = visible_on(normalise(ordered), judging.as_of)
    plan = replace(judging.plan, reported={})
    census = census_of(plan.resolve(campaigns_of(known), judging.as_of))
    entities = entity_of(known)
    shards = [census.shards[name] for name in entities]
    columns = ([shard.client for shard in shards], [shard.currency for shard in shards],
               entities.tolist(), [census.ids[name] for name in entities],
               [census.labels[name] for name in entities])  # fmt: skip
    return ordered.loc[known.index].assign(**dict(zip(PLACE, columns, strict=True)))


def judged(rows: pd.DataFrame, judging: Judging) -> pd.DataFrame:
    """Judge one shard of a table: its daily numbers in any order, with the columns of `PLACE`.

    Returns:
        The columns of `ROW`, as of `judged_shard`.
    """
    shard = Shard(str(rows["shard_client"].iloc[0]), str(rows["shard_currency"].iloc[0]))
    named = rows.drop_duplicates("census_entity").sort_values("census_entity")
    entities = named["census_entity"].astype(str).tolist()
    census = Census(
        dict.fromkeys(entities, shard),
        dict(zip(entities, named["census_id"], strict=True)),
        dict(zip(entities, named["census_label"], strict=True)),
    )
    columns = [name for name in COLUMNS if name in rows]
    order = [name for name in _ORDER if name in rows]
    numbers = rows[columns].sort_values(order, na_position="first", ignore_index=True)
    return judged_shard(shard, numbers, judging, census)


_ORDER = (*RAW, "date", "pulled_on", "pulled_at", "revision", "spend", "impressions", "clicks")
"""In which order a shard's rows are read, whoever brought them: of one day the last counts."""


def judged_shard(  # noqa: PLR0913, PLR0917 - what a shard is judged from
    shard: Shard,
    numbers: pd.DataFrame,
    judging: Judging,
    census: Census,
    window_reach: pd.DataFrame | None = None,
    details: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A shard's advice, what was held back, its boards and what it learned, as rows.

    Args:
        shard: Which it is.
        numbers: Its daily numbers.
        judging: What every shard is judged by.
        census: Of its campaigns at least.
        window_reach: As `advise` takes it.
        details: As `advise` takes them.

    Returns:
        The columns of `ROW`. A shard that cannot be judged is one row that says why: the others
        are none the worse.
    """
    try:
        table = days_read(normalise(numbers), judging.plan, judging.as_of)
        plan = replace(_with_results(judging, table), census=census)
        memory = memory_of(judging.memory, census, shard)
        advised = advise(
            table, judging.as_of, judging.rulebook, plan, memory, window_reach, details
        )
        lines = [*_of_advised(advised), *_of_boards(table, judging, plan, window_reach)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the other shards go on
        ids = dump(sorted(census.ids[name] for name in census.members.get(shard, ())))
        lines = [ShardLine(FAILED, 0, type(error).__name__, _text(_why(error)), ids)]
    cells = [(judging.as_of.isoformat(), *shard, *line) for line in lines]
    return pd.DataFrame(cells, columns=list(ROW)).astype({"place": "int64"})


class ShardLine(NamedTuple):
    """What is a shard's own of a row: the rest of `ROW`."""

    kind: str
    place: int
    key: str
    body: str
    kept: str = ""


def _with_results(judging: Judging, table: pd.DataFrame) -> Plan:
    return with_results(judging.plan, known_on(table, judging.as_of), judging.as_of)


def _why(error: Exception) -> str:
    if isinstance(error, PerfbotError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _of_advised(advised: Advised) -> Iterator[ShardLine]:
    for place, piece in enumerate(advised.advice):
        yield ShardLine(ADVICE, place, piece.id, _text(advice_to_json(piece)), dump(asdict(piece)))
    for place, withheld in enumerate(advised.held_back):
        body = _text(held_back_to_json(withheld))
        yield ShardLine(HELD_BACK, place, withheld.campaign_id, body, dump(asdict(withheld)))
    learned = advised.memory.learned
    if learned is not None:
        states = {name: list(values) for name, values in learned.states.items()}
        kept = dump({"day": learned.day, "states": states})
        yield ShardLine(LEARNED, 0, learned.day.isoformat(), _text(states), kept)


def _of_boards(
    table: pd.DataFrame, judging: Judging, plan: Plan, window_reach: pd.DataFrame | None
) -> Iterator[ShardLine]:
    for window in judging.windows:
        shown = board(
            table,
            judging.as_of,
            window,
            judging.rulebook.metrics,
            plan,
            window_reach,
            judges=judging.judges,
        )
        for place, campaign in enumerate(shown.to_json()["campaigns"]):
            yield ShardLine(BOARD, place, window, _text(plain(campaign)))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def advised_of(rows: pd.DataFrame) -> dict[Shard, Advised]:
    """What each shard came to, of rows as `judged_shard` gives them; those that failed are absent.

    Boards are not read: what was learned and said is.
    """
    shards: dict[Shard, Advised] = {}
    kept = rows[rows["kind"].isin([ADVICE, HELD_BACK, LEARNED])]
    for (client, currency), own in kept.sort_values("place").groupby(["client", "currency"]):
        values = {kind: [load(text) for text in of_kind["kept"]]
                  for kind, of_kind in own.groupby("kind")}  # fmt: skip
        learned = [Evidence(each["day"], _tuples(each["states"]))
                   for each in values.get(LEARNED, ())]  # fmt: skip
        shards[Shard(str(client), str(currency))] = Advised(
            tuple(map(_ADVICE.validate_python, values.get(ADVICE, ()))),
            tuple(HeldBack(**each) for each in values.get(HELD_BACK, ())),
            Memory(learned=learned[0] if learned else None),
        )
    return shards


def _tuples(states: Mapping[str, list[float]]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(values) for name, values in states.items()}


@dataclass(frozen=True)
class ShardFailure:
    """A shard that could not be judged, why, and the ids of its campaigns."""

    shard: Shard
    why: str
    campaign_ids: frozenset[str]


def failures_of(rows: pd.DataFrame) -> list[ShardFailure]:
    """The shards that could not be judged, in order."""
    failed = rows[rows["kind"] == FAILED].sort_values(["client", "currency"])
    columns = (failed[name].astype(str) for name in ("client", "currency", "body", "kept"))
    return [
        ShardFailure(Shard(client, currency), str(json.loads(body)), frozenset(load(kept)))
        for client, currency, body, kept in zip(*columns, strict=True)
    ]

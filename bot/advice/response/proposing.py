"""This morning's moves: budgets in minor units that add up, what to expect, test or scale."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from bot.advice.money import from_minor, plain, to_minor
from bot.advice.response.effect import Effect, effect
from bot.advice.response.moves import Guards, Part, choose, limited, neutral
from bot.advice.response.readout import Readout, readout
from bot.advice.response.responding import Margins, Responses

FREE = Guards()
Minor = int


@dataclass(frozen=True)
class Move:
    """Money that changes places inside a pool, to the smallest unit.

    Attributes:
        pool: The pool's key.
        givers, takers: Entities, the surest first.
        before, after: Daily budgets by entity, minor units; the sums are equal.
        currency: Of the amounts, None where unknown.
        about: At least one budget is a guess from spend: nothing can be applied as it stands.
        probability: P(the move brings more results).
        effect: Results more a week, with a 90 % interval.
        test: Whether it is a test: this pool has not been seen to answer to budgets yet.
        readout: How a test is read; None where the move scales what was seen to work.
        chances: P(its margin lies beyond the pool's on its side), by entity.
    """

    pool: Hashable
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    before: Mapping[str, Minor]
    after: Mapping[str, Minor]
    currency: str | None
    about: bool
    probability: float
    effect: Effect
    test: bool
    readout: Readout | None
    chances: Mapping[str, float]

    @property
    def amount(self) -> Minor:
        """What changes places a day, minor units."""
        return sum(max(self.after[name] - self.before[name], 0) for name in self.takers)


def propose(found: Responses, guards: Guards = FREE) -> tuple[Move, ...]:
    """At most one move a pool, the weightiest in results gained first.

    Args:
        found: This morning's `responses`.
        guards: Who is held back, and what must stay.
    """
    margins = [found.margins(place) for place in range(len(found.panel.pools))]
    made = (
        _move(found, margins[place], place, parts)
        for place, parts in choose(found, margins, guards)
    )
    moves = [move for move in made if move is not None]
    return tuple(sorted(moves, key=lambda move: (move.test, -move.probability, str(move.pool))))


def _move(found: Responses, margins: Margins, place: int, parts: list[Part]) -> Move | None:
    parts = neutral(limited(parts, found.settings.most), found.budgets, found.settings.least)
    changes = _rounded(found, parts)
    if not changes:
        return None
    rows = np.array(sorted(changes))
    names = {row: found.panel.campaigns[row].entity for row in changes}
    currency = found.panel.campaigns[int(rows[0])].currency
    before = {row: to_minor(float(found.budgets[row]), currency) for row in changes}
    after = {row: before[row] + by for row, by in changes.items()}
    ratios = np.array([after[row] / before[row] for row in rows.tolist()])
    expected = effect(found, margins, rows, ratios)
    test = not bool(found.known[place])
    usual = float(found.beliefs.usual[place])
    sides = [
        tuple(names[p.row] for p in parts if p.side == side and p.row in changes)
        for side in (-1, 1)
    ]
    return Move(
        pool=found.panel.pools[place],
        givers=sides[0],
        takers=sides[1],
        before={names[row]: before[row] for row in rows.tolist()},
        after={names[row]: after[row] for row in rows.tolist()},
        currency=currency,
        about=bool(found.guessed[rows].any()),
        probability=expected.sure,
        effect=expected,
        test=test,
        readout=readout(found, rows, ratios, usual) if test else None,
        chances={names[p.row]: p.chance for p in parts if p.row in changes},
    )


def _rounded(found: Responses, parts: list[Part]) -> dict[int, Minor]:
    """Takers get amounts a person would name; givers give exactly that, by largest remainder."""
    if not parts:
        return {}
    currency = found.panel.campaigns[parts[0].row].currency
    takes = {p.row: plain(to_minor(p.money, currency)) for p in parts if p.side > 0}
    total = sum(takes.values())
    gives = {p.row: p.money for p in parts if p.side < 0}
    shares = {row: total * money / sum(gives.values()) for row, money in gives.items()}
    given = {row: int(share) for row, share in shares.items()}
    last = sorted(shares, key=lambda row: (given[row] - shares[row], row))
    for row in last[: total - sum(given.values())]:
        given[row] += 1
    changes = {**takes, **{row: -amount for row, amount in given.items()}}
    return changes if total > 0 and all(changes.values()) else {}


def units(move: Move) -> dict[str, float]:
    """The new daily budgets in currency units, by entity."""
    return {name: from_minor(amount, move.currency) for name, amount in move.after.items()}

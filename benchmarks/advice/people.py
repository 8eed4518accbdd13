"""The people who follow advice: all of it, half of it, none; and how far."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from benchmarks.advice.pieces import Answer, Piece
from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.priors import Priors

SHARES = (1.0, 0.5, 0.0)
DISMISSED = 0.3
"""Of the advice that is not taken, so much is dismissed; the rest is left without an answer."""
LEAST = 0.05
"""Nobody sets a budget under a twentieth of what it began as."""


class People:
    """Who answers in one market. The same piece of advice always gets the same answer.

    A plan nobody answered is looked at anew once its budgets are brought up to date.
    """

    def __init__(self, priors: Priors, seed: int) -> None:
        random = np.random.default_rng([seed, 99])
        self.seed = seed
        self.share = float(random.choice(SHARES, p=priors.follow))
        self.amount = float(random.uniform(*priors.amount))
        self._answered: dict[str, set[str]] = {}

    def answer(self, pieces: Sequence[Piece], budgets: Array, first: Array) -> list[Answer]:
        """Their answers to what nobody has answered yet."""
        found = [self._one(piece, budgets, first) for piece in pieces if not piece.quiet]
        return [answer for answer in found if answer is not None]

    def _one(self, piece: Piece, budgets: Array, first: Array) -> Answer | None:
        earlier, says = self._answered.setdefault(piece.id, set()), _says(piece)
        if says in earlier:
            return None
        name = f"{piece.id} {says}" if earlier else piece.id
        earlier.add(says)
        luck = np.random.default_rng([self.seed, crc32(name.encode())]).random(2)
        if luck[0] < self.share:
            return Answer(piece, "acknowledge", self._taken(piece, budgets, first))
        return Answer(piece, "dismiss") if luck[1] < DISMISSED else None

    def _taken(self, piece: Piece, budgets: Array, first: Array) -> dict[int, float]:
        """The new budgets as far as they go along with them, to the smallest unit."""
        moved = {
            i: budgets[i] + self.amount * (new - budgets[i]) for i, new in piece.budgets.items()
        }
        return {i: round(float(max(new, LEAST * first[i])), 2) for i, new in moved.items()}


def _says(piece: Piece) -> str:
    """What would be answered anew: the budgets of a plan of several; else the piece as such."""
    if len(piece.budgets) < 2:
        return ""
    return " ".join(f"{i}:{new:.2f}" for i, new in sorted(piece.budgets.items()))

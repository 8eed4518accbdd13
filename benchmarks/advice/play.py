"""Plays a policy through a market, morning by morning, as people follow it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.advice.people import People
from benchmarks.advice.pieces import Policy
from benchmarks.advice.policies import POLICIES
from benchmarks.advice.score import Counter, Score
from benchmarks.advice.worlds.families import FAMILIES
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.table import Table


@dataclass(frozen=True)
class Game:
    """One policy in one market."""

    family: str
    policy: str
    seed: int


def play(game: Game) -> Score:
    """The score of a game; the same game always gives the same."""
    family = FAMILIES[game.family]
    market = family.market(game.seed)
    return follow(market, POLICIES[game.policy](market), People(family.priors, game.seed))


def follow(market: Market, policy: Policy, people: People) -> Score:
    """A policy's mornings in a market, answered by its people, and what they came to.

    Only mornings are judged; what is agreed to on a morning is set from the next day on.
    """
    table, counter = Table(market), Counter(market)
    for _ in range(market.priors.history):
        market.play()
    for _ in range(market.priors.days):
        seen = table.seen()
        said = policy.morning(seen)
        counter.morning(said)
        answers = people.answer(said.pieces, market.budgets, market.account.budget)
        counter.answered(answers)
        policy.hear(answers)
        for answer in answers:
            market.set_budgets(answer.budgets)
            if answer.verb == "acknowledge":
                market.set_bids(answer.piece.bids)
        market.play()
    return counter.end()

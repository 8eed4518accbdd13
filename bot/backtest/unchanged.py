"""Which rules find the same under two rulebooks, so that they need not be worked out twice."""

from __future__ import annotations

from bot.advice.certainty import NOISE, PHI
from bot.advice.rulebook import Rule, Rulebook
from bot.advice.thresholds import Cell, Thresholds


def unchanged(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """Rules that find the same under both rulebooks: nothing they read is different."""
    before = {rule.id: rule.version for rule in old.rules}
    changed, windows = _changed(old.thresholds, new.thresholds)
    if windows or {PHI, NOISE} & changed or old.metrics != new.metrics:
        return frozenset()
    return frozenset(
        rule.id
        for rule in new.rules
        if before.get(rule.id) == rule.version and not changed & _reads(rule)
    )


def _reads(rule: Rule) -> set[str]:
    peers = {"threshold.peers"} if any(name.endswith(".peers") for name in rule.reads) else set()
    return {*rule.reads, *peers}


def _changed(old: Thresholds, new: Thresholds) -> tuple[set[str], bool]:
    """Thresholds of which any number differs, and whether anything else of a cell does."""
    pairs = [(old.default, new.default)]
    pairs += [(cell, new.cells[key]) for key, cell in old.cells.items()]
    layers = [(cell.numbers, other.numbers) for cell, other in pairs]
    layers += [(old.captured, new.captured)]
    layers += [
        (old.channels.get(name, {}), new.channels.get(name, {}))
        for name in {*old.channels, *new.channels}
    ]
    names = {
        f"threshold.{name}"
        for one, other in layers
        for name in {*one, *other}
        if one.get(name) != other.get(name)
    }
    return names, any(_windows(cell) != _windows(other) for cell, other in pairs)


def _windows(cell: Cell) -> tuple[object, ...]:
    return cell.judge, cell.now, cell.before, cell.skip_last

"""What a rule does, in plain words, with the numbers of every cell it speaks in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.advice.details.signals import DETAIL_SIGNALS
from bot.advice.evaluate.cohorts import WHOLES
from bot.advice.evaluate.rule_days import spans_of
from bot.advice.rules.condition import THRESHOLD, AnyOf, Condition, columns_of
from bot.advice.rules.rulebook import PERFORMANCE, PRICING, STAGES, Cell, Rule, Rulebook
from bot.numbers.signals.signs import SIGNALS

_SIGNALS = {**SIGNALS, **WHOLES, **DETAIL_SIGNALS}
COMMON = "common practice; the numbers are those of thresholds.yml"
TARGET = (
    "Its target is the plan's, or follows from what the plan says a sale or a lead may cost,"
    " by the campaign's own rates of eight weeks."
)
_TAG = re.compile(r"\{%-?.*?-?%\}")
_HOLE = re.compile(r"\{\{ *([a-z_.]+)[^}]*\}\}")
_ACTIONS = {"pause": "pause it", "hold": "give no advice about it"}


def explain(rule: Rule, rulebook: Rulebook) -> str:
    """The rule in plain words: when it speaks, on what evidence, what it does, and where from."""
    return "\n".join(_lines(rule, rulebook)) + "\n"


def _lines(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}"
    yield ""
    yield rule.why
    yield ""
    yield f"Where:     {_where(rule)}"
    yield from _listed("Speaks if: ", rule.when)
    yield from _listed("Only with: ", rule.evidence)
    yield from _how(rule)
    yield f"Then:      {_then(rule)}"
    yield from _receiver(rule)
    yield f"Says:      {_spoken(rule.message, rulebook)}"
    yield from _quiet(rule)
    yield from _meanings(rule, rulebook)
    yield f"Source:    {rule.source or COMMON}"
    yield f"Written:   {rule.file}, line {rule.line}; version {rule.version}"
    yield from _numbers(rule, rulebook)


def _spoken(message: str, rulebook: Rulebook) -> str:
    """A message with what stands in its holes named, its conditions left out."""
    plain = _TAG.sub("", message)
    text = _HOLE.sub(lambda hole: f"[{_hole(hole[1], rulebook)}]", plain)
    return re.sub(r"\s+([:;,.])", r"\1", " ".join(text.split()))


def _hole(name: str, rulebook: Rulebook) -> str:
    """`cpc.now` as `CPC`, `cpc.before` as `CPC before`, `threshold.step` as `step`."""
    metric, _, window = name.removeprefix("to.").partition(".")
    definition = rulebook.metrics.get(metric)
    title = definition.title if definition else (window if metric == "threshold" else metric)
    label = title.replace("_", " ")
    suffix = " of the other" if name.startswith("to.") else ""
    return (
        f"{label} {window}{suffix}" if window in {"before", "peers", "target"} else label + suffix
    )


def _meanings(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    """Where each number it reads comes from."""
    name_parts = (name.split(".") for name in rule.reads if not name.startswith(THRESHOLD))
    windows: dict[str, list[str]] = {}
    for metric, window in name_parts:
        windows.setdefault(metric, []).append(window)
    for place, (metric, metric_windows) in enumerate(windows.items()):
        lead = "Numbers:   " if place == 0 else " " * 11
        aimed = f" {TARGET}" if "target" in metric_windows else ""
        yield f"{lead}{metric}: {_meaning(metric, rulebook)}{aimed}"


def _meaning(metric: str, rulebook: Rulebook) -> str:
    definition = rulebook.metrics.get(metric)
    if definition is None:
        return f"{_SIGNALS.get(metric, metric.replace('_', ' '))}."
    over = f" ({definition.sum} / {definition.over})" if definition.sum and definition.over else ""
    return f"{definition.meaning or definition.title}{over}"


def _where(rule: Rule) -> str:
    stages = ", ".join(rule.stages) or "every stage"
    if rule.billed:
        return f"{stages}; where {', '.join(rule.billed)} is what you are billed for"
    return f"{stages}; {', '.join(rule.pricing) or 'every pricing model'}"


def _listed(title: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    for place, condition in enumerate(conditions):
        lead = title if place == 0 else " " * 7 + "and "
        if isinstance(condition, AnyOf):
            yield f"{lead}any of {';  '.join(line.text for line in condition.lines)}"
        else:
            yield f"{lead}{condition.text}"


def _how(rule: Rule) -> Iterator[str]:
    if rule.sure is not None:
        yield f"Sure:      at least {rule.sure:.0%} that these hold, not just on the face of it"
    if rule.mornings > 1:
        yield f"For:       {rule.mornings} mornings in a row"


def _then(rule: Rule) -> str:
    if rule.silent:
        return "says nothing; what it mutes is held back"
    action = _ACTIONS.get(rule.action.do, rule.action.do.replace("_", " "))
    step = f", {rule.action.step:.0%} at a time" if rule.action.step else ""
    days = f", {rule.action.days} days" if rule.action.days else ""
    return f"{rule.severity}: {action}{step}{days}"


def _receiver(rule: Rule) -> Iterator[str]:
    if rule.action.by:
        yield "Between:   campaigns of one stage, result, currency, client and measurer, as each"
        yield "           one's own answer to its budget tells; at most one shift a pool, neutral"


def _quiet(rule: Rule) -> Iterator[str]:
    if rule.cooldown is not None:
        yield f"Silence:   {rule.cooldown} days after an answer"
    if rule.mutes:
        muted_rules = ["all advice on performance" if m == PERFORMANCE else m for m in rule.mutes]
        yield f"Mutes:     {', '.join(muted_rules)}"


def _numbers(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    """The thresholds it names and its windows, a line for each cell."""
    read = columns_of((*rule.when, *rule.evidence)) + rule.says
    named = [name.split(".")[1] for name in dict.fromkeys(read) if name.startswith(THRESHOLD)]
    yield ""
    for cell in cells_of(rule, rulebook):
        numbers = [f"{name} {cell.numbers[name]:g}" for name in named]
        yield f"  {cell.name:<12} {', '.join([*_window(rule, cell, rulebook), *numbers])}"


def cells_of(rule: Rule, rulebook: Rulebook) -> list[Cell]:
    """The cells of the table a rule speaks in; the default one where that is everywhere."""
    everywhere = not rule.stages and not rule.pricing and not rule.billed
    cells = [cell for cell in rulebook.thresholds.cells.values() if _speaks(rule, cell)]
    return [rulebook.thresholds.default] if everywhere or not cells else cells


def _window(rule: Rule, cell: Cell, rulebook: Rulebook) -> Iterator[str]:
    if not any(name.split(".")[0] in rulebook.metrics for name in rule.reads):
        return  # detectors bring their own days
    spans = spans_of(rule, cell, rulebook.metrics)
    yield f"{spans.now} days against {spans.before}"
    if spans.skip:
        yield f"the last {spans.skip} held back"


def _speaks(rule: Rule, cell: Cell) -> bool:
    return rule.applies(cell) and (not rule.billed or cell.pricing in rule.billed)


def matrix(rulebook: Rulebook) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which rules speak in each of the sixteen cells: `{(stage, pricing): (rule id, …)}`.

    A rule that follows what is billed is listed where that is also the pricing model. Rules for
    every campaign stand in every cell.
    """
    cells = rulebook.thresholds.cells
    return {
        (stage, pricing): tuple(
            rule.id for rule in rulebook.rules if _speaks(rule, cells[stage, pricing])
        )
        for stage in STAGES
        for pricing in PRICING
    }

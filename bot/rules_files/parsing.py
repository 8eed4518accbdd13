"""Reading a rule file so that every part remembers its line, and nothing in it can hurt.

Refused before anything is built: files over 256 kB, anchors and aliases (a few lines of them
grow into gigabytes), tags such as `!!python/object`, twenty levels of nesting, doubled keys.

thresholds.yml: sixteen rows, filled up from the defaults, with every gap named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.advice.rules.rulebook import PRICING, STAGES, Cell, Thresholds
from bot.errors import RuleError
from bot.numbers.metrics.glossary import Metric
from bot.rules_files.building import Complain
from bot.rules_files.models import ThresholdTable

BIGGEST = 256 * 1024
DEEPEST = 20
_REMEMBERED = 64  # files: perfbot's own, and some folders of others
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_PLAIN = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null"))


class Keyed(dict[str, Any]):
    """A mapping that knows the line it starts on and the line of each key."""

    line: int
    lines: dict[str, int]


class Listed(list[Any]):
    """A list that knows the line it starts on and the line of each item."""

    line: int
    lines: list[int]


def read(path: Path) -> Any:
    """What a YAML file holds, as `Keyed`, `Listed` and plain values; None if it is empty.

    Raises:
        RuleError: With file and line: unreadable, too big, or something refused.
    """
    try:
        if path.stat().st_size > BIGGEST:
            raise _refused(path, None, f"The file is over {BIGGEST // 1024} kB.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, None, "The file cannot be read as UTF-8 text.") from error
    return _parsed(Path(path.name), text)


@lru_cache(maxsize=_REMEMBERED)
def _parsed(path: Path, text: str) -> Any:
    """The packaged files are read at every load, whatever is laid over them: nobody changes it."""
    try:
        _look_through(path, text)
        node = yaml.compose(text, Loader=_Loader)
        return None if node is None else _built(path, node)
    except yaml.YAMLError as error:
        raise _broken(path, error) from error
    except RecursionError as error:
        raise _refused(path, None, "The file is nested too deeply.") from error


def _look_through(path: Path, text: str) -> None:
    """Refuse by the stream of events, before anything is put together."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(path, line, "Anchors and aliases (& and *) are not allowed.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(path, line, "The file is nested too deeply.")


def _built(path: Path, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
        return _keyed(path, node)
    if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
        items = Listed(_built(path, item) for item in node.value)
        items.line, items.lines = _line(node), [_line(item) for item in node.value]
        return items
    if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN:
        return _scalar(path, node)
    raise _refused(path, _line(node), f"{node.tag!r} is not allowed: plain words and numbers only.")


def _keyed(path: Path, node: yaml.MappingNode) -> Keyed:
    mapping = Keyed()
    mapping.line, mapping.lines = _line(node), {}
    for key_node, value_node in node.value:
        key = str(_built(path, key_node))
        if key in mapping:
            raise _refused(path, _line(key_node), f"{key!r} is written twice.")
        mapping[key], mapping.lines[key] = _built(path, value_node), _line(key_node)
    return mapping


def _scalar(path: Path, node: yaml.ScalarNode) -> Any:
    try:
        return _CONSTRUCTOR.yaml_constructors[node.tag](_CONSTRUCTOR, node)
    except (ValueError, OverflowError) as error:
        raise _refused(path, _line(node), f"{node.value!r} cannot be read.") from error


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def line_of(data: Any, place: tuple[Any, ...]) -> int | None:
    """The line of a part, given by its path of keys and indices; the nearest known above it."""
    line: int | None = getattr(data, "line", None)
    for step in place:
        lines = getattr(data, "lines", None)
        try:
            line, data = lines[step] if lines else line, data[step]
        except (KeyError, IndexError, TypeError):
            break
    return line


def files(folder: Path) -> Iterator[Path]:
    """The rule files of a folder, always.yml first, then by name."""
    paths = sorted(folder.glob("*.yml")) + sorted(folder.glob("*.yaml"))
    rule_paths = [path for path in paths if path.stem not in {"thresholds", "metrics"}]
    yield from sorted(rule_paths, key=lambda path: (path.stem != "always", path.name))


def _refused(path: Path, line: int | None, message: str) -> RuleError:
    hint = "Rule files are short lists of plain words and numbers."
    return RuleError(message, hint=hint, file=path.name, line=line)


def _broken(path: Path, error: yaml.YAMLError) -> RuleError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it is not YAML"
    return RuleError(
        f"The file cannot be read: {problem}.",
        hint="Check indentation, quotes and brackets there.",
        file=path.name,
        line=mark.line + 1 if mark else None,
    )


Plain: TypeAlias = Mapping[str, Any]
NEEDED = ("judge", "window", "before", "skip_last", "cooldown")
NUMBERS = (
    "waste",
    "room",
    "results",
    "frequency",
    "ctr_drop",
    "step",
    "test_step",
    "floor",
    "overdispersion",
    "day_noise",
    "delivery",
    "full",
    "elasticity",
    "learning_days",
    "learning_results",
    "peers",
)
"""Numbers the engine itself reads; rules may name any other that the defaults give."""


def table(model: ThresholdTable, metrics: Mapping[str, Metric], complain: Complain) -> Thresholds:
    """The table of a model; what is missing or unknown goes to `complain`."""
    defaults = model.defaults.model_dump(exclude_none=True)
    for name in (*NEEDED, *NUMBERS):
        if name not in defaults:
            complain(("defaults",), f"The defaults lack {name!r}.", "Every rule may count on it.")
    if not {*NEEDED, *NUMBERS} <= set(defaults):
        return Thresholds(_row(None, None, {"judge": "spend"}), {})
    default = _row(None, None, defaults)
    cells = {
        (stage, pricing): _cell(stage, pricing, model, defaults, complain)
        for stage in STAGES
        for pricing in PRICING
    }
    _check_names(model, default, metrics, cells, complain)
    return Thresholds(default, cells, dict(model.channels), dict(model.captured))


def _cell(
    stage: str, pricing: str, model: ThresholdTable, defaults: Plain, complain: Complain
) -> Cell:
    overrides = getattr(getattr(model.cells, stage), pricing).model_dump(exclude_none=True)
    for name in overrides.keys() - defaults.keys():
        place = ("cells", stage, pricing, name)
        complain(place, f"The defaults do not know {name!r}.", "Give it a default first.")
    return _row(stage, pricing, {**defaults, **overrides})


def _row(stage: str | None, pricing: str | None, row: Plain) -> Cell:
    return Cell(
        stage=stage,
        pricing=pricing,
        judge=str(row["judge"]),
        now=_days(row.get("window", "7d")),
        before=_days(row.get("before", "28d")),
        skip_last=_days(row.get("skip_last", "0d")),
        cooldown=_days(row.get("cooldown", "0d")),
        numbers={name: float(value) for name, value in row.items() if name not in NEEDED},
    )


def _days(span: str) -> int:
    return int(span.removesuffix("d"))


def _check_names(
    model: ThresholdTable,
    default: Cell,
    metrics: Mapping[str, Metric],
    cells: Mapping[tuple[str, str], Cell],
    complain: Complain,
) -> None:
    for (stage, pricing), cell in cells.items():
        if cell.judge not in metrics:
            place = ("cells", stage, pricing, "judge")
            complain(place, f"There is no metric called {cell.judge!r}.", "See metrics.yml.")
    layers: dict[tuple[str, ...], dict[str, float]] = {
        ("captured",): model.captured,
        **{("channels", c): v for c, v in model.channels.items()},
    }
    for layer, numbers in layers.items():
        for name in numbers.keys() - default.numbers.keys():
            complain(
                (*layer, name), f"The defaults do not know {name!r}.", "Give it a default first."
            )

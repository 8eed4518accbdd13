"""The language of rule lines: one comparison of numbers, parsed by a whitelist.

`ctr.now < (1 - threshold.ctr_drop) * ctr.before` is the whole of it: names of the form
`metric.window` or `threshold.name`, numbers, `+ - *`, parentheses and one of `< <= > >=`.
A line is parsed once and evaluated on whole columns. Truth has three values: a comparison
with a missing number (NaN) is unknown and never fires anything.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.errors import PerfbotError

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Columns: TypeAlias = Mapping[str, Floats]

WINDOWS = ("now", "before", "peers", "target")
THRESHOLD = "threshold"
LONGEST, DEEPEST, BIGGEST = 200, 12, 1e12

_TOKENS = re.compile(
    r"(?:\s+|[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(?![\w.])|[0-9][0-9_]*(?:\.[0-9]+)?(?![\w.])|[-+*()]|[<>]=?)*"
)
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_COMPARISON: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_APPLY: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class ConditionError(PerfbotError):
    """A line a person can mend: says what is not allowed and what is."""

    code = "condition"


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Name:
    """`metric.window`, or `threshold.name` with the metric called `threshold`."""

    metric: str
    window: str

    @property
    def column(self) -> str:
        return f"{self.metric}.{self.window}"


@dataclass(frozen=True)
class TermSum:
    """Two terms joined by `+`, `-` or `*`."""

    left: Term
    sign: str
    right: Term


Term: TypeAlias = Number | Name | TermSum


@dataclass(frozen=True)
class Line:
    """One comparison; `text` is its canonical form."""

    left: Term
    sign: str
    right: Term

    @property
    def text(self) -> str:
        return f"{printed(self.left)} {self.sign} {printed(self.right)}"


@dataclass(frozen=True)
class AnyOf:
    """At least one of its lines holds."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " or ".join(line.text for line in self.lines)


Condition: TypeAlias = Line | AnyOf


@dataclass(frozen=True)
class Truth:
    """Three-valued truth of whole columns: `holds`, `unknown`, else false."""

    holds: Bools
    unknown: Bools

    @classmethod
    def of(cls, rows: Bools) -> Truth:
        """True of these rows, false of all others."""
        return cls(rows, np.zeros(rows.size, dtype=bool))

    @property
    def false(self) -> Bools:
        return ~self.holds & ~self.unknown

    @property
    def open(self) -> Bools:
        """Where it holds or may hold."""
        return self.holds | self.unknown


def parse_line(text: str) -> Line:
    """The comparison in `text`; raises ConditionError, which names the part that is off."""
    node = _python(text)
    if not isinstance(node, ast.Compare):
        raise ConditionError(f"{text!r} compares nothing.", hint="Use one of < <= > >=.")
    if len(node.ops) != 1 or type(node.ops[0]) not in _COMPARISON:
        raise ConditionError(
            f"{text!r} needs exactly one of < <= > >=.", hint="Write two lines instead."
        )
    left_term, right = _term(node.left, 1), _term(node.comparators[0], 1)
    return Line(left_term, _COMPARISON[type(node.ops[0])], right)


def parse_term(text: str) -> Term:
    """The arithmetic in `text`, without a comparison; raises ConditionError."""
    return _term(_python(text), 1)


def _python(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ConditionError(f"A line may have {LONGEST} characters, this has {len(text)}.")
    end = _TOKENS.match(text)
    if end is None or end.end() < len(text):
        tail = text[end.end() if end else 0 :]
        raise ConditionError(
            f"{tail!r} is not allowed in a rule line.",
            hint="Lines have metric.window, threshold.name, numbers, + - *, parentheses"
            " and one of < <= > >=.",
        )
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(f"{text!r} cannot be read.", hint="Check the parentheses.") from error


def _term(node: ast.expr, depth: int) -> Term:
    if depth > DEEPEST:
        raise ConditionError("The parentheses go too deep.", hint="Split the line.")
    match node:
        case ast.Constant(value=int() | float() as value) if abs(value) < BIGGEST:
            return Number(float(value))
        case ast.Attribute(value=ast.Name(id=metric), attr=window):
            return Name(metric, window)
        case ast.BinOp(left=left_term, op=op, right=right) if type(op) in _ARITHMETIC:
            return TermSum(
                _term(left_term, depth + 1), _ARITHMETIC[type(op)], _term(right, depth + 1)
            )
    raise ConditionError(f"{ast.unparse(node)!r} is not allowed in a rule line.")


def printed(term: Term) -> str:
    """The term as a person would write it; parsing it again gives the same term."""
    match term:
        case Number(value):
            return f"{value:_.0f}" if value == int(value) else _shortest(value)
        case Name():
            return term.column
        case TermSum(left_term, sign, right):
            leading = _inside(left_term, sign, is_leading=True)
            return f"{leading} {sign} {_inside(right, sign, is_leading=False)}"


def _shortest(number: float) -> str:
    return str(np.format_float_positional(number, trim="-"))


def _inside(term: Term, sign: str, *, is_leading: bool) -> str:
    bare = not isinstance(term, TermSum) or (is_leading and (sign != "*" or term.sign == "*"))
    bare = bare or (isinstance(term, TermSum) and term.sign == "*" and sign != "*")
    return printed(term) if bare else f"({printed(term)})"


def names(part: Term | Condition) -> Iterator[Name]:
    """Every name in reading order, with repetitions."""
    match part:
        case Name():
            yield part
        case TermSum(left_term, _, right) | Line(left_term, _, right):
            yield from names(left_term)
            yield from names(right)
        case AnyOf(lines):
            for line in lines:
                yield from names(line)


def columns_of(conditions: Iterable[Term | Condition]) -> tuple[str, ...]:
    """The columns some conditions read, each once, in reading order."""
    return tuple(dict.fromkeys(name.column for part in conditions for name in names(part)))


def value(term: Term, columns: Columns) -> Any:
    """The term on whole columns (a float where it is a constant); NaN where one part is missing."""
    match term:
        case Number(number):
            return number
        case Name():
            return columns[term.column]
        case TermSum(left_term, sign, right):
            return _APPLY[sign](value(left_term, columns), value(right, columns))


def truth(condition: Condition, columns: Columns, size: int) -> Truth:
    """Whether the condition holds, for each of `size` rows."""
    if isinstance(condition, AnyOf):
        return _any([truth(line, columns, size) for line in condition.lines])
    left_value, right = value(condition.left, columns), value(condition.right, columns)
    holds = _APPLY[condition.sign](left_value, right)  # NaN compares as false, without a warning
    unknown = np.isnan(left_value) | np.isnan(right)
    if np.shape(unknown) == (size,):
        return Truth(holds, unknown)
    return Truth(np.broadcast_to(holds, size), np.broadcast_to(unknown, size))


def _any(parts: list[Truth]) -> Truth:
    holds = np.logical_or.reduce([part.holds for part in parts])
    return Truth(holds, ~holds & np.logical_or.reduce([part.unknown for part in parts]))


def every(
    conditions: Iterable[Condition], columns: Columns, size: int, start: Truth | None = None
) -> Truth:
    """Whether all conditions hold: one false line decides, else one unknown leaves it unknown.

    `start` is what is so without them; where it is false everywhere no line is looked at.
    """
    false, unknown = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    if start is not None:
        false, unknown = start.false, start.unknown.copy()
    for condition in conditions:
        if false.all():
            break
        part = truth(condition, columns, size)
        false |= part.false
        unknown |= part.unknown
    return Truth(~false & ~unknown, unknown & ~false)

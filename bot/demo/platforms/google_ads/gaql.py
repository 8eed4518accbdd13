"""Reads the Google Ads Query Language: what is written, before anybody asks what it means.

The grammar is the one of the API's documentation: SELECT, FROM, WHERE (conditions joined by AND
only), ORDER BY, LIMIT, PARAMETERS. What the grammar does not know is refused with the API's code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.demo.platforms.google_ads.access import Refusal

TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<sign><=|>=|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)
CLAUSES = ("FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS")
SIGNS = ("=", "!=", ">", ">=", "<", "<=")
WORDS = {
    ("IN",): "IN", ("NOT", "IN"): "NOT IN", ("LIKE",): "LIKE", ("NOT", "LIKE"): "NOT LIKE",
    ("CONTAINS", "ANY"): "CONTAINS ANY", ("CONTAINS", "ALL"): "CONTAINS ALL",
    ("CONTAINS", "NONE"): "CONTAINS NONE", ("IS", "NULL"): "IS NULL",
    ("IS", "NOT", "NULL"): "IS NOT NULL", ("DURING",): "DURING", ("BETWEEN",): "BETWEEN",
    ("REGEXP_MATCH",): "REGEXP_MATCH", ("NOT", "REGEXP_MATCH"): "NOT REGEXP_MATCH",
}  # fmt: skip
LISTS = ("IN", "NOT IN", "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE")
PARAMETERS = ("include_drafts", "omit_unselected_resource_names")


@dataclass(frozen=True)
class Token:
    """A word, number, quoted text or sign, as it is written."""

    kind: str
    written: str

    @property
    def value(self) -> str:
        """Without quotes and escapes."""
        if self.kind != "text":
            return self.written
        return re.sub(r"\\(.)", r"\1", self.written[1:-1])


@dataclass(frozen=True)
class Condition:
    """`field operator values`: no value for IS NULL, two for BETWEEN, several for lists."""

    field: str
    operator: str
    values: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Query:
    """A query as it is written. `order` has a field and whether it descends."""

    select: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    parameters: tuple[tuple[str, str], ...] = ()


def refused(code: str, message: str, trigger: str = "") -> Refusal:
    """A refusal of the query."""
    return Refusal("query_error", code, f"Error in query: {message}", trigger=trigger)


def tokens(query: str) -> list[Token]:
    """The query's tokens.

    Raises:
        Refusal: A sign that the language does not have, or a text that does not end.
    """
    tokens_read, at = [], 0
    query = query.rstrip()
    while at < len(query):
        match = TOKEN.match(query, at)
        if match is None:
            raise _bad_sign(query[at:].lstrip())
        kind = str(match.lastgroup)
        tokens_read.append(Token(kind, match.group(kind)))
        at = match.end()
    return tokens_read


def _bad_sign(remainder: str) -> Refusal:
    if remainder[:1] in "'\"":
        return refused("STRING_NOT_TERMINATED", "string is not terminated.", remainder[:20])
    return refused("BAD_SYMBOL", f"invalid symbol {remainder[:1]!r}.", remainder[:20])


def parse(query: str) -> Query:
    """Read a query.

    Raises:
        Refusal: With the query error that Google gives.
    """
    return _Reader(tokens(query)).query()


class _Reader:
    """Takes the tokens from left to right."""

    def __init__(self, token_queue: list[Token]) -> None:
        self.left = token_queue

    def query(self) -> Query:
        if not self._word("SELECT"):
            raise refused("EXPECTED_SELECT", "'SELECT' is expected at the beginning.")
        select = self._names()
        if not self._word("FROM"):
            raise self._unexpected("EXPECTED_FROM", "'FROM' is expected.")
        resource = self._name()
        conditions = self._conditions() if self._word("WHERE") else ()
        order = self._orders() if self._word("ORDER") else ()
        limit = self._limit() if self._word("LIMIT") else None
        parameters = self._parameters() if self._word("PARAMETERS") else ()
        if self.left:
            raise self._unexpected("UNEXPECTED_INPUT", f"unexpected input {self._peek()}.")
        return Query(select, resource, conditions, order, limit, parameters)

    # -- tokens ---------------------------------------------------------------------------
    def _peek(self) -> str:
        return self.left[0].written if self.left else ""

    def _word(self, word: str) -> bool:
        """Takes the word where it is next; keywords may be written in any case."""
        if self.left and self.left[0].kind == "name" and self._peek().upper() == word:
            self.left.pop(0)
            return True
        return False

    def _sign(self, sign: str) -> bool:
        if self.left and self.left[0].kind == "sign" and self._peek() == sign:
            self.left.pop(0)
            return True
        return False

    def _unexpected(self, code: str, message: str) -> Refusal:
        if not self.left:
            return refused("UNEXPECTED_END_OF_QUERY", "unexpected end of query.")
        return refused(code, message, self._peek())

    def _name(self) -> str:
        if not self.left or self.left[0].kind != "name":
            raise self._unexpected("BAD_FIELD_NAME", f"invalid field name {self._peek()!r}.")
        if self._peek().upper() in CLAUSES:
            raise self._unexpected("BAD_FIELD_NAME", f"a name is expected before {self._peek()}.")
        return self.left.pop(0).written

    def _names(self) -> tuple[str, ...]:
        names = [self._name()]
        while self._sign(","):
            names.append(self._name())
        return tuple(names)

    # -- clauses --------------------------------------------------------------------------
    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._word("AND"):
            conditions.append(self._condition())
        if self.left and self._peek().upper() not in CLAUSES:
            raise self._unexpected("EXPECTED_AND", f"'AND' is expected, not {self._peek()!r}.")
        return tuple(conditions)

    def _condition(self) -> Condition:
        field = self._name()
        operator = self._operator()
        if operator in ("IS NULL", "IS NOT NULL"):
            return Condition(field, operator)
        if operator in LISTS:
            return Condition(field, operator, self._list())
        if operator == "BETWEEN":
            return Condition(field, operator, self._between())
        return Condition(field, operator, (self._value(),))

    def _operator(self) -> str:
        if self.left and self._peek() in SIGNS:
            return self.left.pop(0).written
        for words in sorted(WORDS, key=len, reverse=True):
            ahead = tuple(token.written.upper() for token in self.left[: len(words)])
            if ahead == words:
                del self.left[: len(words)]
                return WORDS[words]
        raise self._unexpected("BAD_OPERATOR", f"operator {self._peek()!r} is not valid.")

    def _value(self) -> Token:
        if not self.left or self.left[0].kind == "sign":
            raise self._unexpected("BAD_VALUE", f"invalid value {self._peek()!r}.")
        return self.left.pop(0)

    def _list(self) -> tuple[Token, ...]:
        if not self._sign("("):
            raise self._unexpected("EXPECTED_LIST", "a list in parentheses is expected.")
        if self._sign(")"):
            raise refused("PROHIBITED_EMPTY_LIST_IN_CONDITION", "the list is empty.")
        values = [self._value()]
        while self._sign(","):
            values.append(self._value())
        if not self._sign(")"):
            raise self._unexpected("EXPECTED_LIST", "')' is expected.")
        return tuple(values)

    def _between(self) -> tuple[Token, ...]:
        low = self._value()
        if not self._word("AND"):
            raise self._unexpected(
                "EXPECTED_VALUE_WITH_BETWEEN_OPERATOR", "BETWEEN needs two values."
            )
        return (low, self._value())

    def _orders(self) -> tuple[tuple[str, bool], ...]:
        if not self._word("BY"):
            raise self._unexpected("EXPECTED_BY", "'BY' is expected after 'ORDER'.")
        orders = [self._order()]
        while self._sign(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> tuple[str, bool]:
        field = self._name()
        falling = self._word("DESC")
        if not falling:
            self._word("ASC")
        return field, falling

    def _limit(self) -> int:
        written = self._value().written
        if not written.isdecimal():
            raise refused("BAD_LIMIT_VALUE", f"invalid limit {written}.", written)
        if int(written) < 1:
            raise refused("LIMIT_VALUE_TOO_LOW", "the limit must be positive.", written)
        return int(written)

    def _parameters(self) -> tuple[tuple[str, str], ...]:
        parameters = []
        while True:
            name = self._name()
            if name not in PARAMETERS:
                raise refused("BAD_PARAMETER_NAME", f"parameter {name} is not known.", name)
            value = self._value().written if self._sign("=") else ""
            if value not in ("true", "false"):
                raise refused("BAD_PARAMETER_VALUE", f"{name} is true or false.", value)
            parameters.append((name, value))
            if not self._sign(","):
                return tuple(parameters)

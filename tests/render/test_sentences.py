"""No template pieces a sentence together: a message of the catalogue is at least a whole sentence.

Word order differs between languages, so a translator needs the sentence in one piece, with holes.
What is looked for in the templates' syntax trees, a variable standing for all that it is set to:

- Parts in a row (`para(a, b)`) of which one is a message: the first must end as a sentence does
  (`.`, `?`, `!`, or `:` before what it announces), the second must not begin in small letters. A
  whole parenthesis may follow anything: it is an afterthought in every language.
- A bare value beside a message: it belongs in a hole of that message.
- `~`, `+`, `between=` and letters in quotes where somebody reads them.

What a function of Python says is a sentence of its own, and no concern of this test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from jinja2 import Environment, nodes

from bot.places import shipped
from bot.render import lexicon

SAID = {"_", "ngettext"}
IN_A_ROW = {"conclude", "header", "para", "item", "step", "quote", "note", "words"}
# The places of arguments that somebody reads; all others are ids, values and widths.
READ = {name: slice(None) for name in (*IN_A_ROW, "title", "table", "row")}
READ |= {name: slice(1) for name in ("button", "way", "option", "menu")}
READ |= {name: slice(1, None) for name in ("aside", "asked_twice")}
READ |= {"input": slice(1, 2), "_": slice(0), "ngettext": slice(0)}
UNREAD = {"optional", "total", "paged", "between"}
EXAMPLES = {"google"}  # the channel of /perf's examples where nobody has numbers yet
HOLE = re.compile(r"%\(\w+\)s")
ONE_HOLE = re.compile(r"[*_`]*%\(\w+\)s[*_`]*$")
END = re.compile(r"[.?!:][*_`]*$")
SMALL = re.compile(r"[*_`]*[a-zæøå,;]")
AFTERTHOUGHT = re.compile(r"\(.*\)$")
TEMPLATES = sorted(path.name for path in shipped("templates").glob("*.j2"))


def called(node: nodes.Node) -> str:
    """The function's name, "" where it is no call of one."""
    plain = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)
    return node.node.name if plain else ""


class Sentences:
    """One template's pieces, and what is wrong with them."""

    def __init__(self, source: str) -> None:
        self.tree = Environment(autoescape=True).parse(source)
        self.sets: dict[str, list[nodes.Expr]] = {}
        for one in self.tree.find_all(nodes.Assign):
            if isinstance(one.target, nodes.Name):
                self.sets.setdefault(one.target.name, []).append(one.node)

    def wrong(self) -> list[str]:
        """Each place, by its line."""
        found = []
        for call in self.tree.find_all(nodes.Call):
            pieces = self._read(call)
            found += [f"{call.lineno}: {what}" for one in pieces for what in self._loose(one)]
            if called(call) in IN_A_ROW | {"aside"}:
                parts = call.args[READ[called(call)]]
                for pair in pairwise(parts):
                    found += [f"{call.lineno}: {what}" for what in self._torn(*pair)]
        return found

    def _read(self, call: nodes.Call) -> Iterator[nodes.Expr]:
        if called(call) in READ:
            yield from call.args[READ[called(call)]]
            yield from (one.value for one in call.kwargs if one.key not in UNREAD)

    def _stands(self, node: nodes.Node, deep: int = 0) -> Iterator[nodes.Node]:
        """All that an expression may be: both sides of an if, whatever a variable is set to."""
        hole = called(node) in SAID and all(map(ONE_HOLE.match, told(node)))
        if isinstance(node, nodes.CondExpr):
            yield from self._stands(node.expr1, deep)
            yield from self._stands(node.expr2, deep) if node.expr2 else ()
        elif isinstance(node, nodes.Name) and node.name in self.sets and deep < 5:
            for one in self.sets[node.name]:
                yield from self._stands(one, deep + 1)
        elif hole:  # `*%(news)s*` is what its hole is
            yield from self._stands(node.kwargs[0].value, deep)
        elif not (called(node) == "words" and not node.args):
            yield node

    def _loose(self, node: nodes.Expr) -> Iterator[str]:
        for one in self._stands(node):
            if isinstance(one, nodes.Concat | nodes.Add):
                yield "words joined by ~ or +"
            if isinstance(one, nodes.Const) and _letters(one.value) and one.value not in EXAMPLES:
                yield f"letters in quotes: {one.value}"
            if called(one) == "words" and any(more.key == "between" for more in one.kwargs):
                yield "words joined by something between them"
            for join in one.find_all(nodes.Filter):
                if join.name == "join" and any(_letters(each.value) for each in join.args):
                    yield "names joined by a word"

    def _torn(self, first: nodes.Expr, second: nodes.Expr) -> Iterator[str]:
        for one in self._stands(first):
            for other in self._stands(second):
                before, after = told(one), told(other)
                if after and all(map(AFTERTHOUGHT.match, after)):
                    continue
                if before and not all(map(END.search, before)):
                    yield f"goes on after {before[0]!r}"
                if any(map(SMALL.match, after)):
                    yield f"goes on with {after[0]!r}"
                if (before and _value(other)) or (after and _value(one)):
                    yield f"a value beside {(before or after)[0]!r}"


def told(node: nodes.Node) -> list[str]:
    """The messages it may say, [] where it is none of the catalogue's."""
    if called(node) in SAID:
        return [one.value for one in node.args if isinstance(one, nodes.Const)]
    if called(node) == "word" and isinstance(node.args[0], nodes.Const):
        return list(getattr(lexicon, node.args[0].value).values())
    return []


def _letters(text: object) -> bool:
    return isinstance(text, str) and any(map(str.isalpha, HOLE.sub("", text)))


def _value(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr | nodes.Getitem)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_pieces_a_sentence_together(name):
    """Each message is whole; what stands beside it is another sentence."""
    assert Sentences((shipped("templates") / name).read_text("utf-8")).wrong() == []


@pytest.mark.parametrize(
    "source",
    [
        '{{ para(_("Spent"), money(1)) }}',
        '{{ para(_("Spent."), _("since then")) }}',
        '{{ para(one.name, _("Is late.")) }}',
        '{% set a = _("Spent") %}{{ para(_("*%(a)s*", a=a), _("It is late.")) }}',
        '{{ note(_("Late.") if late else _("Fine"), _("Go on.")) }}',
        '{{ item(_("Late") ~ name) }}',
        '{{ item(words(name, deed.line(one), between=" and ")) }}',
        '{{ button("Open", "find") }}',
        '{{ para(_("Of %(names)s.", names=names | join(" and "))) }}',
        '{{ input(box("a"), _("Amount"), "a", hint="In kroner") }}',
    ],
)
def test_a_sentence_in_pieces_is_found(source):
    """The test above is not blind."""
    assert len(Sentences(source).wrong()) == 1

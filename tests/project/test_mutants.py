"""`make mutants` changes what it says it changes, and sees whether a test notices."""

from __future__ import annotations

import ast
import textwrap

import pytest

from benchmarks.mutants import running
from benchmarks.mutants.changes import mutants


def of(code):
    """Before and after of each change of a function with this body."""
    source = "def rate(clicks, impressions):\n" + textwrap.indent(textwrap.dedent(code), "    ")
    return [(mutant.before, mutant.after) for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("return clicks < 3", ("clicks < 3", "clicks <= 3")),
        ("return clicks + impressions", ("clicks + impressions", "clicks - impressions")),
        ("return clicks and impressions", ("clicks and impressions", "clicks or impressions")),
        ("return not clicks", ("not clicks", "clicks")),
        ("return 28", ("28", "29")),
        ("return clicks", ("return clicks", "return None")),
        ("raise ValueError", ("raise ValueError", "pass")),
        ("return 1 if clicks else 2", ("1 if clicks else 2", "2 if clicks else 1")),
    ],
)
def test_each_kind_of_change_is_made(code, change):
    """Comparisons, sums, and/or, not, constants, statements, choices."""
    assert change in of(code)


def test_words_are_left_alone():
    """A docstring, an annotation or a text is no promise a test could hold."""
    assert of('"""Clicks of 3 days."""\nprint("3 days", f"{3}")') == [
        ('print("3 days", f"{3}")', "pass")
    ]


def test_every_change_is_code_and_differs_in_one_place():
    """Behind letters of more than one byte too."""
    source = 'def å(x):\n    return "æøå" if x == "é" else x - 1\n'
    changes = mutants(source)
    assert len(changes) == 5
    for mutant in changes:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))


def test_a_change_is_noticed_by_a_test_that_fails_and_by_no_other(tmp_path):
    """The copy is what the tests import, never the checkout."""
    (tmp_path / "test_kinds.py").write_text(
        "from bot.blockkit import slack_limits as limits\n"
        "def test_short(): assert limits.__file__.startswith(TOP)\n".replace("TOP", "str(TOP)")
    )
    with running.overlay() as folder:
        text = (tmp_path / "test_kinds.py").read_text()
        place = folder / "test_copy.py"
        place.write_text(f"TOP = {str(folder)!r}\n{text}")
        assert not running.noticed(folder, [str(place)])
        place.write_text(f"TOP = 'elsewhere'\n{text}")
        assert running.noticed(folder, [str(place)])

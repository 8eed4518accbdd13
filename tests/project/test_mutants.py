"""`make mutants` changes what it says it changes, and sees whether a test notices."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

from benchmarks.mutants.__main__ import KEY, equivalents
from benchmarks.mutants.changes import mutants
from benchmarks.mutants.covering import ROOT
from benchmarks.mutants.swapping import living, swap

HOUSE = {
    "benchmarks/__init__.py": "",
    "bot/__init__.py": "",
    "bot/numbers/__init__.py": "",
    "bot/numbers/rates.py": (
        "def near():\n    return 1\n"
        "def far():\n    return 2\n"
        "def shared():\n    return 3\n"
        "def unasked():\n    return 4\n"
    ),
    "tests/conftest.py": (
        "import pytest\nfrom hypothesis import settings\nfrom bot.numbers import rates\n"
        "settings.register_profile('perfbot')\n"
        "@pytest.fixture(scope='session')\ndef judged_database():\n    return rates.shared()\n"
    ),
    "tests/office.py": "",
    "tests/numbers/test_near.py": (
        "from bot.numbers.rates import near\n"
        "def test_near():\n    assert near() == 1\n"
        "def test_shared(judged_database):\n    assert judged_database == 3\n"
    ),
    "tests/jobs/test_far.py": (
        "from bot.numbers.rates import far, unasked\n"
        "def test_far():\n    unasked()\n    assert far() == 2\n"
    ),
}


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
        ("return None", ("return None", "pass")),
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


def test_what_says_that_lengths_agree_is_left_alone():
    """`strict=True` changes nothing anybody sees."""
    assert of("return zip(clicks, impressions, strict=True)") == [
        ("return zip(clicks, impressions, strict=True)", "return None")
    ]


def test_every_change_is_code_and_differs_in_one_place():
    """Behind letters of more than one byte too."""
    source = 'def å(x):\n    return "æøå" if x == "é" else x - 1\n'
    changes = mutants(source)
    assert len(changes) == 5
    for mutant in changes:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))


def test_a_changed_function_is_changed_wherever_it_is_held(tmp_path):
    """Imported by name, a method, a decorated one, and those behind it keep their own code."""
    path = tmp_path / "rates_to_swap.py"
    path.write_text(
        "from functools import wraps\n"
        "def doubled(work):\n"
        "    @wraps(work)\n"
        "    def twice(value):\n"
        "        return work(value) * 2\n"
        "    return twice\n"
        "@doubled\n"
        "def rate(value):\n"
        "    return (value +\n"
        "            1)\n"
        "class Rates:\n"
        "    def last(self):\n"
        "        return 7\n"
    )
    names: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    rate, rates = names["rate"], names["Rates"]()
    assert (rate(3), rates.last()) == (8, 7)
    functions = living(tmp_path)[str(path)]
    for line, after, answers in ((5, "/", (2, 7)), (9, "-", (4, 7)), (13, "8", (8, 8))):
        source = path.read_text()
        change = next(
            mutant for mutant in mutants(source) if mutant.line == line and after in mutant.after
        )
        swap(functions, path, source, change.source)
        assert (rate(3), rates.last()) == answers
        swap(functions, path, change.source, source)
        assert (rate(3), rates.last()) == (8, 7)


def test_a_change_is_noticed_by_a_test_that_fails_and_by_no_other(tmp_path):
    """By its own folder's tests, by others that import it, by what they share; else by none."""
    shutil.copytree(ROOT / "benchmarks" / "mutants", tmp_path / "benchmarks" / "mutants")
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    command = [
        sys.executable,
        "-m",
        "benchmarks.mutants",
        "--modules",
        "bot/numbers",
        "--count",
        "9",
    ]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    lines = {
        int(line): word.strip()
        for word, line in re.findall(
            r"^(noticed|UNNOTICED) +bot/numbers/rates.py:(\d+)", done.stdout, re.MULTILINE
        )
    }
    assert lines == {2: "noticed", 4: "noticed", 6: "noticed", 8: "UNNOTICED"}, done
    assert done.returncode == 1


def test_every_equivalent_is_there_and_has_a_reason():
    """A change that is left out stands in the code as it is today, with why nobody could see it."""
    for change in equivalents():
        source = (ROOT / change["module"]).read_text(encoding="utf-8")
        known = {
            (change["module"], mutant.text, mutant.before, mutant.after)
            for mutant in mutants(source)
        }
        assert tuple(change[key] for key in KEY) in known, change
        assert len(change["why"].split()) >= 4, change

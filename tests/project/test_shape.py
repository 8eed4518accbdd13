"""`make shape`: its counting, and what of it is held already."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.shape import files, names, rows
from benchmarks.shape.measure import Measure, table
from benchmarks.shape.question import Follower
from benchmarks.shape.source import Source, source

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path):
    """A package of a few files, read as perfbot is read."""

    def build(**modules):
        (tmp_path / "bot").mkdir()
        for name, text in modules.items():
            (tmp_path / "bot" / f"{name}.py").write_text(text, encoding="utf-8")
        return Source(tmp_path)

    return build


def test_files_do_not_import_each_other_in_a_circle():
    """No two files need each other, however far round: not for types, nor inside a function."""
    assert files.circles(source().imports) == []


def test_variables_are_no_narrators_words():
    """At most three in a hundred say how a thing came up and not what it is."""
    words = Counter(name for module in source() for name in names.assigned(module.tree))
    share, commonest = names.narrated(words)
    assert share <= 0.03, commonest


def test_a_class_and_a_module_have_a_name_of_their_own():
    """No public class is in two files, no module in two rooms (a layer's names and demo apart)."""
    assert names.recurring(names.classes_of(source())) == {}
    assert names.recurring(names.modules_of(source())) == {}


def test_a_circle_hidden_by_type_checking_is_found(house):
    """An import for types alone, or inside a function, closes a circle as well."""
    hidden = "if TYPE_CHECKING:\n    from bot.b import B\n"
    found = house(a=hidden, b="def late():\n    from bot import c\n", c="import bot.a\n", d="")
    assert [sorted(loop) for loop in files.circles(found.imports)] == [["bot.a", "bot.b", "bot.c"]]


def test_circles_beside_each_other_are_each_found(house):
    """A circle is cut out before the next is looked for."""
    found = house(a="from bot import b", b="from bot import a", c="from bot import d\nimport bot.a",
                  d="from bot import c")  # fmt: skip
    assert len(files.circles(found.imports)) == 2


def test_who_imports_whom_is_counted_once_a_file(house):
    """A file imported twice by one other has one importer; by two others, two."""
    found = house(a="", b="from bot import a\nfrom bot.a import x", c="import bot.a\nimport bot.b")
    assert files.single(found) == ["bot.b"]


def test_a_heading_ends_at_the_first_statement(house):
    """Docstring, imports and the blank lines between are heading; decorators are not."""
    text = '"""What."""\n\nimport os\n\n\n@cache\ndef work():\n    """Why."""\n    return os\n'
    assert files.heading(house(a=text)) == pytest.approx(5 / 9)


def test_an_excuse_is_counted_by_its_code(house):
    """Each noqa for too many arguments counts once, alone or among others; others do not."""
    text = (
        "def a(  # noqa: PLR0913, PLR0917, why\ndef b(  # noqa: PLR0917\ndef c(  # noqa: PLR0911\n"
    )
    assert files.excused(house(a=text)) == 2


def test_variables_are_counted_once_a_function(house):
    """An assigned name counts once where it is bound; parameters and i, x, _ are left aside."""
    text = """
FOUND = 1
def work(told):
    row = each = 1
    row = 2
    def inner():
        row = [x for x in told]
    for i, _ in told:
        (spend := row)
"""
    tree = house(a=text).modules["bot.a"].tree
    assert sorted(names.assigned(tree)) == ["FOUND", "each", "row", "row", "spend"]


@pytest.mark.parametrize(("name", "narrator"), [
    ("told", True), ("_each", True), ("FOUND", True), ("first2", True),
    ("first_day", False), ("spend", False), ("other_channel", False), ("_", False),
])  # fmt: skip
def test_a_narrators_word_stands_alone(name, narrator):
    """`first` says nothing of what it holds; `first_day` does."""
    assert names.narrates(name) is narrator


def test_a_name_that_recurs_says_where(house):
    """Two classes of one name are listed with their files; a private one is its file's own."""
    text = "class Part: ...\nclass _Side: ...\n"
    found = house(a=text, b=text, c="class Whole: ...\n")
    assert names.recurring(names.classes_of(found)) == {"Part": ["a", "b"]}


def test_a_campaigns_column_by_its_text_is_found(house):
    """Subscripts and gets with a column's name count; those with other keys do not."""
    text = 'row["channel"]; row.get("now.spend", 0); row["button"]; view.get("channels"); row[0]\n'
    found = house(a=text)
    assert list(rows.subscripts(found.modules["bot.a"].tree)) == ["channel", "now.spend"]


def test_the_table_says_what_is_met():
    """A goal is met at its bound; below a span it is not."""
    lines = table([
        Measure("files", 435, 270, 270), Measure("median", 116, 120, 250, least=150),
        Measure("share", 0.134, 0.116, 0.11, share=True), Measure("circles", 4, 0, 0),
    ]).splitlines()  # fmt: skip
    assert ["met" in line for line in lines[1:]] == [True, False, False, True]
    assert lines[3].split() == ["share", "13.4%", "11.6%", "<=", "11.0%", "-"]


WATCHED = """
import sqlite3
from benchmarks.shape import tracing
tracing.begin()
db = sqlite3.connect(":memory:", isolation_level=None)
db.execute("CREATE TABLE daily (date, spend)")
with tracing.watching() as seen:
    db.execute("BEGIN")
    db.executemany("INSERT INTO daily VALUES (?, ?)", [("2026-11-01", 1), ("2026-11-02", 2)])
    db.execute("COMMIT")
    assert len(db.execute("SELECT * FROM daily").fetchall()) == 2
    assert db.execute("SELECT date FROM daily").fetchone() == ("2026-11-01",)
    assert len(list(db.execute("WITH d AS (SELECT * FROM daily) SELECT 1 FROM d"))) == 2
    from bot.errors import PerfbotError
    PerfbotError("A sentence.", hint="What to do.")
db.execute("SELECT 1")
print(len(seen.statements), seen.rows, seen.letters, len(seen.reading("daily")), *seen.files)
"""


def test_statements_rows_and_files_are_counted_while_watched():
    """SQL counts but for BEGIN and COMMIT, rows as they are fetched, files as they are entered."""
    words = [sys.executable, "-c", WATCHED]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert ended.stderr == ""
    counts, entered = ended.stdout.split()[:4], ended.stdout.split()[4:]
    assert counts == ["5", "5", "30", "3"]
    assert "errors.py" in entered
    assert "__init__.py" not in entered  # imported, not entered


class Question:
    """Stands for what a text is read into: known by its class's name."""


@pytest.mark.parametrize(("value", "carried"), [
    ("how is google doing", True), ("/perf How is  Google doing", True),
    (["how", "is", "google", "doing"], True), ({"text": "how is google doing"}, True),
    (Question(), True), ({"question": Question()}, True),
    ("google", False), ({"text": {"text": "how is google doing"}}, False), (7, False),
])  # fmt: skip
def test_a_question_is_known_in_each_of_its_shapes(value, carried):
    """Text, words, what it was read into, and one step inside a mapping; no further."""
    assert Follower("how is google doing").carries(value) is carried


def test_a_return_to_a_file_is_counted():
    """A file entered again after another counts as a return; files count once."""
    follower = Follower("x")
    follower.path = ["a.py", "b.py", "a.py", "c.py", "b.py"]
    assert follower.counts() == {"files": 3, "returns": 2, "names": 0}

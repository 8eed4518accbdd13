"""What a first answer at the terminal waits for: half of its time is loading modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each takes a tenth of a second or more, or belongs to another door.
NOT_WAITED_FOR = ("scipy.special", "slack_sdk", "slack_bolt", "sqlalchemy", "openpyxl", "httpx",
                  "starlette", "apscheduler", "babel.messages.mofile", "psycopg",
                  "bot.sources.exports", "bot.features.imports", "bot.slack", "bot.jobs",
                  "bot.demo")  # fmt: skip
NOT_FOR_A_BOARD = ("pandas._libs", "rapidfuzz", "bot.ask.sentence_answers",
                   "bot.question.slot_reading")  # fmt: skip


@pytest.mark.parametrize(
    ("command", "unused"),
    [
        (("ask", "/perf channel google"), (*NOT_WAITED_FOR, *NOT_FOR_A_BOARD)),
        (("ask", "/perf board"), NOT_WAITED_FOR),
        (("board",), (*NOT_WAITED_FOR, *NOT_FOR_A_BOARD)),
        (("board", "--window", "mtd", "--format", "json"), (*NOT_WAITED_FOR, *NOT_FOR_A_BOARD)),
        (("advise",), (*NOT_WAITED_FOR, *NOT_FOR_A_BOARD)),
    ],
    ids=["channel", "asked for a board", "board", "board as JSON", "advise"],
)
def test_an_answer_from_a_judged_morning_loads_what_it_uses(judged_database, command, unused):
    """Slack, readers of files and statistics stay where they are; a stored board's pandas, too."""
    words = [*command, "--as-of", "2026-11-23", "--db", str(judged_database)]
    code = (
        "import sys; from bot.cli.door import answered; status = answered(sys.argv[1:]); "
        f"loaded = [name for name in {unused!r} if name in sys.modules]; "
        "sys.exit(status or ', '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_library_put_off_is_whole_for_whoever_uses_it_first():
    """Eight threads that use pandas at the same moment all get all of it."""
    code = """
from threading import Barrier, Thread
from bot.cli import door
from bot.cli.door import WhenUsed
WhenUsed.put_off("pandas", door._text_as_in_python)
import pandas as pd
import bot.numbers.input.columns
assert not pd
start, sums = Barrier(8), []
def use():
    start.wait()
    import pandas.api.types
    sums.append(pd.Series([1, 2]).sum() + pandas.api.types.is_bool_dtype(bool))
threads = [Thread(target=use) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
assert sums == [4] * 8 and pd and not hasattr(pd, "no_such_thing"), sums
assert pd.Series(["a"], dtype="str").dtype.storage == "python", "text is Python's own"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

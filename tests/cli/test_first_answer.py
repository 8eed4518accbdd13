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


@pytest.mark.parametrize("question", ["channel google", "board"])
def test_an_answer_from_a_judged_morning_loads_what_it_uses(judged_database, question):
    """Slack, readers of files and the functions of statistics are left where they are."""
    words = ["ask", f"/perf {question}", "--as-of", "2026-11-23", "--db", str(judged_database)]
    code = (
        "import sys; from bot.cli.door import run; status = run(sys.argv[1:]); "
        f"loaded = [name for name in {NOT_WAITED_FOR!r} if name in sys.modules]; "
        "sys.exit(status or ', '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()

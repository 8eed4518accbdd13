"""`python -m tests.tape record|diff [PART …]`: write the tape anew, or show what differs.

`python -m tests.tape dump` writes what `dump.py` is about, with the code of the day.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tape import tape, week


def _commit() -> str:
    asked = ("git", "rev-parse", "--short", "HEAD")
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def main(words: list[str]) -> int:
    """Exit code: 0 the same or recorded, 1 something differs, 2 wrong use."""
    parts = [each for each in words[1:] if each in tape.PARTS] or list(tape.PARTS)
    with tempfile.TemporaryDirectory() as folder:
        if words[:1] == ["record"]:
            try:
                written = tape.record(Path(folder), _commit(), parts)
            except PermissionError as refused:
                sys.stderr.write(f"{refused}\n")
                return 1
            sys.stdout.write(f"Recorded: {', '.join(written) or 'nothing: all is the same'}.\n")
            return 0
        if words == ["dump"]:
            week.left_behind(Path(folder) / "week.db")
            return 0
        if words[:1] != ["diff"]:
            sys.stderr.write(f"{__doc__}\n")
            return 2
        found = 0
        for part, played in tape.play_all(Path(folder), parts):
            differs = tape.differences(part, played)
            found += len(differs)
            sys.stdout.write(f"{tape.report(part, differs)}\n")
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

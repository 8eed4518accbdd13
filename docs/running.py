"""Runs the `$ perfbot …` lines of a page, and writes what they print under them.

In a folder of their own that holds the demo's perfbot.toml and, as perfbot.db, the database of the
moment the page names: `<!-- moment: MONDAY -->` (see docs/stage.py), or nothing yet: `EMPTY`. Every
block starts afresh.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from click.testing import CliRunner

from bot import rules_files
from bot.cli.door import cli
from docs.stage import CONFIG, Moment, Stage

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOMENT = re.compile(r"<!-- moment: ([A-Z_]+) -->")
HIDDEN = ("SLACK_", "DATABASE_URL", "PERFBOT_")
QUIRKS = Path(__file__).parents[1] / "tests" / "data" / "quirks"


def rerun(text: str, stage: Stage) -> str:
    """The page with every example's output as it is today; lines of `# …` in blocks stay."""
    pieces, at = [], 0
    for block in BLOCK.finditer(text):
        named = MOMENT.findall(text[: block.start()])[-1]
        moment = None if named == "EMPTY" else Moment[named]
        pieces += [text[at : block.start(1)], _again(block[1], stage, moment)]
        at = block.end(1)
    return "".join([*pieces, text[at:]])


def examples(text: str) -> list[str]:
    """What stands after `$ perfbot` in a page, in order."""
    return re.findall(r"^\$ perfbot ?(.*)$", text, re.MULTILINE)


def _again(block: str, stage: Stage, moment: Moment | None) -> str:
    with _place(stage, moment):
        return "".join(_line(line) for line in block.splitlines() if line.startswith(("$ ", "# ")))


def _line(line: str) -> str:
    if not line.startswith("$ perfbot"):
        return f"{line}\n"
    return f"{line}\n{_printed(line.removeprefix('$ perfbot').strip())}"


def _printed(words: str) -> str:
    """What a command prints: on standard output, and where something is wrong on the other."""
    done = CliRunner().invoke(cli, shlex.split(words), catch_exceptions=False)
    text = done.output.translate({0xA0: " ", 0x202F: " ", 0xFEFF: None})
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


@contextmanager
def _place(stage: Stage, moment: Moment | None) -> Iterator[None]:
    """A folder as a person has it, and an environment without anything of this machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
    with TemporaryDirectory() as here:
        if moment:
            Path(here, "perfbot.toml").write_bytes(CONFIG.read_bytes())
            Path(here, "perfbot.db").write_bytes(stage.place(moment).read_bytes())
        Path(here, "exports").symlink_to(QUIRKS)
        # the same rules for every example: reading them takes longer than all the answers
        known = patch.object(rules_files, "load", lambda _folder=None, **_how: stage.rulebook)
        with chdir(here), patch.dict(os.environ, kept, clear=True), known:
            yield

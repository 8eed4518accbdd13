"""A kind of source that an installed package brings, with no line of perfbot changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PERFBOT = (sys.executable, "-c", "from bot.cli import main; main()")
PACKAGE = """
import pandas as pd
from bot.numbers.input.daily import normalise
from bot.sources.base import AccountPull, Pulled

class Billboards:
    def __init__(self, config, clock):
        self.name, self.clock = config.name, clock
        self.token = config.secret_values["BILLBOARD_ADS_TOKEN"]

    def pull(self, since, until):
        frame = pd.DataFrame({"date": ["2026-11-02", "2026-11-03"], "channel": "billboard_ads",
                              "account_id": "7", "campaign_name": f"Harbour {self.token[:4]}",
                              "spend": [1000.5, 900.0], "impressions": [20000, 18000]})
        frame = normalise(frame).assign(source=self.name)
        last = frame["date"].max().date()
        return Pulled(frame, self.clock(), (AccountPull("7", ("billboard_ads",), True, last),))

def source(config, *, clock, seen, known):
    return Billboards(config, clock)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where perfbot is set up, with the package installed beside it."""
    site = tmp_path / "site"
    for name, text in {
        "billboards/__init__.py": PACKAGE,
        "billboards-1.0.dist-info/METADATA": "Name: billboards\nVersion: 1.0\n",
        "billboards-1.0.dist-info/entry_points.txt":
            "[perfbot.sources]\nbillboard_ads = billboards:source\n",
        "../perfbot.toml": '[[sources]]\nname = "outdoor"\nkind = "billboard_ads"\n',
    }.items():  # fmt: skip
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    return tmp_path


def perfbot(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    places = {"PYTHONPATH": os.pathsep.join((str(CHECKOUT), str(folder / "site")))}
    return subprocess.run(
        [*PERFBOT, *words],
        cwd=folder, env=os.environ | places | environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_its_numbers_are_pulled_with_its_own_secret(folder: Path) -> None:
    """Named in perfbot.toml like any other; its key is the variable that begins with its name."""
    done = perfbot(folder, "pull", BILLBOARD_ADS_TOKEN="bb01-secret")
    assert done.returncode == 0, done.stderr
    assert "outdoor" in done.stdout
    assert "bb01-secret" not in done.stdout + done.stderr
    board = perfbot(folder, "board", "--as-of", "2026-11-04", "--format", "json")
    (campaign,) = json.loads(board.stdout)["campaigns"]
    assert (campaign["channel"], campaign["campaign_name"]) == ("billboard_ads", "Harbour bb01")
    assert campaign["now"]["spend"] == pytest.approx(1900.5)


def test_what_it_raises_is_one_sentence(folder: Path) -> None:
    """A package that breaks ends no command with a traceback."""
    done = perfbot(folder, "pull")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("perfbot: ")

"""The command line as people use it: words in, exit code and two streams out."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.door import run

CHECKOUT = Path(__file__).parents[2]
FIRST = date(2026, 9, 28)
DAYS = 56
CAMPAIGNS = {
    # name: spend, impressions, clicks, leads, conversions, revenue a day
    "Search | Generic": (1200.50, 9000, 310, 12, 4, 2100.0),
    "Search | Brand": (300.25, 2500, 260, 8, 6, 3300.0),
    "Social | Leads": (800.0, 30000, 420, 21, 1, 450.0),
    "Social | Video": (500.75, 90000, 380, 2, 0, 0.0),
}
PLAN = """
[app]
time_zone = "Europe/Oslo"
currency = "NOK"

[[plan]]
match = "Search | Brand"
channel = "google_ads"
stage = "convert"
pricing_model = "CPA"
target = 80
demand = "captured"

[[plan]]
match = "Search | *"
channel = "google_ads"
stage = "convert"
pricing_model = "CPA"
target = 250

[[plan]]
match = "* | Leads"
channel = "meta_ads"
stage = "act"
pricing_model = "CPL"
target = 45

[[plan]]
match = "* | Video"
channel = "meta_ads"
stage = "reach"
pricing_model = "CPM"
target = {cpm = 6}
"""


@dataclass
class Outcome:
    """What a call gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def perfbot(capfd, tmp_path, monkeypatch):
    """Call perfbot in an empty folder, without anybody's environment."""
    for name in list(os.environ):
        if name.startswith("SLACK_") or name in {"DATABASE_URL", "PERFBOT_DEBUG"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()

    def call(*words: str) -> Outcome:
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Outcome(code, out, err)

    return call


@pytest.fixture
def small_file(tmp_path) -> Path:
    """Eight weeks of four campaigns."""
    path = tmp_path / "small.csv"
    path.write_text(small_numbers(), encoding="utf-8")
    return path


def small_numbers() -> str:
    """As a CSV file; the last week Generic sells half as much."""
    lines = ["date,channel,campaign,spend,impressions,clicks,leads,conversions,revenue"]
    for step in range(DAYS):
        day, wave = FIRST + timedelta(days=step), 1 + 0.05 * ((step * 7) % 5 - 2)
        for name, values in CAMPAIGNS.items():
            half = 0.5 if name == "Search | Generic" and step >= DAYS - 7 else 1
            spend, *counts, sales, revenue = values
            waved = ",".join(str(round(count * wave)) for count in counts)
            sold = f"{round(sales * half)},{revenue * half:.2f}"
            channel = name.partition(" | ")[0].lower()
            lines.append(f"{day},{channel},{name},{spend * wave:.2f},{waved},{sold}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def plan_file(tmp_path) -> Path:
    path = tmp_path / "perfbot.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def imported_database(tmp_path_factory) -> Path:
    """The small file, imported once for every test that only needs it there."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "perfbot.toml").write_text(PLAN, encoding="utf-8")
    (folder / "small.csv").write_text(small_numbers(), encoding="utf-8")
    words = ["import", str(folder / "small.csv"), "--config", str(folder / "perfbot.toml")]
    assert run([*words, "--db", str(folder / "perfbot.db")]) == 0
    return folder / "perfbot.db"


@pytest.fixture
def morning() -> str:
    """The morning after the small file's last day."""
    return str(FIRST + timedelta(days=DAYS))


@pytest.fixture
def imported(imported_database, perfbot, small_file, plan_file):
    """The small file is in perfbot.db, its plan in perfbot.toml."""
    shutil.copy(imported_database, "perfbot.db")
    return perfbot

"""Real numbers through the user's door equal those pandas computes by itself."""

from __future__ import annotations

import json
import math
import re
import shutil
from contextlib import redirect_stdout
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from bot.blockkit import validate
from bot.cli.door import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
RATIOS = {
    "cpc": ("spend", "clicks"),
    "cpl": ("spend", "leads"),
    "cpa": ("spend", "conversions"),
    "roas": ("revenue", "spend"),
    "ctr": ("clicks", "impressions"),
}
SHOWN = {
    "Spend": "spend",
    "Clicks": "clicks",
    "Leads": "leads",
    "Conversions": "conversions",
    "CPC": "cpc",
    "CPL": "cpl",
    "CPA": "cpa",
    "ROAS": "roas",
}
SETS = [
    # file, morning, channel as asked, which campaigns that is
    ("marketing_feb2021", date(2021, 3, 1), "google", "google_"),
    ("ab_campaign_aug2019", date(2019, 8, 31), "facebook", ""),
    ("fb_vs_adwords_2019", date(2020, 1, 1), "google", "AW_"),
]


def expected(file: Path, morning: date, prefix: str, days: int) -> dict[str, float]:
    """Sums of the last days, and ratios of the sums over the days that have both parts."""
    rows = pd.read_csv(file, parse_dates=["date"])
    since, until = morning - timedelta(days=days), morning - timedelta(days=1)
    mine = rows["campaign"].str.startswith(prefix) & rows["date"].between(str(since), str(until))
    rows = rows[mine]
    found = {
        name: rows[name].sum()
        for name in ("spend", "impressions", "clicks", "leads", "conversions", "revenue")
        if rows[name].notna().any()
    }
    for name, (top, bottom) in RATIOS.items():
        both = rows[rows[top].notna() & rows[bottom].notna()]
        if len(both):
            found[name] = both[top].sum() / both[bottom].sum()
    return found


def figures(blocks: list[dict]) -> dict[str, str]:
    """What the answer's exact figures say: title to text."""
    fields = [field["text"] for block in blocks for field in block.get("fields", ())]
    return {
        text.partition("\n")[0].strip("*"): text.partition("\n")[2].split(" (")[0]
        for text in fields
    }


def number(text: str) -> float:
    """`1 234.50 RUB` or `$1,234.50` as a number."""
    plain = re.sub(r"[^\d.\-−]", "", text.replace("\N{NO-BREAK SPACE}", ""))
    return float(plain.replace("−", "-"))


@pytest.fixture(scope="module", params=SETS, ids=[each[0] for each in SETS])
def database_of_a_set(request, shared_data, tmp_path_factory):
    """A real file in a database, with its plan of docs/examples: to be copied."""
    name, *rest = request.param
    file, plan = shared_data / "canonical" / f"{name}.csv", EXAMPLES / f"{name}.toml"
    database, out = tmp_path_factory.mktemp(name) / "perfbot.db", StringIO()
    with redirect_stdout(out):
        assert run(["import", str(file), "--config", str(plan), "--db", str(database)]) == 0
    line = json.loads(out.getvalue())
    assert line["rows"] == line["added"] == len(pd.read_csv(file))
    return database, (file, plan, *rest)


@pytest.fixture
def imported_set(database_of_a_set, perfbot):
    """A copy of it where perfbot looks for its database."""
    database, about = database_of_a_set
    shutil.copy(database, "perfbot.db")
    return about


def test_a_channel_equals_pandas(perfbot, imported_set):
    """Spend, clicks, leads, orders, CPC, CPL, CPA, ROAS of 7 days, to the last digit shown."""
    file, plan, morning, channel, prefix = imported_set
    asked = ("ask", f"/perf channel {channel}", "--as-of", str(morning), "--config", str(plan))
    outcome = perfbot(*asked, "--format", "json")
    answer = outcome.json
    assert outcome.code == 0, outcome.err
    assert validate(answer["blocks"]) == []
    assert answer["response_type"] == "ephemeral"
    shown, wanted = figures(answer["blocks"]), expected(file, morning, prefix, 7)
    for title, name in SHOWN.items():
        if name in wanted and not math.isnan(wanted[name]):
            assert number(shown[title]) == pytest.approx(wanted[name], abs=0.00501), title
        else:
            assert title not in shown, title


@pytest.mark.parametrize("days", [7, 28])
def test_the_board_equals_pandas(perfbot, imported_set, days):
    """Every campaign's numbers are pandas' to the last bit; what nobody measured is null."""
    file, plan, morning, _, _ = imported_set
    words = ("--as-of", str(morning), "--window", f"{days}d", "--format", "json")
    board = perfbot("board", *words, "--config", str(plan)).json
    assert board["as_of"] == str(morning)
    assert board["window"] == f"{days}d"
    for campaign in board["campaigns"]:
        wanted = expected(file, morning, campaign["campaign_name"], days)
        for name in ("spend", "clicks", "leads", "conversions", "revenue", *RATIOS):
            value = wanted.get(name)
            value = value if value is None else pytest.approx(value, rel=1e-12)
            assert campaign["now"][name] == value, name


def test_reach_is_never_a_sum_of_days(perfbot, imported_set):
    """Daily reach gives no reach of a week, and no frequency; only the daily one is told."""
    file, plan, morning, _, _ = imported_set
    board = perfbot("board", "--as-of", str(morning), "--config", str(plan), "--format", "json")
    for campaign in board.json["campaigns"]:
        assert campaign["now"]["reach"] is None
        assert campaign["now"]["frequency"] is None
        measured = "ab_campaign" in file.name
        assert (campaign["now"]["daily_frequency"] is not None) == measured


def test_the_digest_can_be_acted_on(perfbot, imported_set):
    """It names what to do, each in the thread with its buttons, and all of it is valid."""
    _, plan, morning, _, _ = imported_set
    words = ("digest", "--as-of", str(morning), "--dry-run", "--config", str(plan))
    digest = perfbot(*words, "--format", "json").json
    assert digest["text"].startswith("Good morning.")
    assert validate(digest["blocks"]) == []
    if not digest["thread"]:  # half the campaigns of a test, and no budget answered yet
        headline = digest["text"]  # says so, or what stopped spending: that is never "nothing"
        spend_fell = "Nothing to change" not in headline and re.search(
            r"spends \d+\s% less|has spent nothing", headline
        )
        assert "Nothing to change" in headline or spend_fell, headline
        return
    for message in digest["thread"]:
        assert validate(message["blocks"]) == []
        assert "advice.acknowledge" in str(message["blocks"])
    assert "Stage" in perfbot(*words).out

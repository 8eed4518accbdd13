"""The page about the plan tells the order of precedence as the code has it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from bot.context.context import of_settings
from bot.numbers.plan import Plan, PlanEntry
from bot.settings import read
from docs.running import examples

PAGE = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ON = date(2026, 11, 23)


@pytest.fixture
def plan(tmp_path: Path, request: pytest.FixtureRequest) -> Plan:
    file = tmp_path / "perfbot.toml"
    file.write_text(SETTINGS[request.param], encoding="utf-8")
    return of_settings(read(file, {}))


@pytest.mark.parametrize("plan", range(len(SETTINGS)), indirect=True)
def test_what_the_page_writes_can_be_copied(plan: Plan) -> None:
    """Each piece of perfbot.toml on it is accepted."""
    assert plan.entries


@pytest.mark.parametrize("plan", [0], indirect=True)
def test_patterns_fit_as_told(plan: Plan) -> None:
    """`*` is anything, capitals make no difference, a channel before it looks only there."""
    assert plan.entry("google_ads", "GOOGLE | Shopping", ON) is not None
    assert plan.entry("meta_ads", "Google | Shopping", ON) is None


@pytest.mark.parametrize("plan", [1], indirect=True)
def test_the_first_entry_that_fits_counts_alone(plan: Plan) -> None:
    """The particular before the general; what the first leaves out the second does not add."""
    brand, other = (plan.entry("google_ads", f"Google | {name}", ON) for name in ("Brand", "Max"))
    assert brand is not None
    assert other is not None
    assert (brand.pricing_model, brand.target, brand.demand) == ("CPC", 60, "captured")
    assert (other.pricing_model, other.target, other.demand) == ("CPA", 250, None)
    turned = Plan(tuple(reversed(plan.entries))).entry("google_ads", "Google | Brand", ON)
    assert turned == other


def test_plan_then_row_then_name_then_unknown() -> None:
    """Stage and pricing model each by itself, and where the stage came from is said."""
    names = ["Planned leads", "Own leads", "Leads", "Nothing"]
    rows = pd.DataFrame({
        "channel": "meta_ads", "campaign_id": list("abcd"), "campaign_name": names,
        "stage": ["reach", "convert", None, None], "pricing_model": ["CPM", None, None, None],
    })  # fmt: skip
    found = Plan((PlanEntry("Planned*", stage="engage"),)).resolve(rows, ON)
    assert list(found["stage"]) == ["engage", "convert", "act", None]
    assert list(found["because"]) == ["plan", "row", "inferred", "unknown"]
    assert list(found["pricing_model"])[:3] == ["CPM", "CPA", "CPL"]
    assert all(f"`{word}`" in PAGE for word in found["because"])


def test_of_one_pattern_the_newest_valid_entry_counts() -> None:
    """An entry waits for its `valid_from`."""
    old, new = PlanEntry("x*", target=1.0), PlanEntry("x*", target=2.0, valid_from=ON)
    for day, target in ((date(2026, 11, 22), 1.0), (ON, 2.0)):
        entry = Plan((old, new)).entry("meta_ads", "x", day)
        assert entry is not None
        assert entry.target == target


def test_slack_wins_and_dates_hold_on_the_page_itself() -> None:
    """What perfbot prints there shows it (that it is today's: test_docs)."""
    assert {tuple(words.split()[:2]) for words in examples(PAGE)} >= {("plan", "check")}
    assert re.search(r"240 kr a sale +plan\n", PAGE)
    assert "Slack wins" in PAGE
    assert re.search(r" inferred\n", PAGE)
    assert PAGE.index("Generic  250 kr a sale") < PAGE.index("Generic  240 kr a sale")

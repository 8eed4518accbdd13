"""Money spent and nothing bought is said as that, against the target: never as another price."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 5, 29)
DAYS = days_until(AS_OF - timedelta(1), 28)
DOORS = ("/perf channel google 28d", "/perf campaign Brand 28d", "/perf channel 28d")


def plan(stage: str, model: str, target: object) -> list[PlanEntry]:
    return [PlanEntry(match="Brand", stage=stage, pricing_model=model, target=target)]


@pytest.mark.parametrize(
    ("stage", "model", "result", "target", "words"),
    [
        ("convert", "CPA", "conversions", 80, "no sales"),
        ("convert", "CPC", "conversions", 80, "no sales"),
        ("act", "CPL", "leads", 45, "no leads"),
        ("engage", "CPM", "engagements", 3, "no reactions"),
    ],
)
def test_what_was_counted_and_did_not_come_is_said(hears, stage, model, result, target, words):
    """The spend, that there was no result, and what one may cost; the price of a click is none."""
    heard = hears(AS_OF, campaign_days("Brand", DAYS, 23.0, **{result: 0.0}),
                  plan=plan(stage, model, target))  # fmt: skip
    told = [heard.digest()] if stage == "convert" else []
    for answer in (*told, *map(heard.ask, DOORS)):
        assert words in answer, answer
        assert str(target) in answer
        assert "a click" not in answer
    assert "€644" in heard.ask(DOORS[0])
    assert "ingen " in heard.ask(DOORS[0], "nb")


def test_what_nobody_counted_is_no_missing_sale(hears):
    """Without a column of results nothing is known of them: the next price is what there is."""
    heard = hears(AS_OF, campaign_days("Brand", DAYS, 23.0, conversions=np.nan),
                  plan=plan("convert", "CPA", 80))  # fmt: skip
    assert "no sales" not in heard.ask(DOORS[0])


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"cpc": 2.0}, "€2 a click (target 2)"),
        ({"cpm": 30.0}, "per 1,000 showings"),
        ({"cpa": 60.0}, "€80 a sale (target 60)"),
        (60.0, "€80 a sale (target 60)"),
    ],
)
def test_a_target_is_judged_as_what_it_is_written_as(hears, target, said):
    """A plain number is of what the stage is judged by; a named one of what it names."""
    rows = campaign_days("Brand", DAYS, 160.0, clicks=80.0, conversions=2.0, impressions=7000.0)
    heard = hears(AS_OF, rows, plan=plan("convert", "CPC", target))
    assert said in heard.ask(DOORS[0])
    if isinstance(target, dict) and "cpc" in target:
        assert "Nothing to change" in heard.digest()

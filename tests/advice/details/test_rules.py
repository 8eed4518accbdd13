"""What is found below a campaign becomes advice about it, like any other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from bot.advice import advise
from bot.domain.advice import Memory
from bot.domain.details import DETAIL_COLUMNS
from bot.numbers.plan import Plan, PlanEntry
from bot.render.escaping import flat
from bot.render.values.templates import Card
from tests.advice.conftest import campaign

MORNING = date(2026, 11, 23)
NASTY = "<!channel> *free* shoes"


def parts(level: str, spent: dict[str, tuple[float, float]], **columns) -> pd.DataFrame:
    """28 days of parts of `Camp A`: so much spend and so many results, at 10 a click."""
    frames = []
    for name, (spend, results) in spent.items():
        row = dict.fromkeys(DETAIL_COLUMNS) | {
            "channel": "google_ads", "account_id": "1", "campaign_id": "camp a", "level": level,
            "detail_id": name, "detail_name": name, "currency": "EUR", "spend": spend / 28,
            "clicks": spend / 280, "impressions": spend, "conversions": results / 28, **columns,
        }  # fmt: skip
        days = pd.DataFrame([row] * 28)
        days["date"] = pd.date_range(end="2026-11-22", periods=28)
        frames.append(days)
    return pd.concat(frames, ignore_index=True).astype(DETAIL_COLUMNS)


WASTE = parts("keyword", {NASTY: (9000, 0), "free": (5000, 0), "shoes": (60_000, 900)})


@pytest.fixture(scope="module")
def numbers():
    rows = campaign("Camp A", seed=3, budget=3000.0)
    return rows.assign(account_id="1", campaign_id="camp a", channel="google_ads")


@pytest.fixture(scope="module")
def plan():
    return Plan((PlanEntry("Camp A", stage="convert", pricing_model="CPA"),))


def about(advised):
    return [one for one in advised.advice if one.rule.startswith("detail-")]


def test_keywords_that_waste_money_are_advice_about_their_campaign(rulebook, numbers, plan):
    """With their names, the money of a week and its range, and how sure."""
    (piece,) = about(advise(numbers, MORNING, rulebook, plan, details=WASTE))
    assert (piece.rule, piece.action) == ("detail-keyword-waste", "review_keywords")
    assert piece.numbers["parts"] == {"level": "keyword", "names": [NASTY, "free"], "count": 2}
    assert Decimal(2800) < piece.money_at_stake < Decimal(3600)
    assert piece.stake_low < piece.money_at_stake < piece.stake_high
    assert 0.9 < piece.confidence <= 1
    assert [reason.line.split()[0] for reason in piece.would_change] == ["keyword_waste.now"]


@pytest.mark.parametrize(("language", "said"), [("en", "a week on “"), ("nb", "i uken på «")])
def test_names_in_it_obey_nobody(rulebook, numbers, plan, renderers, language, said):
    """A keyword may be called after a mention: it is read, never obeyed."""
    (piece,) = about(advise(numbers, MORNING, rulebook, plan, details=WASTE))
    message = renderers[language].rule(piece)
    assert said in message
    assert NASTY in message
    card = Card(advice=piece, names={"camp a": "Camp A"})
    rendered = renderers[language].render("advice", card=card)
    assert "<!channel>" not in rendered.text
    assert "some of its parts" not in flat(rendered.text)


def test_without_rows_nothing_is_said_and_nobody_waits(rulebook, numbers, plan):
    """No rule about parts is held back for want of data where there are no parts."""
    plain = advise(numbers, MORNING, rulebook, plan)
    other = parts("keyword", {"a": (9000, 0), "b": (60_000, 900)}, campaign_id="another")
    for advised in (plain, advise(numbers, MORNING, rulebook, plan, details=other)):
        assert not [held for held in advised.held_back if held.rule.startswith("detail-")]
        assert advised.advice == plain.advice


def test_it_stays_the_same_piece_while_it_is_true(rulebook, numbers, plan):
    """The next morning it is opened no second time, and gone once the keywords are paused."""
    first = advise(numbers, MORNING, rulebook, plan, details=WASTE)
    second = advise(numbers, MORNING, rulebook, plan, first.memory, details=WASTE)
    assert [one.id for one in about(second)] == [one.id for one in about(first)]
    paused = WASTE[WASTE["detail_id"] == "shoes"]
    assert not about(advise(numbers, MORNING, rulebook, plan, Memory(), details=paused))


def test_breakdowns_of_the_same_money_are_counted_once(rulebook, numbers, plan):
    """Devices and ages divide the same spend: the dearer finding is told, not their sum."""
    devices = parts("device", {"mobile": (9000, 20), "desktop": (60_000, 900)})
    ages = parts("age", {"18-24": (6000, 10), "25-34": (63_000, 910)})
    alone = about(advise(numbers, MORNING, rulebook, plan, details=devices))
    both = about(advise(numbers, MORNING, rulebook, plan, details=pd.concat([devices, ages])))
    assert [one.rule for one in alone] == ["detail-misfit"]
    assert [one.numbers["parts"]["level"] for one in both] == ["device"]
    assert abs(both[0].money_at_stake - alone[0].money_at_stake) < Decimal(1)


def test_order_of_rows_changes_nothing(rulebook, numbers, plan):
    """Shuffled rows give the same advice, to the last digit."""
    shuffled = WASTE.sample(frac=1.0, random_state=np.random.RandomState(4))
    pieces = [about(advise(numbers, MORNING, rulebook, plan, details=rows))
              for rows in (WASTE, shuffled)]  # fmt: skip
    assert [one.money_at_stake for one in pieces[0]] == [one.money_at_stake for one in pieces[1]]

"""Why a rule said nothing: each line with both sides, what is short, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot import rules_files
from bot.advice import Memory, advise
from bot.advice.evaluate.findings import Mornings
from bot.advice.evaluate.silence import VERDICTS, why_not
from bot.errors import UnknownName
from bot.numbers.input.daily import normalise
from bot.numbers.plan import Plan, PlanEntry

AS_OF = date(2026, 11, 23)
PLAN = Plan((PlanEntry("*", stage="convert", pricing_model="CPA", target=250.0),))


@pytest.fixture(scope="module")
def rulebook():
    return rules_files.load()


def days(length: int, sales: float, spend: float = 1000.0, clicks: float = 200.0) -> pd.DataFrame:
    """A campaign that began so many days ago."""
    count = range(length)
    return normalise(
        pd.DataFrame(
            {
                "date": [AS_OF - timedelta(1 + day) for day in count],
                "channel": "google_ads",
                "campaign_id": "c1",
                "campaign_name": "One",
                "currency": "NOK",
                "spend": spend,
                "impressions": 10_000.0,
                "clicks": clicks,
                "conversions": sales,
                "daily_budget": 1000.0,
            }
        )
    )


def asked(numbers, rulebook, *rules):
    facts = Mornings.of(numbers, AS_OF, rulebook, PLAN, None).facts()
    told = advise(numbers, AS_OF, rulebook, PLAN, Memory())
    chosen = [rulebook.rule(each) for each in rules]
    return facts, told, why_not(facts, facts.history.entities[0], told, chosen)


def test_verdicts_are_those_of_advise(rulebook):
    """Whatever advise held back as not sure or too little data, this finds too, and no more."""
    for sales in (0.0, 0.4, 3.0, 9.0):
        _, told, found = asked(days(40, sales), rulebook)
        back = {(one.rule, one.guard) for one in told.held_back}
        ours = {(one.rule.id, one.guard) for one in found if one.verdict not in {"quiet", "speaks"}}
        assert ours == back
        said = {one.rule for one in told.advice}
        assert {one.rule.id for one in found if one.verdict == "speaks"} == said
        order = [VERDICTS.index(one.verdict) for one in found]
        assert order == sorted(order)


def test_each_line_is_what_its_numbers_say(rulebook):
    """`left` and `right` compared give `holds`; a missing side leaves it open."""
    _, _, found = asked(days(40, 3.0), rulebook)
    signs = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    lines = [line for one in found for line in one.lines]
    assert lines
    for line in lines:
        if line.left is None or line.right is None:
            assert line.holds is None
            assert line.unknown
        else:
            assert line.holds == bool(signs[line.parsed.sign](line.left, line.right))


def test_a_quiet_rule_has_a_line_that_does_not_hold(rulebook):
    """Quiet is never without a reason, and of an `any` the nearest line is named."""
    _, _, found = asked(days(40, 5.0), rulebook)
    for one in found:
        assert bool(one.failing) == (one.verdict == "quiet"), one.rule.id


def test_what_is_short_and_when_there_is_enough(rulebook):
    """A campaign four days old has so much to go; one whose window is full will never get there."""
    _, _, (young,) = asked(days(6, 0.5, spend=800.0), rulebook, "convert-cut")
    assert young.verdict == "too_little_data"
    short = {each.metric: each for each in young.waiting}
    assert short["days"].days == pytest.approx(short["days"].need - short["days"].have)
    _, _, (old,) = asked(days(60, 0.5, spend=800.0), rulebook, "convert-cut")
    assert old.verdict == "too_little_data"
    (waits,) = old.waiting
    assert (waits.metric, waits.days) == ("conversions", None)
    assert waits.have < waits.need


def test_a_rule_for_other_campaigns_is_left_out_unless_asked_for(rulebook):
    """All rules of the cell without asking; any rule by its id."""
    _, _, found = asked(days(40, 3.0), rulebook)
    assert all(one.verdict != "not_for" for one in found)
    _, _, (other,) = asked(days(40, 3.0), rulebook, "act-lead-price")
    assert (other.verdict, other.guard, other.lines) == ("not_for", "applies", ())
    assert other.numbers["stage"] == "convert"


def test_a_campaign_without_numbers_is_unknown(rulebook):
    """Nothing is made up about it."""
    facts, told, _ = asked(days(40, 3.0), rulebook)
    with pytest.raises(UnknownName):
        why_not(facts, "google_ads||nobody", told)


def test_json_holds_plain_values_only(rulebook):
    """Every number as it is, missing as null."""
    import json

    _, _, found = asked(days(6, 0.5), rulebook)
    for one in found:
        told = json.loads(json.dumps(one.to_json(), allow_nan=False))
        assert set(told) == {"rule", "verdict", "guard", "lines", "numbers"}


def test_what_another_piece_of_the_day_says_is_held_back_with_its_numbers(rulebook):
    """A rule that speaks and is in no piece of advice was told with others: once a day."""
    facts, told, found = asked(days(40, 1.0), rulebook)
    speaking = [one.rule for one in found if one.verdict == "speaks"]
    assert speaking
    unsaid = replace(told, advice=(), held_back=())
    for one in why_not(facts, facts.history.entities[0], unsaid, speaking):
        assert (one.verdict, one.guard) == ("held_back", "one_a_day")
        assert one.lines
        assert set(one.rule.reads) <= set(one.numbers)

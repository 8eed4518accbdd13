"""`perfbot plan check` prints what each target is a price of, and asks about those far off."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

FIRST = date(2026, 5, 1)
MORNING = ("--as-of", "2026-05-29")


@pytest.fixture
def checked(perfbot, tmp_path):
    """What plan check says of a campaign with 80 clicks and so many sales for 160 a day."""

    def check(entry: str, sales: float = 2.0, form: str = "text"):
        days = [FIRST + timedelta(step) for step in range(28)]
        lines = [f"{day},google_ads,Camp A,7000,80,160,{sales},USD" for day in days]
        head = "date,channel,campaign_name,impressions,clicks,spend,conversions,currency"
        numbers, plan = tmp_path / "rows.csv", tmp_path / "plan.toml"
        numbers.write_text("\n".join([head, *lines]), "utf-8")
        plan.write_text(f'[[plan]]\nmatch = "Camp A"\n{entry}\n', "utf-8")
        database = ("--db", str(tmp_path / "check.db"), "--config", str(plan))
        perfbot("import", str(numbers), *database)
        return perfbot("plan", "check", *MORNING, *database, "--format", form)

    return check


CONVERT = 'stage = "convert"\npricing_model = "CPC"\n'


@pytest.mark.parametrize(
    ("entry", "unit"),
    [
        (CONVERT + "target = 70", "$70 a sale"),
        (CONVERT + "target = {cpc = 2.5}", "$2.50 a click"),
        ('stage = "act"\npricing_model = "CPC"\ntarget = 2.5', "$2.50 a click"),
        ('stage = "act"\npricing_model = "CPL"\ntarget = 45', "$45 a lead"),
        (CONVERT + "target = {cpa = 70, cpc = 3}", "$70 a sale, $3 a click"),
        ("target = 70", "$70 a sale"),  # it reports sales
    ],
)
def test_each_target_has_its_unit(checked, entry, unit):
    """A plain number is of what the stage and the pricing model are judged by."""
    out = checked(entry).out.replace("\u00a0", " ")
    assert unit in out, out


def test_a_plain_number_nobody_knows_the_unit_of_is_asked_about(checked):
    """Neither plan, name nor results say what the campaign is for: of what is the target?"""
    assert "of what?" in checked("target = 70", 0.0).out


@pytest.mark.parametrize(
    ("entry", "sales", "asked"),
    [
        (CONVERT + "target = 2", 2.0, "write target = {cpc = 2}"),  # a click's price
        (CONVERT + "target = 8", 2.0, "10 times off. Is that meant?"),
        (CONVERT + "target = 20", 2.0, ""),  # what 1,000 showings cost is near by chance
        (CONVERT + "target = 2", 0.0, "was spent without one"),
        ('stage = "act"\npricing_model = "CPC"\ntarget = 90', 2.0, "write target = {cpa = 90}"),
        (CONVERT + "target = 4000", 2.0, "50 times off. Is that meant?"),
        (CONVERT + "target = {roas = 400}", 2.0, ""),  # no revenue: nothing to hold it against
        (CONVERT + "target = 30", 2.0, ""),  # a dear campaign, no slip of the pen
        (CONVERT + "target = 80", 0.0, ""),
        (CONVERT + "target = {cpc = 2}", 2.0, ""),
    ],
)
def test_a_target_far_off_what_a_result_costs_is_asked_about(checked, entry, sales, asked):
    """With the other price it is near to, and how that is written."""
    result = checked(entry, sales)
    out = result.out.replace("\u00a0", " ")
    assert (asked in out) if asked else ("Nothing is odd" in out), out
    assert result.code == (1 if asked else 0)


def test_programs_read_targets_by_metric(checked):
    """The unit is the metric's name."""
    told = json.loads(checked(CONVERT + "target = 70", form="json").out)
    assert told["campaigns"][0]["target"] == {"cpa": 70.0}

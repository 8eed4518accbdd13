from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.infer import MODELS, STAGES, InferredPurpose, infer, model_for


@pytest.mark.parametrize(
    ("name", "stage", "model"),
    [
        ("Brand Awareness NO", "reach", "CPM"),
        ("Høst | Rekkevidde", "reach", "CPM"),
        ("Merkevarekampanje 2026", "reach", "CPM"),
        ("Traffic - Blog", "act", "CPC"),
        ("Trafikk til nettsiden", "act", "CPC"),
        ("Generic Search", "act", "CPC"),
        ('Leads, B2B "Q3"', "act", "CPL"),
        ("Lead-gen form", "act", "CPL"),
        ("Påmelding webinar", "act", "CPL"),
        ("Sales_NO_Shopping", "convert", "CPA"),
        ("PMax - all products", "convert", "CPA"),
        ("facebook_retargeting", "convert", "CPA"),
        ("Julesalg: salgskampanje", "convert", "CPA"),
        ("CRM: existing customers", "engage", "CPA"),
        ("Lojalitet kundeklubb", "engage", "CPA"),
        ("E-post til medlemmer", "engage", "CPA"),
        ("BrandAwareness", "reach", "CPM"),
        ("Prospecting CPC test", "reach", "CPC"),
        ("2026 Q4 Test", None, None),
        ("AW_Jan19", None, None),
        ("Control Campaign", None, None),
        ("", None, None),
        ("🍂🍂", None, None),
    ],
)
def test_a_name_tells_what_the_campaign_is_for(name, stage, model):
    """Usual words, English and Norwegian, tell stage and model; other names tell nothing."""
    guess = infer(name)
    assert (guess.stage, guess.pricing_model) == (stage, model)


def test_brand_search_and_retargeting_catch_demand_that_is_there():
    """Brand search and retargeting are told apart: their demand is captured."""
    assert infer("Brand Search", "google_ads") == InferredPurpose("convert", "CPA", "captured")
    assert infer("Retargeting 30d").demand == "captured"
    assert infer("Brand awareness", "meta_ads").demand is None


def test_a_stage_from_elsewhere_takes_its_usual_model():
    """Where the stage was said by somebody, a name's model of another stage does not count."""
    assert model_for(infer("Leads form"), "act") == "CPL"
    assert model_for(infer("Leads form"), "convert") == "CPA"
    assert model_for(infer("anything"), "reach") == "CPM"
    assert model_for(infer("anything"), None) is None


@given(st.text())
def test_any_name_is_read(text):
    """No name breaks the reading, and what comes out is always a stage and model or nothing."""
    guess = infer(text)
    assert guess.stage in {*STAGES, None}
    assert guess.pricing_model in {*MODELS, None}

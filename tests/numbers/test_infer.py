from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.infer import (
    MODELS,
    STAGES,
    InferredPurpose,
    infer,
    model_for,
    purpose,
    reported,
)


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


@pytest.mark.parametrize(
    ("name", "kind", "results", "purpose_"),
    [
        ("Generic Search", "act cpc", "orders", ("convert", "CPA")),
        ("Søk | Barnesko", "act cpc", "orders", ("convert", "CPA")),
        ("Prospecting broad", None, "orders", ("convert", "CPA")),
        ("Demand | Inspiration", "reach cpm", "orders", ("convert", "CPA")),
        ("Display | Spring", "reach cpm", "few orders", ("reach", "CPM")),
        ("Høst | Rekkevidde", None, "orders", ("reach", "CPM")),
        ("Traffic - Blog", None, "sales", ("act", "CPC")),
        ("Nyhetsbrev", None, "leads", ("act", "CPL")),
        ("Kundeklubb", None, "orders", ("engage", "CPA")),
        ("Demo requests", "act cpc", "sales", ("act", "CPA")),
        ("Brand", None, "sales", ("convert", "CPA")),
        ("Acme | Merkevare NO", None, "few orders", ("convert", "CPA")),
        ("Brand Video", None, "sales", ("reach", "CPM")),
        ("Brand", None, None, ("reach", "CPM")),
        ("Meta | Prospecting", None, "sales", ("convert", "CPA")),
        ("Upper Prospecting Video", None, "sales", ("reach", "CPM")),
        ("Prospecting", None, "few orders", ("reach", "CPM")),
        ("Alpha", "reach cpm", None, ("reach", "CPM")),
        ("Alpha", None, "sales", ("convert", "CPA")),
        ("Alpha", None, None, (None, None)),
    ],
)
def test_name_type_and_results_suggest_together(name, kind, results, purpose_):
    """Sales with a value are sales; a name that says it plainly is believed before them."""
    guess = purpose(name, "google_ads", kind, results)
    assert (guess.stage, guess.pricing_model) == purpose_


@pytest.mark.parametrize(
    ("sums", "results"),
    [
        ((40, 9000, 0, 3000), "orders"),
        ((40, 200, 0, 3000), "few orders"),
        ((40, 0, 0, 3000), "sales"),
        ((0, 0, 12, 3000), "leads"),
        ((3, 900, 3, 3000), "orders"),  # three tenths of the spend come back: enough
        ((3, 899, 2, 3000), "few orders"),
        ((3, 0, 0, 0), "sales"),
        ((3, 900, 4, 3000), "leads"),
        ((0, 0, 3, 3000), "leads"),
        ((2, 900, 0, 3000), None),
        ((0, 0, 2, 3000), None),
        ((0, 0, 0, 0), None),
    ],
)
def test_what_a_campaign_reports_is_told_by_its_sums(sums, results):
    """Orders have a value, leads are no sales, and two results are none to speak of."""
    assert reported(*sums) == results


def test_a_brand_that_sells_in_googles_search_catches_demand_that_is_there():
    """It is not to be fed on attributed sales alone, so it is told apart; on Meta it is not."""
    assert purpose("Brand", "google_ads", None, "orders").demand == "captured"
    assert purpose("Brand", "meta_ads", None, "sales").stage == "reach"

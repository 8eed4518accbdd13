"""A target nobody stated says where it comes from, so that a person can work it out again."""

from __future__ import annotations

from bot.domain.advice import Advice
from bot.numbers.targets import Derived

SALE = Derived("cpc", 13.95, "cpa", 450.0, 0.031, "conversions", "clicks", 224.0, 7224.0, 0)
PEERS = Derived("cpm", 98.5, "peers", 98.5, 1.0, "impressions", "impressions", 0.0, 0.0, 6)


def told(renderer, *notes: Derived) -> list[str]:
    derived = {note.metric: note.to_json() for note in notes}
    advice = Advice("a", "r", "v", ("c",), "hold", "watch", currency="NOK",
                    numbers={"derived": derived})  # fmt: skip
    said = renderer.phrases.follows(advice)
    return [
        "".join(c for c in str(each) if c.isprintable()).replace("\u00a0", " ") for each in said
    ]


def flat(text: str) -> str:
    """Without the marks that keep values inert."""
    return "".join(c for c in text if not "\ue000" <= c <= "\uf8ff").replace("\u202f", " ")


def test_a_derived_target_is_a_product_to_check(renderers):
    """450 kr × 3.1 % = 13.95 kr, in both languages; stated targets say nothing."""
    (english,) = (flat(each) for each in told(renderers["en"], SALE))
    assert english.replace(" ", "") == "TargetforCPC:450kr×3.1%=13.95kr,fromtheplan'sCPA."
    (norwegian,) = (flat(each) for each in told(renderers["nb"], SALE))
    assert norwegian.replace(" ", "") == "MålforCPC:450kr×3,1%=13,95kr,avplanensCPA."
    assert told(renderers["en"]) == []


def test_a_peers_price_says_how_many_they_are(renderers):
    """What six campaigns alike pay is marked as theirs."""
    (english,) = (flat(each) for each in told(renderers["en"], PEERS))
    assert "98.50" in english
    assert "6 campaigns alike" in english.replace("\u00a0", " ")

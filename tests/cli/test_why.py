"""`perfbot why` and `perfbot why-not`, in a terminal."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.mark.parametrize("metric", [(), ("cpa",), ("roas",), ("spend",), ("conversion", "rate")])
@pytest.mark.parametrize("name", ["google", "Search | Generic"])
def test_a_change_adds_up(imported, morning, name, metric):
    """In full and as shown, the parts and the campaigns are the change."""
    words = ("why", name, *metric, "7d", "--as-of", morning, "--format", "json")
    told = imported(*words).json
    assert told["now"]["value"] - told["before"]["value"] == pytest.approx(told["change"])
    for parts in (told["parts"], told["campaigns"]):
        assert sum(part["part"] for part in parts) == pytest.approx(told["change"], abs=1e-9)
        assert sum(Decimal(part["shown"]) for part in parts) == Decimal(told["change_shown"])
    assert told["other_currencies"] == []


def test_it_is_the_boards_number(imported, morning):
    """The CPA taken apart is the CPA of the board, and its fall in sales is named."""
    told = imported("why", "Search | Generic", "--as-of", morning, "--format", "json").json
    board = imported("board", "--as-of", morning, "--format", "json").json
    row = next(each for each in board["campaigns"] if each["campaign_name"] == "Search | Generic")
    assert (told["metric"], told["now"]["value"]) == ("cpa", row["now"]["cpa"])
    most = max(told["parts"], key=lambda part: abs(part["part"]))
    assert most["what"] == "conversion_rate"
    text = imported("why", "Search | Generic", "--as-of", morning)
    assert "comes from the conversion rate" in text.out
    assert text.code == 0


def test_the_reader_chooses_the_language(imported, morning):
    """Norwegian words and numbers."""
    out = imported("why", "google", "cpa", "--as-of", morning, "--language", "nb").out
    assert "Konverteringsrate" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("why", "gogle"), "Did you mean 'Google'?"),
        (("why", "google", "cpaa"), "metric called 'cpaa'"),
        (("why", "google", "99x"), "window called '99x'"),
        (("why", "search"), "Write the whole name"),
        (("why", ""), "Whose numbers?"),
        (("why-not", "nobody"), "campaign called 'nobody'"),
        (("why-not", "Search | Generic", "convert-cutt"), "Did you mean 'convert-cut'?"),
        (("why", "google", "--language", "xx"), "no words in 'xx'"),
    ],
)
def test_what_is_wrong_is_one_sentence(imported, morning, words, sentence):
    """With the way out, and an exit code that is not fine."""
    outcome = imported(*words, "--as-of", morning)
    assert outcome.code in {1, 2}
    assert sentence in outcome.err
    assert outcome.out == ""


def test_why_not_agrees_with_advise(imported, morning):
    """Each guard with the numbers `perfbot advise` gives."""
    advised = imported("advise", "--as-of", morning, "--format", "json").json
    names = {"Search | Generic", "Search | Brand", "Social | Leads", "Social | Video"}
    for name in names:
        told = imported("why-not", name, "--as-of", morning, "--format", "json").json
        rules = {each["rule"]: each for each in told["rules"]}
        assert set(rules[next(iter(rules))]) == {"rule", "verdict", "guard", "lines", "numbers"}
        for held in advised["held_back"]:
            if held["campaign_id"] == told["campaign_id"]:
                mine = rules[held["rule"]]
                assert (mine["guard"], mine["numbers"]) == (held["guard"], held["numbers"])


def test_without_numbers_it_says_so(perfbot):
    """No database: one sentence with the way out."""
    for words in (("why", "google"), ("why-not", "google")):
        outcome = perfbot(*words)
        assert outcome.code == 1
        assert "no numbers yet" in outcome.err

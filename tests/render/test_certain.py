"""Every card says how sure it is, and never with a number nobody worked out."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from bot.advice.rules.condition import AnyOf
from bot.domain.advice import Advice, Reason
from bot.render import Renderer
from bot.render.escaping import bare
from bot.render.values.templates import Card
from bot.rules_files import load

SPOKEN = [rule for rule in load().rules if not rule.silent]
PACE = "pace_high.now < 1 - threshold.pace_wide"


def card(*lines: tuple[str, float], confidence: float | None = None, stake: str | None = None):
    reasons = tuple(Reason(line, left, 1.0) for line, left in lines)
    return Card(
        Advice(
            "a1", "r", "v", ("c1",), "check_spend", "advise",
            reasons=reasons, confidence=confidence, currency="NOK", stake_kind="expected",
            money_at_stake=Decimal(stake) if stake else None,
        )
    )  # fmt: skip


def full(language: str, given: Card) -> str:
    return plain(Renderer(language)._toolbox.tools()["certain"].full(given))


def short(language: str, given: Card) -> str:
    return plain(Renderer(language)._toolbox.tools()["certain"].short(given))


def plain(words: str) -> str:
    return bare(words).replace("\u00a0", " ")


@pytest.mark.parametrize("rule", SPOKEN, ids=lambda rule: rule.id)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_rule_says_how_sure_it_is(rule, language):
    """Also where there is no probability, because its lines are facts."""
    parts = [line for part in rule.when
             for line in (part.lines if isinstance(part, AnyOf) else (part,))]  # fmt: skip
    told = full(language, card(*((line.text, 4.0) for line in parts)))
    assert told.startswith({"en": "How sure: ", "nb": "Hvor sikkert: "}[language])


def test_a_probability_is_said_as_it_is():
    """What the posterior gives, and nothing besides."""
    assert full("en", card(confidence=0.934)) == "How sure: 93 %."
    assert short("nb", card(confidence=0.934, stake="5880")) == (
        "På spill: omtrent 5 900 kr i uken. Hvor sikkert: 93 %."
    )


@pytest.mark.parametrize(
    ("name", "times", "said"),
    [("tag_fault", 40.0, "unlikely to be chance (1 in 40)"),
     ("page_fault", 80.0, "unlikely to be chance (1 in 40)"),
     ("account_loss", 2800.0, "very unlikely to be chance (1 in 100)"),
     ("new_level", 7000.0, "very unlikely to be chance (1 in 100)"),
     ("showings_fault", 5000.0, "very unlikely to be chance (less than 1 in 1 000)")],
)  # fmt: skip
def test_a_detector_says_how_much_likelier_a_change_is(name, times, said):
    """Its likelihood ratio; of several looks no more than their mean."""
    found = full("en", card((f"{name}.now > threshold.lost", math.log(times))))
    assert found == f"How sure: {said}."


def test_the_months_money_is_as_sure_as_its_span():
    """The rule speaks where nine landings in ten are beyond its line."""
    assert full("en", card((PACE, 0.71))).startswith("How sure: at least 90 %, if the days left")
    assert short("en", card((PACE, 0.71), stake="5699")) == (
        "At stake: about 5 700 kr a week. How sure: at least 90 %."
    )


def test_what_is_counted_is_said_to_be():
    """A count needs no estimate; the reader can count again."""
    late = card(("late_days.now >= threshold.late_days", 8.0))
    assert full("en", late) == ("How sure: counted, not estimated. Days the numbers are behind: 8.")
    assert short("nb", late) == "Hvor sikkert: telt, ikke anslått."
    used = card(("month_used.now > threshold.month_used", 1.26))
    assert full("en", used).endswith("used, as a share: 126 %.")


def test_what_nobody_can_say_is_not_made_up():
    """An average of answers nobody counted, and advice without a line."""
    found = card(("satisfaction.now < threshold.satisfaction_drop * satisfaction.before", 4.1))
    assert "nobody can say" in full("en", found)
    assert (full("en", card()), short("en", card())) == ("", "")

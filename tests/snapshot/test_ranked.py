"""What there is to do is read by what is urgent, then by the money at stake."""

from __future__ import annotations

from datetime import date

from bot.domain.advice import Advice
from bot.snapshot.evaluation import ranked
from bot.store.base import AdviceRecord

MORNING = date(2026, 11, 23)


def told(name: str, money: float | None, currency: str | None = "NOK", severity: str = "advise"):
    advice = Advice(
        name, "r", "v", (name,), "check_spend", severity, money_at_stake=money, currency=currency
    )
    return AdviceRecord(advice, "open", MORNING)


def order(records, reporting: str | None = "NOK") -> str:
    return "".join(each.advice.id for each in ranked(records, reporting))


def test_money_at_stake_decides_after_what_is_urgent():
    """Whether a rule advises or watches does not; what nobody knows comes last, ties as given."""
    found = [told("a", 5.0), told("b", None), told("c", 9.0, severity="watch"),
             told("d", 1.0, severity="urgent"), told("e", 5.0)]  # fmt: skip
    assert order(found) == "dcaeb"


def test_broken_numbers_come_before_what_is_judged_by_numbers():
    """However little money they are about; among themselves by money."""
    money = [told(name, 100.0 - at) for at, name in enumerate("abcdef")]
    small = [told("v", None, severity="urgent"), told("u", 1.0, severity="urgent")]
    assert order([*money, *small]) == "uvabcdef"


def test_money_of_two_currencies_is_never_compared():
    """The team's own comes first, however small its numbers look, then what is spoken of most."""
    found = [told("a", 900.0, "JPY"), told("b", 5.0), told("c", 7.0, "EUR"), told("d", 8.0, "EUR"),
             told("e", 6.0), told("f", 1000.0, None)]  # fmt: skip
    assert order(found) == "ebdcaf"
    assert order(found, None) == "dcebaf"

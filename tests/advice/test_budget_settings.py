"""What is set at the platforms, and what forbids it: pure, with hypothesis where money is split."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice import budget_settings
from bot.domain.platform_budgets import (
    CHANGES,
    OBSTACLES_MET,
    RESULTS,
    BudgetChange,
    BudgetResult,
    BudgetSetting,
    Caps,
    Holder,
    Obstacle,
    PlatformBudget,
)

GOOGLE, META = ("google_ads", "1"), ("meta_ads", "9")


def change(
    key: str, before: str, after: str, account: tuple[str, str] = GOOGLE, currency: str = "NOK"
) -> BudgetChange:
    return BudgetChange(key, *account, key, Decimal(before), Decimal(after), currency)


def google(*amounts: int, **more: object) -> PlatformBudget:
    holders = tuple(Holder("budget", str(n), amount) for n, amount in enumerate(amounts))
    return PlatformBudget("a", "A", holders, 1_000_000, **({"step": 10_000} | more))  # type: ignore[arg-type]


def budgets_of(**found: PlatformBudget) -> dict[tuple[str, str, str], PlatformBudget]:
    return {(*GOOGLE, key): budget for key, budget in found.items()}


def test_what_caps_count_is_given_or_taken_whichever_is_more() -> None:
    """A shift counts once; a raise beside it counts in full."""
    shift = [change("a", "100", "80"), change("b", "50", "70")]
    assert budget_settings.moved(shift) == 20
    assert budget_settings.moved([*shift, change("c", "10", "25")]) == 35
    assert budget_settings.moved([]) == 0


def test_each_cap_says_what_it_is_and_what_it_would_come_to() -> None:
    """At a cap is allowed, over it is not; each of the three for itself."""
    caps = Caps(Decimal(20), Decimal(50), Decimal(60))
    shift = [change("a", "100", "80"), change("b", "50", "70")]
    assert not list(budget_settings.over_caps(shift, caps, Decimal(30), Decimal(40)))
    broken = list(budget_settings.over_caps(shift, caps, Decimal(31), Decimal("40.01")))
    assert broken == [
        Obstacle("cap_day", before=Decimal(50), now=Decimal(51)),
        Obstacle("cap_month", before=Decimal(60), now=Decimal("60.01")),
    ]
    more = [change("a", "100", "79.99")]
    assert [o.reason for o in budget_settings.over_caps(more, caps, Decimal(0), Decimal(0))] == [
        "cap_change"
    ]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (google(100_000_000), None),
        (None, Obstacle("missing", "a")),
        (google(100_000_000, shared_with=("B", "C")), Obstacle("shared", "a", names=("B", "C"))),
        (google(), Obstacle("no_budget", "a")),
        (google(110_000_000), Obstacle("stale", "a", before=Decimal(100), now=Decimal(110))),
        (
            google(100_000_000, step=1_000_000),
            Obstacle("step", "a", before=Decimal(1), now=Decimal("80.5")),
        ),
    ],
)
def test_what_a_platforms_budget_forbids(
    budget: PlatformBudget | None, expected: Obstacle | None
) -> None:
    """A shared, unknown, changed or finer budget is refused with everything a person must know."""
    known = {} if budget is None else budgets_of(a=budget)
    found = list(budget_settings.obstacles([change("a", "100", "80.5")], known))
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("currency", "units", "step", "amount", "expected"),
    [
        ("NOK at Google", 1_000_000, 10_000, "1234.56", 1_234_560_000),
        ("JPY at Google", 1_000_000, 1_000_000, "18000", 18_000_000_000),
        ("KWD at Google", 1_000_000, 1_000, "12.345", 12_345_000),
        ("NOK at Meta", 100, 1, "1234.56", 123_456),
        ("JPY at Meta", 1, 1, "18000", 18_000),
        ("HUF at Meta", 1, 1, "18000.00", 18_000),
        ("HUF at Meta, finer", 1, 1, "18000.50", None),
        ("KWD at Meta", 100, 1, "12.340", 1_234),
        ("KWD at Meta, finer", 100, 1, "12.345", None),
        ("nothing at all", 100, 1, "0", None),
        ("the smallest there is", 100, 1, "0.01", 1),
    ],
)
def test_amounts_in_the_platforms_units(
    currency: str, units: int, step: int, amount: str, expected: int | None
) -> None:
    """Exact in each currency's units at each platform, or refused: never rounded, never 100x."""
    budget = PlatformBudget("a", currency, (Holder("campaign", "a", 1),), units, step)
    assert budget_settings.in_units(Decimal(amount), budget) == expected


@given(
    parts=st.lists(st.integers(1, 10**7), min_size=1, max_size=8),
    share=st.integers(1, 400),
    step=st.sampled_from([1, 100, 10_000]),
)
def test_ad_sets_share_a_change_exactly(parts: list[int], share: int, step: int) -> None:
    """The parts add up to the new total, each a multiple of the step and near its proportion."""
    held = [part * step for part in parts]
    total = max(1, sum(parts) * share // 100) * step
    budget = PlatformBudget(
        "a", "A", tuple(Holder("adset", str(n), amount) for n, amount in enumerate(held)), 100, step
    )
    changed = change("a", "1", str(Decimal(total) / 100))
    planned = budget_settings.settings([changed], budgets_of(a=budget))
    after = {s.holder_id: s.after for s in planned}
    amounts = [after.get(str(n), amount) for n, amount in enumerate(held)]
    assert sum(amounts) == total
    assert all(amount % step == 0 for amount in amounts)
    assert all(
        abs(amount - total * part / sum(held)) <= step
        for amount, part in zip(amounts, held, strict=True)
    )
    assert sum(s.after for s in budget_settings.taken_back(planned)) == sum(
        s.before for s in planned
    )


def setting(key: str, before: int, after: int, account: tuple[str, str] = GOOGLE) -> BudgetSetting:
    return BudgetSetting(key, *account, "budget", key, before, after)


def test_cuts_come_before_raises() -> None:
    """Money is taken away before it is given, in whatever order the advice names campaigns."""
    changes = [change("b", "50", "70"), change("a", "100", "80")]
    known = budgets_of(a=google(100_000_000), b=google(50_000_000))
    assert [s.key for s in budget_settings.settings(changes, known)] == ["a", "b"]
    back = budget_settings.taken_back(budget_settings.settings(changes, known))
    assert [(s.key, s.before, s.after) for s in back] == [
        ("b", 70_000_000, 50_000_000),
        ("a", 80_000_000, 100_000_000),
    ]


def test_one_account_that_can_is_set_in_one_call() -> None:
    """All or none where the platform has that; else one call a budget, in order."""
    shift = [setting("a", 100, 80), setting("b", 50, 70)]
    assert [len(call) for call in budget_settings.batches(shift, ["google_ads"])] == [2]
    assert [len(call) for call in budget_settings.batches(shift, [])] == [1, 1]
    assert budget_settings.batches([], ["google_ads"]) == ()


def test_between_accounts_every_cut_comes_before_any_raise() -> None:
    """No call of two accounts' shift gives money before all of it was taken."""
    there = [setting("a", 100, 80), setting("m", 90, 70, META)]
    back = [setting("b", 50, 70), setting("n", 10, 30, META)]
    calls = budget_settings.batches([*there, *back], ["google_ads"])
    assert [[s.key for s in call] for call in calls] == [["a"], ["m"], ["b"], ["n"]]
    cuts_first = [s.after < s.before for call in calls for s in call]
    assert cuts_first == sorted(cuts_first, reverse=True)


def test_what_came_of_each_campaign_is_told_apart() -> None:
    """Set, refused, never sent, still as it was, and changed by somebody else."""
    changes = [change(key, "100", "80") for key in "abcde"]
    now = {"a": 80, "b": 100, "c": 100, "d": 100, "e": 95}
    known = budgets_of(**{key: google(amount * 1_000_000) for key, amount in now.items()})
    sent = [setting(key, 100, 80) for key in "abde"]
    came = budget_settings.results(changes, known, {"b": "Too low."}, sent)
    assert [(r.status, r.sentence) for r in came] == [
        ("set", ""),
        ("refused", "Too low."),
        ("not_sent", ""),
        ("unchanged", ""),
        ("otherwise", ""),
    ]
    (gone,) = budget_settings.results([change("x", "1", "2")], {}, {}, [])
    assert (gone.status, gone.now) == ("otherwise", None)


def test_only_what_perfbot_set_is_taken_back() -> None:
    """From what it is now to what it was before; what others changed is left to them."""
    changes = [change("a", "100", "80"), change("b", "50", "70")]
    came = [BudgetResult("a", "set", Decimal(80)), BudgetResult("b", "otherwise", Decimal(60))]
    (back,) = budget_settings.changes_back(changes, came, [setting("a", 100, 80)])
    assert (back.key, back.before, back.after) == ("a", Decimal(80), Decimal(100))


def test_values_survive_the_log() -> None:
    """Amounts are exact text in JSON: 12.345 dinars come back as 12.345."""
    kuwaiti = change("a", "12.345", "10.000", currency="KWD")
    stale = Obstacle("stale", "a", Decimal("1.10"), Decimal(2), ("B",), "x")
    results = (BudgetResult("a", "set", Decimal("0.5")), BudgetResult("a", "silent"))
    for adapter, values in ((CHANGES, (kuwaiti,)), (OBSTACLES_MET, (stale,)), (RESULTS, results)):
        kept = json.loads(json.dumps(adapter.dump_python(values, mode="json")))
        assert adapter.validate_python(kept) == values
    (amount,) = CHANGES.dump_python((kuwaiti,), mode="json")
    assert amount["before"] == "12.345"

"""Currencies, credits and totals that contradict, as people reported them: each a kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]


def said(found: ReadFile) -> str:
    return "\n".join((*found.notes, *found.warnings))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["r02b_two_currency_columns.csv"], "Revenue is in USD and spend in SEK (line 2, 2 rows)"),
        (["Day,Channel,Campaign,Amount spent (NOK),Revenue (EUR),Clicks",
          "2026-08-01,x,A,100.50,20.25,3"], "Revenue is in EUR and spend in NOK"),
        (["date,channel,campaign,spend,revenue", "2026-08-01,x,A,£100.50,€20.25"],
         "Revenue is in EUR and spend in GBP"),
        (["date,channel,campaign,spend_sek,revenue_usd", "2026-08-01,x,A,100.50,20.25"],
         "Revenue is in USD and spend in SEK"),
    ],
)  # fmt: skip
def test_revenue_in_another_currency_makes_no_roas(
    lines: list[str], says: str, read_text: Reading
) -> None:
    """Such revenue is left out, and that is said; what was spent stays."""
    found = read_text(*lines)
    assert found.frame["revenue"].isna().all()
    assert found.frame["spend"].notna().all()
    assert any(says in warning for warning in found.warnings)


def test_only_the_rows_in_another_currency_lose_their_revenue(read_text: Reading) -> None:
    """Each row is looked at by itself, and the first one's line is named."""
    found = read_text(
        "date,channel,campaign,currency,spend,revenue,revenue_currency",
        "2026-08-01,x,A,NOK,1.50,9.50,NOK",
        "2026-08-02,x,A,NOK,1.50,9.50,USD",
        "2026-08-03,x,A,NOK,1.50,9.50,",
    )
    assert found.frame["revenue"].isna().tolist() == [False, True, False]
    assert any("(line 3, 1 row)" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("lines", "currency", "spend", "aside"),
    [
        (["r03_linkedin_two_costs.csv"], "SEK", [1000.0, 1100.0], "cost_in_usd"),
        (["date,channel,campaign,Cost (USD),Cost (SEK)", "2026-08-01,x,A,9.50,100.25"],
         "SEK", [100.25], "Cost (USD)"),
        (["date,channel,campaign,spend_usd,spend_eur", "2026-08-01,x,A,9.50,100.25"],
         "USD", [9.5], "spend_eur"),
    ],
)  # fmt: skip
def test_of_two_costs_the_accounts_own_currency_is_read(
    lines: list[str], currency: str, spend: list[float], aside: str, read_text: Reading
) -> None:
    """One amount in two currencies: the account's counts, the other is named as left aside."""
    found = read_text(*lines, settings=ReadSettings(channel="linkedin_ads", currency=currency))
    assert found.frame["spend"].tolist() == spend
    assert set(found.frame["currency"]) == {currency}
    assert f'"{aside}" left aside' in said(found)


def test_two_costs_of_which_none_is_the_accounts_are_refused(refusal: Refusing) -> None:
    """Which of them is meant is asked."""
    lines = ("date,channel,campaign,Cost (USD),Cost (SEK)", "2026-08-01,x,A,9.50,100.25")
    for currency in (None, "NOK"):
        refused = refusal(*lines, settings=ReadSettings(currency=currency))
        assert refused.code == "mixed_currencies"
        assert "--currency" in refused.hint


@pytest.mark.parametrize("cell", ["-12.50", "−12.50", "kr -12.50"])
def test_spend_under_zero_is_a_credit_that_counts_and_is_said(
    cell: str, read_text: Reading
) -> None:
    """What a platform gave back is part of what was spent."""
    found = read_text(
        "date,channel,campaign,spend", "2026-08-01,x,A,100.25", f"2026-08-02,x,A,{cell}"
    )
    assert found.frame["spend"].sum() == 87.75
    assert any("(line 3: -12.50): read as a credit" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "lines",
    [
        ["r07_micros_total.csv"],
        ["date,channel,campaign,spend,clicks", "2026-08-01,x,A,12345,5", "2026-08-02,x,A,20000,6",
         "Total,,,323.45,11"],
    ],
)  # fmt: skip
def test_a_total_in_another_unit_refuses(lines: list[str], refusal: Refusing) -> None:
    """The rows are in millionths or hundredths of what the file's own total says."""
    refused = refusal(*lines, settings=ReadSettings(channel="x"))
    assert refused.code == "contradiction"
    assert refused.line in {4, 6}
    assert "the rows are in" in refused.message


def test_millionths_that_were_named_agree_with_their_total(read_text: Reading) -> None:
    """The way out of the refusal works: 3,070,000 micros are 3.07."""
    settings = ReadSettings(channel="google_ads", columns={"Cost": "spend_micros"})
    found = read_text("r07_micros_total.csv", settings=settings)
    assert found.frame["spend"].tolist() == [1.11, 0.81, 1.15]
    assert not any("total" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["r07b_total_one_row_lost.csv"], "Cost 210 against 330 in line 6"),
        (["Grand total,,,66.00,9", "date,channel,campaign,spend,clicks",
          "Grand total,,,66.00,9", "2026-08-01,x,A,12.00,3", "2026-08-02,x,A,21.00,3"],
         "spend 33 against 66 in line 3"),
        (["date,channel,campaign,spend,clicks", "2026-08-01,x,A,12.00,3", "2026-08-02,x,A,21.00,3",
          "Sum,,,33.00,5"], "clicks 6 against 5 in line 4"),
    ],
)  # fmt: skip
def test_a_total_that_contradicts_its_rows_is_said(
    lines: list[str], says: str, read_text: Reading
) -> None:
    """The file's own total is checked, and where it differs its line is named."""
    found = read_text(*lines)
    assert any(says in warning for warning in found.warnings), found.warnings


def test_one_of_several_totals_is_enough(read_text: Reading) -> None:
    """Google adds totals of the account and of kinds of campaigns: one of them is the rows'."""
    found = read_text(
        "Campaign report", '"1 August 2026 - 2 August 2026"',
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks",
        "2026-08-01,Kites,1,NOK,100.00,1000,10",
        "2026-08-02,Kites,1,NOK,110.00,1100,11",
        "Total: Campaigns, --, --,NOK,210.00,2100,21",
        "Total: Account, --, --,NOK,900.00,9000,90",
        "Total: Search, --, --,NOK,210.00,2100,21",
    )  # fmt: skip
    assert found.warnings == ()


def test_one_number_on_every_campaign_is_said(read_text: Reading) -> None:
    """An account's total beside each campaign would count as often as there are campaigns."""
    found = read_text("r16b_account_total_per_campaign.csv")
    (warning,) = [each for each in found.warnings if "every campaign" in each]
    assert "the same spend, impressions, clicks, conversions on every day" in warning
    only_spend = read_text(
        "date,channel,campaign,spend,clicks",
        *(f"2026-08-0{day},x,{name},{day}9.50,{day}{ord(name)}" for day in (1, 2) for name in "AB"),
    )
    assert any("the same spend on every day" in each for each in only_spend.warnings)


@pytest.mark.parametrize(
    "rows",
    [
        [f"2026-08-0{day},x,{name},50.00,{day}{ord(name)}" for day in (1, 2, 3) for name in "AB"],
        [f"2026-08-0{day},x,A,{day}9.50,{day}0" for day in (1, 2, 3)],
        [f"2026-08-0{day},x,{name},{day}.50,{day % 2}" for day, name in ((1, "A"), (2, "B"))],
    ],
)
def test_campaigns_that_differ_are_not_doubted(rows: list[str], read_text: Reading) -> None:
    """Two campaigns with the same fixed budget, one campaign, or days of one campaign each."""
    found = read_text("date,channel,campaign,spend,clicks", *rows)
    assert not any("every campaign" in each for each in found.warnings)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["Day,Channel,Campaign,Amount spent (NOK),Clicks", "2026-08-01,x,A,$100.50,3"], 2),
        (["date,channel,campaign,currency,spend", "2026-08-01,x,A,SEK,kr 90.50",
          "2026-08-02,x,B,USD,kr 90.50"], 3),
        (["date,channel,campaign,currency,spend", "2026-08-01,x,A,EUR,¥ 900.50"], 2),
    ],
)  # fmt: skip
def test_a_sign_that_the_currency_is_not_written_with_is_refused(
    lines: list[str], line: int, refusal: Refusing
) -> None:
    """Dollars under a heading that says kroner are in one of the two, and nobody can say which."""
    refused = refusal(*lines)
    assert (refused.code, refused.line) == ("mixed_currencies", line)


@pytest.mark.parametrize(
    ("sign", "currency"), [("$", "CAD"), ("kr", "DKK"), ("¥", "CNY"), ("Fr.", "CHF")]
)
def test_a_sign_several_currencies_share_is_believed(
    sign: str, currency: str, read_text: Reading
) -> None:
    """`kr` is a krone of any of the four countries, `$` a dollar of any."""
    found = read_text(
        "date,channel,campaign,currency,spend", f"2026-08-01,x,A,{currency},{sign} 90.50"
    )
    assert found.frame["spend"].tolist() == [90.5]
    assert found.frame["currency"].tolist() == [currency]


@pytest.mark.parametrize(
    ("lines", "spend"),
    [
        (["date,channel,campaign,currency,spend", '2026-08-01,x,A,JPY,"¥2,297"',
          "2026-08-02,x,A,JPY,¥812"], [2297.0, 812.0]),
        (["Day,Channel,Campaign,Cost (KRW),Clicks", "2026-08-01,x,A,31.450,9"], [31450.0]),
    ],
)  # fmt: skip
def test_an_amount_in_yen_has_no_decimals(
    lines: list[str], spend: list[float], read_text: Reading
) -> None:
    """What separates three digits of a currency without a minor unit groups thousands."""
    assert read_text(*lines).frame["spend"].tolist() == spend

"""What moved for a whole account is said of the account, in the digest and for its channel."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 5, 13)
FORTY = days_until(AS_OF - timedelta(1), 40)


def campaigns(spend: float | list[float] = 100.0, cheaper: int = 0, count: int = 4):
    """Campaigns of one account; the last `cheaper` days buy two thirds of the showings."""
    rng = np.random.default_rng(3)
    for number in range(count):
        paid = np.array(spend) * np.exp(rng.normal(0, 0.05, len(FORTY))) * (1 + number)
        ages = np.arange(len(FORTY), 0, -1)
        shown = paid * 100 * np.where(ages <= cheaper, 0.66, 1.0)
        yield campaign_days(
            f"C{number}", FORTY, paid.tolist(), impressions=shown.round().tolist(),
            clicks=(shown / 50).round().tolist(),
        )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_price_that_everybody_pays_is_the_markets(hears, language):
    """The digest and the channel's answer say since when and of how many, and blame nobody."""
    heard = hears(AS_OF, *campaigns(cheaper=8))
    told = heard.digest(language)
    assert "CPM +5" in told.replace("\xa0", " ").replace("\u202f", " ")
    assert ("4 of 4 campaigns" if language == "en" else "4 av 4 kampanjer") in told
    assert "no campaign's fault" in heard.ask("/perf channel google")


@pytest.mark.parametrize(("age", "times", "said"), [(6, 2.0, "twice"), (1, 0.4, "not be complete")])
def test_a_day_out_of_scale_is_said(hears, age, times, said):
    """Written twice, or not over yet; `/perf sources` says it too."""
    spend = [100.0] * len(FORTY)
    spend[-age] *= times
    heard = hears(AS_OF, *campaigns(spend))
    assert said in heard.digest()
    assert said in heard.ask("/perf sources")


def test_a_week_is_held_against_no_half_a_week(hears):
    """An account of ten days has no week before: no change is shown."""
    ten = FORTY[-10:]
    told = hears(AS_OF, campaign_days("Launch", ten), campaign_days("Brand", ten)).digest()
    assert "Spent last 7 days" in told
    assert " %)" not in told.split("Stage")[0].replace("\xa0", " ")

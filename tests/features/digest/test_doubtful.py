"""What changes how far the numbers may be believed is said in the digest, and in /perf sources."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd

from bot.numbers.schema_changes import columns_of
from bot.snapshot.feed_health import remember_columns
from bot.store.base import Pull
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 5, 11)
LAST = AS_OF - timedelta(1)
FORTY = days_until(LAST, 40)
AT = datetime(2026, 5, 11, 5, tzinfo=UTC)


def account(lacking=(), names=6, **columns):
    """Six steady campaigns, of which some lack a day."""
    return pd.concat([
        campaign_days(f"C{n}", [day for day in FORTY if (n, day) not in lacking], **columns)
        for n in range(names)
    ])  # fmt: skip


def test_a_partial_day_is_said_at_both_doors(hears):
    """With its day, how many campaigns lack, and what to do; no morning is called whole."""
    heard = hears(AS_OF, account({(n, FORTY[-3]) for n in range(3)}))
    for told in (heard.digest(), heard.ask("/perf sources")):
        assert "Google is not complete" in told
        assert "Fri 8 May: 3 of 6 campaigns have no row, about 50 % of its usual spend" in told
        assert "If they were not paused, pull or import that again" in told
    assert "nothing missing" not in heard.digest()
    assert "Google er ikke komplett" in heard.digest("nb")
    assert "something is wrong with 1 account" in heard.ask("/perf sources")


def test_a_partial_day_of_long_ago_is_no_news(hears):
    """Its days are in neither of the weeks the digest compares; sources still says it."""
    heard = hears(AS_OF, account({(n, FORTY[-20]) for n in range(3)}))
    assert "not complete" not in heard.digest()
    assert "Google is not complete" in heard.ask("/perf sources")


def test_a_correction_beyond_the_usual_is_said_the_morning_it_is_known(hears):
    """What was believed of those days is not so any more."""
    base = account(conversions=40.0).assign(
        pulled_on=lambda rows: rows["date"] + pd.Timedelta(days=1)
    )
    again = campaign_days("C0", FORTY[-20:-13], conversions=8.0).assign(
        pulled_on=pd.Timestamp(AS_OF)
    )
    again = pd.concat([again.assign(campaign_id=f"C{n}", campaign_name=f"C{n}") for n in range(6)])
    heard = hears(AS_OF, base, again)
    for told in (heard.digest(), heard.ask("/perf sources")):
        assert "Google was corrected more than usual" in told
        assert "conversions of 21–27 Apr −80 %; usually nothing changes" in told.replace(
            "\u2009", ""
        )


def test_an_account_that_is_late_alone_is_said_by_its_number(hears):
    """Its channel has numbers from the other one."""
    other = campaign_days("Other", FORTY[:-3], account_id="2")
    heard = hears(AS_OF, account(), other)
    assert "Google 2 is late" in heard.digest()
    assert "Google 1" not in heard.digest().replace("Google 1 0", "")
    assert "⚠ Google 2" in heard.ask("/perf sources").replace("'}, {'type': 'text', 'text': '", "")


def test_a_column_that_went_missing_is_said_with_its_name(hears):
    """Since when, what is new instead, and the way out."""
    heard = hears(AS_OF, account())
    frame = account()
    store = heard.context.store
    for on, columns in ((AS_OF - timedelta(7), ("spend", "revenue")), (LAST, ("spend", "?Worth"))):
        remember_columns(store, columns_of(frame, columns), on)
    for told in (heard.digest(), heard.ask("/perf sources")):
        assert "Google comes without revenue" in told
        assert "since Sun 10 May" in told
        assert "New in it: Worth." in told
    assert "kommer uten" in heard.digest("nb")


def test_a_column_of_another_type_is_said_and_a_new_one_once(hears):
    """Of a warehouse, whose types are known: what it held before, and what it holds now."""
    heard = hears(AS_OF, account())
    frame, store = account(), heard.context.store
    before = ("spend", "spend=number", "leads", "leads=number")
    now = ("spend", "spend=text", "leads", "leads=number", "reach", "reach=number")
    for on, columns in ((AS_OF - timedelta(7), before), (LAST, now)):
        remember_columns(store, columns_of(frame, columns), on, "warehouse")
    for told in (heard.digest(), heard.ask("/perf sources")):
        assert "Google has columns of another type" in told
        assert "pend (numbers before, text now)" in told
        assert "Google comes with reach" in told
    assert "Google har kolonner av en annen type" in heard.digest("nb")
    remember_columns(store, columns_of(frame, before), AS_OF, "warehouse")
    assert "another type" not in heard.ask("/perf sources")


def test_everything_fine_is_one_line_an_account(hears):
    """A tick, the day, and the source where it is pulled; the digest says nothing of it."""
    heard = hears(AS_OF, account())
    heard.context.store.record_pull(
        Pull("file", AT, None, LAST, ok=True, account_id="1", channels=("google_ads",))
    )
    told = heard.ask("/perf sources")
    assert "numbers through Sun 10 May, from file" in told
    assert "⚠" not in told
    assert "nothing missing" in heard.digest() or "complete" not in heard.digest()

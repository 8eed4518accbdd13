"""How far each account can be believed, judged from its numbers and its last pulls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.demo.market.demo import demo
from bot.numbers.due_days import days_not_due, due_until
from bot.numbers.input.daily import newest, normalise, visible_on
from bot.numbers.pull_health import with_pulls
from bot.numbers.schema_changes import SchemaChange, SchemaMemory, columns_of
from bot.numbers.signals.doubles import doubles_known
from bot.numbers.source_health import FeedHealth, of_numbers
from tests.numbers.feeds import AS_OF, DAYS, LAST, META, as_pulled, rows


def judged(*frames, doubled=False):
    """What the numbers say, by channel and account."""
    history = as_pulled(*frames)
    known = newest(history)
    copies = doubles_known(known) if doubled else {}
    feeds = of_numbers(known, history, AS_OF, copies)
    return {(feed.channels[0], feed.account_id): feed for feed in feeds}


def faults(feed):
    return {fault.kind: fault for fault in feed.faults}


def account(lacking=(), names=8, **columns):
    """An account of eight steady campaigns; `lacking` are (campaign, day) without a row."""
    return pd.concat([
        rows(f"C{number}", [day for day in DAYS if (number, day) not in lacking], **columns)
        for number in range(names)
    ])  # fmt: skip


def test_an_account_with_all_its_days_is_fresh():
    """Nothing is said of it, and it reaches the last day."""
    (feed,) = judged(account()).values()
    assert (feed.state, feed.until, feed.source, feed.faults) == ("fresh", LAST, "meta", ())


def test_one_account_may_be_late_while_its_channel_is_not():
    """With the days that lack, and since when."""
    feeds = judged(account(), rows("Other", DAYS[:-3], account="2"))
    assert feeds[META].state == "fresh"
    late = feeds["meta_ads", "2"].faults[0]
    assert (late.kind, late.since, late.count, late.step) == ("late", DAYS[-4], 3, "pull")
    assert late.spans == ((DAYS[-3], LAST),)


def test_days_inside_without_numbers_are_a_gap():
    """Two spans, the habit of a free weekday apart."""
    gaps = {DAYS[-20], DAYS[-10], DAYS[-9]}
    feed = judged(rows("C", [day for day in DAYS if day not in gaps]))[META]
    gap = faults(feed)["gap"]
    assert gap.spans == ((DAYS[-20], DAYS[-20]), (DAYS[-10], DAYS[-9]))
    assert judged(rows("C", [day for day in DAYS if day.weekday() < 5]))[META].state == "fresh"


@pytest.mark.parametrize("back", [1, 2, 7])
def test_a_day_without_some_of_its_campaigns_is_partial(back):
    """How many of how many lack, and what share of the money they usually are."""
    day = DAYS[-back]
    partial = faults(judged(account({(n, day) for n in range(3)}))[META])["partial"]
    assert partial.spans == ((day, day),)
    assert (partial.count, partial.of) == (3, 8)
    assert partial.size == pytest.approx(3 / 8)
    assert partial.step == "import_again"


@pytest.mark.parametrize(
    "lacking",
    [
        {(0, DAYS[-5])},  # one campaign's own affair
        {(n, day) for n in range(4) for day in DAYS[-5:]},  # stopped for good five days ago
        {(n, day) for n in range(8) for day in DAYS if day.weekday() == 6},  # never on Sundays
        {(n, day) for n in range(4) for day in DAYS[:-3]},  # new campaigns
    ],
)
def test_what_was_paused_is_not_partial(lacking):
    """Campaigns that stop, begin or rest on a weekday leave no part of a day out."""
    assert "partial" not in faults(judged(account(lacking))[META])


@pytest.mark.parametrize(("hour", "zone", "partial"), [
    (12, None, 12), (21, "Europe/Oslo", None), (20, "Europe/Oslo", 22), (5, "Asia/Tokyo", 14),
])  # fmt: skip
def test_a_day_exported_before_it_was_over_is_partial(hour, zone, partial):
    """By the account's own clock; an export of the last hour holds its day."""
    at = pd.Timestamp(datetime(LAST.year, LAST.month, LAST.day, hour))
    early = rows("C", [LAST], pulled=AS_OF, pulled_at=at, time_zone=zone)
    fault = faults(judged(rows("C", DAYS[:-1], time_zone=zone), early)[META]).get("partial")
    assert (fault.hour if fault else None) == partial


def test_the_same_traffic_through_another_account_is_double():
    """Which account repeats which, how many campaigns, and how much of its money."""
    spend = [90.0 + place for place in range(50)]
    feeds = judged(
        account(names=1, spend=spend), rows("C0", spend=spend, channel="google_analytics"),
        rows("Own", spend=30.0, channel="google_analytics"), doubled=True,
    )  # fmt: skip
    double = faults(feeds["google_analytics", "1"])["double"]
    assert double.original == META
    assert double.count == 1
    assert 0.7 < double.size < 0.9
    assert feeds[META].state == "fresh"


@pytest.mark.parametrize("column", ["spend", "impressions", "clicks", "revenue"])
def test_old_days_corrected_by_a_third_are_beyond_the_usual(column):
    """The column, the days, how far, and that usually nothing changes."""
    days, base = DAYS[-20:-13], rows("C", revenue=5000.0)
    again = rows("C", days, pulled=AS_OF, revenue=5000.0)
    again[column] *= 0.6
    restated = faults(judged(base, again)[META])["restated"]
    assert (restated.metric, restated.since) == (column, AS_OF)
    assert restated.spans == ((days[0], days[-1]),)
    assert restated.size == pytest.approx(-0.4)
    assert restated.usual == 0.0


def test_what_every_morning_corrects_is_usual():
    """Sales that come in late for days on every pull are no news; the same at once is."""
    late = [
        rows("C", [day], pulled=min(day + timedelta(age), AS_OF), conversions=conversions)
        for day in DAYS
        for age, conversions in ((1, 60.0), (2, 90.0), (5, 110.0), (9, 115.0))
        if day + timedelta(age) <= AS_OF
    ]
    assert "restated" not in faults(judged(*late)[META])
    old = DAYS[-25:-12]
    again = rows("C", old, pulled=AS_OF, conversions=230.0, revision=9)
    restated = faults(judged(*late, again)[META])["restated"]
    assert (restated.metric, restated.spans) == ("conversions", ((old[0], old[-1]),))
    assert restated.size == pytest.approx(1.0, abs=0.05)


def test_few_results_and_small_days_are_left_to_chance():
    """Three sales that become five are no correction, nor are late ones of a young day."""
    base = rows("C", conversions=3.0)
    assert "restated" not in faults(judged(base, rows("C", DAYS[-20:-13], pulled=AS_OF,
                                                      conversions=5.0))[META])  # fmt: skip
    many = rows("C", conversions=100.0)
    young = rows("C", [LAST - timedelta(1)], pulled=AS_OF, conversions=170.0)
    watched = many[many["date"] > pd.Timestamp(AS_OF - timedelta(4))]
    assert "restated" not in faults(judged(watched, young)[META])


@pytest.mark.parametrize(("days", "spoken"), [(1, False), (2, False), (3, True)])
def test_one_late_sale_is_worth_a_day_of_few(days, spoken):
    """Revenue of a day or two may double by a sale; of three days it is something else."""
    base = rows("C", revenue=500.0, conversions=1.0)
    again = rows("C", DAYS[-20 : -20 + days], pulled=AS_OF, revenue=900.0, conversions=2.0)
    assert ("restated" in faults(judged(base, again)[META])) == spoken


@pytest.mark.parametrize("seed", [2, 4])
def test_a_market_whose_results_come_in_late_has_no_faults(seed):
    """The demo's campaigns, whose sales come in for weeks: nothing is wrong with their numbers."""
    numbers = normalise(demo(date(2026, 11, 23), seed).numbers)
    for back in (0, 4, 20, 24):
        as_of = date(2026, 11, 23) - timedelta(back)
        visible = visible_on(numbers, as_of)
        feeds = of_numbers(newest(visible), visible, as_of, {}, "Europe/Oslo")
        assert [fault for feed in feeds for fault in feed.faults] == []
        assert len(feeds) == 4


def test_a_correction_is_news_for_a_week():
    """One of a fortnight ago is not said any more."""
    ago = AS_OF - timedelta(14)
    again = rows("C", DAYS[5:9], pulled=ago, spend=40.0)
    assert "restated" not in faults(judged(rows("C"), again)[META])


@dataclass(frozen=True)
class Pulled:
    """A pull as the store remembers it."""

    ok: bool = True
    until: date | None = LAST
    error: str = ""
    source: str = "meta"
    account_id: str = "1"
    channels: tuple[str, ...] = ("meta_ads",)
    pulled_at: datetime = datetime(2026, 5, 11, 4, tzinfo=UTC)


def test_a_pull_that_gave_no_rows_says_that_there_was_nothing():
    """An account that ended is complete where its pull reached the last day."""
    feeds = tuple(judged(rows("C", DAYS[:-3])).values())
    assert feeds[0].state == "late"
    (complete,) = with_pulls(feeds, [Pulled()], {}, AS_OF)
    assert (complete.state, complete.until) == ("fresh", LAST)


def test_where_the_newest_pull_failed_that_is_why_it_is_late():
    """One fault, with the sentence, since the last day that came."""
    feeds = tuple(judged(rows("C", DAYS[:-3])).values())
    earlier = Pulled(until=DAYS[-4], pulled_at=datetime(2026, 5, 8, 4, tzinfo=UTC))
    (failed,) = with_pulls(feeds, [Pulled(ok=False, until=None, error="No."), earlier], {}, AS_OF)
    assert [(fault.kind, fault.since, fault.error) for fault in failed.faults] == [
        ("failed", DAYS[-4], "No.")
    ]


def test_an_account_that_was_only_ever_pulled_has_its_line():
    """One that fails, one that ended long ago, and none for a source whose accounts have lines."""
    feeds = tuple(judged(rows("C")).values())
    pulls = [
        Pulled(),
        Pulled(account_id="2", ok=False, until=None, error="No."),
        Pulled(account_id="3", until=DAYS[0]),
        Pulled(account_id="", channels=()),
    ]
    states = {feed.account_id: feed.state for feed in with_pulls(feeds, pulls, {}, AS_OF)}
    assert states == {"1": "fresh", "2": "failed", "3": "late"}


def test_a_column_that_no_longer_comes_is_a_fault_until_it_is_back():
    """Against what came before; two kinds of reports in turn are no change."""
    whole, less = ("spend", "clicks", "revenue"), ("spend", "clicks", "?Conv. worth")
    memory = SchemaMemory().after(whole, DAYS[0]).after(less, AS_OF)
    assert memory.news(AS_OF) == SchemaChange(AS_OF, ("revenue",), ("Conv. worth",))
    (feed,) = with_pulls([FeedHealth("meta", ("meta_ads",), "1", LAST)], [],
                         {META: memory.news(AS_OF)}, AS_OF)  # fmt: skip
    assert (feed.state, feed.faults[0].lost) == ("schema", ("revenue",))
    assert memory.news(AS_OF + timedelta(7)) is None
    assert memory.news(AS_OF - timedelta(1)) is None
    assert memory.after(whole, AS_OF).news(AS_OF) is None
    in_turn = memory.after(whole, AS_OF).after(less, AS_OF)
    assert in_turn.news(AS_OF) is None


def test_a_new_column_takes_nothing_away():
    """More than before is no fault."""
    memory = SchemaMemory().after(("spend",), DAYS[0]).after(("spend", "clicks", "?x"), AS_OF)
    assert memory.change is None


def test_the_columns_of_a_file_are_those_of_all_its_accounts():
    """Filled or not; of a platform, those it always has and that hold anything."""
    frame = normalise(pd.concat([rows("A"), rows("B", account="2", clicks=None)]))
    assert columns_of(frame, ("spend", "revenue")) == {
        META: ("spend", "revenue"), ("meta_ads", "2"): ("spend", "revenue"),
    }  # fmt: skip
    assert columns_of(frame) == {
        META: ("spend", "impressions", "clicks"), ("meta_ads", "2"): ("spend", "impressions"),
    }  # fmt: skip


OSLO, NEW_YORK = ZoneInfo("Europe/Oslo"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("now", "zone", "behind"),
    [
        (time(7, 30), OSLO, 1),  # yesterday's numbers
        (time(0, 5), OSLO, 2),  # yesterday ended five minutes ago
        (time(7, 30), NEW_YORK, 2),  # where it is half past one, and nothing was counted yet
        (time(11), NEW_YORK, 1),  # five in the morning there
        (time(7, 30), ZoneInfo("Pacific/Auckland"), 1),
    ],
)
def test_numbers_are_due_when_the_accounts_own_day_was_counted(now, zone, behind):
    """Seen from Oslo, on the morning and beside it; never later than yesterday."""
    morning = datetime.combine(AS_OF, time(7, 30), OSLO)
    due = due_until(AS_OF, datetime.combine(AS_OF, now, OSLO), morning, zone)
    assert due == AS_OF - timedelta(behind)


@pytest.mark.parametrize(
    ("home", "not_due"), [("Europe/Oslo", [0, 1, 0, 0]), ("America/New_York", [0] * 4),
                          ("Asia/Tokyo", [1, 1, 0, 0]), (None, [0] * 4)],
)  # fmt: skip
def test_days_accounts_cannot_have_by_a_morning_are_counted(home, not_due):
    """By where the team is; an account that names no zone, or none there is, is where the team is.

    What Norway has in the evening is no more than the day before for who wakes in Tokyo.
    """
    zones = ["Europe/Oslo", "America/New_York", None, "GMT+1, Oslo"]
    assert days_not_due(AS_OF, home, zones).tolist() == not_due


@pytest.mark.parametrize(("behind", "late_by"), [(1, None), (2, 1), (4, 3)])
def test_an_account_is_late_by_the_days_it_could_have(behind, late_by):
    """With those days, and no day that is not over where it is."""
    feeds = tuple(judged(rows("C", DAYS[:-behind])).values())
    (feed,) = with_pulls(feeds, [], {}, AS_OF, lambda _zone: AS_OF - timedelta(2))
    late = [(fault.count, fault.spans) for fault in feed.faults if fault.kind == "late"]
    until = AS_OF - timedelta(2)
    expected = [(late_by, ((until - timedelta(late_by - 1), until),))] if late_by else []
    assert late == expected

"""What pulls, columns and hours say of accounts, beside their numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.numbers.pull_health import with_hours, with_pulls
from bot.numbers.schema_changes import SchemaChange
from bot.numbers.source_health import FeedFault, FeedHealth, ShortDay
from bot.store.base import Pull

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)
AT = datetime(2026, 11, 23, 5, tzinfo=UTC)
BEHIND = FeedFault("late", LAST - timedelta(3), ((LAST - timedelta(2), LAST),), count=3)
FRESH = FeedHealth("meta", ("meta_ads",), "1", LAST)
LATE = replace(FRESH, until=LAST - timedelta(3), faults=(BEHIND,))
GAP = FeedFault("gap", LAST - timedelta(9), ((LAST - timedelta(9), LAST - timedelta(9)),), count=1)


def pull(account: str = "1", until: date | None = LAST, *, ok: bool = True, hours: int = 0,
         source: str = "meta", error: str = "") -> Pull:  # fmt: skip
    at = AT + timedelta(hours=hours)
    return Pull(source, at, since=LAST, until=until, ok=ok, error=error, account_id=account,
                channels=("meta_ads",))  # fmt: skip


def short(day: date, hours: int = 20, account: str = "1") -> ShortDay:
    return ShortDay("meta_ads", account, day, hours, 24)


def test_days_that_lack_hours_are_a_fault_of_their_account():
    """From the first of them, with how many hours it has; another account's are not its."""
    days = [short(LAST, 22), short(LAST - timedelta(1), 20), short(LAST, account="2")]
    (feed,) = with_hours([FRESH], days)
    fault = FeedFault("hours", LAST - timedelta(1), ((LAST - timedelta(1), LAST),), count=20, of=24)
    assert feed.faults == (fault,)
    assert with_hours([FRESH], days[2:]) == (FRESH,)
    (late,) = with_hours([LATE], days)
    assert {fault.kind for fault in late.faults} == {"late", "hours"}


@pytest.mark.parametrize(
    ("until", "state"), [(LAST, "fresh"), (AS_OF, "fresh"), (LAST - timedelta(1), "late"),
                         (None, "late")],
)  # fmt: skip
def test_a_pull_that_reached_the_last_day_due_leaves_nothing_late(until, state):
    """It gave no rows: there were none. What else is wrong stays."""
    (feed,) = with_pulls([replace(LATE, faults=(BEHIND, GAP))], [pull(until=until)], {}, AS_OF)
    assert feed.state == ("gap" if state == "fresh" else "late")
    assert feed.until == (LAST if state == "fresh" else LAST - timedelta(3))
    assert feed.pulled_at == AT


def test_an_account_ahead_of_what_is_due_stays_ahead():
    """Numbers of this morning already are not taken back to yesterday."""
    (feed,) = with_pulls([replace(FRESH, until=AS_OF)], [pull()], {}, AS_OF)
    assert feed.until == AS_OF


def test_the_newest_pull_counts_and_what_the_last_one_that_worked_reached():
    """Failed now: since the last day that came; a failure is forgotten once a pull worked."""
    failed, worked = pull(ok=False, until=None, error="No.", hours=2), pull(until=LAST, hours=1)
    (feed,) = with_pulls([LATE], [failed, worked], {}, AS_OF)
    assert [(fault.kind, fault.since, fault.error) for fault in feed.faults] == [
        ("failed", LAST, "No.")]  # fmt: skip
    (feed,) = with_pulls([LATE], [replace(failed, pulled_at=AT), worked], {}, AS_OF)
    assert feed.faults == ()
    (feed,) = with_pulls([LATE], [failed], {}, AS_OF)
    assert feed.faults[0].since == LATE.until


def test_a_pull_of_the_whole_source_speaks_for_its_accounts():
    """Unless an account has a pull of its own; and another source's says nothing."""
    (feed,) = with_pulls([LATE], [pull("")], {}, AS_OF)
    assert feed.state == "fresh"
    feeds = with_pulls([LATE], [pull(""), pull("1", until=None)], {}, AS_OF)
    assert [(feed.account_id, feed.pulled_at is not None) for feed in feeds] == [("1", True)]
    (feed, other) = with_pulls([LATE], [pull("1", source="tiktok")], {}, AS_OF)
    assert (feed, other.source) == (LATE, "tiktok")


@pytest.mark.parametrize(
    ("account", "ok", "lines"), [("", True, 1), ("", False, 2), ("2", True, 2), ("2", False, 2)]
)
def test_a_pull_without_numbers_has_a_line_of_its_own(account, ok, lines):
    """Not one of a whole source that went well and whose accounts have lines."""
    feeds = with_pulls([FRESH], [pull(account, ok=ok, until=LAST if ok else None)], {}, AS_OF)
    assert len(feeds) == lines
    if lines == 2:
        assert feeds[1].state == ("fresh" if ok else "failed")
        assert feeds[1].channels == ("meta_ads",)


@pytest.mark.parametrize("behind", [0, 1, 4])
def test_an_account_only_ever_pulled_is_late_by_the_days_its_pull_lacked(behind):
    """Since the last day it reached."""
    until = LAST - timedelta(behind)
    (feed,) = with_pulls([], [pull(until=until)], {}, AS_OF)
    fault = FeedFault("late", until, ((until + timedelta(1), LAST),), count=behind)
    assert feed.faults == ((fault,) if behind else ())
    assert feed.until == until


@pytest.mark.parametrize(("due", "count"), [(1, 3), (2, 2), (3, 1), (4, None)])
def test_days_nobody_can_have_yet_are_not_lacking(due, count):
    """Where the account's own days end later than the team's."""
    (feed,) = with_pulls([LATE], [], {}, AS_OF, lambda _zone: AS_OF - timedelta(due))
    until = AS_OF - timedelta(due)
    spans = [(fault.count, fault.spans) for fault in feed.faults]
    assert spans == ([] if count is None else [(count, ((LAST - timedelta(2), until),))])


def test_columns_that_changed_are_a_fault_of_the_account_they_are_of():
    """With what was lost, came and holds something else."""
    change = SchemaChange(LAST, ("revenue",), ("worth",), ("leads",), (("spend", "a", "b"),), True)
    feeds = with_pulls(
        [FRESH, replace(FRESH, account_id="2")], [], {("meta_ads", "2"): change}, AS_OF
    )
    assert feeds[0] == FRESH
    (fault,) = feeds[1].faults
    assert (fault.kind, fault.since, fault.lost, fault.added, fault.gained, fault.retyped) == (
        "schema", LAST, ("revenue",), ("worth",), ("leads",), (("spend", "a", "b"),))  # fmt: skip
    assert fault.of_table

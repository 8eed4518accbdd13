"""Rows that repeat, levels, pulls and hours, as people reported them: each a kind."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings
from bot.sources.headings import SEGMENT

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]


class Known:
    """What perfbot.toml may say of an account, or of campaigns."""

    def __init__(self, channel: str, account_id: str = "", time_zone: str | None = None) -> None:
        self.channel, self.account_id, self.time_zone = channel, account_id, time_zone


@pytest.mark.parametrize(
    ("heading", "rows", "flag"),
    [
        ("device_type", ("Computer", "Mobile"), "--segment device_type"),
        ("Ad surface", ("Feed", "Stories"), '--segment "Ad surface"'),
        ("creative_kind", ("video", "image"), "--segment creative_kind"),
    ],
)
def test_repeated_rows_name_the_column_that_tells_them_apart(
    heading: str, rows: tuple[str, ...], flag: str, refusal: Refusing, read_text: Reading
) -> None:
    """The refusal names the column at hand, and with it the rows are added up."""
    lines = [
        f"date,channel,campaign,note,{heading},spend,clicks",
        *(f"2026-08-0{day},x,A,same,{row},1.50,3" for day in (1, 2) for row in rows),
    ]
    refused = refusal(*lines)
    assert (refused.code, refused.line) == ("repeated_row", 3)
    assert f"It looks as if {heading} tells the rows apart: {flag}" in refused.hint
    found = read_text(*lines, settings=ReadSettings(columns={heading: SEGMENT}))
    assert found.frame[["spend", "clicks"]].to_numpy().tolist() == [[3.0, 6.0], [3.0, 6.0]]


@pytest.mark.parametrize("place", [0, 3, 7])
def test_the_column_that_tells_rows_apart_may_stand_anywhere(place: int, refusal: Refusing) -> None:
    """First, in the midst or last: it is named all the same."""
    lines = ["date,channel,campaign,note,currency,spend,clicks"]
    lines += [f"2026-08-0{day},x,A,same,EUR,1.50,3" for day in (1, 2) for _ in range(2)]
    cells = ["device_type", *("Computer", "Mobile") * 2]
    with_column = []
    for line, cell in zip(lines, cells, strict=True):
        row = line.split(",")
        row.insert(place, cell)
        with_column.append(",".join(row))
    assert "It looks as if device_type tells the rows apart" in refusal(*with_column).hint


def test_repeated_rows_that_nothing_tells_apart_are_refused(refusal: Refusing) -> None:
    """No column is proposed where none would help."""
    refused = refusal(
        "date,channel,campaign,note,spend", "2026-08-01,x,A,n,1.50", "2026-08-01,x,A,n,2.50"
    )
    assert refused.line == 3
    assert "--segment" not in refused.hint


@pytest.mark.parametrize(
    ("lines", "missing", "rest"),
    [
        (["miss.csv"], "spend", {"clicks": 50.0, "conversions": 5.0}),
        (["date,channel,campaign,network,spend,clicks,conversions",
          "2026-08-01,x,A,search,100,20,2", "2026-08-01,x,A,partners,30,5,--"],
         "conversions", {"spend": 130.0, "clicks": 25.0}),
        (["date,channel,campaign,hour,spend,clicks,conversions",
          "2026-08-01,x,A,0,10,n/a,1", "2026-08-01,x,A,1,11,5,1", "2026-08-01,x,A,2,12,6,1"],
         "clicks", {"spend": 33.0, "conversions": 3.0}),
    ],
)  # fmt: skip
def test_a_part_without_a_value_makes_the_sum_missing(
    lines: list[str], missing: str, rest: dict[str, float], read_text: Reading
) -> None:
    """A sum that lacks a part would be too small: it is missing, and that is said."""
    found = read_text(*lines)
    row = found.frame.iloc[0]
    assert pd.isna(row[missing])
    assert {name: row[name] for name in rest} == rest
    assert any(warning.startswith(f"{missing} is missing for 1 day") for warning in found.warnings)


@pytest.mark.parametrize(
    ("lines", "spend", "conversions"),
    [
        (["r06_levels_mixed.csv"], [1000.0, 1100.0], [20.0, 22.0]),
        (["date,channel,campaign,Ad set name,Ad name,spend,impressions,conversions",
          "2026-08-01,meta,A,,,100,5000,10", "2026-08-01,meta,A,S1,,60,3000,6",
          "2026-08-01,meta,A,S1,ad 1,60,3000,6", "2026-08-01,meta,A,S2,,40,2000,4"],
         [100.0], [10.0]),
        (["date,channel,campaign,device,spend,impressions,conversions",
          "2026-08-01,x,A,Total,100,5000,10", "2026-08-01,x,A,mobile,70,3000,7",
          "2026-08-01,x,A,desktop,30,2000,3"], [100.0], [10.0]),
        (["date,channel,campaign,device,spend,impressions,conversions",
          "2026-08-01,x,A,,10,500,1", "2026-08-01,x,A,mobile,70,3000,7",
          "2026-08-01,x,A,desktop,30,2000,3"], [110.0], [11.0]),
        (["date,channel,campaign,keyword,spend,impressions,conversions",
          "2026-08-01,x,A,,100,5000,10", "2026-08-01,x,A,shoes,70,3000,7",
          "2026-08-01,x,B,boots,30,2000,3", "2026-08-01,x,B,hats,5,100,0"],
         [100.0, 35.0], [10.0, 3.0]),
    ],
)  # fmt: skip
def test_levels_in_one_file_are_told_apart(
    lines: list[str], spend: list[float], conversions: list[float], read_text: Reading
) -> None:
    """A campaign's own row counts, not the rows of its parts below it; an unknown part adds."""
    frame = read_text(*lines).frame
    assert frame["spend"].tolist() == spend
    assert frame["conversions"].tolist() == conversions


@pytest.mark.parametrize(
    "rows",
    [
        ("2026-08-01,x,A,,mobile,100,900", "2026-08-01,x,A,S1,,100,900"),
        ("2026-08-01,x,A,,mobile,10,900", "2026-08-01,x,A,S1,mobile,100,9000"),
    ],
)
def test_levels_nothing_can_tell_apart_are_refused(
    rows: tuple[str, ...], refusal: Refusing
) -> None:
    """Two ways of splitting under each other, or parts that exceed their campaign."""
    refused = refusal("date,channel,campaign,ad_set,device,spend,impressions", *rows)
    assert (refused.code, refused.line) == ("mixed_levels", 2)


@pytest.mark.parametrize(
    ("lines", "spend"),
    [
        (["min_act.csv"], [300.0]),
        (["date,channel,account_id,campaign_id,spend",
          "2026-08-01,google,123-456-7890,1,5.50", "2026-08-02,google,1234567890,1,6.50",
          "2026-08-02,google,customers/1234567890,1,6.50"], [5.5, 6.5]),
        (["date,channel,account_id,campaign_id,spend",
          "2026-08-01,meta,act_77,1,5.50", "2026-08-02,meta,77,1,6.50"], [5.5, 6.5]),
    ],
)  # fmt: skip
def test_an_account_written_in_two_ways_is_one(
    lines: list[str], spend: list[float], read_text: Reading
) -> None:
    """act_1 is 1, 123-456-7890 is 1234567890; the same row under both counts once."""
    frame = read_text(*lines, settings=ReadSettings(channel="meta_ads")).frame
    assert frame["spend"].tolist() == spend
    assert len(set(frame["account_id"])) == 1


def test_an_account_written_in_two_ways_with_other_numbers_is_refused(refusal: Refusing) -> None:
    """Only what is the same throughout is the same row."""
    refused = refusal(
        "date,channel,account_id,campaign_id,spend",
        "2026-08-01,meta,act_77,1,5.50",
        "2026-08-01,meta,77,1,6.50",
    )
    assert (refused.code, refused.line) == ("repeated_row", 3)


@pytest.mark.parametrize(
    ("lines", "newest"),
    [
        (["r05d_repulled_pulled_at.csv"], {"2026-08-01": 7.0, "2026-08-02": 8.0}),
        (["date,channel,campaign,spend,conversions,pulled_at",
          "2026-08-01,x,A,5.50,3,2026-08-04T04:00:00Z",
          "2026-08-01,x,A,5.50,2,2026-08-03T04:00:00Z"], {"2026-08-01": 3.0}),
        (["date,channel,campaign,spend,conversions,pulled_at",
          "2026-08-01,x,A,5.50,1,2026-08-02T04:00:00Z",
          "2026-08-01,x,A,5.50,2,2026-08-02T04:30:00Z",
          "2026-08-01,x,A,5.50,3,2026-08-02T23:10:00Z"], {"2026-08-01": 3.0}),
        (["date,channel,campaign,device,spend,conversions,pulled_at",
          "2026-08-01,x,A,mobile,5.50,1,2026-08-02 04:00:00",
          "2026-08-01,x,A,desktop,5.50,1,2026-08-02 04:00:01",
          "2026-08-01,x,A,mobile,5.50,4,2026-08-02 09:00:00"], {"2026-08-01": 5.0}),
    ],
)  # fmt: skip
def test_of_several_pulls_of_a_day_the_newest_counts(
    lines: list[str], newest: dict[str, float], read_text: Reading
) -> None:
    """pulled_at says which word on a day is the last; the order of rows does not matter."""
    frame = read_text(*lines).frame.sort_values("pulled_on", kind="stable")
    last = frame.drop_duplicates(["campaign_id", "date"], keep="last")
    found = dict(zip(last["date"].dt.strftime("%Y-%m-%d"), last["conversions"], strict=True))
    assert found == newest
    assert not frame.duplicated(["campaign_id", "date", "pulled_on"]).any()


@pytest.mark.parametrize(
    "lines",
    [
        ["rs.csv"],
        ["Campaign name,Impressions,Link clicks,Amount spent (EUR),Reporting starts",
         "A,100,5,3.20,2026-04-01", "A,100,5,3.20,2026-04-08"],
        ["Campaign name,Impressions,Link clicks,Amount spent (EUR),Reporting starts",
         "A,100,5,3.20,2026-04-01", "B,100,5,3.20,2026-04-02"],
    ],
)  # fmt: skip
def test_a_start_without_an_end_is_no_day(lines: list[str], refusal: Refusing) -> None:
    """The sentence says what the file lacks, not what it covers."""
    refused = refusal(*lines)
    assert (refused.code, refused.line) == ("not_daily", 2)
    assert "nothing says when it ends" in refused.message


def test_starts_that_follow_day_by_day_are_days(read_text: Reading) -> None:
    """A campaign whose rows begin one day after the other cannot have rows of several days."""
    found = read_text(
        "Campaign name,Impressions,Link clicks,Amount spent (EUR),Reporting starts",
        *(f"{name},100,5,3.20,2026-04-0{day}" for name in "AB" for day in (1, 2, 3)),
    )
    assert len(found.frame) == 6
    assert any("Only Reporting starts says the day" in note for note in found.notes)


HOURS = [
    "date,campaign,spend,clicks",
    *(f"2026-06-{day:02} {hour:02}:00:00{{}},A,1.00,2" for day in (1, 2) for hour in (20, 21, 22)),
]


@pytest.mark.parametrize("utc", ["Z", "+00:00", " UTC"])
def test_hours_in_utc_go_to_the_accounts_own_day(utc: str, read_text: Reading) -> None:
    """22:00 UTC is the next day in Oslo, and still the same in New York."""
    lines = [line.format(utc) for line in HOURS]
    for zone, days in (
        ("Europe/Oslo", {"2026-06-01": 2.0, "2026-06-02": 3.0, "2026-06-03": 1.0}),
        ("America/New_York", {"2026-06-01": 3.0, "2026-06-02": 3.0}),
    ):
        settings = ReadSettings(channel="x", currency="NOK", time_zone=zone)
        found = read_text(*lines, settings=settings)
        spent = found.frame.groupby(found.frame["date"].dt.strftime("%Y-%m-%d"))["spend"].sum()
        assert spent.to_dict() == days


def test_an_hour_column_in_utc_goes_to_the_accounts_own_day(read_text: Reading) -> None:
    """Hours in a column of their own, where its heading says UTC."""
    found = read_text(
        "date,hour_utc,account_id,campaign,spend",
        *(f"2026-06-01,{hour},9,A,1.00" for hour in range(24)),
        settings=ReadSettings(accounts=(Known("meta", "act_9", "Europe/Oslo"),)),
    )
    assert found.frame["spend"].tolist() == [22.0, 2.0]
    assert found.frame["date"].tolist() == list(pd.date_range("2026-06-01", periods=2))
    assert "2 rows are in UTC and went to the account's own day (Europe/Oslo)." in found.notes


def test_midnights_in_utc_are_days_of_the_account(read_text: Reading) -> None:
    """22:00 UTC in summer and 23:00 in winter are midnight in Oslo; 00:00 UTC is only a date."""
    settings = ReadSettings(channel="x", time_zone="Europe/Oslo")
    found = read_text(
        "date,campaign,spend",
        "2026-10-23T22:00:00Z,A,1.00",
        "2026-10-24T22:00:00Z,A,2.00",
        "2026-10-25T23:00:00Z,A,3.00",
        settings=settings,
    )
    assert found.frame["date"].tolist() == list(pd.date_range("2026-10-24", periods=3))
    plain = read_text("date,campaign,spend", "2026-10-24T00:00:00Z,A,1.00", settings=settings)
    assert plain.frame["date"].tolist() == [pd.Timestamp("2026-10-24")]


def test_hours_in_utc_without_a_zone_are_said(read_text: Reading) -> None:
    """Nothing is guessed: the days stay those of UTC, and the way out is named."""
    lines = [line.format("Z") for line in HOURS]
    found = read_text(*lines, settings=ReadSettings(channel="x", currency="NOK"))
    assert len(found.frame) == 2
    assert any("--time-zone" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [
        ("2026-10-25", "Europe/Oslo", 2),
        ("2026-11-01", "America/New_York", 1),
        ("2026-10-25", None, 2),
    ],
)
@pytest.mark.parametrize("in_the_date", [True, False])
def test_an_hour_that_comes_twice_when_the_clock_is_set_back_counts_twice(
    day: str, zone: str | None, hour: int, in_the_date: bool, read_text: Reading
) -> None:
    """That day has 25 hours, and all of them are added up."""
    hours = [*range(hour + 1), *range(hour, 24)]
    head = "date,channel,campaign,spend" if in_the_date else "date,hour,channel,campaign,spend"
    written = "{day} {hour:02}:00" if in_the_date else "{day},{hour}"
    rows = [f"{written.format(day=day, hour=each)},x,A,1.00" for each in hours]
    found = read_text(head, *rows, settings=ReadSettings(time_zone=zone))
    assert found.frame["spend"].tolist() == [25.0]


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [("2026-10-24", "Europe/Oslo", 2), ("2026-10-25", "Europe/Oslo", 5),
     ("2026-10-25", "America/New_York", 2)],
)  # fmt: skip
def test_an_hour_that_comes_twice_for_no_reason_is_refused(
    day: str, zone: str, hour: int, refusal: Refusing
) -> None:
    """On any other day or hour it is a row too many."""
    rows = [f"{day} {each:02}:00,x,A,1.00" for each in (hour - 1, hour, hour)]
    settings = ReadSettings(time_zone=zone)
    refused = refusal("date,channel,campaign,spend", *rows, settings=settings)
    assert (refused.code, refused.line) == ("repeated_row", 4)


def test_reach_is_never_added(read_text: Reading) -> None:
    """Not over devices, not over hours, not over ad sets; a campaign's own row keeps its own."""
    for split, cells in (("device", "md"), ("hour", "12"), ("ad_set", "pq")):
        found = read_text(
            f"date,channel,campaign,{split},spend,impressions,reach",
            *(f"2026-08-01,meta,A,{cell},1.50,900,800" for cell in cells),
        )
        assert found.frame["reach"].isna().all()
    own = read_text(
        "date,channel,campaign,ad_set,spend,impressions,reach",
        "2026-08-01,meta,A,,3.00,1800,1000",
        *(f"2026-08-01,meta,A,{cell},1.50,900,800" for cell in "pq"),
    )
    assert own.frame["reach"].tolist() == [1000.0]

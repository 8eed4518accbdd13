"""Microsoft through the untouched SDK: what is pulled is what happened; a half day is no day."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.demo.platforms import Faults, World, microsoft
from bot.demo.platforms.microsoft_reports import GOALS
from bot.demo.platforms.tokens import MicrosoftTokens
from bot.demo.platforms.world import Size
from bot.domain.details import Level
from bot.errors import SettingsError, SourceError
from bot.settings import SourceSettings
from bot.sources import build
from bot.sources.base import AdAccount, Pulled
from bot.sources.platforms.delivery import with_unlisted
from bot.sources.platforms.microsoft import MicrosoftAds
from bot.sources.platforms.microsoft_calls import sdk
from bot.sources.platforms.microsoft_errors import BrokenAnswer, StillCounting
from bot.sources.platforms.microsoft_reports import (
    ReportSpec,
    account_zone,
    dates,
    numbers,
    read_report,
    report_zone,
)
from bot.sources.platforms.microsoft_rows import LEVELS
from bot.sources.platforms.pulled_days import PulledDays
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.rest import Patience

SINCE, UNTIL = date(2026, 11, 20), date(2026, 11, 26)
Make = Callable[..., PlatformSource]


@pytest.fixture(scope="module")
def server(world: World, faults: Faults) -> Iterator[Any]:
    with microsoft(world, faults) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_it_was(server: Any) -> Iterator[None]:
    """Goals, files and sign-ins are one test's own."""
    yield
    server.goals.clear()
    server.goals.update(GOALS)
    server.spoil = str
    server.journal.clear()
    server.tokens = MicrosoftTokens()


def secrets_of(server: Any) -> dict[str, str]:
    return {
        "MICROSOFT_ADS_DEVELOPER_TOKEN": server.developer_token,
        "MICROSOFT_ADS_CLIENT_ID": server.tokens.client_id,
        "MICROSOFT_ADS_CLIENT_SECRET": server.tokens.client_secret,
        "MICROSOFT_ADS_REFRESH_TOKEN": server.tokens.refresh_token,
        "MICROSOFT_ADS_URL": server.url,
        "MICROSOFT_ADS_TOKEN_URI": server.token_uri,
    }


@pytest.fixture
def make(server: Any, world: World, waits: list[float], tmp_path: Path) -> Make:
    def source(**changes: Any) -> PlatformSource:
        values = secrets_of(server) | changes.pop("values", {})
        client = MicrosoftAds(
            values, changes.pop("file", tmp_path / "microsoft.renewed"),
            changes.pop("manager", ""), Patience(sleep=waits.append), changes.pop("page", 100),
        )  # fmt: skip
        return PlatformSource("microsoft", client, lambda: world.now, **changes)

    return source


@pytest.fixture
def only(world: World) -> tuple[str]:
    """The account of the shop at home."""
    return (world.accounts("microsoft")[0].account_id,)


def daily(frame: pd.DataFrame, campaign_id: str) -> pd.DataFrame:
    return frame[frame["campaign_id"] == campaign_id].set_index("date")


def test_each_day_is_as_it_happened(make: Make, world: World) -> None:
    """Spend, showings, clicks, leads and sales of every campaign of both accounts, to the øre."""
    pulled = make().pull(SINCE, UNTIL)
    assert all(account.ok for account in pulled.accounts), pulled.accounts
    for account in world.accounts("microsoft"):
        for campaign in world.campaigns(account):
            days = world.numbers(campaign).span(SINCE, UNTIL)
            rows = daily(pulled.frame, campaign.campaign_id)
            for i in range(len(days)):
                if not days["impressions"][i]:
                    continue
                row = rows.loc[pd.Timestamp(days.day(i))]
                assert Decimal(str(row["spend"])) == account.decimal(int(days["spend"][i]))
                assert row["impressions"] == days["impressions"][i]
                assert row["clicks"] == days["clicks"][i]
                assert row["leads"] == days["leads"][i]
                assert row["conversions"] == days["purchases"][i]
                assert row["revenue"] == pytest.approx(days["value"][i] / account.minor)
                assert row["currency"] == account.currency
                here = world.now.astimezone(ZoneInfo(row["time_zone"])).utcoffset()
                assert here == world.local(account).utcoffset()


def test_accounts_are_found_on_every_page_and_under_a_customer(make: Make, server: Any) -> None:
    """By whose sign-in it is, or by the customer that manager names; each page is asked for."""
    accounts = make(page=1).accounts()
    assert [account.currency for account in accounts] == ["NOK", "USD"]
    assert len(server.journal.calls("Accounts/Search")) == 3  # the last one is empty
    assert make(manager=server.customer_id).accounts() == accounts
    assert make(manager="1").accounts() == []


def test_an_account_is_pulled_to_its_own_yesterday(make: Make) -> None:
    """At 06:00 UTC it is 01:00 in New York: its day is over, but not counted yet."""
    here, new_york = make().pull(UNTIL, None).accounts
    assert (here.until, new_york.until) == (date(2026, 11, 27), date(2026, 11, 26))


def test_the_first_pull_is_of_400_days_in_chunks_and_the_next_restates(
    make: Make, only: tuple[str], server: Any
) -> None:
    """Nothing is lost between the pieces; a pull later asks for 30 days once more."""
    first = make(only=only).pull(None, None)
    dates = first.frame["date"]
    assert (dates.max() - dates.min()).days == 399
    brand = first.frame[first.frame["campaign_name"] == "Microsoft | Brand"]
    assert list(brand["date"]) == list(pd.date_range(dates.min(), dates.max()))
    assert len(server.journal.calls("GenerateReport/Submit")) == 9  # two each for four, changes
    later = make(only=only, seen=first.seen).pull(None, None)
    assert later.frame["date"].min().date() == date(2026, 11, 27) - timedelta(days=30)


def test_campaigns_are_what_they_are(make: Make, only: tuple[str]) -> None:
    """Purpose by bidding, bid targets beside it, also a portfolio's; shared budgets are named."""
    source = make(only=only)
    facts = {fact.name: fact for fact in source.client.campaigns(source.accounts()[0])}
    for name, stage, model, metric, target in (
        ("Microsoft | Brand", "act", "CPC", "", None),
        ("Microsoft | Generic", "convert", "CPA", "cpa", 270.0),
        ("Microsoft | Shopping", "convert", "CPA", "roas", 4.2),
        ("Microsoft | Leads", "act", "CPL", "cpl", 180.0),
        ("Microsoft | Winter sale", "reach", "CPM", "", None),
    ):
        fact = facts[name]
        assert (fact.purpose.stage, fact.purpose.pricing_model) == (stage, model), name
        assert fact.purpose.known
        assert (fact.bid_metric, fact.bid_target) == (metric, target), name
    guides = facts["Microsoft | Guides"]
    assert (guides.shared_budget, guides.daily_budget) == ("Search, shared", None)
    assert facts["Microsoft | Generic"].daily_budget == 1100.0
    assert facts["Microsoft | Winter sale"].status == "paused"
    assert "Microsoft | Old test" not in facts  # deleted ones are not listed


def test_what_was_paused_or_deleted_did_not_stop(make: Make, only: tuple[str]) -> None:
    """A silent day is zeros of an enabled campaign and nothing of one that was switched off."""
    pulled = make(only=only).pull(date(2026, 4, 1), UNTIL)
    facts = {fact.name: fact for fact in pulled.campaigns}
    deleted = facts["Microsoft | Old test"]  # its days still have its name
    assert deleted.status == "removed"
    assert daily(pulled.frame, deleted.campaign_id).index.max() < pd.Timestamp(2026, 6, 1)
    paused = daily(pulled.frame, facts["Microsoft | Winter sale"].campaign_id)
    assert paused.index.max() < pd.Timestamp(2026, 10, 1)
    guides = daily(pulled.frame, facts["Microsoft | Guides"].campaign_id)
    saturday = guides.loc["2026-11-21"]  # on which it rests
    assert (saturday["spend"], saturday["impressions"], saturday["clicks"]) == (0, 0, 0)


def test_a_budget_is_that_of_its_day(make: Make, only: tuple[str]) -> None:
    """The change history takes back what was changed, and says who changed it."""
    pulled = make(only=only).pull(date(2026, 10, 10), UNTIL)
    (change,) = (each for each in pulled.changes if each.what == "budget")
    assert change.by.endswith(".example")
    assert (change.through, change.after) == ("web", 1100.0)
    budgets = daily(pulled.frame, change.campaign_ids[0])["daily_budget"]
    assert budgets.loc["2026-11-15"] == change.before < change.after
    assert budgets.loc["2026-11-16"] == budgets.loc["2026-11-26"] == change.after
    assert pd.isna(budgets.loc["2026-10-20"])  # longer ago than is asked for


def test_a_pause_is_in_the_log(world: World, waits: list[float], tmp_path: Path) -> None:
    """Who switched a campaign off, when, and that it was a person."""
    mine = World(world.now)
    account = mine.accounts("microsoft")[0]
    campaign = mine.campaigns(account)[0]
    mine.change_status(campaign, "paused", by="kari@shop.example", through="web")
    with microsoft(mine) as server:
        client = MicrosoftAds(secrets_of(server), tmp_path / "token", "", Patience())
        client.patience.sleep = waits.append
        reached = client.accounts()[0]
        (change,) = client.changes(reached, date(2026, 11, 28), date(2026, 11, 28))
    assert (change.what, change.before, change.after) == ("status", "enabled", "paused")
    assert (change.by, change.campaign_ids) == ("kari@shop.example", (campaign.campaign_id,))
    assert change.when == mine.now


@pytest.mark.parametrize(
    ("categories", "measures"),
    [(["7001"], {"conversions"}), (["7002"], {"leads"}), ([], set()),
     (["7003"], set())],
)  # fmt: skip
def test_an_account_has_the_measures_of_its_goals(
    make: Make, only: tuple[str], server: Any, categories: list[str], measures: set[str]
) -> None:
    """Without a goal that counts there is no zero, there is nothing; of one kind there is one."""
    for goal in set(GOALS) - set(categories):
        del server.goals[goal]
    frame = make(only=only).pull(UNTIL, UNTIL).frame
    present = {name for name in ("leads", "conversions") if frame[name].notna().any()}
    assert present == measures
    assert frame["revenue"].notna().any() == bool(measures)
    if measures:
        (measure,) = measures
        assert frame[measure].sum() > 0


@pytest.fixture(scope="module")
def _details() -> dict[str, Pulled]:
    return {}


@pytest.fixture
def pulled(make: Make, only: tuple[str], _details: dict[str, Pulled]) -> Pulled:
    """The newest days with what is below the campaigns, asked once."""
    if not _details:
        _details["answer"] = make(only=only, detail_days=3).pull(date(2026, 11, 25), UNTIL)
    return _details["answer"]


def test_every_level_comes_and_adds_up(pulled: Pulled) -> None:
    """Spend, clicks and results of each level are its campaigns' of that day."""
    assert pulled.notes == ()
    details = pulled.details
    assert details is not None
    assert set(details["level"]) == {level.value for level in LEVELS}
    measures = ["spend", "impressions", "clicks", "leads", "conversions"]
    days = pulled.frame.set_index(["campaign_id", "date"])[measures]
    for level, rows in details.groupby("level"):
        sums = rows.groupby(["campaign_id", "date"])[measures].sum().round(6)
        expected = days.loc[sums.index].round(6)
        pd.testing.assert_frame_equal(sums, expected, check_dtype=False, obj=str(level),
                                      check_index_type=False)  # fmt: skip


def test_keywords_have_their_scores_of_that_day(pulled: Pulled) -> None:
    """Score and parts as they stood; `--` is none; groups, match types and devices by name."""
    details = pulled.details
    assert details is not None
    words = details[details["level"] == Level.KEYWORD]
    assert set(words["quality_score"].dropna()) == {9.0, 6.0, 3.0}
    assert words["quality_score"].isna().any()
    assert set(words["expected_ctr"].dropna()) <= {1.0, 2.0, 3.0}
    assert set(words["match_type"]) == {"exact", "phrase", "broad"}
    assert words["parent_name"].notna().all()
    assert set(details[details["level"] == Level.DEVICE]["detail_name"]) == {
        "desktop", "mobile", "tablet"}  # fmt: skip
    ads = details[details["level"] == Level.AD]["detail_name"]
    assert ads.str.endswith("sent today").all()  # its first headline: it has no title


def test_audiences_are_called_as_they_are_elsewhere(pulled: Pulled) -> None:
    """Ages, genders and regions by name, in small letters where they are words; each one once."""
    details = pulled.details
    assert details is not None
    names = {
        level: set(rows["detail_name"]) for level, rows in details.groupby("level") if
        level in {Level.AGE, Level.GENDER, Level.REGION}
    }  # fmt: skip
    assert names == {
        Level.AGE: {"18-24", "25-34", "35-49", "50-64", "65+"},
        Level.GENDER: {"female", "male", "unknown"},
        Level.REGION: {"Oslo", "Vestland", "Rogaland", "Trøndelag"},
    }
    rows = details[details["level"].isin(names)]
    assert not rows.duplicated(["date", "campaign_id", "level", "detail_id"]).any()


@pytest.mark.parametrize("written", ["", "--", " Unknown "])
def test_an_audience_nobody_names_has_a_name_still(written: str) -> None:
    """Nobody knows who they are, or where; their money is among the campaign's all the same."""
    table = pd.DataFrame({name: [written] for name in ("AgeGroup", "Gender", "State")})
    for level in (Level.AGE, Level.GENDER):
        assert LEVELS[level].identity(table)["detail_name"].tolist() == ["unknown"]
    place = "elsewhere" if written.strip("- ") == "" else "Unknown"
    assert LEVELS[Level.REGION].identity(table)["detail_name"].tolist() == [place]


@pytest.mark.parametrize(
    "fault",
    ["throttled", "throttled_account", "server_error", "unavailable", "truncated", "malformed",
     "expired"],
)  # fmt: skip
def test_what_passes_is_asked_again(
    make: Make, only: tuple[str], faults: Faults, fault: str, waits: list[float]
) -> None:
    """Throttling, hiccups, broken answers and a token that ran out cost a wait, and no number."""
    source = make(only=only)
    account = source.accounts()[0]
    expected, polls = source.client.days(account, UNTIL, UNTIL), len(waits)
    waits.clear()
    faults.add(fault, times=1)
    pd.testing.assert_frame_equal(source.client.days(account, UNTIL, UNTIL), expected)
    assert len(waits) - polls == (0 if fault == "expired" else 1)
    if fault.startswith("throttled"):
        assert 60 <= waits[0] <= 66  # the minute over which Microsoft counts
    if fault == "unavailable":
        assert 1 <= waits[0] <= 1.1  # as long as was asked for


def test_a_report_is_waited_for_and_asked_for_again(
    make: Make, only: tuple[str], faults: Faults, waits: list[float]
) -> None:
    """One that fails is asked for once more; one that fails again is said."""
    source = make(only=only)
    account = source.accounts()[0]
    expected = source.client.days(account, UNTIL, UNTIL)
    waits.clear()
    faults.add("report_failed")
    faults.add("report_slow")
    pd.testing.assert_frame_equal(source.client.days(account, UNTIL, UNTIL), expected)
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]  # longer and longer
    faults.add("report_failed", times=2)
    with pytest.raises(SourceError, match=r"could not make the report.*next pull"):
        source.client.days(account, UNTIL, UNTIL)


def _without_last_row(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[:-3] + lines[-2:])


def _cell_short(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:-3], lines[-3].rpartition(",")[0] + "\r\n", *lines[-2:]])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) * 2 // 3],
        _without_last_row,
        _cell_short,
        lambda text: text.replace("©2026 Microsoft Corporation", "Goodbye"),
        lambda text: text.replace('"Rows: ', '"Rows: 9'),
        lambda text: text.replace('"Spend"', '"Cost"'),
        lambda _text: "",
        lambda _text: "<html><body>Service unavailable</body></html>",
    ],
    ids=["cut", "row", "cell", "footer", "count", "heading", "empty", "page"],
)
def test_a_report_with_a_part_missing_is_no_report(
    make: Make, world: World, server: Any, spoil: Callable[[str], str], waits: list[float]
) -> None:
    """Whatever is missing of it: nothing of the account is handed on, and no storm follows."""
    server.spoil = spoil
    first, second = make().pull(UNTIL, UNTIL).accounts
    assert not first.ok
    assert not second.ok
    assert "broke off or could not be read" in first.error
    assert "next pull" in first.error
    assert len(waits) <= 2 * (2 + 4)  # polls of two reports, and four waits an account


def test_a_number_that_is_none_is_said(make: Make, only: tuple[str], server: Any) -> None:
    """It is never read as zero, and thousands may have their commas."""
    server.spoil = lambda text: text.replace('"Microsoft | Brand","', '"Microsoft | Brand","n/a ')
    (account,) = make(only=only).pull(UNTIL, UNTIL).accounts
    assert "a number that is none" in account.error
    expected = make(only=only).client
    server.spoil = str
    reached = expected.accounts()[0]
    plain = expected.days(reached, UNTIL, UNTIL)
    server.spoil = lambda text: pd.Series(text).str.replace(
        r'(?<=")(\d)(\d{3})(?=")', r"\1,\2", regex=True
    )[0]
    pd.testing.assert_frame_equal(expected.days(reached, UNTIL, UNTIL), plain)


def test_a_half_counted_day_is_no_day(make: Make, only: tuple[str], faults: Faults) -> None:
    """Microsoft says how far it has counted: until then the day is not stored."""
    faults.add("half_day", times=None)
    yesterday = date(2026, 11, 27)
    (early,) = make(only=only).pull(SINCE, None).accounts
    assert not early.ok
    assert f"still counting {yesterday}" in early.error
    assert make(only=only).pull(SINCE, None).frame.empty
    faults.clear()
    (later,) = make(only=only).pull(SINCE, None).accounts
    assert (later.ok, later.until) == (True, yesterday)


def test_one_account_that_fails_holds_up_no_other(make: Make, faults: Faults, world: World) -> None:
    """It gives nothing and a sentence; the other comes whole."""
    first, second = world.accounts("microsoft")
    faults.add("account_error", times=None, account=first.account_id)
    pulled = make().pull(SINCE, UNTIL)
    failed, fine = pulled.accounts
    assert (failed.ok, fine.ok) == (False, True)
    assert "does not let this user read that account" in failed.error
    assert "Account access" in failed.error
    assert set(pulled.frame["account_id"]) == {second.account_id}
    assert first.account_id not in pulled.seen


def test_an_account_without_campaigns_is_fine(
    waits: list[float], tmp_path: Path, world: World
) -> None:
    """It answers with nothing, which is no failure: a report without rows is no file at all."""
    mine = World(world.now, size=Size(empty=1))
    with microsoft(mine) as server:
        client = MicrosoftAds(secrets_of(server), tmp_path / "token", "", Patience())
        client.patience.sleep = waits.append
        empty = mine.accounts("microsoft")[-1].account_id
        source = PlatformSource("microsoft", client, lambda: mine.now, (empty,))
        pulled = source.pull(SINCE, UNTIL)
    assert [(account.ok, account.until) for account in pulled.accounts] == [(True, UNTIL)]
    assert pulled.frame.empty
    assert not pulled.campaigns


def test_a_newer_schema_costs_what_is_new_only(
    make: Make, only: tuple[str], faults: Faults
) -> None:
    """A campaign type, status and bidding newer than the SDK: its numbers come, its purpose not."""
    expected = make(only=only).pull(SINCE, UNTIL)
    faults.add("newer_schema", times=None)
    newer = make(only=only).pull(SINCE, UNTIL)
    assert newer.accounts == expected.accounts
    assert newer.frame["spend"].sum() == pytest.approx(expected.frame["spend"].sum())
    first = newer.campaigns[0]
    assert (first.status, first.purpose.known, first.purpose.stage) == ("unknown", False, None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"MICROSOFT_ADS_DEVELOPER_TOKEN": "x"}, r"developer token.*Request Token"),
        ({"MICROSOFT_ADS_CLIENT_ID": "x"}, r"CLIENT_ID.*App registrations"),
        ({"MICROSOFT_ADS_CLIENT_SECRET": "x"}, r"CLIENT_SECRET.*Certificates"),
        ({"MICROSOFT_ADS_REFRESH_TOKEN": "x"}, r"refresh token has expired.*Sign in once more"),
    ],
)
def test_a_wrong_key_is_named(
    make: Make, values: dict[str, str], words: str, waits: list[float]
) -> None:
    """Each of Microsoft's keys has a sentence of its own, and is not tried again."""
    with pytest.raises(SourceError, match=words) as error:
        make(values=values).accounts()
    assert not waits
    assert error.value.__cause__ is None


def test_a_sign_in_that_was_taken_back_says_what_to_do(make: Make, faults: Faults) -> None:
    """Once, in words, without the token."""
    faults.add("revoked", times=None)
    with pytest.raises(SourceError, match=r"refresh token was taken back.*Sign in") as error:
        make().pull(SINCE, UNTIL)
    assert "local-refresh" not in str(error.value)


def test_a_wrong_account_is_named(make: Make) -> None:
    """With those that the sign-in reaches."""
    with pytest.raises(SourceError, match=r"does not reach account 999.*It reaches 151230001"):
        make(only=("999",)).pull(SINCE, UNTIL)


def test_keys_that_are_missing_are_named(world: World) -> None:
    """All of them at once; the app's secret is needed by web apps only."""
    config = SourceSettings(name="bing", kind="microsoft_ads")
    with pytest.raises(SettingsError, match=r"bing lacks .*DEVELOPER_TOKEN, .*REFRESH_TOKEN"):
        build(config, clock=lambda: world.now)


def test_the_new_refresh_token_is_kept_for_its_owner_alone(
    make: Make, server: Any, tmp_path: Path
) -> None:
    """A later process signs in with the newest, though the one in the settings has ended."""
    server.tokens = MicrosoftTokens(strict=True)
    file = tmp_path / "token"
    assert make(file=file).accounts()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stored = json.loads(file.read_text())
    assert stored["refresh_token"] == server.tokens.renewed[-1]
    assert server.tokens.refresh_token not in file.read_text()
    assert make(file=file).accounts()
    assert json.loads(file.read_text())["refresh_token"] == server.tokens.renewed[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["token"]


def test_a_token_put_in_place_by_hand_is_heard(make: Make, server: Any, tmp_path: Path) -> None:
    """What is kept counts for the sign-in it began with, and never instead of one that works."""
    file = tmp_path / "token"
    file.write_text(json.dumps({"begun_with": "another", "refresh_token": "nonsense"}))
    file.chmod(0o600)
    assert make(file=file).accounts()
    stored = json.loads(file.read_text()) | {"refresh_token": "spoilt"}
    file.write_text(json.dumps(stored))
    assert make(file=file).accounts()


def test_a_token_that_others_may_read_is_refused(make: Make, tmp_path: Path) -> None:
    """As every file of secrets is."""
    file = tmp_path / "token"
    file.write_text("{}")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600 token"):
        make(file=file).accounts()


def test_a_token_that_cannot_be_kept_is_said(make: Make, only: tuple[str], tmp_path: Path) -> None:
    """The numbers come, with a sentence on what ends when, and no token in it."""
    (tmp_path / "file").touch()
    pulled = make(only=only, file=tmp_path / "file" / "token").pull(UNTIL, UNTIL)
    assert pulled.accounts[0].ok
    (note,) = pulled.notes
    assert "could not be kept" in note
    assert "MICROSOFT_ADS_TOKEN_FILE" in note
    assert "local-refresh" not in note


def test_no_secret_leaves_the_headers(
    make: Make, only: tuple[str], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """None in an address, in a log, or in what describes the client."""
    source = make(only=only)
    with caplog.at_level("DEBUG"):
        source.pull(UNTIL, UNTIL)
    secrets = [*server.tokens.renewed, *(value for name, value in secrets_of(server).items()
               if not name.endswith(("URL", "URI", "CLIENT_ID")))]  # fmt: skip
    calls = [f"{entry.call} {entry.query}" for entry in server.journal.entries]
    spoken = " ".join([caplog.text, repr(source), *calls])
    assert "GenerateReport" in spoken
    for secret in secrets:
        assert secret not in spoken


def test_pydantic_is_as_it_was(make: Make) -> None:
    """The SDK's ServiceClient would rewrite how every model of the process takes attributes."""
    before = BaseModel.__setattr__, BaseModel.__getattr__
    make().accounts()
    assert (BaseModel.__setattr__, BaseModel.__getattr__) == before


def test_every_time_zone_of_microsofts_has_a_city() -> None:
    """Those of accounts and of reports; each of an account's can be asked for in a report."""
    names = {
        kind: [zone.value for zone in getattr(sdk(f"models.{service}"), kind)]
        for service, kind in (("customer", "TimeZoneType"), ("reporting", "ReportTimeZone"))
    }
    for zone in names["TimeZoneType"]:
        assert ZoneInfo(account_zone(zone))
        assert report_zone(account_zone(zone)) in names["ReportTimeZone"], zone
    for zone in names["ReportTimeZone"]:
        assert ZoneInfo(account_zone(zone))


def test_what_the_local_server_refuses_is_a_sentence(make: Make, world: World) -> None:
    """Days that are still to come: Microsoft's own words, and where to read on."""
    source = make()
    account = source.accounts()[0]
    tomorrow = world.now.date() + timedelta(days=1)
    with pytest.raises(SourceError, match=r"Microsoft refused: The date range .*See docs"):
        source.client.days(account, SINCE, tomorrow)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NAMES = ("CampaignName", "Spend")
SPEC = ReportSpec(
    "CampaignPerformance", NAMES, AdAccount("1", "Shop", "NOK", "Europe/Berlin"), SINCE, UNTIL
)


def written(rows: list[tuple[str, str]], late: str = "false", until: str = "") -> str:
    """A report as Microsoft writes it."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for line in (
        "Report Name: perfbot", f"Last Completed Available Hour: {until} (GMT)",
        f"Potential Incomplete Data: {late}", f"Rows: {len(rows)}",
    ):  # fmt: skip
        writer.writerow([line])
    writer.writerow([])
    writer.writerows([NAMES, *rows, [], ["@2026 Microsoft Corporation. All rights reserved. "]])
    return text.getvalue()


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5), share=st.floats(0, 1))
def test_a_report_is_read_as_it_was_written_or_not_at_all(
    rows: list[tuple[str, str]], share: float
) -> None:
    """Whatever stands in its cells; cut anywhere before its last line it is refused."""
    text = written(rows)
    assert [*map(tuple, read_report(text, SPEC).to_numpy())] == rows
    before_the_end = text.rindex("@2026")
    with pytest.raises(BrokenAnswer):
        read_report(text[: int(share * before_the_end)], SPEC)


@pytest.mark.parametrize(
    ("late", "until", "whole"),
    [
        ("false", "", True),
        ("true", "11/26/2026 10:59:00 PM", False),  # a minute before Berlin's midnight
        ("true", "11/26/2026 11:00:00 PM", True),
        ("true", "11/27/2026 3:00:00 AM", True),
        ("true", "some day", True),  # it does not say how far: the next pulls ask once more
    ],
)
def test_how_far_microsoft_has_counted_is_held_against_the_day(
    late: str, until: str, whole: bool
) -> None:
    """By the account's own midnight; the moments of a report's head are UTC."""
    text = written([("A", "1.00")], late, until)
    if whole:
        assert len(read_report(text, SPEC)) == 1
        return
    with pytest.raises(StillCounting):
        read_report(text, SPEC)


def test_days_and_numbers_that_are_none_are_refused() -> None:
    """As sentences, never as zeros or a crash; what is missing is missing."""
    assert numbers(pd.Series(["1,234.50", "--", "", "-3"])).tolist()[0] == 1234.5
    assert numbers(pd.Series(["--", "-", ""])).isna().all()
    for cells in (["1.2.3"], ["12,34"], ["NaN"], ["1e5"], ["half"]):
        with pytest.raises(SourceError, match="a number that is none"):
            numbers(pd.Series(cells))
    with pytest.raises(SourceError, match="a day that is none"):
        dates(pd.Series(["2026-11-20", "11/21/2026"]))


def test_a_deleted_campaign_with_a_late_sale_alone_has_its_id_for_a_name() -> None:
    """Its sale is reported after its last showing, in a line without a name."""
    days = PulledDays()
    days.add((date(2026, 11, 20), date(2026, 11, 21)), pd.DataFrame({
        "campaign_id": ["7", "8", "8"], "campaign_name": [None, "Old", None],
        "date": pd.to_datetime(["2026-11-20", "2026-11-20", "2026-11-21"]),
    }))  # fmt: skip
    facts = with_unlisted([], days.names, SPEC.account)
    assert [(fact.name, fact.status) for fact in facts] == [("7", "removed"), ("Old", "removed")]

"""Details of the platforms, through their SDKs, against what the local platforms really have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from bot.demo.platforms import Faults, World
from bot.domain.details import Level
from bot.jobs import pull_keeping
from bot.sources.base import Pulled
from bot.sources.platforms.google_details import LEVELS as GOOGLE
from bot.sources.platforms.meta import LEVELS as META
from bot.sources.platforms.pulling import PlatformSource
from bot.store import SqliteStore

Make = Callable[..., PlatformSource]
ADDED = ["spend", "impressions", "clicks"]
SINCE, UNTIL = date(2026, 11, 24), date(2026, 11, 27)


@pytest.fixture(scope="module")
def _answers() -> dict[str, Pulled]:
    return {}


@pytest.fixture(params=["google", "meta"])
def pulled(
    request: pytest.FixtureRequest, world: World, _answers: dict[str, Pulled]
) -> tuple[str, Pulled]:
    """One account's newest days with its details, asked once a platform."""
    platform: str = request.param
    if platform not in _answers:
        make: Make = request.getfixturevalue(f"{platform}_source")
        only = (world.accounts(platform)[0].account_id,)
        _answers[platform] = make(only=only, detail_days=4).pull(SINCE, UNTIL)
    return platform, _answers[platform]


def test_every_level_comes_and_adds_up(pulled: tuple[str, Pulled]) -> None:
    """Spend, showings and clicks of each level are its campaigns' of that day."""
    platform, answer = pulled
    assert answer.notes == ()
    details = answer.details
    assert details is not None
    levels = GOOGLE if platform == "google" else META
    assert set(details["level"]) == {level.value for level in levels}
    days = answer.frame.set_index(["campaign_id", "date"])[ADDED]
    for level, rows in details.groupby("level"):
        sums = rows.groupby(["campaign_id", "date"])[ADDED].sum()
        pd.testing.assert_frame_equal(sums, days.loc[sums.index], check_dtype=False, obj=str(level),
                                      check_index_type=False)  # fmt: skip


def test_results_are_apart_and_none_is_zero(pulled: tuple[str, Pulled]) -> None:
    """A part without a result had none where its account counts them; leads are no sales."""
    _, answer = pulled
    details = answer.details
    assert details is not None
    for measure in ("leads", "conversions"):
        if measure not in answer.frame or answer.frame[measure].isna().all():
            continue
        assert details[measure].notna().all()
        sets = details[details["level"] == Level.AD_SET].groupby(["campaign_id", "date"])[measure]
        days = answer.frame.set_index(["campaign_id", "date"])[measure]
        sums = sets.sum()
        assert sums.round(6).to_dict() == days.loc[sums.index].round(6).to_dict()


def test_keywords_have_their_scores_and_groups(pulled: tuple[str, Pulled]) -> None:
    """The score and its three parts as they stood; a keyword without one has none."""
    platform, answer = pulled
    details = answer.details
    assert details is not None
    if platform == "meta":
        assert details["quality_score"].isna().all()
        return
    words = details[details["level"] == Level.KEYWORD]
    assert words["quality_score"].dropna().between(1, 10).all()
    assert words["quality_score"].isna().any()
    assert words["quality_score"].notna().any()
    assert set(words["expected_ctr"].dropna()) <= {1.0, 2.0, 3.0}
    assert set(words["match_type"].dropna()) <= {"exact", "phrase", "broad"}
    assert words["parent_name"].notna().all()
    assert (words["detail_id"].str.isdigit()).all()


def test_audiences_have_plain_names(pulled: tuple[str, Pulled]) -> None:
    """As people say them: 25-34, unknown, Oslo, mobile, instagram stories."""
    platform, answer = pulled
    details = answer.details
    assert details is not None
    names = {level: set(rows["detail_name"]) for level, rows in details.groupby("level")}
    assert {"25-34", "65+"} <= names["age"]
    assert {"female", "male"} <= names["gender"]
    assert "Oslo" in names["region"]
    if platform == "google":
        assert "mobile" in names["device"]
    else:
        assert "instagram stories" in names["placement"]
        assert "mobile app" in names["device"]


def test_asset_groups_stand_where_ad_groups_do(pulled: tuple[str, Pulled], world: World) -> None:
    """Performance Max has them in the place of ad groups, and has neither ads nor keywords."""
    platform, answer = pulled
    details = answer.details
    assert details is not None
    if platform == "meta":
        return
    account = world.accounts("google")[0]
    (campaign,) = [c for c in world.campaigns(account) if c.kind == "pmax"]
    own = details[details["campaign_id"] == campaign.campaign_id]
    sets = own[own["level"] == Level.AD_SET]
    assert set(sets["detail_id"]) == {group.group_id for group in campaign.groups}
    assert sets["spend"].sum() > 0
    assert sets["conversions"].sum() > 0
    assert not set(own["level"]) & {"ad", "keyword", "search_term", "age", "gender"}


def test_places_of_display_and_video_are_told_by_name(
    pulled: tuple[str, Pulled], world: World
) -> None:
    """A site, an app, a channel; of campaigns whose places Google tells with their cost."""
    platform, answer = pulled
    details = answer.details
    assert details is not None
    if platform == "meta":
        return
    kinds = {c.campaign_id: c.kind for c in world.campaigns(world.accounts("google")[0])}
    places = details[details["level"] == Level.PLACEMENT]
    assert {kinds[each] for each in places["campaign_id"]} <= {"display", "video"}
    assert {"avisen.example", "Mobile app: Puzzle (Google Play)"} <= set(places["detail_name"])
    assert places["spend"].sum() > 0


def test_a_level_that_does_not_come_holds_up_nothing(
    google_source: Make, faults: Faults, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The campaigns' numbers are stored; what was stored of the level stays, and it is said."""
    account = world.accounts("google")[0]
    source = google_source(only=(account.account_id,), detail_days=2)
    store = SqliteStore(":memory:")
    try:
        pull_keeping.kept(store, "google", source.pull(UNTIL, UNTIL), None)
        before = store.details(Level.AGE)
        assert len(before)
        spoiled = {**GOOGLE}
        broken = "age_range_view.nothing"
        spoiled[Level.AGE] = type(GOOGLE[Level.AGE])("age_range_view", broken, lambda _: ())
        monkeypatch.setattr("bot.sources.platforms.google_details.LEVELS", spoiled)
        answer = source.pull(UNTIL, UNTIL)
        (note,) = answer.notes
        assert "no details by age today" in note
        assert {span.level for span in answer.detail_spans} == {
            level.value for level in GOOGLE} - {"age"}  # fmt: skip
        assert len(answer.frame)
        assert all(pull.ok for pull in pull_keeping.kept(store, "google", answer, None))
        pd.testing.assert_frame_equal(store.details(Level.AGE), before)
    finally:
        store.close()


def test_a_pull_again_restates_and_adds_nothing(meta_source: Make, world: World) -> None:
    """The same days pulled twice are there once."""
    account = world.accounts("meta")[0]
    source = meta_source(only=(account.account_id,), detail_days=2)
    store, counts = SqliteStore(":memory:"), list[int]()
    try:
        for _ in range(2):
            pull_keeping.kept(store, "meta", source.pull(UNTIL, UNTIL), None)
            rows = store.details()
            key = ["date", "level", "campaign_id", "parent_id", "detail_id"]
            assert not rows.duplicated(key).any()
            counts.append(len(rows))
        assert counts[0] == counts[1] > 0
    finally:
        store.close()

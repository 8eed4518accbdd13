"""Reach of whole windows: a table of its own, never daily numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings
from bot.sources.folder import FolderSource

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]
HEAD = "channel,account_id,campaign_id,since,until,reach,pulled_at"
META = "Reporting starts,Reporting ends,Campaign name,Reach,Impressions,Amount spent (NOK)"


def test_the_second_table_is_read_as_the_columns_page_says(read_text: Reading) -> None:
    """One row a campaign, window and pull; no daily numbers come of it."""
    found = read_text(
        HEAD,
        "facebook,act_77,1,2026-08-01,2026-08-28,12 345,2026-08-29T05:00:00Z",
        "facebook,77,2,2026-08-22,2026-08-28,,",
    )
    assert found.frame.empty
    assert found.window_reach is not None
    assert found.window_reach["channel"].tolist() == ["meta_ads", "meta_ads"]
    assert found.window_reach["account_id"].tolist() == ["77", "77"]
    assert found.window_reach["reach"].tolist()[0] == 12345.0
    assert pd.isna(found.window_reach["reach"][1])
    assert found.window_reach["until"].tolist() == [pd.Timestamp("2026-08-28")] * 2
    assert found.window_reach["pulled_at"].isna().tolist() == [False, True]


def test_metas_export_of_a_whole_range_is_reach_where_that_is_said(
    read_text: Reading, refusal: Refusing
) -> None:
    """Without days it is refused as daily numbers; with --window-reach its reach is read."""
    lines = (META, "2026-08-01,2026-08-28,,9000,70000,500.50",
             "2026-08-01,2026-08-28,Høst,8000,60000,400.50")  # fmt: skip
    assert refusal(*lines).code == "not_daily"
    found = read_text(*lines, settings=ReadSettings(windows=True))
    assert found.window_reach is not None
    assert found.window_reach["campaign_id"].tolist() == ["høst"]
    assert found.window_reach["reach"].tolist() == [8000.0]
    assert found.notes == ("1 row without a campaign was left out.",)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("meta,1,1,2026-08-28,2026-08-01,5,", "bad_value"),
        ("meta,1,1,soon,2026-08-28,5,", "bad_value"),
        ("meta,1,1,2026-08-01,2026-08-28,5.5,", "bad_value"),
        ("meta,1,1,2026-08-01,2026-08-28,many,", "bad_value"),
        ("meta,1,1,2026-08-01,2026-08-28,-5,", "bad_value"),
        ("meta,1,9,2026-08-01,2026-08-28,6,", "repeated_row"),
        (",1,1,2026-08-01,2026-08-28,5,", "missing_column"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused(row: str, code: str, refusal: Refusing) -> None:
    """With its line and the way out, and nothing is stored."""
    refused = refusal(HEAD, "meta,1,9,2026-08-01,2026-08-28,5,", row)
    assert (refused.code, refused.line) == (code, 3)


def test_a_range_in_a_table_of_the_graph_api_is_no_day(
    refusal: Refusing, read_text: Reading
) -> None:
    """date_start is a day only where date_stop is the same."""
    head = "date_start,date_stop,campaign_id,spend,impressions,inline_link_clicks"
    refused = refusal(head, "2026-08-01,2026-08-31,1,50.50,900,9")
    assert (refused.code, refused.line) == ("not_daily", 2)
    assert len(read_text(head, "2026-08-01,2026-08-01,1,50.50,900,9").frame) == 1


def test_a_watched_folder_gives_reach_too(tmp_path: Path) -> None:
    """A file of windows beside exports of days: each goes where it belongs."""
    rows = "meta,1,9,2026-08-01,2026-08-28,5,"
    (tmp_path / "reach.csv").write_text(f"{HEAD}\n{rows}\n")
    (tmp_path / "days.csv").write_text("date,channel,campaign_id,spend\n2026-08-01,meta,9,1.50\n")
    source = FolderSource("exports", tmp_path, lambda: datetime(2030, 1, 1, tzinfo=UTC))
    pulled = source.pull(None, None)
    assert pulled.frame["spend"].tolist() == [1.5]
    assert pulled.window_reach is not None
    assert pulled.window_reach["reach"].tolist() == [5.0]

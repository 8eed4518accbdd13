"""`perfbot leads` and `perfbot satisfaction`: files in, the CRM beside the platforms out."""

from __future__ import annotations

HEAD = "Record ID,Email,Create Date,Lifecycle Stage,Deal Amount,utm_campaign,utm_source\n"


def _leads(tmp_path):
    lines = [
        f"{day}-{number},kari{number}@example.no,2026-11-{day:02},{stage},500,social-leads,social\n"
        for day in range(1, 21)
        for number, stage in enumerate(("Lead", "MQL", "Customer"))
    ]
    path = tmp_path / "hubspot.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def test_leads_are_read_matched_and_shown(perfbot, small_file, plan_file, tmp_path):
    """Three a day, two qualified, one won; beside 21 a day that the platform claims."""
    assert perfbot("import", small_file).code == 0
    (line,) = perfbot("leads", _leads(tmp_path)).lines
    assert (line["leads"], line["added"], line["matched"]) == (60, 60, 60)
    text = perfbot("leads", "--as-of", "2026-11-21", "--window", "7d").out
    assert "Social | Leads" in text
    assert "21 of 21 leads belong to a campaign" in text
    told = perfbot("leads", "--as-of", "2026-11-21", "--window", "7d", "--format", "json").json
    mine = next(row for row in told["campaigns"] if row["campaign_name"] == "Social | Leads")
    assert (mine["claimed"], mine["leads"], mine["qualified"], mine["won"]) == (148, 21, 14, 7)
    assert (mine["value"], mine["cost_per_qualified"]) == (3500.0, mine["spend"] / 14)
    assert [day["qualified"] for day in told["days"]] == [2.0] * 7
    board = perfbot("board", "--window", "2026-11-14..2026-11-20", "--format", "json").json
    rows = {row["campaign_name"]: row["now"] for row in board["campaigns"]}
    assert rows["Social | Leads"]["qualified_leads"] == 14
    assert rows["Social | Leads"]["cost_per_qualified_lead"] == mine["spend"] / 14


def test_a_stage_nobody_knows_is_asked_about_once(perfbot, small_file, plan_file, tmp_path):
    """Refused with the line and the option that says it; nothing is stored until it is said."""
    assert perfbot("import", small_file).code == 0
    path = tmp_path / "crm.csv"
    path.write_text("Lead ID,Created,Stage,utm_campaign\n1,2026-11-18,Tasting,social-leads\n")
    refused = perfbot("leads", path)
    assert refused.code == 1
    assert refused.lines[0]["error"]["line"] == 2
    assert '--qualified "Tasting"' in refused.err
    assert perfbot("leads", path, "--qualified", "Tasting").lines[0]["matched"] == 1
    assert perfbot("leads", path, "--column", "Stage=spend").code == 2


def test_answers_are_read_into_satisfaction(perfbot, small_file, plan_file, tmp_path):
    """The mean of a day's answers, of the campaign they name."""
    assert perfbot("import", small_file).code == 0
    path = tmp_path / "nps.csv"
    path.write_text(
        "Date,Score,utm_campaign\n2026-11-20,9,social-video\n2026-11-20,6,social-video\n"
    )
    (line,) = perfbot("satisfaction", path).lines
    assert line == {"file": str(path), "answers": 2, "matched": 2, "days": 1, "scale": 10}
    board = perfbot("board", "--window", "2026-11-14..2026-11-20", "--format", "json").json
    rows = {row["campaign_name"]: row["now"] for row in board["campaigns"]}
    assert rows["Social | Video"]["satisfaction"] == 7.5

"""`perfbot import`: whatever holds numbers, once mapped and saved, packed, piped or fetched."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from bot.sources import long_files, rows

CSV = "date,channel,campaign,currency,spend,clicks\n2026-09-01,meta,A,NOK,1.50,3\n"
AGENCY = (
    "Når;Hva;Penger;Trykk;Sett;Solgt\n"
    "01.09.2026;Høst;1 234,50;30;9000;2\n"
    "02.09.2026;Høst;99,00;3;800;0\n"
)


@pytest.fixture
def answered(perfbot, monkeypatch):
    """Call perfbot while a person answers, line by line."""

    def call(*words, answers=()):
        typed = io.TextIOWrapper(io.BytesIO("".join(f"{each}\n" for each in answers).encode()))
        monkeypatch.setattr(sys, "stdin", typed)
        return perfbot(*words)

    return call


def board(perfbot, as_of="2026-09-03") -> dict:
    (campaign,) = perfbot("board", "--as-of", as_of, "--format", "json").json["campaigns"]
    return campaign


def test_a_table_nobody_knows_is_mapped_once_and_then_read(perfbot, answered, tmp_path):
    """Its columns are asked for, shown and saved; the next one of its kind is just read."""
    path = tmp_path / "august.csv"
    path.write_text(AGENCY, encoding="utf-8")
    refused = perfbot("import", str(path))
    assert refused.lines[0]["error"]["code"] == "not_a_table"
    answers = ["1", "2", "-", "Penger", "5", "4", "6", "-", "-", "-", "-", "-", "TV", "nok", "y"]
    outcome = answered("import", "--map", str(path), answers=answers)
    assert outcome.code == 0, outcome.err
    assert outcome.lines[0]["rows"] == 2
    assert "Rows: 2; days: 2; campaigns: 1; spent: 1,333.50." in outcome.err
    campaign = board(perfbot)
    assert (campaign["channel"], campaign["currency"]) == ("tv", "NOK")
    assert campaign["now"]["spend"] == 1333.5
    assert campaign["now"]["clicks"] == 33
    later = tmp_path / "september.csv"
    later.write_text(AGENCY.replace(".09.", ".10.").replace("99,00", "100,00"), encoding="utf-8")
    again = perfbot("import", str(later))
    assert again.code == 0, again.err
    assert board(perfbot, "2026-10-03")["now"]["spend"] == 1334.5


def test_what_the_cells_leave_open_is_asked_too(perfbot, answered, tmp_path):
    """Dates and decimals that can be read in two ways."""
    path = tmp_path / "a.csv"
    path.write_text("Wann;Was;Geld\n03/04/2026;A;1.234\n", encoding="utf-8")
    answers = ["1", "2", "-", "3", *"-" * 8, "tv", "", "M", ",", "y"]
    outcome = answered("import", "--map", str(path), answers=answers)
    assert outcome.code == 0, outcome.err
    assert board(perfbot, "2026-03-05")["now"]["spend"] == 1234


def test_thinking_better_of_it_saves_and_stores_nothing(perfbot, answered, tmp_path):
    """Nothing is saved that was not confirmed."""
    path = tmp_path / "a.csv"
    path.write_text(AGENCY, encoding="utf-8")
    answers = ["1", "2", "-", "3", "5", "4", "6", "-", "-", "-", "-", "-", "TV", "nok", "n"]
    outcome = answered("import", "--map", str(path), answers=answers)
    assert outcome.out == ""
    assert perfbot("import", str(path)).lines[0]["error"]["code"] == "not_a_table"


def test_a_script_maps_by_options(perfbot, tmp_path):
    """What --column says is saved without a question; without it somebody must be there."""
    path = tmp_path / "a.csv"
    path.write_text(AGENCY, encoding="utf-8")
    columns = ("Når=date", "Hva=campaign_name", "Penger=spend")
    words = [word for column in columns for word in ("--column", column)]
    outcome = perfbot("import", "--map", *words, "--channel", "tv", str(path))
    assert outcome.code == 0, outcome.err
    assert "Left aside: Trykk, Sett, Solgt." in outcome.err
    assert perfbot("import", str(path)).lines[0]["unchanged"] == 2


@pytest.mark.parametrize(
    ("words", "answers", "says"),
    [
        (["--map", "a.csv"], [], "Nobody answered"),
        (["--map", "-"], ["1"], "cannot both come in"),
        (["--column", "spend", "a.csv"], [], "no heading and column"),
        (["--column", "Penger=pengar", "a.csv"], [], "no column"),
        (["--time-zone", "Oslo", "a.csv"], [], "no time zone"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(answered, tmp_path, words, answers, says):
    """Wrong use: what is wrong, and how to write it."""
    (tmp_path / "a.csv").write_text(AGENCY, encoding="utf-8")
    outcome = answered("import", *words, answers=answers)
    assert outcome.code in {1, 2}
    assert says in outcome.err


def test_packed_piped_and_several(perfbot, monkeypatch, tmp_path):
    """An archive is one line a table; standard input is a file; a bad one stops no other."""
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.tsv", CSV.replace(",", "\t").replace("A", "B"))
        archive.writestr("c.csv", "nonsense")
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(CSV.replace("A", "D").encode()))
    outcome = perfbot("import", "both.zip", "d.csv.gz", "none.csv")
    assert outcome.code == 1
    assert [line["file"] for line in outcome.lines] == [
        "both.zip/a.csv", "both.zip/b.tsv", "both.zip/c.csv", "d.csv.gz", "none.csv",
    ]  # fmt: skip
    assert ["error" in line for line in outcome.lines] == [False, False, True, False, True]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    piped = perfbot("import", "-")
    assert piped.lines == [
        {"file": "-", "rows": 1, "days": 1, "campaigns": 1, "added": 0, "restated": 0,
         "unchanged": 1},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/a.csv?token=hemmelig", "http://example.com/a.csv?token=hemmelig",
     "https://u:hemmelig@example.com/a.csv"],
)  # fmt: skip
def test_an_address_inside_is_not_asked_and_no_key_is_shown(perfbot, address):
    """One sentence; the query and the password stay out of both streams."""
    outcome = perfbot("import", address)
    assert outcome.code == 1
    assert outcome.lines[0]["error"]["code"] == "not_fetched"
    assert "hemmelig" not in outcome.out + outcome.err


def test_hours_in_utc_with_a_zone_from_the_options_or_the_account(perfbot, tmp_path):
    """--time-zone, or the account's in perfbot.toml."""
    rows = "\n".join(f"2026-06-01 {hour:02}:00Z,act_9,A,1.00" for hour in range(24))
    Path("hours.csv").write_text(f"date,account_id,campaign,spend\n{rows}\n", encoding="utf-8")
    Path("perfbot.toml").write_text(
        '[[accounts]]\nchannel = "meta_ads"\naccount_id = "9"\ntime_zone = "Europe/Oslo"\n',
        encoding="utf-8",
    )
    outcome = perfbot("import", "hours.csv")
    assert outcome.lines[0]["days"] == 2, outcome.err
    west = ("--time-zone", "America/New_York", "--channel", "x", "--db", "west.db")
    outcome = perfbot("import", "hours.csv", *west)
    assert outcome.lines[0]["days"] == 2
    db = perfbot("board", "--as-of", "2026-06-02", "--window", "yesterday", "--db", "west.db",
                 "--format", "json").json  # fmt: skip
    assert db["campaigns"][0]["now"]["spend"] == 20


def test_the_plan_may_say_the_channel(perfbot, tmp_path):
    """A file without a channel is read where the plan knows its campaigns."""
    Path("a.csv").write_text("date,campaign,spend\n2026-09-01,Brand,1.50\n", encoding="utf-8")
    assert perfbot("import", "a.csv").lines[0]["error"]["code"] == "missing_column"
    Path("perfbot.toml").write_text(
        '[[plan]]\nmatch = "Brand*"\nchannel = "linkedin"\n', encoding="utf-8"
    )
    assert perfbot("import", "a.csv").code == 0
    assert board(perfbot, "2026-09-02")["channel"] == "linkedin_ads"


def test_an_account_in_two_writings_in_two_files_is_one(perfbot, tmp_path):
    """What comes as act_1 today and as 1 tomorrow is one campaign in the database."""
    for name, account, spend in (("a.csv", "act_77", "5.50"), ("b.csv", "77", "6.50")):
        Path(name).write_text(
            f"date,channel,account_id,campaign_id,spend\n2026-09-01,meta,{account},1,{spend}\n",
            encoding="utf-8",
        )
    assert perfbot("import", "a.csv", "b.csv").lines[1]["restated"] == 1
    assert board(perfbot, "2026-09-02")["now"]["spend"] in {5.5, 6.5}


def test_reach_of_windows_is_stored_beside_the_numbers(perfbot, tmp_path):
    """Frequency of a whole window comes from the platform's own reach."""
    days = pd.date_range("2026-09-01", periods=7)
    rows = "\n".join(f"{day:%Y-%m-%d},meta,7,1.50,1000" for day in days)
    Path("days.csv").write_text(f"date,channel,campaign_id,spend,impressions\n{rows}\n")
    Path("reach.csv").write_text(
        "channel,campaign_id,since,until,reach\nmeta,7,2026-09-01,2026-09-07,3500\n"
    )
    outcome = perfbot("import", "days.csv", "reach.csv")
    assert outcome.lines[1] == {
        "file": "reach.csv", "rows": 1, "days": 0, "campaigns": 1, "added": 1, "restated": 0,
        "unchanged": 0,
    }  # fmt: skip
    assert board(perfbot, "2026-09-08")["now"]["frequency"] == 2.0


def rows_of(campaign="A", month=9):
    days = range(1, 8)
    return "".join(f"2026-{month:02}-{day:02},{campaign},{day}.50,{day}00,{day}\n" for day in days)


def test_the_same_file_under_another_channel_is_said(perfbot, tmp_path):
    """Imported again with the right channel, everything would count twice: that is said."""
    head = "date,campaign,spend,impressions,clicks\n"
    Path("a.csv").write_text(head + rows_of(), encoding="utf-8")
    Path("b.csv").write_text(head + rows_of("B", 10), encoding="utf-8")
    assert "count twice" not in perfbot("import", "a.csv", "--channel", "google").err
    again = perfbot("import", "a.csv", "--channel", "meta")
    assert again.code == 0
    assert "stored under google_ads already (7 of 7 rows" in again.err
    assert "count twice" in perfbot("import", "a.csv", "--channel", "google", "--account", "7").err
    assert "count twice" not in perfbot("import", "b.csv", "--channel", "meta").err


def test_days_to_come_are_said(perfbot, tmp_path):
    """Nothing was spent tomorrow week."""
    Path("a.csv").write_text("date,channel,campaign,spend\n2098-01-02,x,A,1.50\n")
    outcome = perfbot("import", "a.csv")
    assert outcome.code == 0
    assert "1 row is dated after today, up to 2098-01-02" in outcome.err


KEYWORDS = (
    "date,channel,campaign,ad group,keyword,match type,currency,spend,clicks\n"
    "2026-09-01,google,A,G,red shoes,Exact,NOK,1.25,3\n"
    "2026-09-01,google,A,G,shoes,Broad,NOK,0.10,1\n"
)


def test_a_report_of_keywords_says_how_many_details_it_kept(perfbot, tmp_path):
    """Beside the campaign's numbers, which it does not change; again it changes nothing."""
    campaigns = CSV.replace("meta", "google")
    (tmp_path / "campaigns.csv").write_text(campaigns, encoding="utf-8")
    (tmp_path / "keywords.csv").write_text(KEYWORDS, encoding="utf-8")
    perfbot("import", str(tmp_path / "campaigns.csv"))
    outcome = perfbot("import", str(tmp_path / "keywords.csv"))
    assert outcome.code == 0, outcome.err
    assert (outcome.lines[0]["rows"], outcome.lines[0]["details"]) == (0, 2)
    assert "2 rows of details kept: 2 new, 0 changed." in outcome.err
    assert board(perfbot, "2026-09-02")["now"]["spend"] == 1.5
    again = perfbot("import", str(tmp_path / "keywords.csv"))
    assert "2 rows of details kept: 0 new, 0 changed." in again.err


def test_a_table_of_keywords_is_mapped_once(perfbot, answered, tmp_path):
    """What names the keyword is known and not asked for; what is read is shown as details."""
    path = tmp_path / "ord.csv"
    rows = "01.09.2026;Høst;sko;7;1 234,50\n02.09.2026;Høst;støvler;;99,00\n"
    path.write_text(f"Når;Hva;Keyword;Quality Score;Penger\n{rows}", encoding="utf-8")
    answers = ["1", "2", "-", "Penger", *"-" * 8, "google", "nok", "y"]
    outcome = answered("import", "--map", str(path), answers=answers)
    assert outcome.code == 0, outcome.err
    assert "Rows of details: 2; days: 2; campaigns: 1; spent: 1,333.50." in outcome.err
    assert (outcome.lines[0]["rows"], outcome.lines[0]["details"]) == (0, 2)


def test_settings_bound_the_details(perfbot, tmp_path):
    """What is cut, and what is too old, is said."""
    (tmp_path / "perfbot.toml").write_text("[details]\nkeep_days = 30\nrows_per_day = 10\n")
    words = "".join(f"2026-09-01,google,A,G,word {n},Exact,NOK,{n}.50,3\n" for n in range(12))
    old = "2026-07-01,google,A,G,old,Exact,NOK,9.50,3\n"
    head = KEYWORDS.partition("\n")[0] + "\n"
    (tmp_path / "keywords.csv").write_text(head + words + old, encoding="utf-8")
    outcome = perfbot("import", str(tmp_path / "keywords.csv"), "--config",
                      str(tmp_path / "perfbot.toml"))  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert outcome.lines[0]["details"] == 10
    assert "2 rows of details left out, the smallest" in outcome.err
    assert "1 row of details left out, older than 30 days" in outcome.err


@pytest.fixture
def long_file(monkeypatch, tmp_path):
    """A file that is read part by part, of forty rows."""
    monkeypatch.setattr(long_files, "LONG", 0)
    monkeypatch.setattr(long_files, "PART", 15)
    monkeypatch.setattr(rows, "CHUNK", 400)
    lines = [
        f"2026-09-{day + 1:02},meta,{name},NOK,{day + 3}.{25 + place},{30 + day * (place + 1)}"
        for place, name in enumerate("AB")
        for day in range(20)
    ]
    path = tmp_path / "long.csv"
    path.write_text("\n".join([CSV.splitlines()[0], *lines, ""]), encoding="utf-8")
    return path


def test_a_long_file_goes_in_by_parts(perfbot, long_file):
    """It is stored while it is read, and again changes nothing."""
    first, again = (perfbot("import", str(long_file)) for _ in range(2))
    assert (first.code, first.err) == (0, "")
    assert first.lines == [{
        "file": str(long_file), "rows": 40, "days": 20, "campaigns": 2, "added": 40,
        "restated": 0, "unchanged": 0,
    }]  # fmt: skip
    assert again.lines[0]["unchanged"] == 40


def test_a_long_file_is_refused_whole(perfbot, long_file):
    """A cell that is no number far down: its line is named, and nothing of the file is stored."""
    with long_file.open("a", encoding="utf-8") as file:
        file.write("2026-09-21,meta,A,NOK,many,3\n")
    outcome = perfbot("import", str(long_file))
    assert outcome.code == 1
    assert outcome.lines[0]["error"]["line"] == 42
    stored = perfbot("export", "all", "2026-09-01..2026-09-21", "-o", "-", "--as-of", "2026-09-22")
    assert "meta" not in stored.out


def test_a_file_without_headings_is_refused_by_its_name(perfbot, long_file):
    """Whichever way a file is read, what is wrong with it begins with its name."""
    long_file.write_text("a,b\n1,2\n", encoding="utf-8")
    outcome = perfbot("import", str(long_file))
    assert outcome.code == 1
    assert outcome.err.startswith("perfbot: long.csv")


def test_a_norwegian_install_is_told_in_norwegian(perfbot, tmp_path):
    """Why a file is refused, the way out, and what reading notes; programs are told in English."""
    (tmp_path / "perfbot.toml").write_text('[app]\nlanguage = "nb"\n')
    config = ("--config", str(tmp_path / "perfbot.toml"))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(CSV.replace("1.50", "halv"), encoding="utf-8")
    refused = perfbot("import", str(wrong), *config)
    assert refused.err.endswith(
        "wrong.csv:2: 'halv' er ikke et tall (kolonnen spend). "
        "Rett cellen, eller la den stå tom der ingenting ble målt.\n"
    )
    assert refused.lines[0]["error"]["message"] == "'halv' is no number (column spend)."
    noted = tmp_path / "noted.csv"
    noted.write_text(CSV.replace("clicks\n", "clicks,Humør\n").replace(",3\n", ",3,fin\n"), "utf-8")
    assert "noted.csv: Ikke brukt: Humør.\n" in perfbot("import", str(noted), *config).err
    (tmp_path / "perfbot.toml").unlink()
    assert "wrong.csv:2: 'halv' is no number" in perfbot("import", str(wrong)).err


@pytest.mark.parametrize(
    ("accounts", "names"),
    [
        (("111", "222"), ["Brand (Google 111)", "Brand (Google 222)"]),
        (("111", "111"), ["Brand (Google 111 1)", "Brand (Google 111 2)"]),
    ],
)
def test_the_board_tells_campaigns_of_one_name_apart(perfbot, tmp_path, accounts, names):
    """By the account, or the id where that is not enough."""
    rows = [f"2026-06-01,google_ads,{account},{at},Brand,{at}0.00,9,NOK"
            for at, account in enumerate(accounts, 1)]  # fmt: skip
    head = "date,channel,account_id,campaign_id,campaign_name,spend,clicks,currency"
    (tmp_path / "two.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")
    perfbot("import", str(tmp_path / "two.csv"))
    board = perfbot("board", "--as-of", "2026-06-02").out
    assert [name for name in names if name in board] == names

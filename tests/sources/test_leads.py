"""Leads as CRMs export them: HubSpot, Pipedrive, Salesforce, in two languages; or a refusal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RefusedFile
from bot.sources.lead_file import Leads, StageWords, read_leads
from bot.sources.order_file import read_answers
from bot.sources.packed import Opened

HUBSPOT = (
    "Record ID,First Name,Email,Create Date,Lifecycle Stage,Original Source,"
    "Original Source Drill-Down 1,Google ad click id\n"
    "101,Kari,kari@example.no,2026-11-02 10:11,Marketing Qualified Lead,Paid Search,b2b_search,Cj\n"
    "102,Ola,ola@example.no,2026-11-03 09:00,Lead,Paid Search,b2b_search,Cj\n"
    "103,Per,per@example.no,2026-11-03 12:00,Customer,Organic Search,,\n"
)
PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Deal created,Deal - Status,Deal - Stage,Deal - Value,"
    "Deal - Currency of Value,utm_campaign\n"
    "7,Acme AS,2026-11-02 08:00:00,Won,Negotiations Started,12500.50,NOK,b2b_search\n"
    "8,Beta AS,2026-11-02 08:30:00,Lost,Proposal Made,9000,NOK,b2b_search\n"
    "9,Gamma AS,2026-11-02 08:40:00,Open,Contact Made,,NOK,b2b_search\n"
)
SALESFORCE = (
    "Lead ID,Company / Account,Create Date,Lead Status,Converted,Lead Source,utm_campaign\n"
    "00Q1,Acme,11/24/2026,Closed - Converted,1,Web,B2B Search\n"
    "00Q2,Beta,11/25/2026,Working - Contacted,0,Advertisement,B2B Search\n"
)
NORWEGIAN = (
    "Kundeemne-ID;Navn;Opprettet;Fase;Verdi;Valuta;Kampanje;Kilde\n"
    "1;Kari;02.11.2026;Salgskvalifisert;1 250,50;NOK;B2B søk;Facebook\n"
    "2;Ola;13.11.2026;Vunnet;99 000,00;NOK;B2B søk;Facebook\n"
    "3;Per;14.11.2026;Tapt;;NOK;B2B søk;nettside\n"
)


def _read(text: str, **more: object) -> Leads:
    return read_leads(Opened("leads.csv", io.BytesIO(text.encode())), **more)


@pytest.mark.parametrize(
    ("text", "qualified", "won", "channels"),
    [
        (HUBSPOT, [1, 0, 1], [0, 0, 1], ["google_ads", "google_ads", "organic_search"]),
        (PIPEDRIVE, [1, 1, 0], [1, 0, 0], ["", "", ""]),
        (SALESFORCE, [1, 0], [0, 0], ["", ""]),
        (NORWEGIAN, [1, 1, 0], [0, 1, 0], ["meta_ads", "meta_ads", ""]),
    ],
    ids=["hubspot", "pipedrive", "salesforce", "norwegian"],
)
def test_a_crms_export_is_read_by_its_headings(text, qualified, won, channels):
    """What became of each, and where it came from; nobody's name, company or e-mail."""
    frame = _read(text).frame
    assert frame["qualified"].tolist() == qualified
    assert frame["won"].tolist() == won
    assert frame["channel"].tolist() == channels
    content = frame.to_csv()
    assert not [word for word in ("Kari", "example", "Acme", "Ola") if word in content]


def test_values_are_read_as_the_file_writes_them():
    """Norwegian decimals, and those of machines."""
    assert _read(NORWEGIAN).frame["value"].tolist()[:2] == [1250.5, 99000.0]
    assert _read(PIPEDRIVE).frame["value"].tolist()[:2] == [12500.5, 9000.0]


def test_a_stage_of_ones_own_is_asked_about_and_then_known():
    """A stage nobody knows is refused with its line and the words to say; said, it counts."""
    text = "Lead ID,Created,Stage\n1,2026-11-02,Tasting held\n2,2026-11-02,Keys handed over\n"
    with pytest.raises(RefusedFile, match="whether a lead is qualified in 'Tasting held'") as error:
        _read(text)
    assert error.value.line == 2
    assert '--qualified "Tasting held"' in error.value.hint
    stages = StageWords.of(["tasting held"], ["Keys handed over"], ["Open deal"])
    assert _read(text, stages=stages).frame["won"].tolist() == [0.0, 1.0]
    own = _read("Lead ID,Created,Stage\n1,2026-11-02,Open deal\n", stages=stages)
    assert own.frame["qualified"].tolist() == [0.0]  # ones own words come before the usual ones


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Created,Stage\n2026-11-01,Lead\n", "missing_column", 1),
        ("Lead ID,Created\n1,2026-11-01\n", "missing_column", 1),
        ("Lead ID,Created,Stage\n1,03/04/2026,Lead\n2,05/06/2026,Lead\n", "ambiguous_dates", 2),
        ("Lead ID,Created,Stage\n1,2026-11-01,Lead\n2,,Lead\n", "bad_value", 3),
        ("Lead ID,Created,Qualified\n1,2026-11-01,perhaps\n", "bad_value", 2),
        ("Lead ID,Created,Won,Value\n1,2026-11-01,yes,much\n", "bad_value", 2),
        ("Lead ID,Created,Won,Campaign\n1,2026-11-01,no,a\n1,2026-11-01,no,b\n", "repeated_row", 3),
        ("<html><body>Sign in</body></html>", "not_a_table", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, code, line):
    """No lead is guessed: the sentence has the line and the way out."""
    with pytest.raises(RefusedFile) as refused:
        _read(text)
    assert (refused.value.code, refused.value.line) == (code, line)
    assert refused.value.hint


@given(
    st.lists(
        st.tuples(
            st.integers(1, 28),
            st.sampled_from(["Lead", "MQL", "Customer"]),
            st.integers(0, 10**9),
        ),
        min_size=1, max_size=20,
    ),
    st.booleans(),
)  # fmt: skip
def test_whatever_was_written_comes_back(rows, norwegian):
    """Days, stages and amounts in either language's form."""
    lines = []
    for number, (day, stage, cents) in enumerate(rows):
        amount = f"{cents // 100}{',' if norwegian else '.'}{cents % 100:02}"
        written = f"{day:02}.11.2026" if norwegian else f"2026-11-{day:02}"
        lines.append(f"x{number};{written};{stage};{amount}")
    heads = "Lead ID;Opprettet;Fase;Verdi" if norwegian else "Lead ID;Created;Stage;Value"
    if norwegian and all(day <= 12 for day, _, _ in rows):
        lines.append("last;28.11.2026;Lead;0,00")
    frame = _read("\n".join([heads, *lines])).frame.head(len(rows))
    assert frame["date"].dt.day.tolist() == [day for day, _, _ in rows]
    levels = (frame["qualified"] + frame["won"]).tolist()
    assert levels == [["Lead", "MQL", "Customer"].index(stage) for _, stage, _ in rows]
    assert [round(value * 100) for value in frame["value"]] == [cents for _, _, cents in rows]


def _answers(text: str):
    return read_answers(Opened("nps.csv", io.BytesIO(text.encode())))


def test_answers_have_a_day_a_score_and_nothing_else():
    """Blank scores are left aside and said; comments and e-mails are not read."""
    answers = _answers(
        "Email,Submitted at,NPS score,Comment\nkari@x.no,2026-11-02 10:00,9,Fine\n"
        "ola@x.no,2026-11-02 11:00,,\nper@x.no,2026-11-03 09:00,4,Slow\n"
    )
    assert answers.frame["score"].tolist() == [9.0, 4.0]
    assert answers.scale == 10
    assert "1 rows without a score" in answers.notes[0]
    assert "x.no" not in answers.frame.to_csv()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Date,Comment\n2026-11-01,x\n", "missing_column", 1),
        ("Date,Score\n2026-11-01,9\n,8\n", "bad_value", 3),
        ("Date,Score\n2026-11-01,9\n2026-11-01,-1\n", "bad_value", 3),
        ("Date,Score\n2026-11-01,900\n", "bad_value", 2),
        ("Date,Score\n2026-11-01,good\n", "bad_value", 2),
    ],
)
def test_an_answer_that_is_none_is_refused(text, code, line):
    """With its line and the way out."""
    with pytest.raises(RefusedFile) as refused:
        _answers(text)
    assert (refused.value.code, refused.value.line) == (code, line)


REPORT = (
    "Opportunity ID,Opportunity Name,Account Name,Amount Currency,Amount,Close Date,Stage,"
    "Created Date,Won,Primary Campaign Source\n"
    "006A,Deal,Acme,NOK,10000.00,12/14/2026,Prospecting,11/14/2026,0,B2B Search\n"
    "006B,Deal,Beta,NOK,20000.00,12/15/2026,Closed Won,11/15/2026,1,B2B Search\n"
    "\n\nMy leads\nCopyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\n"
    "Confidential Information - Do Not Distribute\nGenerated By:  Kari  11/27/2026 9:00 AM\n"
    "Acme AS\n"
)
LOADER = (
    "Id,LASTNAME,StageName,Amount,CurrencyIsoCode,IsWon,CreatedDate,LeadSource,utm_campaign__c\n"
    "006A,Nordmann,Prospecting,1000.0,NOK,false,2026-11-10T08:00:00.000Z,Web,B2B Search\n"
    "006B,Nordmann,Closed Won,1000.0,NOK,true,2026-11-13T08:00:00.000+0000,Web,B2B Search\n"
)
DEALS = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Create Date,Is Closed Won,"
    "Original Traffic Source,Original Traffic Source Drill-Down 1,"
    "Original Traffic Source Drill-Down 2\n"
    "1,Deal,Appointment Scheduled (Sales Pipeline),Sales Pipeline,10,2026-11-10 09:00,false,"
    "Paid Search,B2B Search,running shoes\n"
    "2,Deal,5. Closed Won (Sales Pipeline),Sales Pipeline,20,2026-11-13 09:00,true,"
    "Paid Social,Facebook,B2B Search\n"
)
PIPED = (
    "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Stage,Deal - Status,"
    "Deal - Deal created,Deal - Won time,Deal - UTM campaign,Deal - UTM source,Person - Email\n"
    "1,Deal,5000,NOK,Qualified,Open,2026-11-10 12:00:00,,B2B Search,google,k@example.no\n"
    "2,Deal,9000,NOK,Demo Scheduled,Won,2026-11-13 12:00:00,2026-11-20,B2B Search,google,\n"
)


@pytest.mark.parametrize(
    ("text", "qualified", "won", "channels"),
    [
        (REPORT, [0, 1], [0, 1], ["", ""]),
        (LOADER, [0, 1], [0, 1], ["", ""]),
        (DEALS, [1, 1], [0, 1], ["", "meta_ads"]),
        (PIPED, [1, 1], [0, 1], ["google_ads", "google_ads"]),
    ],
    ids=["a report with its footer", "a data loader", "deals and drill-downs", "fields of its own"],
)
def test_a_crms_other_exports_are_read_too(text, qualified, won, channels):
    """As they are written: footers, names in one word, pipelines behind stages, prefixed fields."""
    frame = _read(text).frame
    assert frame["qualified"].tolist() == qualified
    assert frame["won"].tolist() == won
    assert frame["campaign"].tolist() == ["B2B Search"] * 2
    assert frame["channel"].tolist() == channels
    assert "Copyright" not in frame.to_csv()


def test_a_line_without_a_day_is_no_footer():
    """Only what Salesforce ends a report with is left aside; a lead without its day is refused."""
    with pytest.raises(RefusedFile, match="A lead without a day") as refused:
        _read("Lead ID,Create Date,Lead Status\n00Q1,2026-11-24,New\n00Q2,,\n")
    assert refused.value.line == 3


@pytest.mark.parametrize(
    "text",
    [
        (
            "#,How likely are you to recommend us to a friend or colleague?,Why?,utm_campaign,"
            "Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags\n"
            "a1,9,Fine,spring,completed,2026-11-09 08:00:00,,2026-11-10 08:01:00,n1,\n"
        ),
        (
            "Response ID,Score,Comment,Email,Sent At,Responded At,Properties: utm_campaign\n"
            "1,9,ok,o@x.no,2026-11-01 08:00:00 UTC,2026-11-10 09:00:00 UTC,spring\n"
        ),
        (
            "ID;Hvor sannsynlig er det at du vil anbefale oss til en venn?;Innsendt;utm_campaign\n"
            "1;9;2026-11-10 09:00;spring\n"
        ),
    ],
    ids=["typeform", "delighted", "norwegian"],
)
def test_survey_tools_exports_are_read_by_their_headings(text):
    """A heading may be the whole question; the day is that of the answer, not of the asking."""
    frame = _answers(text).frame
    assert frame[["score", "campaign"]].to_numpy().tolist() == [[9.0, "spring"]]
    assert frame["date"].dt.day.tolist() == [10]

"""Ways of writing a known table, for the test that no way of writing gives a wrong number."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from hypothesis import strategies as st

MONEY, COUNTS = ("spend", "revenue"), ("impressions", "clicks", "conversions")
VALUES = (*MONEY, *COUNTS)
HEADINGS = {
    "en": {"date": "Day", "campaign_name": "Campaign", "campaign_id": "Campaign ID",
           "spend": "Cost", "revenue": "Conv. value", "impressions": "Impressions",
           "clicks": "Clicks",
           "conversions": "Conversions", "currency": "Currency", "ad group": "Ad group",
           "device": "Device", "channel": "Channel"},
    "nb": {"date": "Dag", "campaign_name": "Kampanje", "campaign_id": "Kampanje-ID",
           "spend": "Kostnad", "revenue": "Konv.verdi", "impressions": "Visninger",
           "clicks": "Klikk", "conversions": "Konverteringer", "currency": "Valuta",
           "ad group": "Annonsegruppe", "device": "Enhet", "channel": "Kanal"},
    "de": {"date": "Tag", "campaign_name": "Kampagne", "campaign_id": "Kampagnen-ID",
           "spend": "Kosten", "revenue": "Conv.-Wert", "impressions": "Impressionen",
           "clicks": "Klicks", "conversions": "Conversions", "currency": "Währung",
           "ad group": "Anzeigengruppe", "device": "Gerät", "channel": "Kanal"},
    "api": {"date": "date", "campaign_name": "campaign_name", "campaign_id": "campaign_id",
            "spend": "spend", "revenue": "revenue", "impressions": "impressions",
            "clicks": "clicks", "conversions": "conversions", "currency": "currency",
            "ad group": "ad_group_name", "device": "device", "channel": "platform"},
}  # fmt: skip
TOTALS = {"en": "Total", "nb": "Totalt", "de": "Gesamt", "api": "Grand total"}
NAMES = ("Høst | Rekkevidde", 'Leads, B2B "Q3"', "Total Wine", "None", "2024", "=SUM(A1)", "-brand",
         "Two; parts", "Tab\there", "12,50", "1.234", "NOK")  # fmt: skip

Row = dict[str, object]


@dataclass(frozen=True)
class Dialect:
    """One way of writing a table."""

    language: str = "en"
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    group: str = ""
    places: int = 2
    dates: str = "iso"
    missing: str = ""
    preamble: int = 0
    total: str = "none"  # first, last
    split: str = "none"  # device, levels
    currency: str = "column"  # heading, sign, none
    quote_all: bool = False
    line_end: str = "\n"
    spare: bool = False  # a delimiter at the end of every line
    again: bool = False  # the headings once more half-way
    shuffled: bool = False
    packed: str = "none"  # gzip, zip


dialects = st.builds(
    Dialect,
    language=st.sampled_from(sorted(HEADINGS)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    group=st.sampled_from(["", ",", ".", " ", "\u00a0", "\u202f", "'", "’"]),
    places=st.sampled_from([2, 0, 1, 3]),
    dates=st.sampled_from(
        ["iso", "iso time", "compact", "D.M.YYYY", "DD/MM/YYYY", "M/D/YYYY", "DD-MM-YYYY", "M/D/YY",
         "en long", "en short", "nb long", "de long", "weekday"]),
    missing=st.sampled_from(["", "-", " --", "n/a", "NULL", "–", "#N/A"]),
    preamble=st.integers(0, 3),
    total=st.sampled_from(["none", "first", "last"]),
    split=st.sampled_from(["none", "device", "levels"]),
    currency=st.sampled_from(["column", "heading", "sign", "none"]),
    quote_all=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    spare=st.booleans(),
    again=st.booleans(),
    shuffled=st.booleans(),
    packed=st.sampled_from(["none", "none", "gzip", "zip"]),
).filter(lambda one: one.decimal != one.group)  # fmt: skip
plain_dialects = dialects.map(
    lambda one: replace(
        one,
        dates="iso",
        places=2,
        group="",
        spare=False,
        line_end="\n" if one.again else one.line_end,
    )
).filter(lambda one: not (one.decimal == "," and one.delimiter == ","))


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """A few campaigns on consecutive days; some values missing, some zero."""
    first = draw(st.dates(date(2023, 1, 1), date(2027, 12, 1)))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    count = draw(st.integers(1, 4))
    rows = []
    for step in range(count):
        for number, name in enumerate(names):
            impressions = draw(st.integers(0, 2_500_000))
            rows.append({
                "date": date.fromordinal(first.toordinal() + step),
                "campaign_name": name,
                "campaign_id": str(770_000_000 + number),
                "impressions": Decimal(impressions),
                "clicks": Decimal(draw(st.integers(0, max(impressions // 2, 0)))),
                "spend": draw(st.decimals(0, 99_999, places=2)),
                "conversions": draw(st.none() | st.decimals(0, 999, places=2)),
                "revenue": draw(st.none() | st.decimals(0, 999_999, places=2)),
            })  # fmt: skip
    return rows


def as_written(rows: Sequence[Row], places: int) -> list[Row]:
    """The table a dialect with so many decimals holds: what it rounds away is not in the file."""
    quantum = Decimal(1).scaleb(-places)
    rounded = []
    for row in rows:
        values = {
            name: value if name in {"impressions", "clicks"} or value is None
            else value.quantize(quantum)
            for name, value in row.items() if name in VALUES
        }  # fmt: skip
        rounded.append({**row, **values})
    return rounded


def written(rows: Sequence[Row], how: Dialect) -> bytes:
    """A file of these rows in this dialect.

    Raises:
        UnicodeEncodeError: The encoding lacks a letter.
    """
    lines = list(_lines(list(rows), how))
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if how.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=how.delimiter, quoting=quoting, lineterminator=how.line_end)
    for line in lines:
        writer.writerow([*line, ""] if how.spare and len(line) > 1 else line)
    content = out.getvalue().encode(how.encoding)
    if how.packed == "gzip":
        return gzip.compress(content, mtime=0)
    if how.packed == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export.csv", content)
        return packed.getvalue()
    return content


def _lines(rows: list[Row], how: Dialect) -> Iterator[list[str]]:
    for number in range(how.preamble):
        yield [f"Report line {number}: Meta & Google, 3 days"]
    columns = _columns(how)
    yield [_heading(name, how) for name in columns]
    parts = [part for row in rows for part in _parts(row, how)]
    if how.shuffled:
        parts.reverse()
    total = _total(rows, columns, how)
    if how.total == "first":
        yield total
    for place, part in enumerate(parts):
        if how.again and place == len(parts) // 2:
            yield [_heading(name, how) for name in columns]
        yield [_cell(name, part, how) for name in columns]
    if how.total == "last":
        yield total


def _columns(how: Dialect) -> list[str]:
    split = {"none": [], "device": ["device"], "levels": ["ad group"]}[how.split]
    currency = ["currency"] if how.currency == "column" else []
    return ["date", "channel", "campaign_name", "campaign_id", *split, *currency, *VALUES]


def _heading(name: str, how: Dialect) -> str:
    heading = HEADINGS[how.language][name]
    return f"{heading} (NOK)" if how.currency == "heading" and name in MONEY else heading


def _parts(row: Row, how: Dialect) -> Iterator[Row]:
    """A row as it is, split by device, or above the rows of its ad groups."""
    if how.split == "none":
        yield row
        return
    shares = [{}, {}]
    for name in VALUES:
        value = row[name]
        half = None if value is None else (value / 2).quantize(Decimal(1))
        shares[0][name] = half
        shares[1][name] = None if value is None else value - half
    if how.split == "levels":
        yield {**row, "ad group": ""}
    for name, share in zip(("one", "two"), shares, strict=True):
        yield {**row, **share, "device": name, "ad group": name}


def _total(rows: Sequence[Row], columns: Sequence[str], how: Dialect) -> list[str]:
    sums: Row = {
        name: sum((row[name] for row in rows if row[name] is not None), Decimal(0))
        for name in VALUES
    }
    cells = [_cell(name, sums, how) if name in VALUES else "" for name in columns]
    return [TOTALS[how.language], *cells[1:]]


def _cell(name: str, row: Row, how: Dialect) -> str:
    value = row.get(name)
    if name == "date":
        return _day(value, how.dates)
    if name == "currency":
        return "NOK"
    if name == "channel":
        return "Nettavisen"
    if name not in VALUES:
        return str(value or "")
    if value is None:
        return how.missing
    whole = name in {"impressions", "clicks"}
    text = f"{value:,.{0 if whole else how.places}f}"
    text = text.replace(",", "\0").replace(".", how.decimal).replace("\0", how.group)
    return f"kr {text}" if how.currency == "sign" and name in MONEY else text


def _day(day: date, form: str) -> str:
    d, m, y = day.day, day.month, day.year
    forms = {
        "iso": f"{day}",
        "iso time": f"{day} 00:00:00",
        "compact": f"{day:%Y%m%d}",
        "D.M.YYYY": f"{d}.{m}.{y}",
        "DD/MM/YYYY": f"{d:02}/{m:02}/{y}",
        "M/D/YYYY": f"{m}/{d}/{y}",
        "DD-MM-YYYY": f"{d:02}-{m:02}-{y}",
        "M/D/YY": f"{m}/{d}/{y % 100:02}",
    }
    if form in forms:
        return forms[form]
    if form == "weekday":
        return f"{format_date(day, 'EEE', 'en')} {day}"
    language, width = form.split()
    return format_date(day, {"long": "long", "short": "medium"}[width], language)

"""Numbers as a file: `/perf export [channel|campaign|all] [window] [csv|xlsx]`, exactly.

And everything there is, as a zip: each table as CSV for people and as JSON lines for programs.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, File, Reply
from bot.errors import UnknownName, UsageError
from bot.features.parts.reporting import exchange_used, shown
from bot.numbers.exchange import Exchange
from bot.numbers.input.columns import MONEY, VALUES
from bot.numbers.input.daily import campaigns_only, entity
from bot.numbers.input.windows import parse_window
from bot.policy.permissions import require
from bot.question.calendar_spans import MONTH_OF
from bot.question.grammar import Question, parse
from bot.redaction import redacted
from bot.snapshot import boards
from bot.snapshot.naming import find_campaign, find_channel, no_numbers, title
from bot.store import schema
from bot.store.backups import writing_to
from bot.store.base import Event, Store
from bot.store.copying import TABLES, columns_of, stream
from bot.store.sql import Session

SHORT_MONTH = 3  # letters: `mar` and `jun` may be somebody's name
JOINING = {
    *("as", "for", "of", "a", "file", "som", "av", "en", "fil", "the", "our", "numbers", "figures"),
    *("data", "dataene", "tall", "tallene", "dagstallene", "results", "resultatene"),
}
BEFORE_FORM = {"to", "in", "til", "i"}
MOST_WINDOW = 4  # words that name days
FORMS = {"csv": "csv", "xlsx": "xlsx", "excel": "xlsx"}
EVERYTHING = ("all", "alt", "alle", "everything")
HEADS = ("date", "channel", "account_id", "campaign_id", "campaign_name", "stage",
         "pricing_model", "currency", *VALUES)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHOWN_HEADS = ("reporting_currency", "reporting_spend", "reporting_revenue", "rate", "rate_day")
"""Of exports with amounts of several currencies, where a reporting currency is set."""
MOST_ROWS = {"csv": 1_000_000, "xlsx": 200_000}
MICROS = Decimal(1_000_000)
Line = Mapping[str, date | str | Decimal | None]


@dataclass(frozen=True)
class ExportRequest:
    """What to export: about whom ("" for everything), which days, in which form."""

    subject: str = ""
    window: str = "28d"
    form: str = "csv"


def answer(context: Context, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The file, and a line that says what is in it; that numbers leave the house is logged.

    Raises:
        NotAllowed: Others may export.
        UnknownName, NoNumbers, UsageError: Nobody is called so; no rows; too many.
    """
    require(context, asker, "answerer")
    request = asked(question.words)
    file, rows = made(context, request, as_of)
    renderer = context.renderer(asker.language)
    message = renderer.render("export", name=file.name, rows=rows, preview=dry)
    if not dry:
        details = {"what": file.name, "rows": rows, "channel": asker.channel}
        context.store.log(Event(context.clock(), asker.user, "export.made", file.name, details))
    return Reply(message.text, message.blocks, file=file)


def asked(words: Sequence[str]) -> ExportRequest:
    """The words after `export`, the form anywhere among them."""
    forms = [FORMS[word.casefold()] for word in words if word.casefold() in FORMS]
    forms_next = [after.casefold() in FORMS for after in words[1:]] + [False]
    subject_words = [
        word
        for word, before_form in zip(words, forms_next, strict=False)
        if word.casefold() not in FORMS and not (before_form and word in BEFORE_FORM)
    ]
    if subject_words and subject_words[0].casefold() in (
        "channel",
        "campaign",
        "kanal",
        "kampanje",
    ):
        subject_words = subject_words[1:]
    subject_words = _with_months([re.sub(r"['’]s$", "", word) for word in subject_words])
    ordered = _subject_first([word for word in subject_words if word.casefold() not in JOINING])
    read = parse(" ".join(["campaign", *(_closed(word) for word in ordered)]))
    subject = "" if read.subject.casefold() in EVERYTHING else read.subject
    return ExportRequest(subject, read.window or "28d", forms[-1] if forms else "csv")


def _with_months(words: Sequence[str]) -> list[str]:
    """`november` alone is a month, `in november`: nobody exports a campaign of that name."""
    dated_words: list[str] = []
    for word in words:
        month = word.casefold() in MONTH_OF and len(word) > SHORT_MONTH
        with_in = month and dated_words[-1:] != ["in"]
        dated_words += ["in", word] if with_in else [word]
    return dated_words


def _subject_first(words: Sequence[str]) -> Sequence[str]:
    """`last week google` as the grammar reads it: whose numbers first, then of which days."""
    for length in range(min(MOST_WINDOW, len(words)), 0, -1):
        window = parse(" ".join(["campaign", "x", *map(_closed, words[:length])]))
        if window.window and window.subject == "x":
            return [*words[length:], *words[:length]]
    return words


def _closed(word: str) -> str:
    return f'{word}"' if word.startswith('"') else word


def made(context: Context, request: ExportRequest, as_of: date) -> tuple[File, int]:
    """The file and how many rows it has, as known on a morning."""
    board, label = _board(context, request, as_of)
    span = parse_window(request.window, as_of)[0]
    numbers = campaigns_only(context.store.numbers(span.since, span.until, as_of=as_of))
    keys = entity(numbers).astype(str) if len(numbers) else pd.Series(dtype=str)
    rows = {row.entity: row for row in board}
    daily_rows = numbers[keys.isin(list(rows))]
    if daily_rows.empty:
        raise no_numbers(context, as_of)
    if len(daily_rows) > MOST_ROWS[request.form]:
        raise UsageError(
            "That is more than fits in one file.", hint="Choose a channel, or fewer days."
        )
    exchange = exchange_used(board)
    lines = list(_lines(daily_rows, keys[daily_rows.index], rows, exchange))
    heads = (*HEADS, *SHOWN_HEADS) if exchange else HEADS
    write = as_csv if request.form == "csv" else as_xlsx
    name = f"perfbot-{label}-{span.since}-{span.until}.{request.form}"
    return File(name, write(lines, heads)), len(lines)


def _shown(
    values: Mapping[str, Decimal | None], currency: str | None, exchange: Exchange | None
) -> Line:
    """A row's money in the reporting currency, exactly, with the rate and its day."""
    if exchange is None:
        return {}
    factor = exchange.factor(currency)
    rate = exchange.rates.get(currency) if currency else None
    amounts = {f"reporting_{name}": exchange.exactly(values[name], currency)
               for name in ("spend", "revenue")}  # fmt: skip
    return {"reporting_currency": None if factor is None else exchange.to, **amounts,
            "rate": factor, "rate_day": rate.day if rate else None}  # fmt: skip


def _board(
    context: Context, request: ExportRequest, as_of: date
) -> tuple[Sequence[CampaignRow], str]:
    """The campaigns meant, and a plain word for the file's name."""
    if not request.subject:
        return shown(context, boards.figures(context, as_of, request.window)).rows, "all"
    try:
        channel = find_channel(context, request.subject, as_of, "")
    except UnknownName:
        figures = boards.figures(context, as_of, request.window)
        return [find_campaign(figures, request.subject)], "campaign"
    figures = shown(context, boards.figures(context, as_of, request.window, channel))
    return figures.rows, title(channel).lower()


def _lines(
    numbers: pd.DataFrame,
    keys: pd.Series,
    rows: Mapping[str, CampaignRow],
    exchange: Exchange | None,
) -> Iterator[Line]:
    """Rows as plain values: days, texts, exact Decimals of money, None where missing."""
    for key, row in zip(keys, numbers.to_dict("records"), strict=True):
        campaign = rows[key]
        names = {
            name: campaign.group_of(name)
            for name in ("channel", "stage", "pricing_model", "currency")
        }
        line = {name: _text(row.get(name)) for name in ("account_id", "campaign_id",
                                                        "campaign_name")}  # fmt: skip
        values = {name: _number(row[name], money=name in MONEY) for name in VALUES}
        amounts = _shown(values, campaign.group_of("currency"), exchange)
        yield {"date": row["date"].date(), **names, **line, **values, **amounts}


def _text(value: Any) -> str | None:
    return None if value is None or value != value else redacted(str(value))  # noqa: PLR0124, NaN


def _number(value: Any, *, money: bool) -> Decimal | None:
    """A number as it is stored: money by its micros, counts by their shortest decimals."""
    if value is None or not math.isfinite(value):
        return None
    exact = Decimal(round(value * 1_000_000)) / MICROS if money else Decimal(repr(float(value)))
    return exact.normalize() if exact else Decimal(0)


def as_csv(lines: Sequence[Line], heads: Sequence[str] = HEADS) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read letters; missing is empty."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(heads)
    for line in lines:
        writer.writerow([_plain(line[name]) for name in heads])
    return page.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def inert(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(DANGEROUS) else text


def as_xlsx(lines: Sequence[Line], heads: Sequence[str] = HEADS) -> bytes:
    """A workbook: days as days, numbers with every digit, texts as texts whatever they hold."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy, and only wanted here
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("perfbot")
    sheet.append(heads)

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        typed = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value)[:32_767])
        typed.data_type = "s"  # a name that begins like a formula would be made one
        return typed

    for line in lines:
        sheet.append([cell(line[name]) for name in heads])
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


ABOUT = (
    "Everything a perfbot database holds, but for Slack's sealed tokens. Money is in millionths of "
    "the currency, times are UTC; "
    "CSV texts that would begin a formula have an apostrophe before them, JSON lines have not."
)

SECRET = {
    ("workspaces", "sealed"),
    ("installs", "state"),
}  # of no use without the key, nor to anybody


def export_everything(store: Store, file: Path, at: datetime) -> dict[str, int]:
    """Write all tables into a new zip only its owner may read; rows by table.

    It is read in one consistent view, while others write.

    Raises:
        StoreError: The file exists or cannot be written.
    """
    with (
        writing_to(file) as part,
        store.engine.reading() as db,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        rows = {table: _tables(archive, db, table) for table in TABLES}
        origin = {"about": ABOUT, "made_at": at.isoformat(), "migrations": schema.applied(db)}
        archive.writestr("about.json", json.dumps({**origin, "rows": rows}, indent=1))
    return rows


def _tables(archive: zipfile.ZipFile, db: Session, table: str) -> int:
    columns = [column for column in columns_of(db, table) if (table, column) not in SECRET]
    with archive.open(f"{table}.csv", "w", force_zip64=True) as file:
        page = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(page)
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in stream(db, table, columns))
        page.flush()
        page.detach()
    with archive.open(f"{table}.jsonl", "w", force_zip64=True) as file:
        rows = 0
        for rows, line in enumerate(_json_lines(db, table, columns), start=1):  # noqa: B007
            file.write(line.encode())
    return rows


def _json_lines(db: Session, table: str, columns: Sequence[str]) -> Iterator[str]:
    for row in stream(db, table, columns):
        fields = dict(zip(columns, row, strict=True))
        yield f"{json.dumps(fields, ensure_ascii=False, allow_nan=False)}\n"


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    return "" if value is None else value

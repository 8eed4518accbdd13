"""`perfbot leads`: what became of leads, beside what the platforms say they brought.

`perfbot satisfaction`: what customers answered, day by day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import click
import pandas as pd

from bot.cli.options import as_of_option, everywhere, format_option, together
from bot.cli.orders import own_columns_of, read_files
from bot.cli.parts import CommandParts, now, reading
from bot.cli.plain_text import as_json, number, said, table
from bot.jobs import order_intake
from bot.numbers import documented, lead_quality
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.windows import parse_window
from bot.numbers.metrics.board_targets import records
from bot.sources import order_file
from bot.sources.lead_file import HEADINGS, StageWords, read_leads
from bot.sources.packed import Opened


@dataclass(frozen=True)
class LeadColumns:
    """What a file of leads does not say itself."""

    currency: str | None
    columns: tuple[str, ...]
    qualified: tuple[str, ...]
    won: tuple[str, ...]
    unqualified: tuple[str, ...]


@dataclass(frozen=True)
class CrmOptions:
    """Over which days the CRM is laid beside the platforms, on which morning, for whom."""

    window: str
    as_of: date | None
    form: str


@click.command("leads")
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--currency", help="The currency of what was won, where the file does not say.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=COLUMN",
    help=f"What a heading of your own is: {', '.join(HEADINGS)}.",
)
@click.option("--qualified", multiple=True, metavar="STAGE", help="A stage that is qualified.")
@click.option("--won", multiple=True, metavar="STAGE", help="A stage that is won.")
@click.option("--unqualified", multiple=True, metavar="STAGE", help="A stage that is neither.")
@click.option("--window", default="28d", show_default=True, help="Which days are compared.")
@as_of_option
@format_option
@everywhere
@together(LeadColumns, "reads")
@together(CrmOptions, "crm")
def leads_command(
    files: tuple[str, ...], reads: LeadColumns, crm: CrmOptions, db: str | None, config: str | None
) -> int:
    """Read files of leads: one line of JSON a file. Without a file: the CRM and the platforms.

    FILE is an export of HubSpot, Pipedrive, Salesforce or another CRM (CSV, TSV, .xlsx, Parquet,
    packed or not, - or an https address) with a lead's id, the day it was created and what became
    of it (stage, status, qualified, won), and where there are any its value, currency, campaign
    (id, name or utm_campaign), source and click id. The id is kept as a hash; names, companies and
    e-mails are not read. A lead that comes again is not counted twice.
    """
    if not files:
        with reading(db, config) as parts:
            _show(parts, crm.window, parts.morning(crm.as_of), crm.form)
        return 0
    own_columns = own_columns_of(reads.columns, HEADINGS)
    stages = StageWords.of(reads.qualified, reads.won, reads.unqualified)

    def read(parts: CommandParts, opened: Opened) -> tuple[dict[str, Any], tuple[str, ...]]:
        currency = reads.currency or parts.settings.app.currency
        leads = read_leads(opened, own_columns, currency, stages)
        handed = asdict(order_intake.keep_leads(parts.store, leads.frame, now()))
        unmatched = handed["orders"] - handed["matched"]
        note = (
            f"{unmatched} of {handed['orders']} leads belong to no campaign I know: they are kept, "
            "and matched once a campaign of their days has that id or name."
        )
        counts = {"leads": handed.pop("orders"), **handed}
        return counts, (*leads.notes, *([note] if unmatched else ()))

    return read_files(files, read, db, config)


@click.command("satisfaction")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=COLUMN",
    help=f"What a heading of your own is: {', '.join(order_file.ANSWER_HEADINGS)}.",
)
@everywhere
def satisfaction_command(
    files: tuple[str, ...], columns: tuple[str, ...], db: str | None, config: str | None
) -> int:
    """Read answers to NPS or CSAT surveys: one line of JSON a file.

    FILE has a score and the day of each answer, and the campaign where it was asked about one;
    else the answers count for every campaign of the engage stage. Only the mean of each day is
    kept, so a file holds all answers of its days. Comments, names and e-mails are not read.
    """
    own_columns = own_columns_of(columns, order_file.ANSWER_HEADINGS)

    def read(parts: CommandParts, opened: Opened) -> tuple[dict[str, Any], tuple[str, ...]]:
        answers = order_file.read_answers(opened, own_columns)
        plan = parts.context.plan(now().astimezone(parts.settings.zone).date())
        rated = order_intake.keep_answers(parts.store, answers.frame, plan, now())
        return {**asdict(rated), "scale": answers.scale}, answers.notes

    return read_files(files, read, db, config)


def _show(parts: CommandParts, window: str, as_of: date, form: str) -> None:
    span = parse_window(window, as_of)[0]
    until = min(span.until, as_of - timedelta(days=1))
    numbers = campaigns_only(parts.context.numbers(span.since, until, as_of=as_of))
    leads = documented.match(parts.store.leads(span.since, until), numbers)
    rows = records(lead_quality.summary(leads, numbers)) if len(numbers) else []
    if form == "json":
        as_json({
            "since": span.since, "until": until, "leads": len(leads),
            "matched": int(leads["matched"].sum()), "campaigns": rows,
            "days": list(_days(leads)),
        })  # fmt: skip
        return
    said(_text(rows, leads))


def _days(leads: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in records(lead_quality.by_day(leads)):
        yield {**row, "date": f"{row['date']:%Y-%m-%d}"}


def _text(rows: list[dict[str, Any]], leads: pd.DataFrame) -> str:
    if not len(leads):
        return "No leads of these days are known: perfbot leads FILE."
    heads = ["Campaign", "Channel", "Claimed", "In the CRM", "Qualified", "Won", "Worth",
             "A qualified lead", "Return"]  # fmt: skip
    lines = [_line(row) for row in rows if row["leads"] is not None]
    total = f"{int(leads['matched'].sum())} of {len(leads)} leads belong to a campaign."
    return "\n\n".join([table(heads, lines, tuple(range(2, 9))), total])


def _line(row: dict[str, Any]) -> list[str]:
    money = " " + (row["currency"] or "")
    return [
        str(row["campaign_name"] or row["campaign_id"]),
        row["channel"],
        number(row["claimed"]),
        number(row["leads"]),
        number(row["qualified"]),
        number(row["won"]),
        number(row["value"], money),
        number(row["cost_per_qualified"], money),
        "–" if row["return"] is None else f"{row['return']:.2f}",
    ]

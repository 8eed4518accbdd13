"""A file of leads: what became of each, as the CRM has it (HubSpot, Pipedrive, Salesforce …).

Names, companies, e-mails and telephone numbers are never read: only the columns below are, and a
lead's own id is replaced by a hash before anything is stored (`bot.jobs.order_intake`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bot.numbers.lead_quality import COLUMNS
from bot.sentences import Sentence
from bot.sources.cells import is_missing
from bot.sources.days import looks_like_day
from bot.sources.exports import rows_of
from bot.sources.limits import STANDARD, Limits
from bot.sources.packed import Opened
from bot.sources.plain import plain
from bot.sources.record_table import (
    NO,
    YES,
    RecordColumns,
    RecordReading,
    RecordTable,
    named_channel,
    together,
)
from bot.sources.refusals import BadValue, MissingColumn, shown
from bot.sources.rows import FileRows

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "lead": ("lead id", "record id", "record id contact", "record id deal", "contact id",
             "deal id", "opportunity id", "kundeemne id", "avtale id", "oppføringens id",
             "kontakt id", "id", "lead", "lead lead id", "lead id18", "case safe id"),
    "date": ("create date", "created date", "date created", "created at", "created",
             "lead created", "lead lead created", "deal created", "deal deal created", "add time",
             "created on", "opprettet", "opprettelsesdato", "opprettet dato", "dato opprettet",
             "avtale opprettet", "avtale avtale opprettet", "createddate",
             "deal deal created on", "date", "dato"),
    "stage": ("lifecycle stage", "deal stage", "stage", "lead stage", "opportunity stage",
              "pipeline stage", "livssyklusfase", "livssyklusstadium", "avtalefase", "avtale trinn",
              "salgsfase", "fase", "trinn", "stagename"),
    "status": ("lead status", "deal status", "lead lead status", "status", "leadstatus",
               "status for kundeemne", "avtale status", "lead archive status",
               "lead lead archive status"),
    "qualified": ("qualified", "is qualified", "sales qualified", "sql", "mql", "converted",
                  "became a sales qualified lead date", "became a marketing qualified lead date",
                  "kvalifisert", "konvertert", "isconverted"),
    "won": ("won", "is won", "closed won", "deal won time", "won time", "vunnet",
            "avtale vunnet tidspunkt", "is closed won", "became a customer date", "iswon"),
    "value": ("deal value", "deal amount", "amount", "value", "won value", "avtale verdi", "verdi",
              "beløp", "avtalebeløp", "deal deal value", "amount in company currency"),
    "currency": ("currency", "currency code", "deal currency of value", "amount currency",
                 "opportunity currency", "lead currency", "deal currency",
                 "currencyisocode", "valuta", "avtale valuta for verdi"),
    "campaign": ("campaign id", "kampanje id", "utm campaign", "utm id", "campaign",
                 "campaign name", "ad campaign", "primary campaign source", "campaignid",
                 "kampanje", "kampanjenavn",
                 "original source drill down 1", "original traffic source drill down 1"),
    "source": ("channel", "utm source", "ad platform", "kanal", "original source",
               "original traffic source", "lead source", "source", "opprinnelig kilde",
               "leadkilde", "kilde", "leadsource"),
    "drill": ("original source drill down 2", "original traffic source drill down 2"),
}  # fmt: skip
LEAD_COLUMNS = RecordColumns(
    HEADINGS,
    {"lead": "lead's id", "date": "day it was created"},
    "Export with headings such as Lead ID, Create Date, Lifecycle Stage, utm_campaign; or say "
    'what yours are: --column "Kundeemne=lead".',
)
SOCIAL = {"paid social", "betalt sosialt", "betalte sosiale medier"}
_PIPELINE = re.compile(r"\s*\([^()]*\)\s*$")
_NUMBER = re.compile(r"^\s*\w{1,2}[.)]\s+")
SURE = YES - {"new", "ny", "first"}  # of a customer, not of a lead
TELLING = ("stage", "status", "qualified", "won")
WON = {"won", "closed won", "closedwon", "customer", "evangelist", "signed", "vunnet", "kunde",
       "ambassadør", "signert", "lukket vunnet"}  # fmt: skip
QUALIFIED = {
    "qualified", "marketing qualified lead", "marketingqualifiedlead", "mql", "sales qualified",
    "sales qualified lead", "salesqualifiedlead", "sql", "sales accepted lead", "opportunity",
    "open deal", "qualified to buy", "appointment scheduled", "demo scheduled", "demo booked",
    "meeting booked", "presentation scheduled", "decision maker bought in", "contract sent",
    "proposal made", "proposal sent", "proposal price quote", "negotiations started",
    "negotiation", "negotiation review", "needs analysis", "needs defined", "value proposition",
    "id decision makers", "perception analysis", "qualification", "converted",
    "closed converted", "kvalifisert", "markedskvalifisert", "salgskvalifisert",
    "markedskvalifisert kundeemne", "salgskvalifisert kundeemne", "mulighet", "salgsmulighet",
    "møte booket", "demo booket", "tilbud sendt", "forhandling", "kontrakt sendt", "konvertert",
}  # fmt: skip
UNQUALIFIED = {
    "subscriber", "lead", "new", "open", "other", "in progress", "attempted to contact",
    "connected", "contacted", "contact made", "lead in", "bad timing", "unqualified",
    "not qualified", "disqualified", "open not contacted", "working contacted", "working",
    "nurturing", "prospecting", "closed not converted", "lost", "closed lost", "closedlost",
    "archived", "not archived", "deleted", "junk", "spam", "abonnent", "kundeemne", "ny", "åpen",
    "annet", "under arbeid", "kontaktet", "kontakt opprettet", "ukvalifisert", "ikke kvalifisert",
    "diskvalifisert", "tapt", "lukket tapt", "arkivert", "slettet",
}  # fmt: skip


@dataclass(frozen=True)
class StageWords:
    """What the owner's own stages mean, plain (`bot.sources.plain.plain`)."""

    qualified: frozenset[str] = frozenset()
    won: frozenset[str] = frozenset()
    unqualified: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, qualified: Collection[str], won: Collection[str], unqualified: Collection[str]
    ) -> StageWords:
        """As they are typed."""
        return cls(*(frozenset(map(plain, words)) for words in (qualified, won, unqualified)))

    def level_of(self, stage: str) -> float | None:
        """As `level`, also of a stage with its pipeline behind it or its number before it.

        HubSpot exports "Closed Won (Sales Pipeline)", and many call a stage "5. Closed won".
        """
        bare = _PIPELINE.sub("", stage)
        readings = (self.level(plain(text)) for text in (stage, bare, _NUMBER.sub("", bare)))
        return next((level for level in readings if level is not None), None)

    def level(self, stage: str) -> float | None:
        """2 for won, 1 for qualified, 0 for neither; None where nobody said."""
        typed_words, usual = (
            (self.won, self.qualified, self.unqualified),
            (WON, QUALIFIED, UNQUALIFIED),
        )
        for words in (typed_words, usual):
            for level, stages in zip((2.0, 1.0, 0.0), words, strict=True):
                if stage in stages:
                    return level
        return None


@dataclass(frozen=True)
class Leads:
    """The leads of a file: `bot.numbers.lead_quality.COLUMNS`, the id as the file has it."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_leads(
    opened: Opened,
    headings: Mapping[str, str] | None = None,
    currency: str | None = None,
    stages: StageWords = StageWords(),
    limits: Limits = STANDARD,
) -> Leads:
    """Read a CSV, .xlsx or Parquet file with one row a lead (or a deal).

    Args:
        opened: The file.
        headings: The owner's own headings, each to one of `HEADINGS`.
        currency: Of amounts whose file names none.
        stages: The owner's own stages.
        limits: What reading it may cost.

    Raises:
        RefusedFile: It cannot be read without guessing; with the line and the way out.
    """
    return leads_of(rows_of(opened.file, limits), headings, currency, stages)


def leads_of(
    rows: FileRows,
    headings: Mapping[str, str] | None = None,
    currency: str | None = None,
    stages: StageWords = StageWords(),
) -> Leads:
    """The leads of a table, wherever it is; otherwise as `read_leads`."""
    own_columns = {plain(heading): name for heading, name in (headings or {}).items()}
    table = RecordTable.read(rows, LEAD_COLUMNS, own_columns)
    if not any(name in table.columns for name in TELLING):
        raise MissingColumn(
            "No column says what became of a lead.",
            hint="Export its stage, status, or whether it is qualified or won.",
            line=1,
        )
    return _Reading(table, currency, stages).leads()


@dataclass(frozen=True)
class _Reading(RecordReading):
    """One file on its way to leads."""

    stages: StageWords

    def leads(self) -> Leads:
        size = len(self.table.lines)
        level = np.maximum.reduce([self._level(name) for name in TELLING])
        campaigns, channels = self._named()
        frame = pd.DataFrame({
            "lead": self.texts("lead"),
            "date": self.days(),
            "campaign": campaigns,
            "channel": channels,
            "level": level,
            "value": self.values(),
            "currency": self.currencies(),
            "line": self.table.lines,
        })  # fmt: skip
        frame = frame[frame["lead"] != ""]
        self.refuse_dayless(frame, "lead", "A lead")
        leads = together(frame, "lead", ("date", "campaign", "value", "currency"), "Lead")
        highest = frame.groupby("lead", sort=False)["level"].max().to_numpy()
        leads = leads.assign(qualified=(highest >= 1) * 1.0, won=(highest >= 2) * 1.0)
        return Leads(leads[[*COLUMNS]], tuple(self._notes(size, frame)))

    def _named(self) -> tuple[list[str], list[str]]:
        """The campaign and the channel of each line.

        HubSpot's drill-downs of paid social are the network and the campaign; of paid search the
        campaign and the keyword.
        """
        campaigns, channels = self.texts("campaign"), self.channels()
        if not plain(self.table.headings.get("campaign", "")).endswith("drill down 1"):
            return campaigns, channels
        rows = zip(self.texts("source"), campaigns, self.texts("drill"), channels, strict=True)
        named = [
            (drill, channel or named_channel(network))
            if plain(source) in SOCIAL and drill
            else (network, channel)
            for source, network, drill, channel in rows
        ]
        return [campaign for campaign, _ in named], [channel for _, channel in named]

    def _level(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """How far each line's lead has come, as one column says."""
        cells = self.table.columns.get(name)
        if cells is None:
            return np.zeros(len(self.table.lines))
        reads = self._flagged if name in {"qualified", "won"} else self._staged
        levels = {word: reads(name, word) for word in dict.fromkeys(cells)}
        return np.array([levels[cell] for cell in cells], dtype=np.float64)

    def _flagged(self, name: str, cell: str) -> float:
        """Yes, no, or the day it became so."""
        level = 2.0 if name == "won" else 1.0
        if is_missing(cell) or plain(cell) in NO:
            return 0.0
        if plain(cell) in SURE or looks_like_day(cell):
            return level
        raise BadValue(
            Sentence(
                "%(cell)s says neither yes nor no (column %(headings)s).",
                cell=shown(cell),
                headings=self.table.headings[name],
            ),
            hint="Write yes, no, or the day.",
            line=self.line(name, cell),
        )

    def _staged(self, name: str, cell: str) -> float:
        level = 0.0 if is_missing(cell) else self.stages.level_of(cell)
        if level is None:
            raise BadValue(
                Sentence(
                    "I do not know whether a lead is qualified in %(cell)s (column %(headings)s).",
                    cell=shown(cell),
                    headings=self.table.headings[name],
                ),
                hint=Sentence(
                    'Say it once: --qualified "%(cell)s", or --won, or --unqualified.',
                    cell=cell[:40],
                ),
                line=self.line(name, cell),
            )
        return level

    def _notes(self, size: int, frame: pd.DataFrame) -> Iterator[str]:
        if size > len(frame):
            yield Sentence("%(value)s rows without an id were left aside.", value=size - len(frame))
        if "campaign" not in self.table.columns:
            yield "No column says the campaign (Campaign ID, utm_campaign): none can be matched."

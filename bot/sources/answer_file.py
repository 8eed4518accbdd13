"""A file of answers to a survey (NPS, CSAT): a score each, and the day it was given.

Comments, names and e-mails are never read, and no answer is kept: only the mean of each day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bot.sentences import Sentence
from bot.sources.exports import rows_of
from bot.sources.limits import STANDARD, Limits
from bot.sources.packed import Opened
from bot.sources.plain import plain
from bot.sources.record_table import RecordColumns, RecordReading, RecordTable
from bot.sources.refusals import BadValue

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "value": ("nps", "nps score", "csat", "csat score", "score", "rating", "satisfaction",
              "how likely are you to recommend us", "karakter", "poeng", "poengsum",
              "tilfredshet", "vurdering", "svar"),
    "date": ("date", "response date", "submitted at", "submitted", "answered at", "completed at",
             "completed", "created at", "timestamp", "end date", "dato", "svardato", "besvart",
             "tidspunkt", "innsendt"),
    "campaign": ("campaign id", "kampanje id", "utm campaign", "utm id", "campaign", "kampanje",
                 "campaign name", "kampanjenavn"),
    "source": ("channel", "utm source", "kanal", "source", "kilde"),
}  # fmt: skip
ANSWER_COLUMNS = RecordColumns(
    HEADINGS,
    {"value": "score", "date": "day of the answer"},
    "Export with headings such as Date, Score, utm_campaign; or say what yours are: "
    '--column "Karakter=value".',
)
SCALES = (5, 7, 10, 100)


@dataclass(frozen=True)
class AnswersOfFile:
    """The answers of a file: `date`, `campaign`, `channel`, `score`; and the scale they are on."""

    frame: pd.DataFrame
    scale: int
    notes: tuple[str, ...] = ()


def read_answers(
    opened: Opened, headings: Mapping[str, str] | None = None, limits: Limits = STANDARD
) -> AnswersOfFile:
    """Read a CSV, .xlsx or Parquet file with one row an answer.

    Raises:
        RefusedFile: It cannot be read without guessing; with the line and the way out.
    """
    rows = rows_of(opened.file, limits)
    own_columns = {plain(heading): name for heading, name in (headings or {}).items()}
    return _Reading(RecordTable.read(rows, ANSWER_COLUMNS, own_columns), None).answers()


class _Reading(RecordReading):
    """One file on its way to answers."""

    def answers(self) -> AnswersOfFile:
        frame = pd.DataFrame({
            "date": self.days(),
            "campaign": self.texts("campaign"),
            "channel": self.channels(),
            "score": self.values(),
            "line": self.table.lines,
        })  # fmt: skip
        answered = frame[frame["score"].notna()]
        self._refuse(answered[answered["date"].isna()], Sentence("An answer without a day."))
        outside = (answered["score"] < 0) | (answered["score"] > SCALES[-1])
        self._refuse(answered[outside], Sentence("A score outside 0 to 100."))
        highest = float(answered["score"].max()) if len(answered) else 0.0
        scale = next(scale for scale in SCALES if highest <= scale)
        return AnswersOfFile(
            answered.drop(columns="line"), scale, tuple(self._notes(frame, answered))
        )

    @staticmethod
    def _refuse(wrong: pd.DataFrame, problem: Sentence) -> None:
        if len(wrong):
            raise BadValue(
                problem,
                hint="Export each answer with its day and its score as a number.",
                line=int(wrong["line"].iloc[0]),
            )

    def _notes(self, frame: pd.DataFrame, answered: pd.DataFrame) -> list[str]:
        notes: list[str] = []
        if len(answered) < len(frame):
            notes.append(
                Sentence(
                    "%(value)s rows without a score were left aside.",
                    value=len(frame) - len(answered),
                )
            )
        if "campaign" not in self.table.columns:
            notes.append(
                "No column says the campaign: the scores count for every campaign that engages."
            )
        return notes

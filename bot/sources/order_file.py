"""Files of orders: what was really sold, as the books have it; and of answers to surveys.

Names, addresses and e-mails are never read: only the columns below are, and the order's own number
is replaced by a hash before anything is stored (`bot.jobs.order_intake`). Of an answer (NPS, CSAT)
the score is read, and the day it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

import pandas as pd

from bot.numbers.claims import written
from bot.numbers.documented import COLUMNS
from bot.numbers.input.names import title
from bot.sentences import Sentence
from bot.sources.exports import rows_of
from bot.sources.limits import STANDARD, Limits
from bot.sources.packed import Opened
from bot.sources.plain import plain
from bot.sources.record_table import (
    CLICKS,
    NO,
    YES,
    RecordColumns,
    RecordReading,
    RecordTable,
    named_channel,
    together,
)
from bot.sources.refusals import BadValue
from bot.sources.rows import FileRows

NET_TOTAL = "order total amount refund"
"""WooCommerce's total with what was paid back taken away: nothing is taken from it again."""
ORDER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "order": ("order id", "order number", "order no", "order", "transaction id", "ordrenummer",
              "ordrenr", "ordre id", "name", "id"),
    "date": ("order date", "created at", "date created", "order created", "paid at", "ordredato",
             "date", "dato", "time"),
    "value": (NET_TOTAL, "order value", "order total amount", "order total", "total", "value",
              "amount", "total amount", "grand total", "total price", "order amount", "revenue",
              "ordresum", "ordreverdi", "totalbeløp", "beløp", "totalt", "sum", "subtotal",
              "total sales", "net sales", "n revenue"),
    "currency": ("currency", "valuta", "currency code", "order currency", "presentment currency"),
    "new_customer": ("new customer", "first order", "ny kunde", "customer type", "kundetype"),
    "refunded": ("refunded", "refundert", "financial status", "order status", "payment status",
                 "ordrestatus", "status"),
    "refund": ("refunded amount", "order refund amount", "amount refunded", "refund amount",
               "total refunded", "refundert beløp", "refusjon"),
    "cancelled": ("cancelled at", "canceled at", "kansellert"),
    "campaign": ("campaign id", "kampanje id", "utm campaign", "utm id", "campaign", "kampanje"),
    "source": ("channel", "utm source", "kanal", "source"),
    "touches": ("touches", "touch points", "touchpoints", "conversion path", "channel path",
                "default channel path", "source medium path", "customer journey", "kundereise",
                "kontaktpunkter"),
    "notes": ("note attributes", "landing site", "landing page", "landing page url",
              "order landing page", "landingsside"),
}  # fmt: skip
NEEDED = {"order": "order number", "date": "order's day"}
ORDER_COLUMNS = RecordColumns(
    ORDER_HEADINGS,
    NEEDED,
    "Export with headings such as Order ID, Date, Total, Currency, Campaign; or say what yours "
    'are: --column "Bestilling=order".',
)
WAREHOUSE_COLUMNS = replace(
    ORDER_COLUMNS,
    headings={name: headings for name, headings in ORDER_HEADINGS.items() if name != "notes"},
)
"""What a warehouse is asked for: a shop's notes may say anything, and stay there."""
NAMED = 10
"""Orders that are named of those that several platforms count."""
TAKEN_BACK = YES | {"refunded", "voided", "cancelled", "canceled", "refundert", "kansellert",
                    "kreditert", "returned", "charged back", "chargeback", "failed", "expired",
                    "trash", "draft", "checkout draft", "annullert", "mislykket", "wc refunded",
                    "wc cancelled", "wc failed", "fully refunded"}  # fmt: skip
CLICK_IDS = {name.replace(" ", "_"): channel for name, channel in CLICKS.items()}
NOTED = re.compile(
    rf"(?:^|[\n?&;,{{])\s*[\"']?(utm_campaign|utm_id|utm_source|{'|'.join(CLICK_IDS)})"
    r"[\"']?\s*[:=]\s*[\"']?([^\n&;\"'}]*)"
)
"""What a link said, in a shop's notes of an order or the address it landed on."""


def tags_of(notes: str) -> dict[str, str]:
    """What a link carried, of notes or an address; nothing else of them is kept."""
    tags = ((name, unquote_plus(text).strip()) for name, text in NOTED.findall(notes))
    return {name: text for name, text in tags if text and "@" not in text}


def _channel_of(tags: Mapping[str, str]) -> str:
    source = named_channel(tags.get("utm_source", ""))
    clicked = (channel for name, channel in CLICK_IDS.items() if name in tags)
    return source or next(clicked, "")


@dataclass(frozen=True)
class Orders:
    """The orders of a file.

    Attributes:
        frame: One row an order, `bot.numbers.documented.COLUMNS`, the order as the file has it.
        notes: What a person should know of how it was read.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_orders(
    opened: Opened,
    headings: Mapping[str, str] | None = None,
    currency: str | None = None,
    limits: Limits = STANDARD,
) -> Orders:
    """Read a CSV, .xlsx or Parquet file with one row an order, or one a line of an order.

    Args:
        opened: The file.
        headings: The owner's own headings, each to one of `HEADINGS`.
        currency: Of amounts whose file names none.
        limits: What reading it may cost.

    Raises:
        RefusedFile: It cannot be read without guessing; with the line and the way out.
    """
    return orders_of(rows_of(opened.file, limits), headings, currency)


def orders_of(
    rows: FileRows,
    headings: Mapping[str, str] | None = None,
    currency: str | None = None,
    wanted: RecordColumns = ORDER_COLUMNS,
) -> Orders:
    """The orders of a table, wherever it is; otherwise as `read_orders`."""
    own_columns = {plain(heading): name for heading, name in (headings or {}).items()}
    return _OrderReading(RecordTable.read(rows, wanted, own_columns), currency).orders()


class _OrderReading(RecordReading):
    """One file on its way to orders."""

    def orders(self) -> Orders:
        size = len(self.table.lines)
        values, whole = self._values()
        frame = pd.DataFrame({
            "order": self.texts("order"),
            "date": self.days(),
            "campaign": self._campaigns(),
            "channel": self.channels(),
            "value": values,
            "currency": self.currencies(),
            "new_customer": self.flags("new_customer", YES, NO),
            "refunded": self._taken_back(whole),
            "touches": self.touches(),
            "line": self.table.lines,
        })[[*COLUMNS, "line"]]  # fmt: skip
        frame = frame[frame["order"] != ""]
        self.refuse_dayless(frame, "order", "An order")
        orders = together(frame, "order", ("value", "date", "currency", "campaign"), "Order")
        lines = frame.groupby("order", sort=False)
        orders["refunded"] = lines["refunded"].max().to_numpy()
        orders["touches"] = lines["touches"].agg(" ".join).map(str.split).map(written).to_numpy()
        return Orders(orders[[*COLUMNS]], tuple(self._notes(size, frame, orders)))

    def _values(self) -> tuple[pd.Series, pd.Series]:
        """What each line was sold for, less what was paid back; and where all of it was."""
        values, refunds = self.values(), self.values("refund").abs().fillna(0.0)
        if plain(self.table.headings.get("value", "")) == NET_TOTAL:
            return values, (refunds > 0) & (values <= 0)
        whole = (refunds > 0) & (refunds >= values)
        return values.where(whole | values.isna(), (values - refunds).round(6)), whole

    def _taken_back(self, whole: pd.Series) -> pd.Series:
        """1 where the status says so, the order was cancelled, or all was paid back."""
        status = self.flags("refunded", TAKEN_BACK, None)
        cells = pd.Series(self.texts("cancelled")).map(plain)
        cancelled = (cells != "") & ~cells.isin(NO)
        return status.where(~(cancelled | whole), 1.0)

    def _campaigns(self) -> list[str]:
        """The campaign an order names; else what its link said, as the shop noted it."""
        noted = (tags.get("utm_id") or tags.get("utm_campaign", "") for tags in self._tags())
        return [named or note for named, note in zip(self.texts("campaign"), noted, strict=True)]

    def channels(self) -> list[str]:
        """Where an order says it came from; else where its link did, or the id of its click."""
        return [
            channel or _channel_of(tags)
            for channel, tags in zip(super().channels(), self._tags(), strict=True)
        ]

    def touches(self) -> list[str]:
        """Also by the click ids that the shop noted."""
        return [
            written((*touches.split(), *(CLICK_IDS[name] for name in tags if name in CLICK_IDS)))
            for touches, tags in zip(super().touches(), self._tags(), strict=True)
        ]

    def _tags(self) -> list[Mapping[str, str]]:
        """What each line's notes say of the link that led to the shop."""
        cells = self.table.columns.get("notes")
        if cells is None:
            return [{}] * len(self.table.lines)
        tags = {word: tags_of(word) for word in cells.words}
        return [tags[cell] for cell in cells]

    def _notes(self, size: int, frame: pd.DataFrame, orders: pd.DataFrame) -> Iterator[str]:
        if size > len(frame):
            yield Sentence(
                "%(value)s rows without an order number were left aside.", value=size - len(frame)
            )
        if len(frame) > len(orders):
            yield Sentence(
                "%(count)s rows are the lines of %(count_2)s orders.",
                count=len(frame),
                count_2=len(orders),
            )
        if not {"campaign", "notes"} & self.table.columns.keys():
            yield "No column says the campaign (Campaign ID, utm_campaign): none can be matched."
        yield from _of_several(orders)


def _of_several(orders: pd.DataFrame) -> Iterator[Sentence]:
    """Which orders ads of several platforms led to, by the numbers the file has for them."""
    channels = orders["touches"].map(str.split)
    several = [(order, claiming) for order, claiming in zip(orders["order"], channels, strict=True)
               if len(claiming) > 1]  # fmt: skip
    if several:
        order_words = (
            f"{order} ({', '.join(map(title, claiming))})" for order, claiming in several[:NAMED]
        )
        yield Sentence(
            "Ads of several platforms led to %(count)s of the orders, and each platform counts "
            "them: %(orders)s.",
            count=len(several),
            orders=", ".join(order_words) + (" …" if len(several) > NAMED else ""),
        )


ANSWER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "value": ("nps", "nps score", "csat", "csat score", "score", "rating", "satisfaction",
              "how likely are you to recommend us", "karakter", "poeng", "poengsum",
              "tilfredshet", "vurdering", "svar"),
    "date": ("date", "response date", "submitted at", "submitted", "answered at", "completed at",
             "completed", "submit date utc", "responded at", "date submitted",
             "survey response date", "created at", "timestamp", "end date", "dato", "svardato",
             "besvart", "tidspunkt", "innsendt"),
    "campaign": ("campaign id", "kampanje id", "utm campaign", "utm id", "campaign", "kampanje",
                 "campaign name", "kampanjenavn"),
    "source": ("channel", "utm source", "kanal", "source", "kilde"),
}  # fmt: skip
ANSWER_COLUMNS = RecordColumns(
    ANSWER_HEADINGS,
    {"value": "score", "date": "day of the answer"},
    "Export with headings such as Date, Score, utm_campaign; or say what yours are: "
    '--column "Karakter=value".',
    {"value": re.compile(r"how likely\b.*\brecommend|how satisfied\b|.*\bnps score\b|"
                         r"hvor (?:sannsynlig|trolig)\b.*\banbefal|hvor fornøyd\b")},
)  # fmt: skip
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
    return _AnswerReading(RecordTable.read(rows, ANSWER_COLUMNS, own_columns), None).answers()


class _AnswerReading(RecordReading):
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

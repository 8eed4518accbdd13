"""`perfbot import --map`: what each heading of a table is, asked once and saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import click

from bot.cli.parts import CommandParts
from bot.errors import UsageError
from bot.features.imports.intake import MAPPINGS
from bot.sources.exports import ReadFile, ReadSettings, offered, read_opened
from bot.sources.given import Offer, SavedMapping
from bot.sources.headings import ASIDE, SEGMENT, headings
from bot.sources.packed import STDIN, Opened
from bot.sources.plain import plain
from bot.sources.refusals import AmbiguousDates, AmbiguousNumbers

NONE = "-"
QUESTIONS = {
    "date": "the day",
    "campaign_name": "the campaign's name",
    "campaign_id": "the campaign's id",
    "spend": "what was spent",
    "impressions": "how often the ads were shown",
    "clicks": "clicks through to you",
    "conversions": "orders or other final actions",
    "leads": "leads",
    "revenue": "what the sales brought",
    "account_id": "the ad account's id",
    "channel": "the channel",
    "currency": "the currency",
}
NEEDED = {"date", "spend"}


def saved(parts: CommandParts) -> list[str]:
    """What was said of kinds of tables, as `given_by` takes it."""
    return list(parts.store.preference(MAPPINGS).values())


def keep(parts: CommandParts, mapping: SavedMapping) -> None:
    parts.store.set_preference(MAPPINGS, **{mapping.key: mapping.dumped()})


def said(read_settings: ReadSettings, columns: dict[str, str]) -> SavedMapping:
    """What the options say, without asking."""
    return SavedMapping(
        columns,
        read_settings.channel,
        read_settings.account_id,
        read_settings.currency,
        read_settings.time_zone,
    )


def ask(place: str, opened: Opened, read_settings: ReadSettings) -> SavedMapping | None:
    """What a person says of a table, tried out on it; None where they think better of it.

    Raises:
        UsageError: The table comes in where the answers would.
        RefusedFile: With these answers it cannot be read.
    """
    if place == STDIN:
        raise UsageError(
            "Answers and numbers cannot both come in by standard input.",
            hint="Hand in a file, or say what the columns are with --column.",
        )
    try:
        return _Asking(opened, read_settings).asked()
    except click.Abort as abort:
        raise UsageError(
            "Nobody answered what the columns are.",
            hint='Say it: --map --column "HEADING=date" --column "HEADING=spend" …',
        ) from abort


@dataclass
class _Asking:
    """One table, and the answers so far."""

    opened: Opened
    given: ReadSettings
    columns: dict[str, str] = field(default_factory=dict)
    words: dict[str, str | None] = field(default_factory=dict)

    def asked(self) -> SavedMapping | None:
        offer = offered(self.opened, self.given)
        self._show(offer)
        while not self._columns(offer):
            _tell("A table needs the day, a campaign, and what was spent.")
        self._word("channel", "Which channel are these numbers of?", self.given.channel)
        self._word(
            "currency", "Which currency are the amounts in (NOK, EUR, …)?", self.given.currency
        )
        trial = self._tried()
        return self._mapping() if _fine(trial) else None

    def _show(self, offer: Offer) -> None:
        _tell(f"The columns of {self.opened.name}:")
        listed = zip(offer.headings, offer.examples, strict=True)
        for number, (heading, cells) in enumerate(listed, 1):
            _tell(f"  {number:2}  {heading or '(no heading)'}   {' · '.join(cells)}"[:120])
        _tell(f"Type a number, Enter for the one in brackets, {NONE} for none.")

    def _columns(self, offer: Offer) -> bool:
        """Which heading is which column; whether that is enough."""
        self.columns = {}
        for column, question in QUESTIONS.items():
            place = _place(question, offer, column, needed=column in NEEDED)
            if place is not None:
                self.columns[offer.headings[place]] = column
        for heading in _unknown_splits(offer, self.columns):
            if click.confirm(f"Do rows of one day and campaign differ in {heading!r}?",
                             default=False, err=True):  # fmt: skip
                self.columns[heading] = SEGMENT
        wrong = [
            heading for heading, guess in zip(offer.headings, offer.guesses, strict=True)
            if guess in QUESTIONS and heading not in self.columns and heading
        ]  # fmt: skip
        self.columns |= dict.fromkeys(wrong, ASIDE)
        names = set(self.columns.values())
        return names >= NEEDED and bool(names & {"campaign_name", "campaign_id"})

    def _word(self, column: str, question: str, setting: str | None) -> None:
        if column not in self.columns.values() and not setting:
            word = click.prompt(question, default="", show_default=False, err=True).strip()
            self.words[column] = word.upper() if column == "currency" and word else word or None

    def _tried(self) -> ReadFile:
        """Read with these answers; what the cells leave open is asked, too."""
        for name, kind, question in (
            ("date_order", AmbiguousDates, "Dates begin with the day (D) or the month (M)?"),
            ("decimal", AmbiguousNumbers, "The decimal sign is a point (.) or a comma (,)?"),
        ):
            try:
                return self._read()
            except kind as error:
                _tell(error.message)
                self.words[name] = _choice(question, name)
        return self._read()

    def _read(self) -> ReadFile:
        settings = replace(self.given, saved=())
        return read_opened(self.opened, settings=settings.with_mapping(self._mapping()))

    def _mapping(self) -> SavedMapping:
        return SavedMapping(self.columns, **self.words)


def _place(question: str, offer: Offer, column: str, *, needed: bool) -> int | None:
    """The place of a column among the headings, None for none."""
    guess = next((n for n, candidate in enumerate(offer.guesses, 1) if candidate == column), None)
    default = str(guess) if guess else (None if needed else NONE)
    while True:
        answer = str(click.prompt(f"Which is {question}?", default=default, err=True)).strip()
        if answer == NONE:
            return None
        if answer.isdigit() and 1 <= int(answer) <= len(offer.headings):
            return int(answer) - 1
        if answer in offer.headings:
            return offer.headings.index(answer)
        _tell(f"That is none of 1 to {len(offer.headings)}.")


def _unknown_splits(offer: Offer, columns: dict[str, str]) -> Iterator[str]:
    """Headings that may split a day and campaign: known as that, and not asked for yet.

    What names keywords, ads or audiences needs no answer: its rows are details, and are added up
    where that is right.
    """
    for heading, guess in zip(offer.headings, offer.guesses, strict=True):
        if guess == SEGMENT and heading not in columns and plain(heading) not in headings().levels:
            yield heading


def _choice(question: str, name: str) -> str:
    choices = {"date_order": {"D": "DMY", "M": "MDY"}, "decimal": {".": ".", ",": ","}}[name]
    while True:
        answer = str(click.prompt(question, err=True)).strip().upper()
        if answer in choices:
            return choices[answer]


def _fine(trial: ReadFile) -> bool:
    frame = trial.frame if len(trial.frame) or trial.details is None else trial.details
    rows = "rows" if frame is trial.frame else "rows of details"
    for note in (*trial.notes, *trial.warnings):
        _tell(note)
    first_row = frame.iloc[0]
    _tell(
        f"{len(frame):,} {rows}, {frame['date'].nunique()} days, "
        f"{frame['campaign_id'].nunique()} campaigns, {frame['spend'].sum():,.2f} spent; the first "
        f"is {first_row['date']:%Y-%m-%d}, "
        f"{first_row['campaign_name'] or first_row['campaign_id']}."
    )
    return click.confirm("Is that right? It is saved, and these headings are never asked again",
                         default=True, err=True)  # fmt: skip


def _tell(sentence: str) -> None:
    printable = "".join(char if char.isprintable() else " " for char in sentence)
    click.echo(printable, err=True)

"""`perfbot import --map`: what each heading of a table is, asked once and saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import click

from bot.cli.door import in_words
from bot.cli.parts import CommandParts
from bot.errors import UsageError
from bot.features.imports.intake import MAPPINGS
from bot.sentences import Sentence
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
            _tell(in_words("A table needs the day, a campaign, and what was spent."))
        channel = in_words("Which channel are these numbers of?")
        self._word("channel", channel, self.given.channel)
        currency = in_words("Which currency are the amounts in (NOK, EUR, …)?")
        self._word("currency", currency, self.given.currency)
        trial = self._tried()
        return self._mapping() if _fine(trial) else None

    def _show(self, offer: Offer) -> None:
        _tell(in_words(Sentence("The columns of %(name)s:", name=self.opened.name)))
        listed = zip(offer.headings, offer.examples, strict=True)
        for number, (heading, cells) in enumerate(listed, 1):
            name = heading or in_words("(no heading)")
            _tell(f"  {number:2}  {name}   {' · '.join(cells)}"[:120])
        text = "Type a number, Enter for the one in brackets, %(none)s for none."
        _tell(in_words(Sentence(text, none=NONE)))

    def _columns(self, offer: Offer) -> bool:
        """Which heading is which column; whether that is enough."""
        self.columns = {}
        for column, question in QUESTIONS.items():
            place = _place(in_words(question), offer, column, needed=column in NEEDED)
            if place is not None:
                self.columns[offer.headings[place]] = column
        for heading in _unknown_splits(offer, self.columns):
            text = "Do rows of one day and campaign differ in %(heading)s?"
            question = in_words(Sentence(text, heading=repr(heading)))
            if click.confirm(question, default=False, err=True):
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
                _tell(in_words(error.sentences[0]))
                self.words[name] = _choice(in_words(question), name)
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
        text = in_words(Sentence("Which is %(column)s?", column=question))
        answer = str(click.prompt(text, default=default, err=True)).strip()
        if answer == NONE:
            return None
        if answer.isdigit() and 1 <= int(answer) <= len(offer.headings):
            return int(answer) - 1
        if answer in offer.headings:
            return offer.headings.index(answer)
        text = Sentence("That is none of 1 to %(count)s.", count=len(offer.headings))
        _tell(in_words(text))


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
    is_below = not len(trial.frame) and trial.details is not None
    frame = trial.details if is_below and trial.details is not None else trial.frame
    for note in (*trial.notes, *trial.warnings):
        _tell(in_words(note))
    first_row = frame.iloc[0]
    text = (
        "Rows of details: %(rows)s; days: %(days)s; campaigns: %(campaigns)s; spent: %(spend)s. "
        "The first is %(day)s, %(name)s."
        if is_below
        else "Rows: %(rows)s; days: %(days)s; campaigns: %(campaigns)s; spent: %(spend)s. "
        "The first is %(day)s, %(name)s."
    )
    _tell(in_words(Sentence(
        text,
        rows=f"{len(frame):,}",
        days=frame["date"].nunique(),
        campaigns=frame["campaign_id"].nunique(),
        spend=f"{frame['spend'].sum():,.2f}",
        day=f"{first_row['date']:%Y-%m-%d}",
        name=first_row["campaign_name"] or first_row["campaign_id"],
    )))  # fmt: skip
    question = in_words("Is that right? It is saved, and these headings are never asked again")
    return click.confirm(question, default=True, err=True)


def _tell(sentence: str) -> None:
    printable = "".join(char if char.isprintable() else " " for char in sentence)
    click.echo(printable, err=True)

"""Where the table begins in a file, and which of its columns are read as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.numbers.input.daily import channel_key
from bot.numbers.input.names import CHANNELS
from bot.sentences import Sentence
from bot.sources.headings import (
    ASIDE,
    OVERLAPPING,
    SEGMENT,
    Dialect,
    headings,
    level_roles,
    own_columns,
    recognise,
)
from bot.sources.plain import heading_currency, plain
from bot.sources.refusals import (
    MissingColumn,
    MixedCurrencies,
    NoDayColumn,
    NotATable,
    NotDaily,
    shown,
)
from bot.sources.rows import DELIMITERS, Head

FIRST = "first cell"  # the first column is always kept: totals are announced there
LAST = "last cell"  # and the last: where it is blank a row may have lost a cell
NEVER_ENOUGH = {SEGMENT, OVERLAPPING, "coarse", "source"}
PLATFORM_TABLE = "fivetran synced"
IDENTITY = ("campaign_id", "campaign_name")


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Attributes:
        head: The way of reading it under which its headings made most sense.
        place: Index of the headings among the first rows.
        headings: As the file has them.
        columns: Column to index; several segments are `segment`, `segment 2`, ….
        dialect: Whose export it is.
        notes: Headings that were left aside because another holds the same.
        user_columns: What the owner says headings (plain) are.
    """

    head: Head
    place: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    dialect: Dialect
    notes: tuple[str, ...] = ()
    user_columns: Mapping[str, str] = field(default_factory=dict)

    def level_named(self, heading: str) -> tuple[str, int]:
        """What a heading names below a campaign (`keyword`), "" for nothing, and its rank."""
        key = plain(heading)
        role = self.user_columns.get(key, "")
        return (role, -1) if role in level_roles() else headings().levels.get(key, ("", 0))

    @property
    def of_windows(self) -> bool:
        """Whether the rows hold the reach of whole windows, and no daily numbers."""
        daily = {"date", "spend", "spend_micros"} & set(self.columns)
        return {"since", "until", "reach"} <= set(self.columns) and not daily

    @property
    def line(self) -> int:
        """The line of the headings."""
        return self.head.lines[self.place]

    @property
    def preamble(self) -> tuple[str, ...]:
        """The lines above the headings."""
        return tuple(" ".join(row).strip() for row in self.head.rows[: self.place])

    @property
    def aside(self) -> tuple[str, ...]:
        """The headings nobody understood."""
        used_places = {place for name, place in self.columns.items() if name not in {FIRST, LAST}}
        named = {
            place
            for place, heading in enumerate(self.headings)
            if headings().column(heading, self.dialect, {})
        }
        return tuple(
            heading.strip()
            for place, heading in enumerate(self.headings)
            if heading.strip() and place not in used_places and place not in named
        )

    @property
    def segments(self) -> tuple[str, ...]:
        """The columns that explain why a day and campaign come several times."""
        return tuple(name for name in self.columns if name.startswith(SEGMENT))

    def heading(self, column: str) -> str:
        """What the file calls a column."""
        place = self.columns.get(column)
        return column if place is None else self.headings[place].strip()


def lay_out(
    heads: Sequence[Head],
    mapping: Mapping[str, str],
    currency: str | None = None,
    *,
    windows: bool = False,
) -> Layout:
    """Find the headings and decide what each column is.

    Args:
        heads: The first rows, under every way the file could be read.
        mapping: The owner's own headings, each to its column.
        currency: The account's, which decides between an amount in two currencies.
        windows: Whether the file is said to hold the reach of whole windows.

    Raises:
        NotATable: No row of known headings.
        NoDayColumn: Numbers of a whole period. NotDaily: of weeks or months.
        MissingColumn: No campaign, or nothing measured.
        SettingsError: The user's own headings name a column that does not exist.
    """
    user_columns = own_columns(mapping)
    head, place = _best(heads, user_columns)
    sheet_notes = _other_tables(heads, head, user_columns)
    header_row = tuple(cell.strip().lstrip("\ufeff") for cell in head.rows[place])
    above = [" ".join(row) for row in head.rows[:place]]
    firsts = [row[0] for row in head.rows[place + 1 :] if row]
    dialect = recognise(header_row, above, firsts)
    columns, notes = _Columns(
        header_row, dialect, user_columns, head.lines[place], currency
    ).decided()
    columns |= _channel_of_source(header_row, columns, head.rows[place + 1 :])
    layout = Layout(head, place, header_row, columns, dialect, (*notes, *sheet_notes), user_columns)
    if not (windows or layout.of_windows):
        _refuse_unusable(layout)
    return layout


def _channel_of_source(
    header_row: Sequence[str], columns: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> dict[str, int]:
    """Windsor's `source`: the channel, where nothing else is and every first row names a platform.

    Beside a `medium` it is where a visit came from.
    """
    names = [plain(heading) for heading in header_row]
    if "channel" in columns or "source" not in names or "medium" in names:
        return {}
    place = names.index("source")
    words = {row[place].strip() for row in rows if len(row) > place} - {""}
    all_platforms = bool(words) and all(channel_key(word) in CHANNELS for word in words)
    return {"channel": place} if all_platforms else {}


def _best(heads: Sequence[Head], user_columns: Mapping[str, str]) -> tuple[Head, int]:
    """The row with most known headings, under the reading that shows most of them."""
    scored = [
        (_score(row, user_columns), -place, head)
        for head in heads
        for place, row in enumerate(head.rows)
    ]
    best = max(scored, key=lambda candidate: candidate[:2], default=None)
    if best is None or best[0] < 2:
        _refuse_side_by_side(heads)
        raise NotATable(
            Sentence(
                "No row of headings I know in the first %(length)s rows%(heads)s.",
                length=max(map(_length, heads), default=0),
                heads=_seen(heads),
            ),
            hint="Export with headings such as Day, Campaign, Cost; headings of your own go under "
            "columns in perfbot.toml.",
            line=1,
        )
    return best[2], -best[1]


def _other_tables(
    heads: Sequence[Head], best: Head, user_columns: Mapping[str, str]
) -> tuple[str, ...]:
    """Sheets of a workbook that hold tables as well: only one is read, and the others are named."""
    if best.how in {*DELIMITERS, "parquet", "query"}:
        return ()
    sheets = [
        shown(head.how) for head in heads
        if head is not best and any(_score(row, user_columns) > 2 for row in head.rows)
    ]  # fmt: skip
    if not sheets:
        return ()
    return (
        Sentence(
            "Only the sheet %(how)s is read; left aside: %(names)s.",
            how=shown(best.how),
            names=", ".join(sheets),
        ),
    )


def _score(row: Sequence[str], user_columns: Mapping[str, str]) -> int:
    columns = (user_columns.get(plain(cell)) or headings().columns.get(plain(cell)) for cell in row)
    return len({column for column in columns if column and column not in NEVER_ENOUGH}) + (
        any(plain(cell) == "week" for cell in row)
    )


def _refuse_side_by_side(heads: Sequence[Head]) -> None:
    """A row for several platforms at once: every number has its platform in its heading."""
    for row in (head.rows[0] for head in heads if head.rows):
        words = [word for cell in row for word in set(plain(cell).split())]
        platforms = [name for name in PLATFORMS if words.count(name) > 2]
        if len({channel_key(name) for name in platforms}) > 1:
            raise NotATable(
                Sentence(
                    "The platforms stand side by side in one row (%(names)s).",
                    names=", ".join(platforms),
                ),
                hint="Give each platform a row of its own, with its name in a column Channel.",
                line=1,
            )


PLATFORMS = ("google", "adwords", "facebook", "meta", "linkedin", "microsoft", "bing", "tiktok")


def _length(head: Head) -> int:
    return len(head.rows)


def _seen(heads: Sequence[Head]) -> str:
    widest = max((row for head in heads for row in head.rows[:1]), key=len, default=())
    cells = [shown(cell) for cell in widest[:3] if cell.strip()]
    return Sentence(" (it begins with %(names)s)", names=", ".join(cells)) if cells else ""


@dataclass
class _Columns:
    """Which heading is which column: of several for one column the one listed first."""

    found: Sequence[str]
    dialect: Dialect
    own: Mapping[str, str]
    line: int
    currency: str | None

    def decided(self) -> tuple[dict[str, int], list[str]]:
        columns: dict[str, int] = {}
        notes: list[str] = []
        for column, places in self._told_apart(self._places()).items():
            if column == SEGMENT:
                columns |= {f"{SEGMENT} {nth}": place for nth, place in enumerate(places)}
                continue
            ranked = sorted(places, key=self._rank)
            columns[column] = ranked[0]
            notes += self._left_aside(column, [self.found[place] for place in ranked])
        return {**columns, FIRST: 0, LAST: len(self.found) - 1}, notes

    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, heading in enumerate(self.found):
            column = headings().column(heading, self.dialect, self.own)
            if column and column != ASIDE:
                places.setdefault(column, []).append(place)
        return places

    def _told_apart(self, places: dict[str, list[int]]) -> dict[str, list[int]]:
        """Where link clicks stand beside clicks, those are the clicks, and these are all."""
        click_places = places.get("clicks", [])
        any_click_places = [
            place for place in click_places if plain(self.found[place]) in headings().any_clicks
        ]
        named = [place for place in any_click_places if plain(self.found[place]) in self.own]
        if len(any_click_places) == len(click_places) or not any_click_places or named:
            return places
        link = [place for place in click_places if place not in any_click_places]
        return {**places, "clicks": link, "clicks_all": places.get("clicks_all", any_click_places)}

    def _rank(self, place: int) -> tuple[bool, int]:
        heading = self.found[place]
        key, named = plain(heading), heading_currency(heading)
        foreign = named is not None and self.currency is not None and named != self.currency
        if key in self.own:
            return foreign, -3
        return foreign, -2 if key in self.dialect.columns else headings().rank.get(key, 0)

    def _left_aside(self, column: str, named: Sequence[str]) -> list[str]:
        if len(named) < 2 or column in NEVER_ENOUGH:
            return []
        codes = [heading_currency(heading) for heading in named]
        if None not in codes[:2] and codes[0] != codes[1] and self.currency not in codes:
            listed = ", ".join(f'"{heading}"' for heading in named)
            raise MixedCurrencies(
                Sentence(
                    "The %(column)s stands there in several currencies: %(listed)s.",
                    column=column,
                    listed=listed,
                ),
                hint="Say the account's: --currency NOK, or currency for the source.",
                line=self.line,
            )
        if plain(named[0]) == plain(named[1]) and codes[0] == codes[1]:
            raise NotATable(
                Sentence("Two columns are called %(named)s.", named=shown(named[0])),
                hint="Take one of them out and export again.",
                line=self.line,
            )
        skipped = ", ".join(f'"{heading}"' for heading in named[1:])
        return [
            Sentence(
                '"%(named)s" is read as %(column)s; %(skipped)s left aside.',
                named=named[0],
                column=column,
                skipped=skipped,
            )
        ]


def _refuse_unusable(layout: Layout) -> None:
    columns, export_hint, line = layout.columns, layout.dialect.again, layout.line
    if "date" not in columns and "coarse" in columns:
        raise NotDaily(
            Sentence(
                "The rows are not daily: one row per %(lower)s.",
                lower=layout.heading("coarse").lower(),
            ),
            hint=export_hint,
            line=line,
        )
    if not {"date", "period_start", "period_end"} & set(columns):
        raise _no_day(layout)
    _refuse_unknown_units(layout)
    if not any(name in columns for name in IDENTITY):
        raise MissingColumn(
            Sentence(
                "There is no column for the campaign.%(aside)s", aside=left_aside(layout.aside)
            ),
            hint=_ADD_NAME,
            line=line,
        )
    if OVERLAPPING in columns:
        raise NotATable(
            Sentence(
                "The rows are split by %(heading)s, and those overlap: added up, results would "
                "count twice.",
                heading=shown(layout.heading(OVERLAPPING)),
            ),
            hint="Export again without that split.",
            line=line,
        )


def left_aside(headings_aside: Sequence[str]) -> Sentence:
    """The headings nobody understood, as a sentence after another; nothing where there are none."""
    if not headings_aside:
        return Sentence("")
    return Sentence(" Left aside: %(names)s.", names=", ".join(headings_aside))


def _no_day(layout: Layout) -> NoDayColumn:
    """No heading says the day; one that was left aside may be it."""
    hint, line = layout.dialect.again, layout.line
    if not layout.aside:
        sentence = "There is no column for the day, only totals of a whole period."
        return NoDayColumn(sentence, hint=hint, line=line)
    return NoDayColumn(
        Sentence("There is no column for the day.%(aside)s", aside=left_aside(layout.aside)),
        hint=Sentence(
            '%(again)s Or name its heading: --column "HEADING=date".', again=Sentence(hint)
        ),
        line=line,
    )


_ADD_NAME = "Add the campaign's name or id to the export, or name its heading under columns."


def _refuse_unknown_units(layout: Layout) -> None:
    """A raw connector table nobody described: its money may be in millionths."""
    raw = any(plain(heading) == PLATFORM_TABLE for heading in layout.headings)
    if raw and layout.dialect.name == "table":
        raise NotATable(
            "This is a raw connector table I don't know: its money may be in millionths.",
            hint="Use ad_reporting__campaign_report, or one row a day and campaign without the "
            "connector's own columns.",
            line=layout.line,
        )

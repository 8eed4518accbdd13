"""`perfbot init` on a warehouse: its address, the numbers that are there, each place tried.

dbt's ad_reporting and the raw tables it is made of hold the same numbers. So where the report is
there, it alone is proposed, and of raw tables every schema that repeats no other.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bot.app.onboarding import KindAsked, SetupAnswers, source_text
from bot.cli.door import in_words, told
from bot.cli.parts import now
from bot.cli.plain_text import said
from bot.errors import SourceError, UsageError
from bot.sentences import Sentence, rows_counted, sentence
from bot.settings import SourceSettings
from bot.sources import build
from bot.sources.base import Pulled
from bot.sources.warehouse_address import Address
from bot.sources.warehouse_details import FoundInWarehouse, FoundNumbers, found_in

TRIED = timedelta(days=30)  # whose numbers tell whether two places have the same campaigns
NAME = "warehouse"
ADDRESS_VARIABLE = "WAREHOUSE_URL"
EXAMPLE = "analytics.ad_reporting__campaign_report"
ADDRESS = (
    "its SQLAlchemy address, as postgresql://user:password@host/database or "
    "duckdb:///warehouse.duckdb; docs/sources.md has each warehouse's"
)


@dataclass
class WarehouseSetup:
    """One warehouse on its way into perfbot.toml.

    Attributes:
        existing: The sources that perfbot.toml has.
        secrets: Variables for `.env`.
        entries: `[[sources]]` by name.
        zone: The time zone of its accounts, as far as it says one.
    """

    answers: SetupAnswers
    existing: Sequence[SourceSettings] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    zone: str = ""
    _failed: list[SourceError] = field(default_factory=list)
    _places: dict[tuple[str, str], str] = field(default_factory=dict)

    def connect(self, kind: KindAsked) -> None:
        """Ask for its address, look through it, and try what is chosen.

        Raises:
            UsageError: The address is nowhere, and nobody is there to say it.
            SourceError: It does not answer, or nothing that was chosen can be read.
        """
        usual = next(
            (source.url_env for source in self.existing if source.url_env), ADDRESS_VARIABLE
        )
        url_env = self._text("url_env", in_words(kind.settings[0].question), usual)
        url = self._url(url_env)
        chosen = self._written() or self._chosen(kind, found_in(Address(NAME, url)))
        trials = [self._tried(lines, url_env, url) for lines in chosen]
        if chosen and not any(trials):
            raise self._failed[0]

    def _text(self, name: str, question: str, usual: str) -> str:
        return self.answers.text(f"{NAME}.{name}", question, usual)

    def _url(self, url_env: str) -> str:
        """Its address: from the environment, else it is asked for and goes into .env."""
        if url := os.environ.get(url_env):
            said(Sentence("✔ %(variable)s is set.", variable=url_env))
            return url
        question = f"{url_env} ({in_words(ADDRESS)})"
        self.secrets[url_env] = self.answers.secret(f"{NAME}.{url_env}", question, url_env)
        return self.secrets[url_env]

    def _written(self) -> list[dict[str, str]]:
        """What an answers file names itself: nothing is looked for then."""
        names = ("table", "raw_schema", "connector")
        lines = {name: self.answers.written_text(f"{NAME}.{name}") for name in names}
        return [lines] if lines["table"] or lines["raw_schema"] else []

    def _chosen(self, kind: KindAsked, found: FoundInWarehouse) -> list[dict[str, str]]:
        places = self._new(found.numbers)
        if not found.numbers:
            return [{"table": self._named(found)}]
        if not places:
            text = "Nothing new in %(title)s: what perfbot.toml reads is left as it is."
            said(Sentence(text, title=Sentence(kind.title)))
            return []
        said(Sentence("✔ The warehouse answers. It has:"))
        for number, place in enumerate(places, 1):
            said(f"  {number}  {place.place}: {in_words(place.content)}")
        return [_lines(place) for place in self._picked(places)]

    def _new(self, numbers: Sequence[FoundNumbers]) -> list[FoundNumbers]:
        """Places that perfbot.toml does not read, beside raw schemas only raw schemas."""
        raw = {source.raw_schema for source in self.existing if source.raw_schema}
        if any(source.table for source in self.existing):
            return []
        return [place for place in numbers
                if place.place not in raw and not (raw and place.table)]  # fmt: skip

    def _picked(self, places: Sequence[FoundNumbers]) -> list[FoundNumbers]:
        """Of several those that are chosen: dbt's report alone, or every schema of raw tables."""
        reports = [str(number) for number, place in enumerate(places, 1) if place.table][:1]
        usual = ", ".join(reports) or "all"
        question = in_words(
            "Which of these? Not both dbt's report and raw tables (numbers, or all)"
        )
        words = self.answers.list(f"{NAME}.read", question, usual)
        if [word.casefold() for word in words] in (["all"], ["alle"]):
            return list(places)
        by_word = {str(number): place for number, place in enumerate(places, 1)}
        by_word |= {place.place: place for place in places}
        if unknown := [word for word in words if word not in by_word]:
            raise UsageError(
                "%(name)s is nothing that the warehouse has.",
                hint="It has %(names)s.",
                values={
                    "name": repr(unknown[0]),
                    "names": ", ".join(place.place for place in places),
                },
            )
        return [by_word[word] for word in dict.fromkeys(words)]

    def _named(self, found: FoundInWarehouse) -> str:
        """A table that somebody names, where nothing was recognised.

        Raises:
            SourceError: Nobody is there to name one.
        """
        reason = sentence(found.incomplete[0]) if found.incomplete else Sentence(
            "No table of dbt's ad_reporting, of Fivetran or of Airbyte is there; schemas that this "
            "user sees: %(schemas)s.",
            schemas=", ".join(found.schemas[:8]) or Sentence("none"),
        )  # fmt: skip
        hint = Sentence(
            'Name a table with a row a day and campaign, or a query: table = "%(example)s".',
            example=EXAMPLE,
        )
        if self.answers.prompt is None:
            raise SourceError(reason, hint=hint)
        said(reason)
        question = in_words("The table, or a query, with a row a day and campaign")
        return self._text("table", question, EXAMPLE)

    def _tried(self, lines: Mapping[str, str], url_env: str, url: str) -> bool:
        """Whether a place can be read; then it is an entry. What is wrong with it is said."""
        place = lines.get("table") or lines["raw_schema"]
        name = self._name(lines.get("raw_schema") or NAME)
        entry_lines = {"url_env": url_env, **{key: value for key, value in lines.items() if value}}
        config = SourceSettings.model_validate(
            {"name": name, "kind": NAME, "url": url, **entry_lines}
        )
        today = now().date()
        try:
            pulled = build(config, clock=now).pull(today - TRIED, today)
            self._refuse_repeated(place, pulled)
        except SourceError as error:
            self._failed.append(error)
            said(f"✘ {place}: {told(error).removeprefix(f'{name}: ')}")
            return False
        text = "✔ %(place)s: %(rows)s of the last %(days)s days."
        said(Sentence(text, place=place, rows=rows_counted(len(pulled.frame)), days=TRIED.days))
        zones = [zone for zone in pulled.frame["time_zone"].dropna().unique() if zone != "UTC"]
        self.zone = self.zone or (str(zones[0]) if zones else "")
        self.entries[name] = source_text(name, NAME, entry_lines)
        return True

    def _name(self, usual: str) -> str:
        """A name that no other source has."""
        names = {source.name for source in self.existing} | set(self.entries)
        numbered = (f"{usual}_{number}" for number in count(2))
        return usual if usual not in names else next(n for n in numbered if n not in names)

    def _refuse_repeated(self, place: str, pulled: Pulled) -> None:
        """The campaigns of a place, which no other may have.

        Raises:
            SourceError: Another has one of them.
        """
        pairs = pulled.frame[["channel", "campaign_id"]].drop_duplicates().to_numpy(dtype=str)
        for channel, campaign in pairs:
            earlier = self._places.setdefault((channel, campaign), place)
            if earlier != place:
                raise SourceError(
                    "campaign %(campaign)s is in %(place)s, too, and would count twice.",
                    hint="It is left out; read one of the two.",
                    values={"campaign": campaign, "place": earlier},
                )


def _lines(place: FoundNumbers) -> dict[str, str]:
    """The lines of `[[sources]]` that name a place."""
    return {"table": place.table} if place.table else {"raw_schema": place.schema}

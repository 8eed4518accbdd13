"""What `perfbot init` connects: each thing a person has is asked for and tested."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from bot.app.onboarding import ASKED, KindAsked, Setting, SetupAnswers, source_text
from bot.cli.door import LANGUAGE, in_words, say, told
from bot.cli.init_warehouse import ADDRESS_VARIABLE, WarehouseSetup
from bot.cli.parts import now
from bot.cli.plain_text import said, table
from bot.errors import SourceError, UsageError
from bot.kinds import variables
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.render import languages
from bot.sentences import Sentence
from bot.settings import Settings, SourceSettings, read
from bot.sources import build
from bot.sources.base import AdAccount
from bot.sources.platforms.pulling import PlatformSource

WAREHOUSE = "warehouse"
ALL = (["all"], ["alle"])  # in either language
Listed = str | Sequence[str]
_BETWEEN = re.compile(r"\s*(?:[;+&/]|\band\b|\bog\b)\s*")
_ALSO = {
    "warehouse": ("bigquery", "snowflake", "databricks", "postgres", "postgresql", "duckdb", "dbt",
                  "fivetran", "airbyte", "datavarehus"),
    "files": ("file", "csv", "excel", "export", "exports", "fil", "filer", "eksporter"),
}  # fmt: skip


@dataclass
class SourcesAsked:
    """What is connected in one run of init.

    Attributes:
        answers: What a file says, and who answers the rest.
        file: perfbot.toml, whether it is there or not.
        language: Of a file that is to be written; "" where there is one.
        secrets: Keys for `.env`.
        entries: `[[sources]]` by name.
        zone: The time zone of the first account that says one.
        standing: Sources of what was asked for that are in the file already.
    """

    answers: SetupAnswers
    file: Path
    language: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    zone: str = ""
    standing: set[str] = field(default_factory=set)
    _typed: dict[str, str] = field(default_factory=dict)

    @property
    def before(self) -> Settings:
        """What the file says already."""
        return read(self.file, os.environ) if self.file.exists() else Settings()

    def greet(self) -> None:
        """Speak the language of the settings; where there are none, the one that is asked for."""
        if self.file.exists():
            LANGUAGE.set(self.before.app.language)
            return
        LANGUAGE.set(_usual_language())
        question = f"{in_words('Language')} ({', '.join(languages())})"
        self.language = self.valid("language", question, LANGUAGE.get(), languages().__contains__)
        LANGUAGE.set(self.language)

    def valid(self, name: str, question: str, usual: str, fits: Callable[[str], bool]) -> str:
        """An answer that fits; asked again until one does, where somebody is there.

        Raises:
            UsageError: The file's does not.
        """
        while not fits(answer := self.answers.text(name, question, usual)):
            error = UsageError(
                "%(answer)s is no answer to: %(question)s.",
                hint="Usual is %(usual)s.",
                values={"answer": repr(answer), "question": question, "usual": usual},
            )
            if self.answers.prompt is None or self.answers.written_text(name):
                raise error
            say(told(error))
        return answer

    def connect(self) -> None:
        """Ask for each thing there is, and test it.

        Raises:
            UsageError: Nothing to connect, or a key is missing and nobody can be asked.
            SourceError: A connection fails and nobody can be asked.
        """
        names, sources = self._had(), self.before.sources
        for name in names:
            alike = {source.name for source in sources if source.kind == ASKED[name].kind}
            self.standing |= alike
            if alike and name != WAREHOUSE:
                said(Sentence("%(title)s is in %(file)s already: left as it is.",
                              title=_title(ASKED[name]), file=self.file))  # fmt: skip
            else:
                self._connect(ASKED[name])

    def _had(self) -> list[str]:
        """What there is, by the names of `ASKED`; asked again where a word names nothing."""
        usual = ", ".join(_usual()) or "files"
        question = f"{in_words('What do you have?')} ({', '.join(ASKED)})"
        while True:
            words = [
                word
                for answer in self.answers.list("have", question, usual)
                for word in _BETWEEN.split(answer)
                if word
            ]
            names = [_thing(word) for word in words]
            unknown = [word for word, name in zip(words, names, strict=True) if not name]
            if not unknown:
                return list(dict.fromkeys(names))
            error = UsageError(
                "%(name)s is none of %(names)s.",
                values={"name": repr(unknown[0]), "names": ", ".join(ASKED)},
            )
            if self.answers.prompt is None or self.answers.written.get("have") is not None:
                raise error
            say(told(error))

    def _connect(self, source_kind: KindAsked) -> None:
        """One kind of source; asked again until it answers, where somebody is there."""
        while True:
            try:
                self._connect_once(source_kind)
            except SourceError as error:
                if self.answers.prompt is None:
                    raise
                say(f"{in_words(source_kind.title)}: {told(error)}")
                if click.confirm(in_words("Try once more?"), default=True, err=True):
                    continue
            return

    def _connect_once(self, source_kind: KindAsked) -> None:
        """What is asked of one kind of source, and tried.

        Raises:
            SourceError: It does not answer.
        """
        if source_kind.name == WAREHOUSE:
            self._connect_warehouse(source_kind)
            return
        keys = self._keys(source_kind)
        settings: dict[str, Listed] = {
            setting.name: self._setting(source_kind, setting) for setting in source_kind.settings
        }
        accounts = self._tested(source_kind, settings, keys)
        if accounts:
            settings["accounts"] = ids = self._chosen(source_kind, accounts)
            keys_chosen = {account_key(account_id) for account_id in ids}
            used = [a for a in accounts if not ids or account_key(a.account_id) in keys_chosen]
            self.zone = self.zone or used[0].time_zone
        self.secrets |= keys
        self.entries[source_kind.name] = source_text(source_kind.name, source_kind.kind, settings)

    def _setting(self, source_kind: KindAsked, setting: Setting) -> str:
        """A line of `[[sources]]`; what was typed before is usual where it is asked again."""
        name = f"{source_kind.name}.{setting.name}"
        usual = self._typed.get(name, setting.usual)
        self._typed[name] = self.answers.text(name, in_words(setting.question), usual)
        return self._typed[name]

    def _connect_warehouse(self, source_kind: KindAsked) -> None:
        """A warehouse: whatever numbers it has, each place a source."""
        existing = [source for source in self.before.sources if source.kind == source_kind.kind]
        warehouse = WarehouseSetup(self.answers, existing)
        warehouse.connect(source_kind)
        self.secrets |= warehouse.secrets
        self.entries |= warehouse.entries
        self.zone = self.zone or warehouse.zone

    def _keys(self, source_kind: KindAsked) -> dict[str, str]:
        """The keys that are not in the environment yet."""
        keys = {}
        for variable, place in source_kind.keys.items():
            if os.environ.get(variable):
                said(Sentence("✔ %(variable)s is set.", variable=variable))
            else:
                question = f"{variable} ({in_words(place)})"
                name = f"{source_kind.name}.{variable}"
                usual = self._typed.get(variable, "")
                keys[variable] = self.answers.secret(name, question, variable, usual)
                self._typed[variable] = keys[variable]
        return keys | self._spare_keys(source_kind)

    def _spare_keys(self, source_kind: KindAsked) -> dict[str, str]:
        """Keys that not everybody has: those that are given."""
        keys = {
            variable: self.answers.spare(
                f"{source_kind.name}.{variable}", f"{variable} ({in_words(place)})"
            )
            for variable, place in source_kind.spare.items()
            if not os.environ.get(variable)
        }
        return {variable: key for variable, key in keys.items() if key}

    def _tested(
        self, source_kind: KindAsked, settings: dict[str, Listed], keys: dict[str, str]
    ) -> list[AdAccount]:
        """The accounts it reaches; none where it has none. Says what is missing."""
        if source_kind.kind == "folder":
            Path(self.file.parent, str(settings["path"])).mkdir(parents=True, exist_ok=True)
            return []
        environment = {
            n: v for n, v in os.environ.items() if n.startswith(variables(source_kind.kind))
        }
        text = {name: value for name, value in settings.items() if value}
        config = SourceSettings.model_validate(
            {
                "name": source_kind.name,
                "kind": source_kind.kind,
                "secret_values": environment | keys,
            }
            | text
        )
        source = build(config, clock=now)
        assert isinstance(source, PlatformSource)
        accounts = source.accounts()
        if not accounts:
            raise SourceError(
                "%(title)s answers, but this sign-in reaches no ad account.",
                hint="Have its user given the accounts, or check the manager's id.",
                values={"title": _title(source_kind)},
            )
        said(Sentence("✔ %(title)s answers. It reaches:", title=_title(source_kind)))
        rows = [[a.account_id, a.name, a.currency or "–", a.time_zone] for a in accounts]
        heads = ("Account", "Name", "Currency", "Time zone")
        said(table([in_words(head) for head in heads], rows))
        return accounts

    def _chosen(self, source_kind: KindAsked, accounts: Sequence[AdAccount]) -> list[str]:
        """The wanted accounts; empty for all of them, those of tomorrow too.

        Raises:
            SourceError: One of them is not reached.
        """
        question = in_words("Which accounts? (ids apart by commas, or all)")
        ids = self.answers.list(f"{source_kind.name}.accounts", question, "all")
        if [word.casefold() for word in ids] in ALL:
            return []
        reached = {account_key(account.account_id) for account in accounts}
        if unknown := [account for account in ids if account_key(account) not in reached]:
            raise SourceError(
                "%(title)s: this sign-in does not reach account %(ids)s.",
                hint="It reaches %(reached)s.",
                values={
                    "title": _title(source_kind),
                    "ids": ", ".join(unknown),
                    "reached": ", ".join(account.account_id for account in accounts),
                },
            )
        return ids


def _thing(word: str) -> str:
    """The name in `ASKED` of what somebody has, however they call it; "" where nobody knows."""
    name, channel = normal_name(word), channel_key(word)
    return next(
        (
            kind.name
            for kind in ASKED.values()
            if kind.kind == channel
            or name in {kind.name, kind.title.casefold(), *_ALSO.get(kind.name, ())}
        ),
        "",
    )


def _usual_language() -> str:
    """The language of the terminal, where perfbot speaks it."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    code = named.partition("_")[0].partition(".")[0].lower()
    code = "nb" if code in {"no", "nn"} else code
    return code if code in languages() else "en"


def _title(source_kind: KindAsked) -> Sentence:
    return Sentence(source_kind.title)


def _usual() -> list[str]:
    """What the environment has keys for."""
    kinds = {name: kind for name, kind in ASKED.items() if kind.keys}
    with_keys = [name for name, kind in kinds.items() if all(map(os.environ.get, kind.keys))]
    return [*with_keys, *([WAREHOUSE] if os.environ.get(ADDRESS_VARIABLE) else [])]

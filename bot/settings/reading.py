"""perfbot.toml and the environment into Settings, every problem reported together.

What can be wrong with a settings file: each check yields errors that say where and what next.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError

from bot.errors import Problems, SettingsError
from bot.kinds import variables
from bot.settings import models
from bot.settings.fields import PRICING_MODELS, STAGES, Section, near
from bot.settings.models import Settings
from bot.settings.secret_files import SECRET_KEY, SECRET_VALUE, secret_file, why

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^."']+)\s*(?:\.|$)""")

Place = tuple[str | int, ...]


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line (from 1) of the setting at `place`, e.g. `("plan", 2, "target")`.

    Falls back to the nearest thing around it (its table), and to None where even that is
    written some other way.
    """
    lines: dict[Place, int] = {}
    for setting, number in _places(text):
        lines.setdefault(setting, number)
    target = tuple(place)
    while target and target not in lines:
        target = target[:-1]
    return lines.get(target)


def _places(text: str) -> Iterator[tuple[Place, int]]:
    table: Place = ()
    arrays: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _table(header[2], array=header[1] == "[[", arrays=arrays)
            yield table, number
        elif key := KEY.match(line):
            yield (*table, key[1].strip("\"'")), number


def _table(name: str, *, array: bool, arrays: Counter[str]) -> Place:
    if array:
        arrays[name] += 1
        return (name, arrays[name] - 1)
    parts = [part.strip().strip("\"'") for part in PART.findall(name)]
    if parts and parts[0] in arrays:  # a table under the newest [[entry]]
        return (parts[0], arrays[parts[0]] - 1, *parts[1:])
    return tuple(parts)


SECTIONS: dict[str, type[Section]] = {
    "app": models.App,
    "sources": models.SourceSettings,
    "accounts": models.AccountSettings,
    "plan": models.PlanSettings,
    "rates": models.RateSettings,
    "rules": models.RulesSettings,
    "slack": models.Slack,
    "who": models.Who,
    "quiet": models.Quiet,
    "details": models.Details,
    "retention": models.Retention,
}
SECTION_NAMES = (*SECTIONS, "thresholds", "columns", "channels")
CELLS = tuple(f"{stage}.{model}" for stage in STAGES for model in PRICING_MODELS)


@dataclass(frozen=True)
class Text:
    """A settings file as written, to tell where something stands."""

    file: str
    text: str

    def problem(self, place: Place, message: str, hint: str = "") -> SettingsError:
        return SettingsError(message, hint=hint, line=line_of(self.text, place), file=self.file)


def secrets(data: Any, source: Text) -> Iterator[SettingsError]:
    """Tokens and passwords, which never belong in a file that gets shared; not repeated."""
    for place, value in _leaves(data):
        key = next((part for part in reversed(place) if isinstance(part, str)), "")
        if SECRET_VALUE.search(str(value)) or (key != "url_env" and SECRET_KEY.search(key)):
            yield source.problem(
                place,
                f'"{key}" looks like a secret, and secrets do not belong in this file.',
                "Put it in the environment or in .env; if the file was shared, make a new one.",
            )


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*place, index))
    else:
        yield place, value


def strangers(data: Mapping[str, Any], source: Text) -> Iterator[SettingsError]:
    """Sections, keys and cells nobody knows, with the nearest name."""
    for section, value in data.items():
        if section not in SECTION_NAMES:
            message = f"There is no section [{section}]."
            yield source.problem((section,), message, near(section, SECTION_NAMES))
        elif section == "thresholds":
            yield from _unknown_keys(("thresholds",), value, CELLS, source)
        elif section in SECTIONS:
            fields = SECTIONS[section].model_fields.items()
            options = tuple(name for name, field in fields if not field.exclude)
            for place, entry in _entries(section, value):
                yield from _unknown_keys(place, entry, options, source)


def _unknown_keys(
    place: Place, entry: Any, options: tuple[str, ...], source: Text
) -> Iterator[SettingsError]:
    for key in entry if isinstance(entry, Mapping) else ():
        if key not in options and not SECRET_KEY.search(key):
            message = f'[{place[0]}] has no setting "{key}".'
            yield source.problem((*place, key), message, near(key, options))


def _entries(section: str, value: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield (section, index), entry
    else:
        yield (section,), value


def invalid(error: ValidationError, source: Text) -> Iterator[SettingsError]:
    """What pydantic found, as sentences; unknown keys and secrets are told apart."""
    for detail in error.errors():
        reported_elsewhere = detail["type"] == "extra_forbidden" or SECRET_VALUE.search(
            str(detail["msg"])
        )
        if not reported_elsewhere:
            place = tuple(detail["loc"])
            message = str(detail["msg"]).removeprefix("Value error, ")
            yield source.problem(place, f"{_name(place)} {_sentence(message)}")


def _name(place: Place) -> str:
    keys = ".".join(part for part in place[1:] if isinstance(part, str) and part != "[key]")
    return f"[{place[0]}] {keys}:" if keys else f"[{place[0]}]:"


def _sentence(message: str) -> str:
    return f"{message[:1].lower()}{message[1:]}{'' if message[-1:] in '.?' else '.'}"


def doubles(settings: models.Settings, source: Text) -> Iterator[SettingsError]:
    """Two sources under one name: what was pulled is remembered under it."""
    names: set[str] = set()
    for index, source_settings in enumerate(settings.sources):
        if source_settings.name in names:
            message = f'Two sources are called "{source_settings.name}".'
            yield source.problem(("sources", index), message, "Give each a name of its own.")
        names.add(source_settings.name)


def unattended(settings: models.Settings, source: Text) -> Iterator[SettingsError]:
    """Accounts whose budgets may be set at the platform, and nobody named who may do so."""
    if settings.who.approvers or settings.who.admins:
        return
    for index, account in enumerate(settings.accounts):
        if account.apply:
            message = '"apply" lets approvers set budgets at the platform, and nobody is one.'
            yield source.problem(
                ("accounts", index, "apply"), message, "Name them in [who] approvers."
            )


def odd_tokens(environ: Mapping[str, str]) -> Iterator[SettingsError]:
    """Tokens that cannot be what they are set as; never shown themselves."""
    for name, start in (("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")):
        value = environ.get(name, "").strip()
        if value and not value.startswith(start):
            yield SettingsError(
                f"{name} should start with {start} and this one does not.",
                hint="Check that the two tokens are not swapped (docs/slack.md).",
            )
    for name in ORDER_SECRETS.values():
        if 0 < len(environ.get(name, "").strip()) < SHORTEST:
            yield SettingsError(
                f"{name} has fewer than {SHORTEST} characters: whoever guesses it can post orders.",
                hint="Make one with: openssl rand -hex 32",
            )


ORDER_SECRETS = {"perfbot": "PERFBOT_ORDERS_SECRET", "shopify": "SHOPIFY_WEBHOOK_SECRET"}
SHORTEST = 16  # characters of such a secret
DEFAULT_FILE = "perfbot.toml"
ENVIRONMENTS = ("url", "secret_values", "detail_days")  # what no file may say


class SettingsProblems(Problems):
    """Everything wrong with the settings, at once."""

    code: ClassVar[str] = "settings"
    exit_code: ClassVar[int] = 2


def read(path: str | Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of `path` (default: perfbot.toml here, if there is one) and `environ`.

    Relative paths in the file are meant from the file's own folder.

    Raises:
        SettingsProblems: Every problem, each with file, line and a way out.
    """
    file = _file(path)
    text = _text(file) if file else ""
    data = _parsed(text, file)
    source = Text(str(file), text)
    problems = [*secrets(data, source), *strangers(data, source)]
    try:
        settings = Settings.model_validate(_complete(data, environ, file))
    except ValidationError as error:
        problems += invalid(error, source)
        settings = Settings()
    problems += [*doubles(settings, source), *unattended(settings, source)]
    problems += odd_tokens(environ)
    if problems:
        raise SettingsProblems(sorted(problems, key=lambda problem: problem.line or 0))
    return settings


def _file(path: str | Path | None) -> Path | None:
    if path is not None:
        return Path(path)
    return Path(DEFAULT_FILE) if os.path.exists(DEFAULT_FILE) else None  # noqa: PTH110, no error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "Check --config, or start from perfbot.example.toml."
        raise SettingsError(f"There is no settings file {file}.", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings file {file} cannot be read: {why(error)}.",
            hint="Save it as UTF-8 text.",
        ) from None


def _parsed(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(match[1]) if match else text.count("\n") + 1
        reason = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise SettingsError(
            f"This line is not TOML: {reason[:1].lower()}{reason[1:]}.",
            hint='Texts stand in quotes, like name = "value".',
            line=line,
            file=str(file),
        ) from None


def _complete(
    data: Mapping[str, Any], environ: Mapping[str, str], file: Path | None
) -> dict[str, Any]:
    """The file's data with the environment's part added and relative paths made absolute."""
    sections = {key: value for key, value in data.items() if key in SECTION_NAMES}
    folder = file.parent if file else Path()
    sources = sections.get("sources", [])
    if isinstance(sources, list):
        sections["sources"] = [_source(entry, environ, folder) for entry in sources]
    if isinstance(sections.get("rules"), Mapping) and isinstance(
        sections["rules"].get("folder"), str
    ):
        sections["rules"] = sections["rules"] | {"folder": folder / sections["rules"]["folder"]}
    if isinstance(sections.get("app"), Mapping) and isinstance(
        sections["app"].get("database"), str
    ):
        sections["app"] = sections["app"] | {
            "database": _database(sections["app"]["database"], folder)
        }
    if isinstance(sections.get("app"), Mapping) and isinstance(sections["app"].get("rates"), str):
        sections["app"] = sections["app"] | {"rates": folder / sections["app"]["rates"]}
    return sections | _environment(environ) | {"file": file}


def _source(data: Any, environ: Mapping[str, str], folder: Path) -> Any:
    if not isinstance(data, Mapping):
        return data
    values = {key: value for key, value in data.items() if key not in ENVIRONMENTS}
    for name in ("path", "credentials"):
        if isinstance(values.get(name), str):
            values[name] = folder / values[name]
    if isinstance(values.get("url_env"), str):
        values["url"] = environ.get(values["url_env"])
    start = variables(str(values.get("kind", "")).strip())
    variable_values = {
        name: value.strip() for name, value in environ.items() if name.startswith(start)
    }
    file = secret_file(values["credentials"]) if isinstance(values.get("credentials"), Path) else {}
    values["secret_values"] = {
        name: value for name, value in (variable_values | file).items() if value
    }
    return values


def _database(address: str, folder: Path) -> str:
    return address if "://" in address or address == ":memory:" else str(folder / address)


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    def value(name: str) -> str | None:
        return environ.get(name, "").strip() or None

    tokens = {
        "bot": value("SLACK_BOT_TOKEN"),
        "app": value("SLACK_APP_TOKEN"),
        "signing_secret": value("SLACK_SIGNING_SECRET"),
        "client_id": value("SLACK_CLIENT_ID"),
        "client_secret": value("SLACK_CLIENT_SECRET"),
        "token_key": value("PERFBOT_TOKEN_KEY"),
        "api_url": value("SLACK_API_URL"),
    }
    keys = {who: key for who, name in ORDER_SECRETS.items() if (key := value(name))}
    return {"tokens": tokens, "database_url": value("DATABASE_URL"), "order_keys": keys}

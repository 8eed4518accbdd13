"""What can be wrong with a settings file: each check yields errors that say where and what next.

Where in a TOML file a setting stands: tomllib gives values without lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.errors import SettingsError
from bot.settings import models
from bot.settings.fields import PRICING_MODELS, STAGES, near

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


SECRET_VALUE = re.compile(r"xox[a-z][-.]|xapp-|://[^/\s:@]+:[^/\s@]+@")
SECRET_KEY = re.compile(r"token|secret|password|passwd|api_?key", re.IGNORECASE)
SECTIONS: dict[str, type[models.Section]] = {
    "app": models.App,
    "sources": models.SourceSettings,
    "accounts": models.AccountSettings,
    "plan": models.PlanSettings,
    "rules": models.RulesSettings,
    "slack": models.Slack,
    "who": models.Who,
    "quiet": models.Quiet,
}
SECTION_NAMES = (*SECTIONS, "thresholds", "columns")
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

"""perfbot.toml and the environment into Settings, every problem reported together."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

from dotenv import dotenv_values
from pydantic import ValidationError

from bot.errors import Problems, SettingsError
from bot.kinds import variables
from bot.settings import problems as look_for
from bot.settings.models import Settings

DEFAULT_FILE = "perfbot.toml"
ENVIRONMENTS = ("url", "secret_values")  # what no file may say


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
    source = look_for.Text(str(file), text)
    problems = [*look_for.secrets(data, source), *look_for.strangers(data, source)]
    try:
        settings = Settings.model_validate(_complete(data, environ, file))
    except ValidationError as error:
        problems += look_for.invalid(error, source)
        settings = Settings()
    problems += [*look_for.doubles(settings, source), *look_for.unattended(settings, source)]
    problems += look_for.odd_tokens(environ)
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
            f"The settings file {file} cannot be read: {_why(error)}.",
            hint="Save it as UTF-8 text.",
        ) from None


def _why(error: Exception) -> str:
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"


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
    sections = {key: value for key, value in data.items() if key in look_for.SECTION_NAMES}
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


def secret_file(file: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file that only its owner may read.

    Raises:
        SettingsError: There is none, or others may read it.
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The credentials {file} cannot be read: {_why(error)}.",
            hint="Check credentials in perfbot.toml, or put its lines in the environment.",
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            f"Others on this computer may read the credentials {file}.",
            hint=f"Run: chmod 600 {file.name}",
        )
    values = dotenv_values(stream=StringIO(text))
    return {name: value.strip() for name, value in values.items() if value}


def _database(address: str, folder: Path) -> str:
    return address if "://" in address or address == ":memory:" else str(folder / address)


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    def value(name: str) -> str | None:
        return environ.get(name, "").strip() or None

    tokens = {
        "bot": value("SLACK_BOT_TOKEN"),
        "app": value("SLACK_APP_TOKEN"),
        "signing_secret": value("SLACK_SIGNING_SECRET"),
        "api_url": value("SLACK_API_URL"),
    }
    return {"tokens": tokens, "database_url": value("DATABASE_URL")}

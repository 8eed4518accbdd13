"""What is said in which language: templates/locale/<language>.po, read when it is needed.

msgids are English; a third language is one more file.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from bot.places import shipped

SOURCE = "en"


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """Languages there is a catalogue for, English first."""
    found = sorted(path.stem for path in _locale(folder).glob("*.po"))
    return (SOURCE, *found)


def catalogue(language: str, folder: Path | None = None) -> NullTranslations:
    """Translations into a language; English, and a language nobody wrote, are as they stand."""
    path = _locale(folder) / f"{language.partition('-')[0]}.po"
    if not path.exists():
        return NullTranslations()
    return _read(path, path.stat().st_mtime_ns)


def _locale(folder: Path | None) -> Path:
    return (folder or shipped("templates")) / "locale"


@lru_cache(maxsize=16)
def _read(path: Path, _written: int) -> Translations:
    with path.open("rb") as file:
        parsed = read_po(file, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return Translations(compiled)

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings, read

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "data" / "cases"


def text_of(lines: tuple[str, ...]) -> str:
    """The lines of an export, or those of the case file that is named."""
    if len(lines) == 1 and lines[0].endswith(".csv"):
        return (CASES / lines[0]).read_text(encoding="utf-8")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def quirks() -> Path:
    return ROOT / "tests" / "data" / "quirks"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def to_file(content: str | bytes, name: str = "export.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return to_file


@pytest.fixture
def read_text(write: Callable[..., Path]) -> Callable[..., ReadFile]:
    """Read lines, or a case file by its name, as an export."""

    def reading(*lines: str, settings: ReadSettings | None = None) -> ReadFile:
        return read(write(text_of(lines)), settings=settings or ReadSettings())

    return reading


@pytest.fixture
def refusal(write: Callable[..., Path]) -> Callable[..., RefusedFile]:
    """The refusal an export meets."""

    def refused(*lines: str, settings: ReadSettings | None = None) -> RefusedFile:
        with pytest.raises(RefusedFile) as caught:
            read(write(text_of(lines)), settings=settings or ReadSettings())
        assert caught.value.hint, "a refusal names the way out"
        assert "\n" not in str(caught.value)
        return caught.value

    return refused


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: datetime(2030, 1, 1, tzinfo=UTC)

"""The tape's morning, built once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.once import made_once
from tests.tape import door


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tape's morning in it, to be copied."""
    made = made_once(tmp_path_factory, "tape", lambda folder: door.build(folder / "morning.db"))
    return made / "morning.db"


@pytest.fixture
def database(built: Path, tmp_path: Path) -> Path:
    """A copy of one's own."""
    return Path(shutil.copy(built, tmp_path / "perfbot.db"))


@pytest.fixture(scope="module")
def copied(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes copies that outlive a test."""
    return lambda: Path(shutil.copy(built, tmp_path_factory.mktemp("copy") / "perfbot.db"))

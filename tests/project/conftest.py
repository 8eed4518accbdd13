"""The desk of the documentation's examples, and every page as the code would write it today."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docs.__main__ import pages
from docs.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("stage"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def written(stage: Stage) -> dict[str, str]:
    return pages(stage)

"""The packaged rulebook, and folders of somebody's own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.errors import PerfbotError, Problems

RULE = """\
- id: my-rule
  title: Clicks are dear
  why: A test of somebody's own rules.
  applies: {stage: act, pricing: CPC}
  windows: {now: 7d, before: 28d}
  when:
    - cpc.now > 1.5 * cpc.before
  evidence: [clicks.now >= 100]
  severity: watch
  action: {do: review_keywords}
  message: "{{ name }}: {{ cpc | change }}"
  tests:
    - it: speaks on a dear click
      given: {cpc.now: 9, cpc.before: 4, clicks.now: 500, clicks.before: 900}
      expect: watch
    - it: is quiet on a usual one
      given: {cpc.now: 4, cpc.before: 4, clicks.now: 500, clicks.before: 900}
      expect: quiet
"""


@pytest.fixture(scope="session")
def packaged() -> Rulebook:
    return rules_files.load()


@pytest.fixture
def rule() -> str:
    """A rule that is right, to be spoiled."""
    return RULE


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder with these files: `folder(own=text)` writes own.yml."""

    def written(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def problems(folder: Callable[..., Path]) -> Callable[..., list[PerfbotError]]:
    """Everything that is wrong with a folder of these files."""

    def found(**files: str) -> list[PerfbotError]:
        with pytest.raises(Problems) as error:
            rules_files.load(folder(**files))
        return list(error.value.problems)

    return found

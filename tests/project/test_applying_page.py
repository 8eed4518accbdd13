"""The page about applying says what the code does: settings, reasons, what can come of it."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain import platform_budgets
from bot.domain.platform_budgets import OBSTACLES
from bot.settings import read
from bot.settings.models import AccountSettings
from bot.sources.platforms.meta_rows import WHOLE

PAGE = (Path(__file__).parents[2] / "docs" / "applying.md").read_text(encoding="utf-8")


def named(heading: str) -> set[str]:
    """What the first column of the table under a heading names."""
    table = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_its_example_is_valid(tmp_path: Path) -> None:
    """Whoever copies the lines of the page has one account switched on."""
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "perfbot.toml"
    file.write_text(block, encoding="utf-8")
    (account,) = read(file, {}).accounts
    assert account.apply


def test_it_names_every_setting_reason_and_outcome() -> None:
    """Each is on the page, and none that there is not."""
    fields = {name for name in AccountSettings.model_fields if name.startswith("apply")}
    assert named("Switching it on") == fields
    assert named("Why nothing was sent") == set(OBSTACLES)
    statuses = {getattr(platform_budgets, name) for name in (
        "SET", "UNCHANGED", "OTHERWISE", "REFUSED", "NOT_SENT")}  # fmt: skip
    assert named("What came of each campaign") == statuses


def test_it_names_every_currency_that_meta_counts_in_whole_units() -> None:
    """The list people read is the one that is used."""
    sentence = PAGE.partition("whole units of ")[2].partition(". An")[0]
    assert set(re.findall(r"[A-Z]{3}", sentence)) == WHOLE

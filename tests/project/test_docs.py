"""Documentation is tested: what is not written down does not exist, and what is written runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.door import COMMANDS, cli
from bot.numbers.columns import COLUMNS
from bot.rules_files import load
from docs.__main__ import pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", ["commands.md", "settings.md", "metrics.md", "rules.md"])
def test_the_reference_is_fresh(page: str) -> None:
    """Each generated page says what the code does today; `python -m docs` writes it anew."""
    assert (DOCS / page).read_text(encoding="utf-8") == pages()[page]


def test_every_command_is_documented() -> None:
    """Each command has a heading on the commands page."""
    text = (DOCS / "commands.md").read_text()
    for name in COMMANDS:
        assert f"## `perfbot {name}`" in text


def test_every_rule_and_metric_is_documented() -> None:
    """Each rule and metric is named on its page."""
    rulebook = load()
    rules, metrics = (DOCS / "rules.md").read_text(), (DOCS / "metrics.md").read_text()
    assert all(f"## `{rule.id}`" in rules for rule in rulebook.rules)
    assert all(f"| `{name}` |" in metrics for name in rulebook.metrics)


def test_every_column_is_documented() -> None:
    """Each column of the daily numbers is on the columns page."""
    text = (DOCS / "columns.md").read_text()
    assert [name for name in COLUMNS if f"`{name}`" not in text] == []


def test_the_readme_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `$ perfbot …` line of the README runs, in the order a reader would type them."""
    examples = re.findall(r"^\$ perfbot (.*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(examples) >= 4
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "readme.db"))
    for example in examples:
        done = CliRunner().invoke(cli, shlex.split(example), catch_exceptions=False)
        assert done.exit_code == 0, f"{example}: {done.output}"
        assert done.output.strip()


def test_the_readme_links_lead_somewhere() -> None:
    """Each relative link and picture of README, CONTRIBUTING and docs exists."""
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_readme_names_the_two_commands() -> None:
    """`make demo` and `make test` are what a newcomer is told, and both are in the Makefile."""
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for name in ("demo", "test"):
        assert f"make {name}" in readme
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)


def test_every_page_that_perfbot_sends_people_to_exists() -> None:
    """A page named in a message, a template or the example settings is there."""
    folders = [ROOT / "bot", ROOT / "templates", ROOT / "rules"]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix != ".pyc"]
    texts = [file.read_text(encoding="utf-8", errors="ignore") for file in files if file.is_file()]
    named = {page for text in texts for page in re.findall(r"docs/[a-z_]+\.md", text)}
    assert named
    assert [page for page in sorted(named) if not (ROOT / page).exists()] == []

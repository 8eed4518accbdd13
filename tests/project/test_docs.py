"""Documentation is tested: what is not written down does not exist, and what is written runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.door import cli
from bot.domain.details import DETAIL_COLUMNS, Level
from bot.numbers.input.columns import COLUMNS
from bot.rules_files import load

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]


def test_the_pages_are_fresh(written: dict[str, str]) -> None:
    """Each page says, and each example prints, what the code does today: run `python -m docs`."""
    stale = [name for name, text in written.items() if _text(DOCS / name) != text]
    assert stale == [], "`python -m docs` writes them anew"


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else ""


def test_every_rule_and_metric_is_documented() -> None:
    """Each rule and metric is named on its page."""
    rulebook = load()
    rules, metrics = _text(DOCS / "rules.md"), _text(DOCS / "metrics.md")
    assert all(f"## `{rule.id}`" in rules for rule in rulebook.rules)
    assert all(f"| `{name}` |" in metrics for name in rulebook.metrics)


def test_every_column_is_documented() -> None:
    """Each column of the daily numbers and of details is on the columns page, and each level."""
    text = _text(DOCS / "columns.md")
    names = [*COLUMNS, *DETAIL_COLUMNS, *(level.value for level in Level)]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_readme_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `$ perfbot …` line of the README runs, in the order a reader would type them."""
    examples = re.findall(r"^\$ perfbot (.*)$", _text(ROOT / "README.md"), re.MULTILINE)
    assert len(examples) >= 4
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "readme.db"))
    for example in examples:
        done = CliRunner().invoke(cli, shlex.split(example), catch_exceptions=False)
        assert done.exit_code == 0, f"{example}: {done.output}"
        assert done.output.strip()


def test_what_an_operator_types_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `$ perfbot …` line of docs/operating.md, on a database with numbers in it."""
    examples = re.findall(r"^\$ perfbot (.*)$", _text(DOCS / "operating.md"), re.MULTILINE)
    numbers = str(ROOT / "tests/data/quirks/google_ads_en.csv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "perfbot.db"))
    for words in (["import", numbers], *map(shlex.split, examples)):
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, f"{words}: {done.output}"
    assert len(examples) >= 4
    assert len(list((tmp_path / "backups").glob("*.db"))) >= 2  # restore keeps what was there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Each relative link and picture exists, and where it names a heading, that is there too."""
    for link in re.findall(r"\]\(([^)\s]+)\)", _without_code(_text(page))):
        if "://" in link:
            continue
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        assert not heading or heading in headings(target), link


def _without_code(text: str) -> str:
    """Without blocks of output, in which brackets are no links."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", _without_code(_text(page)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.casefold()).replace(" ", "-") for each in found}


def test_every_picture_is_shown() -> None:
    """None lies in docs/pictures that no page shows."""
    shown = "".join(_text(page) for page in PAGES)
    pictures = [each.name for each in (DOCS / "pictures").glob("*.png")]
    assert [name for name in pictures if f"pictures/{name})" not in shown] == []


def test_every_page_can_be_found(written: dict[str, str]) -> None:
    """From the README every page of docs/ is a few links away."""
    seen, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#:\s]+)", _without_code(_text(page)))
        waiting += [(page.parent / link).resolve() for link in links]
    assert [page for page in PAGES if page.resolve() not in seen] == []
    assert len(written) > 40


def test_the_readme_names_the_two_commands_first() -> None:
    """`make demo` and `make test` are what a newcomer is told, before anything else to type."""
    readme, makefile = _text(ROOT / "README.md"), _text(ROOT / "Makefile")
    first = re.findall(r"^```console\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
    for name in ("demo", "test"):
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)


def test_what_the_readme_claims_is_shown_by_something() -> None:
    """Each thing it says perfbot does names a test or benchmark (that they exist: the links)."""
    told = _text(ROOT / "README.md").partition("## What it does")[2].partition("\n## ")[0]
    claims = told.split("\n- ")[1:]
    assert len(claims) >= 9
    assert [claim for claim in claims if not re.search(r"\]\((tests|benchmarks)/", claim)] == []


def test_contributing_has_every_room() -> None:
    """Each part of bot/ is in the table of where things are."""
    text = _text(ROOT / "CONTRIBUTING.md")
    parts = [each for each in (ROOT / "bot").iterdir() if each.is_dir() and any(each.glob("*.py"))]
    files = [each for each in (ROOT / "bot").glob("*.py") if each.name != "__init__.py"]
    named = [f"`bot/{each.name}`" for each in (*parts, *files)]
    assert [name for name in named if name not in text] == []


def test_make_commands_that_are_named_exist() -> None:
    """Every `make …` in the documentation is in the Makefile."""
    makefile = _text(ROOT / "Makefile")
    named = {name for page in PAGES for name in re.findall(r"`?make ([a-z-]+)`", _text(page))}
    assert named
    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


def test_every_page_that_perfbot_sends_people_to_exists() -> None:
    """A page named in a message, a template or the example settings is there."""
    folders = [ROOT / "bot", ROOT / "templates", ROOT / "rules"]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix != ".pyc"]
    texts = [file.read_text(encoding="utf-8", errors="ignore") for file in files if file.is_file()]
    named = {page for text in texts for page in re.findall(r"docs/[a-z_/-]+\.md", text)}
    assert named
    assert [page for page in sorted(named) if not (ROOT / page).exists()] == []

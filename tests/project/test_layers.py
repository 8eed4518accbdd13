"""Structure that a test can hold on to."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_point_one_way() -> None:
    """No lower layer imports a higher one, and the core touches no edge."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_locks_name_no_registry() -> None:
    """The locks pin every package by hash and name no address."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("==") > 10
        assert "--hash=sha256:" in text


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Every dependency of pyproject.toml is pinned in the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        line.split("==")[0]
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line
    }
    for wanted in project["dependencies"]:
        assert wanted.split(">=")[0].split("[")[0] in locked


def test_the_core_install_leaves_the_heavy_parts_out() -> None:
    """Importing the door loads neither pandas nor Slack: help and version answer at once."""
    code = (
        "import sys, bot.cli; "
        "heavy = {'pandas', 'slack_bolt', 'sqlalchemy', 'pyarrow', 'scipy'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""The wheel is what people install: it must stand alone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_rules_and_templates_under_the_package(wheel: Path) -> None:
    """The wheel holds rules/ and templates/, and nothing at its top but the package."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"bot", "perfbot-0.1.0.dist-info"}
    for shipped in ("rules/metrics.yml", "rules/thresholds.yml", "templates/digest.j2"):
        assert f"bot/_data/{shipped}" in names
    assert any(name.startswith("bot/demo/workspace/page/") for name in names)


def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked far from the checkout, perfbot checks its own rules and answers a question."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    libraries = sysconfig.get_path("purelib")
    path = os.pathsep.join([str(tmp_path / "site"), libraries])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "HOME": str(tmp_path)}

    def perfbot(*words: str) -> str:
        # -P and -S: neither the working folder nor the editable install may lend a hand
        where = "import bot, sys; print(bot.__file__, file=sys.stderr)"
        code = f"{where}; from bot.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-S", "-P", "-c", code, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert str(tmp_path) in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    assert perfbot("version").strip()
    perfbot("rules", "check")
    assert "/perf" in perfbot("ask", "/perf")

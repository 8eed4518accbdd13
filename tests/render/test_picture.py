"""A chart is a picture where charts are refused, the same each time, whatever its names hold."""

from __future__ import annotations

import builtins
import datetime as dt

import pytest

from bot.render.charts import chart, described, picture

POINTS = [("26 Oct", 1000.0), ("27 Oct", 900.5), ("28 Oct", 1270.0)]
HOSTILE = ["Sale $x^{", "🎉 \\frac{1}{0}", "حملة", "A & <b>", "påmelding øæå", "\u0000"]


def made(title="CPA", *, line=True, points=POINTS):
    return chart(points, title=title, name="CPA", line=line, label="kr")


@pytest.mark.parametrize("line", [True, False])
def test_lines_and_bars_are_drawn(line):
    """A PNG of a size a phone shows, and the same bytes each time."""
    pytest.importorskip("matplotlib")
    drawn = picture(made(line=line))
    assert drawn.png.startswith(b"\x89PNG")
    assert len(drawn.png) < 200_000
    assert picture(made(line=line)).png == drawn.png


@pytest.mark.parametrize("title", HOSTILE)
def test_no_name_breaks_the_drawing(title):
    """Dollars are no formulas, and letters the font lacks are dots."""
    pytest.importorskip("matplotlib")
    points = [(f"{title} {at}", 1.0) for at in range(20)]
    assert picture(made(title, points=points)).png.startswith(b"\x89PNG")


def test_what_it_shows_is_told_in_words():
    """Where it begins and ends, and between what it moves."""
    assert described(made()) == "CPA: 26 Oct 1000 → 28 Oct 1270 (900.5–1270)"
    assert len(described(made("x" * 5_000))) <= 2_000


def test_without_the_extra_there_is_no_picture(monkeypatch):
    """Then sparklines stay what they were."""
    real = builtins.__import__

    def without(name, *args, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert picture(made()) is None


def test_a_pie_is_not_drawn():
    """It has its own words."""
    assert picture({"title": str(dt.date(2026, 1, 1)), "chart": {"type": "pie"}}) is None

"""The page that says how perfbot is built, held against the code."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def layers() -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (one_way,) = [each for each in contracts["contracts"] if each["type"] == "layers"]
    return [re.split(r" [|:] ", layer) for layer in one_way["layers"]]


def test_the_picture_is_of_the_layers_that_are_checked() -> None:
    """Each arrow points from a layer to a lower one, and every layer but leaves is in it."""
    order = {room: place for place, rooms in enumerate(layers()) for room in rooms}
    picture = PAGE.partition("```mermaid")[2].partition("```")[0]
    drawn = set[str]()
    for line in picture.splitlines():
        steps = [part.strip().split(" & ") for part in line.split("-->")]
        for above, below in pairwise(steps):
            assert all(order[high] <= order[low] for high in above for low in below), line
            drawn |= {*above, *below}
    assert set(order) - drawn <= {"workspace", "places", "kinds", "redaction", "sentences"}


def test_every_layer_has_its_line() -> None:
    """The table names each room of the checked layers."""
    table = PAGE.partition("| layer |")[2].partition("\n\n")[0]
    assert [room for rooms in layers() for room in rooms if f"`{room}`" not in table] == []


def test_every_hop_is_a_file() -> None:
    """The ways of a number, a question and a press lead through files that exist."""
    hops = re.findall(r"\]\(\.\./(bot/[^)]+)\)", PAGE)
    assert len(hops) >= 12
    assert [hop for hop in hops if not (ROOT / hop).is_file()] == []

"""The tape on disk: parts of entries, one a line; what differs, in words; and recording it anew."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.tape import day, door, play, week
from tests.tape.play import Entry

HERE = Path(__file__).parent
DATA, DIFFERENCES = HERE / "data", HERE / "differences.md"
MARK = DATA / "recorded.json"
PARTS: dict[str, Callable[[Path], list[Entry]]] = {
    "answers": play.answers,
    "commands": play.commands,
    "buttons": play.buttons,
    "day": day.played,
    "cli": play.command_line,
    "week": week.played,
}
LINES, SHOWN = 30, 8  # of a difference, and differences of a part


def load(part: str) -> list[Entry]:
    """The entries of a part, as they were recorded."""
    with gzip.open(DATA / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def save(part: str, entries: Sequence[Entry]) -> None:
    """Write a part; the same entries are the same bytes."""
    text = "".join(json.dumps(each, ensure_ascii=False, sort_keys=True) + "\n" for each in entries)
    (DATA / f"{part}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def keyed(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Entries by name; what recurs is numbered."""
    seen: Counter[str] = Counter()
    found = {}
    for each in entries:
        seen[each["name"]] += 1
        count = seen[each["name"]]
        found[each["name"] if count == 1 else f"{each['name']} ({count})"] = each
    return found


def differences(part: str, played: Sequence[Entry]) -> list[str]:
    """What differs from the tape: for each question its name and the lines that changed."""
    before, now = keyed(load(part)), keyed(played)
    gone = [f"not asked any more: {name}" for name in before if name not in now]
    new = [f"not on the tape: {name}" for name in now if name not in before]
    changed = [
        f"{name}\n{_lines(before[name], now[name])}"
        for name in now
        if name in before and before[name] != now[name]
    ]
    return [*gone, *new, *changed]


def report(part: str, found: Sequence[str]) -> str:
    """Differences for a person, the first few in full."""
    shown = "\n\n".join(found[:SHOWN])
    more = "".join(f"\n- {each.splitlines()[0]}" for each in found[SHOWN : SHOWN + 40])
    return f"{part}: {len(found)} answers differ from the tape.\n\n{shown}{more}"


def _lines(before: Any, now: Any) -> str:
    old, new = (_pretty(each) for each in (before, now))
    diff = list(difflib.unified_diff(old, new, "tape", "now", n=2, lineterm=""))
    left = f"\n  … and {len(diff) - LINES} lines more" if len(diff) > LINES else ""
    return "\n".join(f"  {line}" for line in diff[:LINES]) + left


def _pretty(value: Any) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).splitlines()


def play_all(
    folder: Path, parts: Sequence[str] = tuple(PARTS)
) -> Iterator[tuple[str, list[Entry]]]:
    """Each part played on a fresh copy of the morning."""
    built = door.build(folder / "morning.db")
    for part in parts:
        copy = folder / f"{part}.db"
        shutil.copy(built, copy)
        yield part, PARTS[part](copy)


def mark() -> str:
    """Changes whenever a difference is entered in differences.md."""
    return hashlib.sha256(DIFFERENCES.read_bytes()).hexdigest()


def recorded() -> dict[str, Any]:
    """Of which commit the tape is, and with which differences it was last recorded."""
    found: dict[str, Any] = json.loads(MARK.read_text(encoding="utf-8"))
    return found


def record(folder: Path, commit: str, parts: Sequence[str] = tuple(PARTS)) -> list[str]:
    """Record what differs; the parts written.

    Raises:
        PermissionError: Something differs and differences.md has no new entry about it.
    """
    DATA.mkdir(exist_ok=True)
    first = not MARK.exists()
    changed = [
        (part, played)
        for part, played in play_all(folder, parts)
        if first or not (DATA / f"{part}.jsonl.gz").exists() or differences(part, played)
    ]
    if changed and not first and mark() == recorded()["differences"]:
        names = ", ".join(part for part, _ in changed)
        raise PermissionError(f"{names} differ: enter the reason in {DIFFERENCES.name} first.")
    for part, played in changed:
        save(part, played)
    if changed:
        before = recorded() if not first else {"first": commit}
        told = json.dumps({**before, "last": commit, "differences": mark()}, indent=1)
        MARK.write_text(told + "\n", encoding="utf-8")
    return [part for part, _ in changed]

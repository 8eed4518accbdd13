"""perfbot.toml as `perfbot init` writes it: with comments, added to and never rewritten.

Entries of lists of tables may stand anywhere in TOML, so what is new goes at the end, and whatever
a person wrote stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bot.app.onboarding.proposed_plan import Proposal

HEAD = """# perfbot.toml, begun by `perfbot init`. Every setting: docs/settings.md; keys: in .env.
# Change what you like: init run again adds what is new and touches nothing else.

[app]
"""
PLAN = """
# What the campaigns are for. Lines that begin with # are guesses and do not count: take the # away
# where one is right. A target is what the platform bids to, until you write your own.
"""


def quoted(value: str | Sequence[str]) -> str:
    """A text, or a list of them, as TOML writes it."""
    text = json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def head(app: Mapping[str, str]) -> str:
    """The start of a new file."""
    return HEAD + "".join(f"{name} = {quoted(value)}\n" for name, value in app.items() if value)


def source_text(name: str, kind: str, settings: Mapping[str, str | Sequence[str]]) -> str:
    """A `[[sources]]` entry."""
    lines = [f"\n[[sources]]\nname = {quoted(name)}\nkind = {quoted(kind)}"]
    lines += [f"{key} = {quoted(value)}" for key, value in settings.items() if value]
    return "\n".join(lines) + "\n"


def plan_text(entries: Iterable[Proposal]) -> str:
    """`[[plan]]` entries, the reason beside each; nothing where there is none."""
    written = "".join(map(_entry, entries))
    return PLAN + written if written else ""


def _entry(proposal: Proposal) -> str:
    lines = ["\n[[plan]]", f"match = {quoted(proposal.match)}"]
    off, word = ("", "known") if proposal.known else ("#", "a guess")
    reason = f"# {word}: {_plain(proposal.reason)}"
    if proposal.stage:
        lines.append(f"{off}stage = {quoted(proposal.stage)}  {reason}")
    else:
        lines.append(f"{reason}: write stage = reach, act, convert or engage")
    if proposal.pricing_model:
        lines.append(f"{off}pricing_model = {quoted(proposal.pricing_model)}")
    if proposal.target is not None:
        target = f"{{{proposal.target_metric} = {proposal.target:g}}}"
        lines.append(f"target = {target}  # what the platform bids to")
    if proposal.shared_budget:
        lines.append(f"shared_budget = {quoted(proposal.shared_budget)}  # never changed by advice")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """On one line: a comment ends where the line does."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def add_secrets(file: Path, values: Mapping[str, str]) -> None:
    """Add `NAME='value'` lines to a file that only its owner may read."""
    file.touch(mode=0o600, exist_ok=True)
    file.chmod(0o600)
    text = file.read_text(encoding="utf-8")
    gap = "" if not text or text.endswith("\n") else "\n"
    lines = "".join(f"{name}='{_escaped(value)}'\n" for name, value in values.items())
    file.write_text(f"{text}{gap}{lines}", encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")

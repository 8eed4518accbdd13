"""What must hold after every fault: nothing lost, doubled or stuck, each card as the store has it.

A life of nobody's (`tests.chaos.looking`) says what the store holds; the workspace says what Slack
shows. Both are held against each other, and against the same morning without a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

KINDS = ("lost", "doubled", "stuck", "disagree", "doctor", "broken")
POSTED = ("digest", "advice", "carried", "urgent", "line", "notice")


@dataclass(frozen=True)
class Press:
    """An answer somebody gave, and whether Slack was told that it is kept.

    Attributes:
        name: What is told apart by.
        advice: Of which advice.
        acknowledged: Whether whoever gave it could believe that it is kept.
        kind: The event it leads to.
    """

    name: str
    advice: str
    who: str
    acknowledged: bool
    kind: str


@dataclass
class Expected:
    """What a trial must come to.

    Attributes:
        keys: Messages that must be out, by their keys.
        presses: Answers that were given.
        sums: How many rows of numbers there are and what they sum up to; None where it is open.
        advice: The state of each piece of advice; None where it is open.
    """

    keys: frozenset[str] = frozenset()
    presses: list[Press] = field(default_factory=list)
    sums: list[Any] | None = None
    advice: dict[str, str] | None = None


Finding = tuple[str, str]  # one of KINDS, and the sentence


def findings(look: dict[str, Any], slack: dict[str, Any], expected: Expected) -> list[Finding]:
    """Everything that does not hold."""
    shown = {(each["channel"], each["ts"]): each for each in slack["messages"]}
    return [
        *_outbox(look, expected),
        *_posted(look, shown),
        *_agreeing(look, shown),
        *_answers(look, expected.presses),
        *_work(look),
        *_numbers(look, expected),
        *(("doctor", words) for words in look["doctor"]),
    ]


def _outbox(look: dict[str, Any], expected: Expected) -> Iterator[Finding]:
    states = {row["key"]: row["state"] for row in look["outbox"]}
    for row in look["outbox"]:
        if row["state"] in {"waiting", "sending"}:
            yield "stuck", f"{row['key']} is {row['state']}: {row['error']}"
        elif row["state"] == "failed":
            yield "lost", f"{row['key']} was given up: {row['error']}"
    for key in sorted(expected.keys - set(states)):
        yield "lost", f"{key} was never written"
    told = Counter(event["subject"] for event in look["events"] if event["kind"] == "digest.queued")
    for digest, times in told.items():
        if times > 1:
            yield "doubled", f"digest {digest} was written {times} times"


def _posted(look: dict[str, Any], shown: dict[Any, Any]) -> Iterator[Finding]:
    """Each message the store calls sent stands in Slack once, and nothing else of ours does."""
    known = {row["key"]: row for row in look["outbox"] if row["kind"] in POSTED}
    times = Counter(key for message in shown.values() if (key := key_of(message)))
    for key, count in times.items():
        if count > 1:
            yield "doubled", f"{key} stands in Slack {count} times"
        if key not in known:
            yield "disagree", f"{key} stands in Slack and not in the store"
    for key, row in known.items():
        if row["kind"] == "carried":  # an earlier thread of the channel shows it
            continue
        if row["state"] == "sent" and not times[key]:
            yield "lost", f"{key} is sent for the store and not in Slack"
        elif row["state"] == "sent" and row["channel"].startswith("C"):
            message = shown.get((row["channel"], row["ts"]))
            if message is None or key_of(message) != key:  # what is edited later goes astray
                yield "disagree", f"{key} stands elsewhere than the store has it ({row['ts']})"


def _agreeing(look: dict[str, Any], shown: dict[Any, Any]) -> Iterator[Finding]:
    """Each posted card and digest reads as it would be made now."""
    for row in look["outbox"]:
        reads, message = look["reads"].get(row["key"]), shown.get((row["channel"], row["ts"]))
        if reads is None or message is None:
            continue
        if message["text"] != reads["text"] or plain(message["blocks"]) != plain(reads["blocks"]):
            yield "disagree", f"{row['key']} shows {message['text']!r}, should {reads['text']!r}"


def _answers(look: dict[str, Any], presses: Iterable[Press]) -> Iterator[Finding]:
    """Who was told that it is kept finds it kept, once, with its line in each thread once."""
    for press in presses:
        kept = [event for event in look["events"]
                if (event["kind"], event["subject"], event["actor"])
                == (press.kind, press.advice, press.who)]  # fmt: skip
        if press.acknowledged and not kept:
            yield "lost", f"{press.kind} of {press.advice} by {press.who} was acknowledged"
        if len(kept) > 1:
            yield "doubled", f"{press.kind} of {press.advice} is kept {len(kept)} times"
        for event in kept:
            said = [row for row in look["outbox"] if row["kind"] == "line"
                    and row["key"].startswith(f"answer:{event['number']}:line:")]  # fmt: skip
            if not said:
                yield "lost", f"nobody said {press.kind} of {press.advice} in a thread"


def _work(look: dict[str, Any]) -> Iterator[Finding]:
    """No job waits or is held; one that failed had a later one in its place."""
    done = max((no for no, job in enumerate(look["jobs"]) if job["state"] == "done"), default=-1)
    for no, job in enumerate(look["jobs"]):
        if job["state"] != "done" and not (job["state"] == "failed" and no < done):
            yield "stuck", f"job {job['key']} is {job['state']}: {job['error']}"


def _numbers(look: dict[str, Any], expected: Expected) -> Iterator[Finding]:
    if expected.sums is not None and look["sums"][: len(expected.sums)] != expected.sums:
        more = look["sums"] > expected.sums
        yield "doubled" if more else "lost", f"numbers {look['sums']}, not {expected.sums}"
    # what was said of the trouble itself is over with it
    advice = {key: state for key, state in look["advice"].items() if state != "expired"}
    if expected.advice is not None and advice != expected.advice:
        yield "lost", f"advice {look['advice']}, not {expected.advice}"


def key_of(message: dict[str, Any]) -> str:
    """What perfbot calls a message; "" for one that is not its own."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key", ""))


def plain(blocks: Any) -> Any:
    """Blocks without the ids Slack gives them."""
    if isinstance(blocks, list):
        return [plain(each) for each in blocks]
    if isinstance(blocks, dict):
        return {key: plain(value) for key, value in blocks.items() if key != "block_id"}
    return blocks

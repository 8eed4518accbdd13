"""Everything somebody of one client can try, to see or change something of another's.

`python -m tests.clients.tries 10000` tries so many and prints what came of them.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any

from bot import rules_files
from bot.ask import Asker
from bot.domain.replies import Press, Submission
from bot.domain.slack_ids import in_workspace, workspace_of
from bot.errors import NotAllowed, OutOfScope, PerfbotError
from bot.question.vocabulary import COMMANDS
from bot.render import Renderer, languages
from bot.store.base import ChannelOwner, Store
from tests.clients.conftest import ALFA, OURS, THEIRS, Agency, canaries, copied, fill, opened
from tests.office import NOW

SEED = 13
SECOND = "T0SECOND1"  # a workspace of the first client's own, where ids are as in the first
PLACES = (OURS, "D1", "", f"{OURS}@{SECOND}", f"{THEIRS}@{SECOND}", f"D1@{SECOND}")
"""Where somebody of the first client may ask. The second client's channel has its id in both
workspaces, and in the second nobody said whose it is."""
WINDOWS = ("", "7d", "28d", "mtd", "2026-11-01..2026-11-15")
SENTENCES = (
    "how is {} doing", "how much did {} spend last week", "why did {} change",
    "what should I do about {}", "what if I give {} 1000 more", "compare {} and google",
    "show me {}", "best campaign of {}", "pause {}", "which client spends the most",
    "spend by client", "hvordan går det med {}", "hva brukte {} i går", "is {} over budget",
)  # fmt: skip
VERBS = ("acknowledge", "progress", "snooze", "dismiss", "undo", "apply", "set_back")
VIEWS = ("dismiss_view", "partly_view", "apply_view", "snooze_view", "evidence_view")
LINES = ("ack", "ack 1", "ack 2", "snooze 1 3d", "no 1: Zyx", "why 1?", "undo 2", "ack 1 50%")
ROOMS = "thread_reply", "in_thread", "reaction"


@dataclass(frozen=True)
class Try:
    """One thing tried: of which kind, with which words, and what it comes to."""

    kind: str
    words: tuple[str, ...]
    act: Callable[[], Any]


@dataclass
class Tried:
    """How many of each kind were tried, and what was seen or changed that should not have been."""

    counts: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)


def tried(agency: Agency, most: int) -> Tried:
    """Try so many, chosen by a fixed seed: of each kind as many, as far as there are."""
    owner = ChannelOwner(f"{OURS}@{SECOND}", ALFA)
    agency.store.assign_channel(owner, by="U9", at=NOW)
    chosen = islice(in_turn(tries(agency)), most)
    before, outcome = state(agency.store), Tried()
    for attempt in chosen:
        outcome.counts[attempt.kind] += 1
        if found := canaries(_come_to(attempt), " ".join(attempt.words)):
            outcome.seen.append(f"{attempt.kind} {attempt.words}: {found[:3]}")
    if state(agency.store) != before:
        outcome.seen.append("Something of the other client was changed.")
    return outcome


def in_turn(everything: Iterable[Try]) -> Iterator[Try]:
    """One of each kind after the other, each kind in an order of its own, until all are through."""
    shuffled = sorted(everything, key=lambda attempt: attempt.kind)
    random.Random(SEED).shuffle(shuffled)
    by_kind: dict[str, deque[Try]] = defaultdict(deque)
    for attempt in shuffled:
        by_kind[attempt.kind].append(attempt)
    while by_kind:
        for kind in sorted(by_kind):
            yield by_kind[kind].popleft()
            if not by_kind[kind]:
                del by_kind[kind]


def state(store: Store) -> object:
    """All of the other client's that somebody could change."""
    records = [(each.advice.id, each.state) for each in store.all_advice() if canaries(each)]
    plan = [row for row in store.plan_rows() if canaries(row)]
    theirs = [each for each in store.subscriptions() if each.channel == THEIRS]
    return records, plan, theirs, store.channel_owners()


def _come_to(attempt: Try) -> object:
    """What somebody is shown of it: an answer, a form, the edits and lines, or the sentence."""
    try:
        return _shown(attempt.act())
    except PerfbotError as error:
        if attempt.kind in {"press", "form of advice"} and not isinstance(
            error, OutOfScope | NotAllowed
        ):
            raise
        return str(error)


def _shown(answer: Any) -> object:
    said = getattr(answer, "said", None)
    return said if said is not None else answer


def tries(agency: Agency) -> Iterator[Try]:
    """Every command, sentence, button, form and thread, with every name and id of the other's."""
    store = agency.store
    names = names_of(store)
    yield from _questions(agency, names)
    yield from _presses(agency, agency.ids("Zyxwood"))
    yield from _threads(agency)
    yield from _forms(agency, names)


def names_of(store: Store) -> list[str]:
    """All that the other client's things are called: campaigns, ids, patterns, advice, people."""
    numbers = store.numbers()
    theirs = numbers[numbers["account_id"] == "zyx-account"]
    columns = ("campaign_name", "campaign_id", "account_id")
    names = {str(each) for column in columns for each in theirs[column].unique()}
    names |= {row.pattern for row in store.plan_rows() if canaries(row.pattern)}
    names |= {each.advice.title for each in store.all_advice() if canaries(each)}
    names |= {each.advice.id for each in store.all_advice() if canaries(each)}
    return sorted(
        {*names, "Zyxwood", "Zyx", "Zyx Owner", "Snapchat", "snapchat_ads", "zyx-platform"}
    )


def _questions(agency: Agency, names: list[str]) -> Iterator[Try]:
    commands = [each for each in COMMANDS if each not in {"subscribe", "unsubscribe"}]
    for command, name, window, place in product(commands, names, WINDOWS, PLACES):
        yield _question(agency, "command", f'{command} "{name}" {window}'.strip(), name, place)
    for sentence, name, place in product(SENTENCES, names, PLACES):
        yield _question(agency, "sentence", sentence.format(name), name, place)
    for command, window, place in product(commands, WINDOWS, PLACES):
        yield _question(agency, "command", f"{command} {window}".strip(), "", place)
    for channel, window, place in product(("google", "meta", "all"), WINDOWS, PLACES):
        for command in ("channel", "export", "why", "compare linkedin and", "share channel"):
            yield _question(agency, "command", f"{command} {channel} {window}".strip(), "", place)


def _question(agency: Agency, kind: str, text: str, name: str, place: str) -> Try:
    return Try(kind, (text, name), lambda: agency.ask(text, place, someone(place).user))


def _presses(agency: Agency, ids: list[str]) -> Iterator[Try]:
    desk = agency.desk
    for verb, advice_id, place in product(VERBS, ids, PLACES):
        for part, reason in (("", ""), ("50%", ""), ("", "Zyx")):
            press = Press(advice_id, verb, part=part, reason=reason)
            asker = someone(place)
            yield Try("press", (verb, advice_id, reason),
                      lambda press=press, asker=asker: desk.answer(press, asker))  # fmt: skip
    for view, advice_id, place in product(VIEWS, ids, PLACES):
        opening, asker = getattr(desk, view), someone(place)
        yield Try("form of advice", (view, advice_id),
                  lambda opened=opening, id_=advice_id, who=asker: opened(id_, who))  # fmt: skip


def _threads(agency: Agency) -> Iterator[Try]:
    """Lines and marks under the other client's messages, as if they were in our channel, or not."""
    desk, store = agency.desk, agency.store
    stamps = [f"1795.{number:06}" for number in range(1, 12)]
    assert store.find_message(THEIRS, stamps[0]), "their digest is in a thread like ours"
    for stamp, line, place in product(stamps, LINES, PLACES):
        asker = someone(place)
        yield Try("thread", (line,),
                  lambda s=stamp, t=line, a=asker: desk.thread_reply(THEIRS, s, t, a))  # fmt: skip
        yield Try("thread", (line,),
                  lambda s=stamp, t=line, a=asker: desk.in_thread(THEIRS, s, t, a))  # fmt: skip
    for stamp, place in product(stamps, PLACES):
        asker = someone(place)
        yield Try(
            "mark", (), lambda s=stamp, a=asker: desk.reaction(THEIRS, s, "white_check_mark", a)
        )


def _forms(agency: Agency, names: list[str]) -> Iterator[Try]:
    desk = agency.desk
    for action, name, place in product(("plan.edit", "plan.new", "target.new"), names, PLACES):
        asker = someone(place)
        yield Try("form", (name,),
                  lambda a=action, n=name, who=asker: desk.forms.opened(a, n, who))  # fmt: skip
    for name, place in product(names, PLACES):
        for form in ("plan", "target"):
            inputs = {f"{form}.{field}": value for field, value in (
                ("pattern", name), ("stage", "convert"), ("pricing", "CPA"), ("target", "7"),
                ("budget", "7"), ("cell", "convert/CPA"), ("amount", "7"))}  # fmt: skip
            filled = Submission(form, inputs, since=10**7, pattern=name)
            asker = someone(place)
            for way in ("sent", "removed") if form == "plan" else ("sent",):
                acting = getattr(desk.forms, way)
                yield Try("form sent", (name,),
                          lambda act=acting, f=filled, who=asker: act(f, who))  # fmt: skip
            yield Try("form", (name,), lambda f=filled, who=asker: desk.forms.pressed(
                f"{f.form}.preview", f, who))  # fmt: skip
    for number, place in product(range(1, 6), PLACES):
        if number != 2:  # our own
            asker = someone(place)
            yield Try("stop", (), lambda n=number, a=asker: desk.forms.stopped(str(n), a))
    for place in PLACES:
        asker = someone(place)
        yield Try("home", (), lambda a=asker: desk.home(a))
        yield Try("home", (), lambda a=asker: desk.prompts(a))
        yield Try("form", (), lambda a=asker: desk.forms.subscribe_view(THEIRS, a))
        filled = Submission("subscribe", {"subscribe.channel": THEIRS, "subscribe.time": "09:00"},
                            {"subscribe.days": ("1",)})  # fmt: skip
        yield Try("form sent", (THEIRS,), lambda f=filled, a=asker: desk.forms.subscribed(f, a))


def someone(place: str) -> Asker:
    """Somebody who is in our client's channel and no other."""
    return Asker(in_workspace("U1", workspace_of(place)), place, "en", "Europe/Oslo")


def main(most: int) -> int:
    """Try so many on a database of two clients made now."""
    rulebook = rules_files.load()
    renderers = {each: Renderer(each, metrics=rulebook.metrics) for each in languages()}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.db"
        store = opened(made)
        fill(store, rulebook, renderers)
        store.close()
        agency = copied(made, Path(folder), rulebook, renderers)
        outcome = tried(agency, most)
        agency.store.close()
    print(report(outcome))  # noqa: T201, what it is for
    return bool(outcome.seen)


def report(outcome: Tried) -> str:
    """How many of each kind, and what was seen."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in outcome.counts.most_common())
    lines = [f"{outcome.counts.total()} tries ({kinds}): {len(outcome.seen)} seen."]
    return "\n".join([*lines, *outcome.seen[:20]])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

"""Trouble that is no death: Slack, its sockets, the disk, the clock, many workers, a source."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.chaos.kills import Answering, deaths
from tests.chaos.lives import Life
from tests.chaos.points import TROUBLES
from tests.chaos.trials import MINUTE, Bench, Fault, Result, broken

POSTING = ("chat.postMessage", "chat.postMessage", "")
READING = ("conversations.replies", "conversations.history")
ANSWERING = ("chat.update", "chat.postMessage", "users.info", "views.open", "reactions.add")
REFUSALS = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
LATER = (2, 4, 7, 10, 15, 20, 30, 40)  # minutes in which what was put off comes


def slack(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """Slack refuses, is slow, or does the work and cuts the answer off; half of them die of it."""
    place, life = bench.begin(fault), {}
    said = [_trouble(bench, chance, POSTING + READING) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.5:
        life = {"die_at": chance.randint(1, 60)}
    first = bench.office.live("worker", place.at, minutes=[0, 1, 2], one_try=0.3, **life)
    time.sleep(0.6 if "slow" in str(said) else 0.03)  # what it had sent may still arrive
    hit = _used(bench, said) + deaths([first])
    bench.office.lapse()
    second = bench.office.live("worker", place.at + 3 * MINUTE, minutes=list(LATER))
    found = bench.judged(fault, place.at + 45 * MINUTE)
    said += [f"1 x death at {life['die_at']}"] if life else []
    return Result(fault, hit, ", ".join(said), found + broken([first, second]))


def _used(bench: Bench, said: list[str]) -> int:
    """How many of the faults that were asked of Slack happened; they are off from now on."""
    asked = sum(int(words.partition(" ")[0]) for words in said)
    left = sum(fault.left for fault in bench.office.slack.faults.on)
    bench.office.slack.do("fault", kind="none")
    return asked - left


def _trouble(bench: Bench, chance: random.Random, methods: tuple[str, ...]) -> str:
    kind = chance.choice(("rate_limited", "server_error", "lost_answer", "hang_up", "slow",
                          "api_error"))  # fmt: skip
    method, times = chance.choice(methods), chance.randint(1, 3)
    posts = method.startswith("chat.")
    seconds = 0.5 if kind == "slow" else chance.randint(1, 45) if posts else 1
    error = chance.choice(REFUSALS)
    bench.office.slack.do(
        "fault", kind=kind, method=method, times=times, seconds=seconds, error=error
    )
    return f"{times} x {kind} of {method or 'anything'}"


def answering(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """The same while people answer; events lost, doubled, out of order, acknowledgements unseen."""
    place = bench.begin(fault)
    said = [_trouble(bench, chance, ANSWERING) for _ in range(chance.randint(0, 2))]
    for _ in range(chance.randint(1, 3)):
        kind = chance.choice(("drop_ack", "duplicate_event", "lost_event", "reorder"))
        bench.office.slack.do("fault", kind=kind)
        said.append(f"1 x {kind}")
    people = Answering(bench.office, place, patience=2.0)
    return _answered(bench, fault, people, said, one_try=0.3)


def sockets(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """Sockets drop between answers, announced or not."""
    place, said = bench.begin(fault), list[str]()

    def drop() -> None:
        if chance.random() < 0.6:
            abrupt = chance.random() < 0.5
            said.append("1 x drop" if abrupt else "1 x refresh")
            bench.office.slack.do("fault", kind="disconnect", abrupt=abrupt)
            time.sleep(chance.choice((0.0, 0.05, 0.4)))

    people = Answering(bench.office, place, socket=True, patience=2.0, between=drop)
    return _answered(bench, fault, people, said)


def _answered(
    bench: Bench, fault: Fault, people: Answering, said: list[str], **life: Any
) -> Result:
    people.first(**life)
    hit = _used(bench, said)
    people.between = lambda: None
    people.again()
    bench.office.lapse()
    people.lives.append(bench.office.live("worker", people.at + 2 * MINUTE, minutes=list(LATER)))
    at = people.at + 45 * MINUTE
    found = bench.judged(fault, at, presses=people.presses) + broken(people.lives)
    return Result(fault, hit, ", ".join(said), found)


def store(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """The disk is full, ill, read-only or the file locked; PostgreSQL cuts its connections."""
    place = bench.begin(fault)
    trouble = _of_store(fault, chance)
    life = bench.office.live("worker", place.at, minutes=[0, 1, 2], **trouble)
    bench.office.lapse()
    after = bench.office.live("worker", place.at + 3 * MINUTE, minutes=[0, *LATER, 61, 62])
    found = bench.judged(fault, place.at + 70 * MINUTE) + broken([after])
    hit = _met(life, trouble)
    return Result(fault, hit, str(trouble), found)


def storing(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """The same while people answer: whoever's answer is not kept is told so."""
    place = bench.begin(fault)
    trouble = _of_store(fault, chance)
    people = Answering(bench.office, place, patience=2.0, slowly=True)
    people.first(**trouble)
    hit = _met(people.life, trouble)
    people.again()
    bench.office.lapse()
    people.lives.append(bench.office.live("worker", people.at + 2 * MINUTE, minutes=list(LATER)))
    found = bench.judged(fault, people.at + 45 * MINUTE, presses=people.presses)
    return Result(fault, hit, str(trouble), found + broken(people.lives[1:]))


def _of_store(fault: Fault, chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(tuple(TROUBLES)) if fault.database == "sqlite" else "restart"
    return {"trouble": kind, "trouble_at": chance.randint(1, 30),
            "trouble_times": chance.choice((1, 1, 2, 5, 20))}  # fmt: skip


def _met(life: Life, trouble: dict[str, Any]) -> int:
    """How many writes met it."""
    writes = (life.said("writes") or 0) - trouble["trouble_at"] + 1
    return max(0, min(trouble["trouble_times"], writes))


def clock(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """The clock jumps for some minutes, ahead or back; today's digest and tomorrow's come once."""
    place = bench.begin(fault)
    away = chance.choice((-1, 1)) * chance.choice((180, 720, 1440, 2880, 4320))
    first = chance.randint(0, 6)
    last = first + chance.randint(0, 3)
    early = place.at - 3 * MINUTE
    minutes = [m + away * (first <= m <= last) for m in range(14)]
    lives = [bench.office.live("worker", early, minutes=minutes)]
    bench.office.lapse()
    lives.append(bench.office.live("worker", place.at + timedelta(days=1), minutes=[0, 1, 2]))
    keys = {f"digest:{n}:2026-11-{day}" for n in (1, 2) for day in (23, 24)}
    at = place.at + timedelta(days=1) + 5 * MINUTE
    found = bench.judged(fault, at, keys=frozenset(keys), advice=None) + broken(lives)
    return Result(fault, 1, f"{away} min in minutes {first} to {last}", found)


def workers(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """Two or five workers at once, each of which may die at any point."""
    place, count = bench.begin(fault), chance.choice((2, 5))
    office, lives, ends = bench.office, list[Life](), list[int]()
    for _ in range(count):
        ends.append(chance.randint(1, 90) if chance.random() < 0.6 else 0)
        job = office.job("worker", place.at, minutes=[0], die_at=ends[-1])
        lives.append(office.nursery.start(**job))
    for life in lives:
        life.wait()
    time.sleep(0.03)
    lives += bench.recover(place.at)
    found = bench.judged(fault, place.at + 2 * MINUTE) + broken(lives)
    return Result(fault, deaths(lives), f"{count} workers, to die at {ends}", found)


SOURCE = ("throttled", "throttled_account", "server_error", "unavailable", "account_error",
          "truncated", "malformed", "newer_schema", "slow", "half_day", "report_failed",
          "report_slow", "expired")  # fmt: skip


def source(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """A platform hangs, lies, or gives half; an hour later all of it is there, once."""
    place, office = bench.begin(fault), bench.office
    kinds = [chance.choice(SOURCE) for _ in range(chance.randint(1, 3))]
    for kind in kinds:
        times = None if kind == "half_day" else chance.choice((1, 2, 4, 20))
        office.faults.add(kind, times=times, seconds=0.2)
    hangs = chance.random() < 0.3
    if hangs:
        office.faults.add("slow", times=1, seconds=1.5)
    life = office.nursery.start(**office.job("worker", place.at, minutes=[0]))
    if hangs:
        time.sleep(0.8)
        life.kill()
    life.wait()
    office.faults.clear()
    office.renew_platform()  # an hour later its limit on calls is as new
    office.lapse()
    after = [office.work(place.at + minute * MINUTE) for minute in (1, 61, 121)]
    found = bench.judged(fault, place.at + 125 * MINUTE) + broken([life, *after])
    return Result(
        fault,
        len(kinds) + hangs,
        ", ".join(kinds) + (", hangs and is killed" if hangs else ""),
        found,
    )


Count = tuple[Callable[..., Result], tuple[str, ...], int]
TROUBLED: dict[str, Count] = {
    "slack": (slack, ("queued",), 40),
    "slack_answers": (answering, ("posted",), 30),
    "sockets": (sockets, ("posted",), 20),
    "store": (store, ("due", "queued", "pull", "apply"), 15),
    "store_answers": (storing, ("posted",), 15),
    "clock": (clock, ("due",), 6),
    "workers": (workers, ("due", "queued"), 6),
    "source": (source, ("pull",), 25),
}

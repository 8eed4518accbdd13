"""kill -9 at a point, and the process that comes a minute later."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.agreement import Finding, Press, key_of
from tests.chaos.lives import Life
from tests.chaos.places import KARI, OLA, Office, Place
from tests.chaos.trials import KILLED, MINUTE, PERFORMANCE, Bench, Fault, Result, broken, worked


def kill(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """kill -9 at one point; a new process comes a minute later, and may die as well."""
    place = bench.begin(fault)
    life = bench.office.work(place.at, die_at=fault.number)
    time.sleep(0.03)  # what it had sent may still arrive
    lives, at = [life], place.at
    while chance.random() < AGAIN and len(lives) < MOST:
        lives += bench.recover(at, die_at=chance.randint(1, 30))
        at += MINUTE
        time.sleep(0.03)
    minutes = 5 if fault.place == "apply" else 1  # a call without an answer is under way so long
    lives += bench.recover(at, minutes)
    found = bench.judged(fault, at + (minutes + 1) * MINUTE)
    found += broken(lives) + _budgets(bench.office, fault)
    return Result(fault, deaths(lives), bench.named(fault), found)


def deaths(lives: Sequence[Life]) -> int:
    """How many of them were killed."""
    return sum(life.code == KILLED for life in lives)


def _budgets(office: Office, fault: Fault) -> list[Finding]:
    """No budget was set twice; a call that was written down and not made is told, not made."""
    if fault.place != "apply":
        return []
    made = [change.subject_id for change in office.world.changes]
    twice = {subject for subject in made if made.count(subject) > 1}
    return [("doubled", f"budget {each} was set twice") for each in twice]


ANSWERED = 175  # points while people answer: threads make it a few more, now and then
AGAIN, MOST = 0.7, 6  # how often whoever comes after a death dies too, and how many in a row


class Answering:
    """Four people's answers, to a process that may die of it, and to the one after it."""

    def __init__(
        self,
        office: Office,
        place: Place,
        *,
        socket: bool = False,
        patience: float = 6.0,
        slowly: bool = False,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.office, self.at, self.socket = office, place.at, socket
        self.patience, self.slowly, self.between = patience, slowly, between
        self.presses: list[Press] = []
        self.lives: list[Life] = []
        self.cards = dict(enumerate(self._cards(), start=1))

    def _cards(self) -> list[dict[str, Any]]:
        messages = self.office.slack.snapshot()["messages"]
        mine = [m for m in messages if m["channel"] == PERFORMANCE and "advice:" in key_of(m)]
        return sorted(mine, key=lambda message: message["ts"])

    def first(self, **job: object) -> list[str]:
        """Everybody answers while a process lives; the points it reached."""
        self._live(self.at, **job)
        self._press(self._all())
        return self._end()

    def again(self, **job: object) -> None:
        """A minute later: a new process, and whoever was not told that it is kept tries again."""
        self.at += MINUTE + timedelta(seconds=time.monotonic() - self.office.began)
        missing = [press.name for press in self.presses if not press.acknowledged]
        self._live(self.at, **job)
        self.presses = [press for press in self.presses if press.acknowledged]
        self._press([(kind, how) for kind, how in self._all() if kind in missing])
        self._end()
        self.office.lapse()
        if not job:
            self.lives.append(self.office.work(self.at))

    def _live(self, at: datetime, **job: object) -> None:
        told = self.office.job("web", at, socket=self.socket, **job)
        self.life = self.office.nursery.start(**told)
        self.lives.append(self.life)
        address = self.life.said("ready")
        if address is None:
            return
        self.office.slack.do("http", url=f"{address}/slack/events" if address else "")
        for _ in range(500 if self.socket else 0):
            if self.office.slack.connected():
                break
            time.sleep(0.01)

    def _end(self) -> list[str]:
        self._quiet()
        if not self.life.is_over:
            self.life.stop()
        self.life.wait()
        points: list[str] = self.life.said("points") or []
        return points

    def _all(self) -> list[tuple[str, Callable[[], bool]]]:
        return [("acknowledge", self._acknowledge), ("dismiss", self._dismiss),
                ("snooze", self._reply), ("acknowledge ", self._react)]  # fmt: skip

    def _press(self, wanted: Sequence[tuple[str, Callable[[], bool]]]) -> None:
        who = {"snooze": OLA}
        places = {"acknowledge": 1, "dismiss": 2, "snooze": 3, "acknowledge ": 4}
        for kind, how in wanted:
            self.between()
            advice, refused = key_of(self.cards[places[kind]]).rpartition(":")[2], self._refused()
            done = how()
            if self.slowly:
                time.sleep(0.4)
                done = done and self._refused() == refused
            event = f"advice.{kind.strip()}"
            self.presses.append(Press(kind, advice, who.get(kind, KARI), done, event))

    def _do(self, verb: str, user: str = "kari", **body: object) -> bool:
        return bool(self.office.slack.do(verb, user=user, channel="performance", **body)["ok"])

    def _refused(self) -> int:
        """How often somebody was told that nothing was kept."""
        told = self.office.slack.snapshot()["ephemerals"]
        return sum("was not kept" in each["text"] for each in told)

    def _acknowledge(self) -> bool:
        return self._do("action", ts=self.cards[1]["ts"], action_id="advice.acknowledge")

    def _dismiss(self) -> bool:
        self._do("close_view", all=True)
        if not self._do("action", ts=self.cards[2]["ts"], action_id="advice.dismiss"):
            return False
        end = time.monotonic() + 3
        while not self.office.slack.snapshot()["views"] and not self.life.is_over:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        reason = {"reason": {"reason": "known"}, "note": {"note": "Frozen."}}
        answer = self.office.slack.do("submit_view", user="kari", values=reason)
        return bool(answer["ok"]) and not (answer.get("answer") or {}).get("errors")

    def _reply(self) -> bool:
        """What is written in a thread is delivered again, and read back: it is always kept."""
        thread = self.cards[3]["thread_ts"]
        return self._do("message", user="ola", text="snooze 3 until friday", thread_ts=thread)

    def _react(self) -> bool:
        return self._do("react", ts=self.cards[4]["ts"], name="white_check_mark")

    def _quiet(self) -> None:
        """Until every answer is kept and said, or the process is gone, or a while is over."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end and not self.life.is_over and not self._settled():
            time.sleep(0.04)

    def _settled(self) -> bool:
        said = "key LIKE 'answer:' || number || ':line:%' AND state = 'sent'"
        ((answers,),) = self.office.sql(
            "SELECT count(*) FROM events WHERE kind LIKE 'advice.%' AND actor LIKE 'U0%' "
            f"AND EXISTS (SELECT 1 FROM outbox WHERE {said})".replace("number", "events.number")
        )
        ((waiting,),) = self.office.sql(
            "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')"
        )
        return bool(answers >= len(self.cards) and not waiting)


def answered(bench: Bench, fault: Fault, chance: random.Random) -> Result:
    """kill -9 while people answer, and again as they try again; what Slack was told is kept."""
    place = bench.begin(fault)
    answering = Answering(bench.office, place)
    answering.first(die_at=fault.number)
    while chance.random() < AGAIN and len(answering.lives) < MOST:
        answering.again(die_at=chance.randint(1, 60))
    answering.again()
    found = bench.judged(fault, answering.at + MINUTE, presses=answering.presses)
    found += broken(answering.lives)
    return Result(fault, deaths(answering.lives), bench.named(fault), found)


def reached(office: Office, place: Place) -> list[str]:
    """The points of a morning to which nothing happens."""
    if place.name != "posted":
        return worked(office, place)
    people = Answering(office, place)
    points = people.first(die_at=0)
    people.again()
    return points


def points_of(bench: Bench, database: str) -> Iterator[Fault]:
    """Every point there is to kill at."""
    for name in ("due", "queued", "pull", "apply"):
        points = bench.points(name)
        if name == "due":  # what is sent is looked at where it is all that is done
            points = points[: next(n for n, p in enumerate(points) if "chat." in p)]
        yield from (Fault("kill", name, n, database) for n in range(1, len(points) + 1))
    yield from (Fault("answer", "posted", n, database) for n in range(1, ANSWERED + 1))

"""Trials: a prepared morning, a fault, the next minutes without one, and what must hold then.

Each is named `family place number database` and draws all its chance from the seed and that name,
so that any one of a run is repeated alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.agreement import POSTED, Expected, Finding, findings
from tests.chaos.lives import Life, StuckError
from tests.chaos.places import Office, Place

MINUTE = timedelta(minutes=1)
PERFORMANCE = "C0PERFORM"
KILLED = -9
WRITTEN = ("queued", "posted")  # where all there will be is written already
DATABASES = ("sqlite", "postgresql")
Family = Callable[["Bench", "Fault", random.Random], "Result"]


@dataclass(frozen=True)
class Fault:
    """One fault of a run.

    Attributes:
        family: Whose kind it is.
        place: The morning it happens at.
        number: Which of its kind: of a kill, the point it comes at.
        database: `sqlite` or `postgresql`.
    """

    family: str
    place: str
    number: int
    database: str

    @property
    def name(self) -> str:
        return f"{self.family} {self.place} {self.number} {self.database}"


@dataclass
class Result:
    """What came of a fault.

    Attributes:
        hit: How many faults really happened: a point may not be reached twice alike.
        what: What exactly happened.
    """

    fault: Fault
    hit: int
    what: str
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0


def worked(office: Office, place: Place) -> list[str]:
    """A worker's minute; the points it reaches."""
    points: list[str] = well(office.work(place.at)).said("points")
    return points


def well(life: Life) -> Life:
    """A life that came to its end."""
    assert life.code == 0, life.log()
    return life


EXCUSED = "slack_sdk.errors.SlackApiError"  # Slack's own word: no fault of ours


def broken(lives: Sequence[Life]) -> list[Finding]:
    """What nobody had foreseen, in the logs of lives whose store met no trouble."""
    logs = [life.log() for life in lives]
    return [("broken", log[-1500:]) for log in logs if log.count("Traceback") > log.count(EXCUSED)]


@dataclass
class Bench:
    """Runs faults in an office.

    Args:
        office: Where.
        families: What runs a fault, by its family.
        seed: What all chance comes from.
        reached: Runs a morning without a fault; the points it reaches.
        whole: Whether `perfbot doctor` looks at everything, rules and plan too.
    """

    office: Office
    families: Mapping[str, Family]
    seed: int = 1
    reached: Callable[[Office, Place], list[str]] = worked
    whole: bool = False
    points_of: dict[str, list[str]] = field(default_factory=dict)
    _sound: dict[str, Any] = field(default_factory=dict)

    def run(self, fault: Fault) -> Result:
        """Let it happen; what does not hold afterwards."""
        self.sound(fault.place)
        chance, began = random.Random(f"{self.seed} {fault.name}"), time.monotonic()
        try:
            result = self.families[fault.family](self, fault, chance)
        except StuckError as error:
            result = Result(fault, 1, "", [("stuck", str(error)[:2000])])
        return replace(result, seconds=time.monotonic() - began)

    # -- what every trial does ----------------------------------------------------------------
    def begin(self, fault: Fault) -> Place:
        """Put the fault's morning back."""
        place = self.office.place(fault.place)
        self.office.put_back(place, fault.database)
        return place

    def sound(self, name: str) -> dict[str, Any]:
        """The same morning without a fault: its messages, its numbers and its advice."""
        if name not in self._sound:
            place = self.office.place(name)
            self.office.put_back(place)
            if name not in WRITTEN:
                self.points_of[name] = self.reached(self.office, place)
            look = self.look(place.at + 2 * MINUTE)
            keys = {row["key"] for row in look["outbox"] if row["kind"] in POSTED}
            advice = None if name == "posted" else look["advice"]
            # a platform corrects its days: pulled an hour later they are as many, not the same
            sums = look["sums"][:1] if name == "pull" else look["sums"]
            self._sound[name] = {"keys": frozenset(keys), "sums": sums, "advice": advice}
        return self._sound[name]

    def points(self, name: str) -> list[str]:
        """The points that are reached there without a fault."""
        self.sound(name)
        if name not in self.points_of:
            place = self.office.place(name)
            self.office.put_back(place)
            self.points_of[name] = self.reached(self.office, place)
        return self.points_of[name]

    def named(self, fault: Fault) -> str:
        """What a point is, where it is known."""
        points = self.points_of.get(fault.place, [])
        return points[fault.number - 1] if 0 < fault.number <= len(points) else "a point"

    def look(self, at: datetime) -> dict[str, Any]:
        """What the store holds."""
        life = self.office.live("look", at, whole=self.whole)
        said: dict[str, Any] | None = life.said("look")
        if said is None:
            raise StuckError(f"Nobody could look:\n{life.log()}")
        return said

    def recover(self, at: datetime, minutes: int = 1, **job: object) -> list[Life]:
        """A new process a minute after the last one was begun and ended, and each minute after."""
        at += timedelta(seconds=time.monotonic() - self.office.began)
        lives = []
        for minute in range(1, minutes + 1):
            self.office.lapse()
            lives.append(self.office.work(at + minute * MINUTE, **job))
        return lives

    def judged(self, fault: Fault, at: datetime, **expected: Any) -> list[Finding]:
        """Everything that does not hold now."""
        wanted = Expected(**self._sound[fault.place] | expected)
        return findings(self.look(at), self.office.slack.snapshot(), wanted)

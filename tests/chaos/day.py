"""`python -m tests.chaos.day`: a day of 200 channels and 50 clients; a worker dies each time.

Two `web` by socket and two `worker` over one PostgreSQL and the local Slack, minutes in which
something is due put one behind the other. In each of them one worker is killed at a point drawn by
the seed, and a new one goes on a minute later; people answer and ask all the while. At the end:
every digest once, every answer kept, and nobody's channel shows a word of another client.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from bot.demo.market.demo import demo
from bot.demo.workspace.model import BOT_USER, Channel
from bot.store import open_store
from bot.store.base import ChannelOwner, Subscription
from tests.chaos.__main__ import postgres_server
from tests.chaos.agreement import Expected, Finding, Press, findings, key_of
from tests.chaos.lives import Life
from tests.chaos.places import CONFIG, KARI, MONDAY, OLA, Office

CLIENTS, CHANNELS, MOMENTS = 50, 200, 8
FIRST = datetime(2026, 11, 23, 6, 0, 5, tzinfo=UTC)  # seven in Oslo
EVERY = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PATIENCE = 120.0  # seconds in which nothing at all happens
CANARY = re.compile(r"kanari\d\d", re.IGNORECASE)
SEEDED = ("g-generic", "m-leads")  # campaigns with news in them, once for each client
QUESTIONS = ("advice", "channel google", "find kanari", "pacing", "why google cpa", "compare")
ENTRY = '[[plan]]\nmatch = "{0} *"\nclient = "{0}"\n'


@dataclass
class Day:
    """A day and what came of it.

    Args:
        office: Where.
        chance: Whom and when it hits, and who answers what.
        evidence: Where to write what the store and Slack hold in the evening.
    """

    office: Office
    chance: random.Random
    clients: int = CLIENTS
    channels: int = CHANNELS
    moments: int = MOMENTS
    evidence: Path | None = None
    presses: list[Press] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    webs: list[Life] = field(default_factory=list)

    def run(self) -> list[Finding]:
        """Morning to evening; everything that does not hold."""
        self._prepare()
        self._open()
        for moment in range(self.moments):
            self._minute(FIRST + moment * EVERY)
            self._people()
        at = FIRST + self.moments * EVERY
        self._work(at, [0, 0])
        self._quiet()
        for web in self.webs:
            web.stop()
        self._work(at + MINUTE, [0, 0])
        return self._found(at + 2 * MINUTE)

    # -- before -----------------------------------------------------------------------------
    def _prepare(self) -> None:
        """Clients with campaigns, channels with owners, subscriptions over the day."""
        office, names = self.office, [f"Kanari{n:02}" for n in range(self.clients)]
        office.config = office.folder / "day.toml"
        office.config.write_text(CONFIG + "".join(map(ENTRY.format, names)), encoding="utf-8")
        office._server("CREATE DATABASE trial0")
        office.database = office._url("trial0")
        state = office.slack.state
        with closing(open_store(office.database)) as store:
            early = FIRST - timedelta(hours=1)
            store.add_numbers(_market(names), source="demo", pulled_at=early)
            for number in range(self.channels):
                channel, client = f"C0DAY{number:04}", names[number % self.clients]
                people = [KARI, OLA, BOT_USER]
                state.add_channel(Channel(channel, f"day-{number}", people))
                store.assign_channel(ChannelOwner(channel, client), by=KARI, at=early)
                due = FIRST + (number % self.moments) * EVERY
                local = (due + timedelta(hours=1)).strftime("%H:%M")
                days = (1, 2, 3, 4, 5, 6, 7)
                wish = Subscription(0, channel, local, days, "Europe/Oslo", "en", KARI)
                store.subscribe(wish)

    def _open(self) -> None:
        """Two processes hear Slack."""
        for _ in range(2):
            job = self.office.job("web", FIRST, socket=True, clock=str(self._clock))
            self.webs.append(self.office.nursery.start(**job))
        for web in self.webs:
            assert web.said("ready") is not None, web.log()
        end = time.monotonic() + 20
        while not self.office.slack.connected() and time.monotonic() < end:
            time.sleep(0.01)

    # -- meanwhile --------------------------------------------------------------------------
    def _minute(self, at: datetime) -> None:
        """Two workers at once, one of which dies; a minute later again; and one more."""
        self._work(at, [self.chance.randint(1, 60), 0])
        self._work(at + MINUTE, [0, self.chance.randint(1, 12)])
        self._work(at + 2 * MINUTE, [0, 0])
        self.counts["minutes"] += 3

    @property
    def _clock(self) -> Path:
        return self.office.folder / "clock"

    def _work(self, at: datetime, ends: list[int]) -> None:
        """All machines have the same time."""
        self._clock.with_suffix(".part").write_text(at.isoformat(), encoding="utf-8")
        self._clock.with_suffix(".part").rename(self._clock)
        time.sleep(0.2)
        self.office.lapse(outbox=False)  # both `web` live, and may be at it: its leases really end
        jobs = [self.office.job("worker", at, minutes=[0], die_at=end) for end in ends]
        lives = [self.office.nursery.start(**job) for job in jobs]
        self.counts["workers killed"] += sum(_ended(life) == -9 for life in lives)
        self.counts["tracebacks"] += sum("Traceback" in life.log() for life in lives)

    def _quiet(self) -> None:
        """Until nothing is under way to Slack, or nothing has come of it for longer than a lease.

        What a worker that died had leased is another's 40 real seconds later.
        """
        waiting, since = self._under_way(), time.monotonic()
        while waiting and time.monotonic() - since < PATIENCE:
            time.sleep(0.5)
            now = self._under_way()
            waiting, since = (now, since) if now == waiting else (now, time.monotonic())

    def _under_way(self) -> list[Any]:
        return self.office.sql(
            "SELECT key, state, attempts FROM outbox WHERE state IN ('waiting', 'sending') "
            "AND not_before IS NULL ORDER BY key"
        )

    def _people(self) -> None:
        """Some answer cards, some ask, each in a channel of their own."""
        posted = self.office.slack.snapshot()["messages"]
        cards = [card for card in posted if "advice.acknowledge" in str(card["blocks"])]
        for card in self.chance.sample(cards, min(6, len(cards))):
            advice = key_of(card).rpartition(":")[2]
            if any(press.advice == advice for press in self.presses):
                continue  # another channel of this client's was first
            told = self.office.slack.do("action", user="kari", channel=card["channel"],
                                        ts=card["ts"], action_id="advice.acknowledge")  # fmt: skip
            press = Press("press", advice, KARI, bool(told["ok"]), "advice.acknowledge")
            self.presses.append(press)
            self.counts["answers acknowledged"] += told["ok"]
        for question in QUESTIONS:
            channel = f"C0DAY{self.chance.randrange(self.channels):04}"
            text = f"/perf {question}"
            self.office.slack.do("command", user="ola", channel=channel, text=text)
            self.counts["questions"] += 1
        self._quiet()

    # -- after ------------------------------------------------------------------------------
    def _found(self, at: datetime) -> list[Finding]:
        life = self.office.nursery.start(**self.office.job("look", at, whole=True))
        _ended(life)
        look = life.said("look")
        slack = self.office.slack.snapshot()
        if self.evidence:
            whole = {"look": look, "slack": slack, "webs": [web.log() for web in self.webs]}
            self.evidence.write_text(json.dumps(whole, default=str), encoding="utf-8")
        digests = frozenset(f"digest:{n}:{MONDAY}" for n in range(1, self.channels + 1))
        posted = Counter(key_of(message) for message in slack["messages"])
        self.counts["digests once"] = sum(posted[key] == 1 for key in digests)
        self.counts["messages"] = posted.total()
        self.counts["answers in Slack"] = len(slack["ephemerals"])
        found = findings(look, slack, Expected(keys=digests, presses=self.presses))
        return found + self._strangers(slack) + [
            ("broken", web.log()[-2000:]) for web in self.webs if "Traceback" in web.log()
        ]  # fmt: skip

    def _strangers(self, slack: dict[str, Any]) -> list[Finding]:
        """Whoever's channel shows a word of another client."""
        seen: dict[str, set[str]] = defaultdict(set)
        for message in (*slack["messages"], *slack["ephemerals"]):
            if message["user"] not in {OLA, KARI} or "author" in message:
                seen[message["channel"]] |= set(map(str.title, CANARY.findall(json.dumps(message))))
        found = []
        for channel, names in seen.items():
            if channel.startswith("C0DAY"):
                own = f"Kanari{int(channel[5:]) % self.clients:02}"
                self.counts["channels that show their own"] += own in names
                found += [
                    ("stranger", f"{channel} of {own} shows {each}") for each in names - {own}
                ]
        return found


def _ended(life: Life) -> int:
    """How a life ended; it is stuck where it does no more work, however slow the machine is."""
    worked, since = _worked(life), time.monotonic()
    while not life.is_over and time.monotonic() - since < PATIENCE:
        time.sleep(0.05)
        now = _worked(life)
        worked, since = (worked, since) if now == worked else (now, time.monotonic())
    return life.wait(1.0)


def _worked(life: Life) -> list[str]:
    """Ticks of processor time a process has had."""
    try:
        fields = Path(f"/proc/{life.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return []
    return fields.split()[11:13]


def _market(names: list[str]) -> pd.DataFrame:
    """Two of the demo's campaigns for each client, each with the client's word in its name."""
    numbers = demo(MONDAY, 1).numbers
    first = numbers["date"].max() - timedelta(days=45)
    numbers = numbers[numbers["campaign_id"].isin(SEEDED) & (numbers["date"] > first)]
    frames = []
    for name in names:
        own = numbers.copy()
        own["campaign_id"] = name.lower() + "-" + own["campaign_id"]
        own["campaign_name"] = name + " " + own["campaign_name"]
        own["account_id"] = name.lower()
        frames.append(own)
    return pd.concat(frames, ignore_index=True)


def main() -> int:
    """Run a day and print its figures; 1 where anything broke."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    parser.add_argument("--moments", type=int, default=MOMENTS, help="at which digests are due")
    parser.add_argument("--evidence", type=Path, help="a file for what it comes to")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with (
        tempfile.TemporaryDirectory(prefix="perfbot-day-") as folder,
        postgres_server() as postgres,
        Office(Path(folder), postgres) as office,
    ):
        sizes = asked.clients, asked.channels, asked.moments, asked.evidence
        day = Day(office, random.Random(asked.seed), *sizes)
        found = day.run()
    for kind, words in found:
        sys.stdout.write(f"{kind}: {words}\n")
    for name, count in day.counts.items():
        sys.stdout.write(f"{name:32}{count:>8,}\n")
    sys.stdout.write(f"{'what did not hold':32}{len(found):>8,}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

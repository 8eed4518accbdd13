"""`GET /metrics`: what this process counted and what the store says waits, for Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.jobs.shard_jobs import SHARD
from bot.store.base import Pull, Store
from bot.telemetry.metrics import REGISTRY

log = logging.getLogger(__name__)
# Name -> what it says, and its label; each is worked out below.
STORE_FIGURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "perfbot_store_up": ("Whether the database could be read just now.", ()),
    "perfbot_pull_age_seconds": ("Since a source of perfbot.toml was last pulled.", ("source",)),
    "perfbot_pull_failing": ("1 where a source's newest pull failed for an account.", ("source",)),
    "perfbot_numbers_age_days": ("Days since the newest day with numbers; 1 is yesterday's.", ()),
    "perfbot_advice_open": ("Pieces of advice nobody has answered.", ()),
    "perfbot_outbox_waiting": ("Messages that are due and not posted.", ()),
    "perfbot_outbox_oldest_seconds": ("How long the first of them waits.", ()),
    "perfbot_outbox_failed": ("Messages that were given up.", ()),
    "perfbot_shards_waiting": ("Shards of a morning that wait to be judged, or are.", ()),
    "perfbot_jobs_waiting": ("Jobs that wait or are at work, by kind.", ("kind",)),
}
Sample = tuple[str, tuple[str, ...], float]


class NamedSource(Protocol):
    """A source as `perfbot.toml` names it."""

    @property
    def name(self) -> str: ...


class StoreFigures(Collector):
    """Reads the store each time it is asked; a store that cannot be read is a figure, too.

    Args:
        store: What is counted; nothing of it is listed.
        sources: Those of perfbot.toml; a source that was taken out of it is not followed.
        clock: Aware UTC now.
        zone: Whose today the newest day of numbers is compared with.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[NamedSource],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self.store, self.sources, self.clock, self.zone = store, sources, clock, zone

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure, those without a value left out."""
        samples = self._samples()
        for name, (text, labels) in STORE_FIGURES.items():
            family = GaugeMetricFamily(name, text, labels=labels)
            for sample_name, values, number in samples:
                if sample_name == name:
                    family.add_metric(values, number)
            yield family

    def _samples(self) -> list[Sample]:
        try:
            return [("perfbot_store_up", (), 1), *self._pulls(), *self._backlog(), *self._days()]
        except Exception:
            log.exception("The database could not be counted.")
            return [("perfbot_store_up", (), 0)]

    def _pulls(self) -> Iterator[Sample]:
        now, pulls = self.clock(), self.store.pulls()
        for source in self.sources:
            source_pulls = [pull for pull in pulls if pull.source == source.name]
            ok_times = [pull.pulled_at for pull in source_pulls if pull.ok]
            if ok_times:
                age = (now - max(ok_times)).total_seconds()
                yield "perfbot_pull_age_seconds", (source.name,), age
            if source_pulls:
                yield "perfbot_pull_failing", (source.name,), float(_is_failing(source_pulls))

    def _backlog(self) -> Iterator[Sample]:
        backlog = self.store.backlog()
        yield "perfbot_advice_open", (), backlog.advice
        yield "perfbot_outbox_waiting", (), backlog.messages
        yield "perfbot_outbox_oldest_seconds", (), backlog.oldest
        yield "perfbot_outbox_failed", (), backlog.failed
        yield "perfbot_shards_waiting", (), backlog.jobs.get(SHARD, 0)
        yield from (("perfbot_jobs_waiting", (kind,), n) for kind, n in backlog.jobs.items())

    def _days(self) -> Iterator[Sample]:
        last_day, today = self.store.last_day(), self.clock().astimezone(self.zone).date()
        if last_day is not None:
            yield "perfbot_numbers_age_days", (), (today - last_day).days


def _is_failing(pulls: Sequence[Pull]) -> bool:
    """Whether the newest pull of any account failed."""
    newest: dict[str, Pull] = {}
    for pull in sorted(pulls, key=lambda pull: pull.pulled_at):
        newest[pull.account_id] = pull
    return any(not pull.ok for pull in newest.values())


def exposition(figures: StoreFigures) -> Callable[[], bytes]:
    """What `GET /metrics` answers."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    return lambda: generate_latest(REGISTRY) + generate_latest(registry)

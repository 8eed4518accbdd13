"""The store as one Slack channel may use it: it reads its client's rows, and writes about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.advice.outcome.types import Frozen
from bot.errors import OutOfReach, OutOfScope, StoreError
from bot.numbers.plan import Patterns
from bot.store.base import Store
from bot.store.board_table import BoardLine
from bot.store.plan_table import BIDS, THRESHOLD
from bot.store.reader import Reader
from bot.store.records import (
    AdviceRecord,
    Answered,
    Event,
    GivenAnswer,
    OutcomeRecord,
    PlanRow,
    Subscription,
)
from bot.store.scope import Scope

READS = frozenset(name for name in vars(Reader) if not name.startswith("_"))
# What is about nobody's campaigns.
OPEN_TO_ALL = frozenset({"atomic", "claim", "kept", "set_preference"})
OF_ADVICE = ("advice.", "approval.", "applying.", "urgent.", "reminder.")


class Limited:
    """All a feature gets in a client's channel.

    What it may be asked is `bot.store.reader.Reader`; of `bot.store.base.Store` it writes what
    people answer and set, about campaigns in scope. Everything else is refused, so that a new way
    of writing cannot be forgotten.
    """

    def __init__(self, whole: Store, scope: Scope, *, keeps: bool = True) -> None:
        self.whole, self.scope, self._keeps = whole, scope, keeps
        self._reader = whole.scoped(scope)

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            return getattr(self._reader, name)
        if name in OPEN_TO_ALL:
            return getattr(self.whole, name)
        raise StoreError(f"A client's channel may not {name}.", kind="refused")

    # -- answers ------------------------------------------------------------------------------
    def answer(
        self, advice_id: str, given: GivenAnswer, standing: AdviceRecord | None = None
    ) -> Answered:
        """As the store's; raises OutOfScope for advice that is not all in scope."""
        self._check_advice(advice_id)
        return self.whole.answer(advice_id, given, standing)

    def freeze_outcome(self, frozen: Frozen, *, by: str, at: datetime) -> OutcomeRecord:
        """As the store's, about advice in scope."""
        self._check_advice(frozen.advice_id)
        return self.whole.freeze_outcome(frozen, by=by, at=at)

    def void_outcome(self, advice_id: str, *, by: str, at: datetime) -> bool:
        """As the store's, about advice in scope."""
        self._check_advice(advice_id)
        return self.whole.void_outcome(advice_id, by=by, at=at)

    def add_jobs(self, kind: str, jobs: Mapping[str, Any]) -> int:
        """As the store's: work on advice in scope."""
        for payload in jobs.values():
            self._check_advice(str(payload.get("advice") or ""))
        return self.whole.add_jobs(kind, jobs)

    def log(self, event: Event) -> int:
        """As the store's; a step of advice only where that is in scope."""
        if event.kind.startswith(OF_ADVICE):
            self._check_advice(event.subject)
        return self.whole.log(event)

    # -- the plan and the channels ------------------------------------------------------------
    def set_plan(self, rows: Sequence[PlanRow], *, origin: str) -> bool:
        """As the store's, where an entry's pattern fits campaigns in scope and no others.

        It stays its client's: the entry names it, so that nobody else reads what it says.

        Raises:
            OutOfReach: It would change what other clients' campaigns are judged by.
        """
        if origin in {THRESHOLD, BIDS}:
            raise OutOfReach
        mine = self._reader.campaign_names()
        others = self.whole.campaign_names() - mine
        for row in rows:
            patterns = Patterns((row.pattern,))
            fits = [any(patterns.first(*name) is not None for name in names)
                    for names in (mine, others)]  # fmt: skip
            if fits != [True, False] or not self._keeps_its_client(row):
                raise OutOfReach
        return self.whole.set_plan([self._owned(row) for row in rows], origin=origin)

    def _keeps_its_client(self, row: PlanRow) -> bool:
        client, clients = row.values.get("client"), self.scope.clients
        return client is None or clients is None or client in clients

    def _owned(self, row: PlanRow) -> PlanRow:
        clients = self.scope.clients or ()
        if not row.values or row.values.get("client") or len(clients) != 1:
            return row
        return replace(row, values={**row.values, "client": next(iter(clients))})

    def subscribe(self, subscription: Subscription) -> Subscription:
        """As the store's, for a channel in scope."""
        self._check_channel(subscription.channel)
        return self.whole.subscribe(subscription)

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool:
        """As the store's, of a channel in scope; False for any other."""
        known_ids = {subscription.id for subscription in self._reader.subscriptions()}
        return subscription_id in known_ids and self.whole.unsubscribe(
            subscription_id, by=by, at=at
        )

    def save_board(self, window: str, as_of: date, rows: Iterable[BoardLine]) -> None:
        """Keep a board of this scope, where boards are kept."""
        if self._keeps:
            self.whole.save_board(window, as_of, rows, scope=self.scope)

    def _check_advice(self, advice_id: str) -> None:
        if self._reader.advice(advice_id) is None:
            raise OutOfScope

    def _check_channel(self, channel: str) -> None:
        if channel not in self._reader.channel_owners() and channel != self.scope.place:
            raise OutOfReach

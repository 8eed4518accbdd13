"""One setting of acknowledged budgets at the platforms, as the log tells it: a run.

The log is the only memory. Each step is written before or with what it tells of, and those that
must not happen twice are held once for ever by their `key` (migration 0010).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.advice.budget_settings import moved
from bot.domain.platform_budgets import (
    CHANGES,
    OBSTACLES_MET,
    RESULTS,
    SETTINGS,
    BudgetChange,
    BudgetResult,
    BudgetSetting,
    Obstacle,
)
from bot.store.base import Event, Store

STEPS = "applying."
ASK, BACK, CHECK = "applying.ask", "applying.back", "applying.check"
PLAN, SEND, ANSWER, DONE = "applying.plan", "applying.send", "applying.answer", "applying.done"
PERFBOT = "perfbot"
Calls = tuple[tuple[BudgetSetting, ...], ...]


@dataclass(frozen=True)
class CallAnswer:
    """What a platform answered to one call.

    Attributes:
        refused: Its words by campaign key.
        error: What went wrong instead of an answer: nobody knows then whether it was carried out.
    """

    refused: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Run:
    """A run as it stands.

    Attributes:
        round: Of the runs of one piece of advice, which.
        undoes: The round it takes back; 0 where it sets what was agreed to.
        calls: What is sent, call by call; None until that is decided.
        sent: When each call was sent, by its number; `answers` what came of it.
        obstacles: Why nothing was sent.
        results: What came of each change; empty until the platforms were read afterwards.
        landed: Settings that the platforms were seen to have taken.
    """

    advice_id: str
    round: int
    by: str
    at: datetime
    changes: tuple[BudgetChange, ...]
    undoes: int = 0
    calls: Calls | None = None
    sent: Mapping[int, datetime] = field(default_factory=dict)
    answers: Mapping[int, CallAnswer] = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()
    results: tuple[BudgetResult, ...] = ()
    landed: tuple[BudgetSetting, ...] = ()
    is_done: bool = False

    @property
    def key(self) -> str:
        """What its job is called."""
        return f"{self.advice_id}:{self.round}"

    @property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Channel and id of every account it is about."""
        return tuple(dict.fromkeys(change.account for change in self.changes))

    @property
    def sentences(self) -> dict[str, str]:
        """Everything the platforms refused, in their words, by campaign key."""
        return {
            key: said for answer in self.answers.values() for key, said in answer.refused.items()
        }


def runs_of(store: Store, advice_id: str) -> list[Run]:
    """The runs of one piece of advice, oldest first."""
    return projected(store.events(subject=advice_id, kind=STEPS))


def in_force(runs: Iterable[Run]) -> tuple[Run, tuple[BudgetSetting, ...]] | None:
    """The newest run whose budgets stand, and what of it is not taken back; None for nothing."""
    newest: tuple[Run, tuple[BudgetSetting, ...]] | None = None
    for run in runs:
        if not run.undoes and run.landed:
            newest = (run, run.landed)
        elif newest and run.undoes == newest[0].round:
            keys = {setting.key for setting in run.landed}
            in_place = tuple(setting for setting in newest[1] if setting.key not in keys)
            newest = (newest[0], in_place) if in_place else None
    return newest


def run_of(store: Store, advice_id: str, number: int) -> Run:
    """One of them."""
    return next(run for run in runs_of(store, advice_id) if run.round == number)


def projected(events: Iterable[Event]) -> list[Run]:
    """Runs from their steps, in the order they were written."""
    runs: dict[tuple[str, int], Run] = {}
    for event in events:
        key = (event.subject, int(event.details["round"]))
        if event.kind in {ASK, BACK}:
            runs[key] = _asked(event)
        elif key in runs:
            runs[key] = _stepped(runs[key], event)
    return list(runs.values())


def _asked(event: Event) -> Run:
    details = event.details
    return Run(
        event.subject,
        int(details["round"]),
        event.actor,
        event.at,
        CHANGES.validate_python(details["changes"]),
        undoes=int(details["undoes"]),
    )


def _stepped(run: Run, event: Event) -> Run:
    details = event.details
    if event.kind == PLAN:
        return replace(run, calls=tuple(map(SETTINGS.validate_python, details["calls"])))
    if event.kind == SEND:
        return replace(run, sent={**run.sent, int(details["call"]): event.at})
    if event.kind == ANSWER:
        answer = CallAnswer(details["refused"], details["error"])
        return replace(run, answers={**run.answers, int(details["call"]): answer})
    if event.kind == DONE:
        return replace(
            run,
            obstacles=OBSTACLES_MET.validate_python(details["obstacles"]),
            results=RESULTS.validate_python(details["results"]),
            landed=SETTINGS.validate_python(details["landed"]),
            is_done=True,
        )
    return run


# -- steps as they are written ------------------------------------------------------------------
def asked(run: Run) -> Event:
    """Somebody wants budgets set, or what was set taken back."""
    changes = CHANGES.dump_python(run.changes, mode="json")
    details = {"changes": changes, "undoes": run.undoes}
    kind = BACK if run.undoes else ASK
    return Event(run.at, run.by, kind, run.advice_id, _details(run, **details))


def checked(run: Run, at: datetime, settings: Sequence[BudgetSetting], said: object) -> Event:
    """What was validated, and what the platform said."""
    details = {"settings": SETTINGS.dump_python(tuple(settings), mode="json"), "said": said}
    return _event(run, CHECK, at, **details)


def planned(run: Run, at: datetime, calls: Calls) -> Event:
    """What will be sent, and how much it moves in each account; taking back moves nothing."""
    rows = [SETTINGS.dump_python(call, mode="json") for call in calls]
    amounts = {} if run.undoes else amounts_by_account(run.changes)
    return _event(run, PLAN, at, calls=rows, moved=amounts)


def sending(run: Run, at: datetime, number: int, call: Sequence[BudgetSetting]) -> Event:
    """Written before a call: whoever finds it must not make that call again."""
    details = {"call": number, "settings": SETTINGS.dump_python(tuple(call), mode="json")}
    return Event(
        at,
        PERFBOT,
        SEND,
        run.advice_id,
        {**_details(run, **details), "key": f"{run.round}:{number}"},
    )


def answered(run: Run, at: datetime, number: int, answer: CallAnswer) -> Event:
    """What came of it."""
    return _event(run, ANSWER, at, call=number, **asdict(answer))


def done(run: Run, at: datetime) -> Event:
    """What came of it all, as it was read."""
    landed_keys = {setting.key for setting in run.landed}
    amounts = amounts_by_account(change for change in run.changes if change.key in landed_keys)
    return _event(
        run,
        DONE,
        at,
        obstacles=OBSTACLES_MET.dump_python(run.obstacles, mode="json"),
        results=RESULTS.dump_python(run.results, mode="json"),
        landed=SETTINGS.dump_python(run.landed, mode="json"),
        moved={} if run.undoes else amounts,
    )


def _event(run: Run, kind: str, at: datetime, **details: Any) -> Event:
    return Event(at, PERFBOT, kind, run.advice_id, _details(run, **details))


def _details(run: Run, **details: Any) -> dict[str, Any]:
    return {"key": str(run.round), "round": run.round, **details}


# -- what caps count ----------------------------------------------------------------------------
def amounts_by_account(changes: Iterable[BudgetChange]) -> dict[str, str]:
    """Currency units a day that are moved in each account, by `channel|account`."""
    by_account: dict[str, list[BudgetChange]] = {}
    for change in changes:
        by_account.setdefault("|".join(change.account), []).append(change)
    return {account: str(moved(group)) for account, group in by_account.items()}


def moved_since(store: Store, account: tuple[str, str], since: datetime) -> Decimal:
    """Currency units a day that perfbot has moved in an account; what is under way counts."""
    name, amounts = "|".join(account), dict[tuple[str, int], Decimal]()
    for event in reversed(store.history(since=since, kinds=(PLAN, DONE))):
        key = (event.subject, int(event.details["round"]))
        amount = Decimal(event.details["moved"].get(name, 0))
        if event.kind == PLAN or key in amounts:
            amounts[key] = amount
    return sum(amounts.values(), Decimal(0))

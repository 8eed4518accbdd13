"""Asynchronous report runs: asked for, polled, and read when they are done."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

from bot.demo.platforms.entities import Account
from bot.demo.platforms.faults import Faults
from bot.demo.platforms.meta_graph.asking import Asked
from bot.demo.platforms.meta_graph.errors import GraphError

Json = dict[str, Any]
POLLS, SLOW_POLLS = 2, 5


@dataclass
class Run:
    """A report that was asked for; `rows` is made when it is first read."""

    run_id: str
    account: Account
    report: Asked
    polls_left: int
    polls: int = 0
    fails: bool = False

    @property
    def done(self) -> bool:
        return self.polls >= self.polls_left

    def status(self) -> Json:
        """What a poll answers."""
        if self.fails and self.done:
            state, percent = "Job Failed", 40
        elif self.done:
            state, percent = "Job Completed", 100
        else:
            state = "Job Running" if self.polls else "Job Not Started"
            percent = 100 * self.polls // self.polls_left
        fields: Json = {
            "id": self.run_id, "account_id": self.account.account_id, "async_status": state,
            "async_percent_completion": percent, "is_running": not self.done,
            "date_start": self.report.since.isoformat(), "date_stop": self.report.until.isoformat(),
        }  # fmt: skip
        if state == "Job Failed":
            fields |= {"error_code": 2, "error_message": "The report could not be generated.",
                     "error_user_title": "Report failed"}  # fmt: skip
        return fields


@dataclass
class Reports:
    """The runs of a server; safe between threads."""

    faults: Faults
    _runs: dict[str, Run] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(6100000000001))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, account: Account, report: Asked) -> Json:
        """A new run."""
        account_id = account.account_id
        slow = self.faults.take("report_slow", account_id)
        fails = self.faults.take("report_failed", account_id) is not None
        with self._lock:
            run_id = str(next(self._ids))
            polls = SLOW_POLLS if slow else POLLS
            self._runs[run_id] = Run(run_id, account, report, polls, fails=fails)
        return {"report_run_id": run_id}

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def poll(self, run: Run) -> Json:
        """Its status; each poll brings it nearer to its end."""
        with self._lock:
            status = run.status()
            run.polls += 1
        return status

    @staticmethod
    def finished(run: Run) -> Run:
        """The run, when it can be read.

        Raises:
            GraphError: It is not done, or it failed.
        """
        if not run.done or run.fails:
            raise GraphError(2601, "(#2601) Loading async data failed: the job is not complete.",
                             subcode=1815107, transient=not run.fails)  # fmt: skip
        return run

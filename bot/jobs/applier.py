"""Sets acknowledged budgets at the platforms: validated, sent once, read back, told.

Every call is written down before it is made, and a call that is written down is never made again.
Whoever finds one without an answer reads the platform to learn what became of it, goes on with the
calls that were not made where all before them are seen to be carried out, and else stops and says
what is so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from uuid import uuid4

from bot.advice import budget_settings
from bot.context.context import Context
from bot.domain.platform_budgets import BudgetSetting, Obstacle
from bot.errors import PerfbotError, SettingsError, SourceError, StoreError
from bot.features.applying import apply_requests, at_platforms, runs
from bot.features.applying.apply_requests import JOB
from bot.features.applying.at_platforms import mark_read_only, read_only
from bot.features.applying.runs import CallAnswer, Calls, Run
from bot.numbers.input.names import account_key
from bot.settings import Settings, SourceSettings
from bot.sources.platforms.client import BudgetWriter, ReadOnlyAccess, writer_of
from bot.store.base import Job, Store
from bot.store.leases import alive

log = logging.getLogger(__name__)
AGAIN = timedelta(minutes=1)  # until a platform that could not be read is read again
TOLD = 2  # readings that failed before people are told that it takes longer
SETTLED = timedelta(minutes=3)  # after which a call without an answer is under way no more
Account = tuple[str, str]
Writers = Callable[[Account], BudgetWriter]


class ConfiguredWriters:
    """The platform of an account, as perfbot.toml's sources reach it; each is made once."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self._made = settings, dict[str, BudgetWriter]()

    def __call__(self, account: Account) -> BudgetWriter:
        """The writer of an account.

        Raises:
            SourceError: No source reaches it.
        """
        for source in self.settings.sources:
            if source.kind == account[0] and _reaches(source, account[1]):
                if source.name not in self._made:
                    self._made[source.name] = writer_of(source)
                return self._made[source.name]
        raise SourceError(
            f"No source in perfbot.toml reaches account {account[1]}.",
            hint=f'Its budgets are set through a source of kind "{account[0]}".',
        )


def _reaches(source: SourceSettings, account_id: str) -> bool:
    wanted = {account_key(name) for name in source.accounts}
    return not wanted or account_key(account_id) in wanted


class NotSettledError(PerfbotError):
    """A call may still be under way: what became of it is not known yet."""


@dataclass
class Applier:
    """Carries out runs that wait; several processes may.

    Args:
        context: The store, the settings, the words and the clock.
        writers: The platform of an account.
        holder: What this process is called.
    """

    context: Context
    writers: Writers
    holder: str = field(default_factory=lambda: uuid4().hex)

    @property
    def store(self) -> Store:
        return self.context.store

    def __call__(self) -> int:
        """Carry out everything that waits or was left behind; how many runs were begun."""
        count, today = 0, self.context.today()
        for account, since in read_only(self.store).items():
            if since < today:
                self._look_again(account, today)
        while job := self.store.take_job([JOB], self.holder):
            count += 1
            try:
                with alive(self.store, job):
                    self._carry_out(job)
            except StoreError as error:
                if error.kind != "late":
                    raise
                log.warning("%s was taken over by another process.", job.key)
            except PerfbotError as error:
                log.warning("%s waits: %s", job.key, error)
                with self.store.atomic():
                    self.store.fail_job(job, str(error), retry_at=self.context.clock() + AGAIN)
                    if job.attempts == TOLD and not isinstance(error, NotSettledError):
                        self.store.enqueue(
                            list(apply_requests.waiting(self.context, self._run(job), error))
                        )
        return count

    def _run(self, job: Job) -> Run:
        return runs.run_of(self.store, job.payload["advice"], int(job.payload["round"]))

    def _carry_out(self, job: Job) -> None:
        run = self._run(job)
        is_fresh = run.calls is None
        if is_fresh and not run.is_done:
            run = self._planned(job, run)
        if not run.is_done:
            run = self._concluded(self._sent(job, run, is_fresh=is_fresh))
        with self.store.fenced(job):
            if self.store.log(runs.done(run, self.context.clock())):
                self.store.enqueue(list(apply_requests.concluded(self.context, run)))

    def _look_again(self, account: Account, today: date) -> None:
        """Once a day: whether an account that could only be read may be changed by now."""
        try:
            writer = self.writers(account)
            budgets = writer.budgets(account[1]).values()
            unshared = (budget for budget in budgets if budget.holders and not budget.shared_with)
            for holder in (budget.holders[0] for budget in islice(unshared, 1)):
                amount = holder.amount
                same = BudgetSetting("", *account, holder.kind, holder.holder_id, amount, amount)
                writer.check(account[1], [same])
                mark_read_only(self.store, account, None)
                return
        except SourceError as error:
            log.info("Still only read: %s", error)
        mark_read_only(self.store, account, today)

    # -- what to send ---------------------------------------------------------------------------
    def _planned(self, job: Job, run: Run) -> Run:
        """The run with its calls decided and written down; done where something forbids it."""
        try:
            obstacles, calls = self._prepared(run)
        except (SourceError, SettingsError) as error:
            obstacles, calls = [Obstacle("silent", sentence=str(error))], ()
        with self.store.atomic():
            self.store.beat(job)
            obstacles = obstacles or self._forbidden(run)
            if obstacles:
                return replace(run, obstacles=tuple(obstacles), is_done=True)
            self.store.log(runs.planned(run, self.context.clock(), calls))
        return replace(run, calls=calls)

    def _prepared(self, run: Run) -> tuple[list[Obstacle], Calls]:
        """What the platforms have to say about it before anything is sent; the calls otherwise."""
        obstacles = self._forbidden(run)
        if obstacles:
            return obstacles, ()
        budgets = self._budgets(run)
        obstacles = list(budget_settings.obstacles(run.changes, budgets))
        if obstacles:
            return obstacles, ()
        settings = self._settings(run, budgets)
        together = {writer.channel for writer in self._writers(run) if writer.together}
        return self._refusals(run, settings), budget_settings.batches(settings, together)

    def _settings(self, run: Run, budgets: budget_settings.Budgets) -> tuple[BudgetSetting, ...]:
        """Taking back sets exactly what was there before, ad set by ad set."""
        if not run.undoes:
            return budget_settings.settings(run.changes, budgets)
        keys = {change.key for change in run.changes}
        landed = runs.run_of(self.store, run.advice_id, run.undoes).landed
        return budget_settings.taken_back(setting for setting in landed if setting.key in keys)

    def _forbidden(self, run: Run) -> list[Obstacle]:
        """Switched off, over a cap, or no longer acknowledged; taking back is always allowed."""
        if run.undoes:
            return []
        record = self.store.advice(run.advice_id)
        if record is None or record.state != "acknowledged":
            return [Obstacle("answered")]
        return list(at_platforms.forbidden(self.context, run.changes))

    def _refusals(self, run: Run, settings: Sequence[BudgetSetting]) -> list[Obstacle]:
        """The platforms' own validation, account by account; what was asked and said is logged."""
        obstacles = []
        for account in run.accounts:
            group = [setting for setting in settings if setting.account == account]
            try:
                sentences = self.writers(account).check(account[1], group) if group else {}
            except SourceError as error:
                self.store.log(runs.checked(run, self.context.clock(), group, str(error)))
                if not isinstance(error, ReadOnlyAccess):
                    raise
                return [Obstacle("scope", names=account)]
            self.store.log(runs.checked(run, self.context.clock(), group, dict(sentences)))
            obstacles += [
                Obstacle("refused", key, sentence=said) for key, said in sentences.items()
            ]
        return obstacles

    # -- sending --------------------------------------------------------------------------------
    def _sent(self, job: Job, run: Run, *, is_fresh: bool) -> Run:
        """The run with every call made, or as far as none before it failed."""
        for number, call in enumerate(run.calls or ()):
            if number not in run.sent:
                if not is_fresh and not self._stand(run, call):
                    break
                run = self._send(job, run, number, call)
            answer = run.answers.get(number)
            if answer is None or answer.error:
                if not self._found(run, number, call):
                    break
            elif answer.refused:
                break
        return run

    def _send(self, job: Job, run: Run, number: int, call: Sequence[BudgetSetting]) -> Run:
        """One call, written down before it is made."""
        with self.store.atomic():
            self.store.beat(job)
            if not self.store.log(runs.sending(run, self.context.clock(), number, call)):
                raise StoreError(f"Call {number} of {run.key} is made already.", kind="late")
        at = self.context.clock()
        try:
            answer = CallAnswer(dict(self.writers(call[0].account).set(call[0].account_id, call)))
        except SourceError as error:
            answer = CallAnswer(error=str(error))
        self.store.log(runs.answered(run, self.context.clock(), number, answer))
        sent, answers = {**run.sent, number: at}, {**run.answers, number: answer}
        return replace(run, sent=sent, answers=answers)

    def _found(self, run: Run, number: int, call: Sequence[BudgetSetting]) -> bool:
        """Whether a call without an answer was carried out, as the platform is read.

        Raises:
            NotSettledError: It was not, and may still be under way.
        """
        if self._landed(run, call) == list(call):
            return True
        if self.context.clock() < run.sent[number] + SETTLED:
            raise NotSettledError(f"Call {number} of {run.key} has no answer yet.")
        return False

    def _stand(self, run: Run, call: Sequence[BudgetSetting]) -> bool:
        """Whether what a call is to replace is still there, some time after it was planned."""
        amounts = budget_settings.amounts_of(self._budgets(run))
        return all(budget_settings.stands(setting, amounts) for setting in call)

    # -- reading back ---------------------------------------------------------------------------
    def _concluded(self, run: Run) -> Run:
        """The run with what came of it, as the platforms are read now."""
        budgets, calls = self._budgets(run), run.calls or ()
        sent = [setting for number in run.sent for setting in calls[number]]
        amounts = budget_settings.amounts_of(budgets)
        landed = tuple(setting for setting in sent if budget_settings.has_landed(setting, amounts))
        results = budget_settings.results(run.changes, budgets, run.sentences, sent)
        return replace(run, results=results, landed=landed, is_done=True)

    def _landed(self, run: Run, call: Iterable[BudgetSetting]) -> list[BudgetSetting]:
        amounts = budget_settings.amounts_of(self._budgets(run))
        return [setting for setting in call if budget_settings.has_landed(setting, amounts)]

    def _budgets(self, run: Run) -> budget_settings.Budgets:
        """Every budget of the accounts it is about, as the platforms have them now."""
        return {
            (*account, campaign_id): budget
            for account in run.accounts
            for campaign_id, budget in self.writers(account).budgets(account[1]).items()
        }

    def _writers(self, run: Run) -> list[BudgetWriter]:
        return [self.writers(account) for account in run.accounts]

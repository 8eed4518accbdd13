"""Acknowledged budgets applied at their platform: who may, in which caps, what is offered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.ask import Asker, Context, Desk
from bot.blockkit import validate, validate_view
from bot.domain.replies import Press, Taken
from bot.errors import NotAllowed, UsageError
from bot.features.applying import runs
from bot.features.applying.apply_requests import JOB, OverCap
from bot.features.applying.at_platforms import mark_read_only
from bot.features.triage import answering
from bot.settings import Settings
from bot.settings.models import AccountSettings, Who
from tests.office import MORNING, NOW

GOOGLE = {"channel": "google_ads", "account_id": "google-1", "apply": True}
Make = Callable[..., Desk]


@pytest.fixture
def shift(world) -> str:
    """The shift of this morning, with its budgets known."""
    records = [world.store.advice(item.advice_id) for item in world.items]
    return next(r.advice.id for r in records if r and r.advice.action == "shift_budget")


@pytest.fixture
def desk(world, rulebook, renderers) -> Make:
    """A desk whose Google account is switched on, within caps."""

    def make(*, change: float = 5000, day: float = 9000, approvers: tuple[str, ...] = ("U1",)):
        caps = {"apply_change": change, "apply_day": day, "apply_month": 50_000}
        settings = Settings(
            accounts=(AccountSettings(**GOOGLE, **caps),), who=Who(approvers=approvers)
        )
        return Desk(Context(world.store, rulebook, renderers, settings, lambda: NOW))

    return make


def acknowledged(desk: Desk, advice_id: str, asker: Asker) -> Taken:
    return desk.answer(Press(advice_id, "acknowledge"), asker)


def actions(taken: Taken) -> set[str]:
    """What the edited card offers."""
    elements = (e for change in taken.changes for b in change.blocks for e in b.get("elements", ()))
    return {str(e.get("action_id")) for e in elements}


def test_off_by_default_nothing_is_offered(world, shift, kari):
    """Without a word in perfbot.toml an acknowledged shift is what it always was."""
    taken = acknowledged(world.desk, shift, kari)
    assert "advice.apply" not in actions(taken)
    with pytest.raises(NotAllowed, match="Nobody is named"):
        world.desk.apply_view(shift, kari)


def test_what_is_acknowledged_can_be_applied_after_a_look_at_each_budget(desk, shift, kari):
    """The card offers it, the dialog shows from what to what and the caps, the press is kept."""
    at_work = desk()
    taken = acknowledged(at_work, shift, kari)
    assert "advice.apply" in actions(taken)
    view = at_work.apply_view(shift, kari)
    validate_view(view)
    shown = re.sub(r"[\s\u00a0\u202f]|\\xa0|\\u202f", "", str(view["blocks"]))
    for change in answering.record_of(at_work.context, shift).advice.budgets.values():
        assert f"→{change:.0f}kraday" in shown
    assert "google-1" in shown
    applied = at_work.answer(Press(shift, "apply"), kari)
    assert "Kari has it applied at Google" in applied.lines[0].text
    validate(list(applied.lines[0].blocks))
    assert "advice.apply" not in actions(applied)
    (job,) = at_work.context.store.jobs([JOB])
    assert job.payload == {"advice": shift, "round": 1}
    (run,) = runs.runs_of(at_work.context.store, shift)
    assert sum(change.step for change in run.changes) == 0
    assert {change.account for change in run.changes} == {("google_ads", "google-1")}


def test_it_is_asked_for_once(desk, shift, kari):
    """While it is under way it is not asked for again, by anybody."""
    at_work = desk()
    acknowledged(at_work, shift, kari)
    at_work.answer(Press(shift, "apply"), kari)
    with pytest.raises(UsageError, match="cannot be set"):
        at_work.answer(Press(shift, "apply"), kari)
    with pytest.raises(UsageError, match="nothing to set back"):
        at_work.answer(Press(shift, "set_back"), kari)
    assert len(at_work.context.store.jobs([JOB])) == 1


def test_a_part_is_applied_as_a_part(desk, shift, kari):
    """What somebody agreed to is what is set: half of the shift."""
    at_work = desk()
    advice = answering.record_of(at_work.context, shift).advice
    at_work.answer(Press(shift, "acknowledge", part="50%"), kari)
    at_work.answer(Press(shift, "apply"), kari)
    (run,) = runs.runs_of(at_work.context.store, shift)
    for change in run.changes:
        whole = advice.budgets[change.key] - advice.budgets_before[change.key]
        assert float(change.step) == pytest.approx(whole / 2)


@pytest.mark.parametrize(
    ("approvers", "sentence"), [(("U1",), "Only Kari may have budgets"), ((), "Nobody is named")]
)
def test_only_approvers_may(desk, shift, kari, ola, approvers, sentence):
    """Whoever may acknowledge may not therefore spend; and with nobody named, nobody may."""
    at_work = desk(approvers=approvers)
    acknowledged(at_work, shift, kari)
    for ask in (
        lambda: at_work.apply_view(shift, ola),
        lambda: at_work.answer(Press(shift, "apply"), ola),
        lambda: at_work.answer(Press(shift, "set_back"), ola),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            ask()
    assert not at_work.context.store.jobs([JOB])


def test_what_is_not_acknowledged_is_not_applied(desk, shift, kari):
    """Open advice, and advice whose acknowledgement was taken back."""
    at_work = desk()
    with pytest.raises(UsageError):
        at_work.apply_view(shift, kari)
    acknowledged(at_work, shift, kari)
    at_work.answer(Press(shift, "undo"), kari)
    with pytest.raises(UsageError):
        at_work.answer(Press(shift, "apply"), kari)


@pytest.mark.parametrize(("caps", "said"), [({"change": 10}, "one change may move 10"),
                                            ({"day": 20}, "the cap is 20")])  # fmt: skip
def test_a_cap_is_said_before_anything_is_asked(desk, shift, kari, caps, said):
    """With what it is and what this would come to, in the dialog's place."""
    at_work = desk(**caps)
    acknowledged(at_work, shift, kari)
    with pytest.raises(OverCap) as refused:
        at_work.apply_view(shift, kari)
    assert said in str(refused.value)
    assert "by hand" in refused.value.hint


def test_an_account_that_may_only_be_read_has_proposals_only(desk, shift, kari):
    """No button where perfbot was refused; it comes back when the account may be changed."""
    at_work = desk()
    mark_read_only(at_work.context.store, ("google_ads", "google-1"), MORNING)
    assert "advice.apply" not in actions(acknowledged(at_work, shift, kari))
    mark_read_only(at_work.context.store, ("google_ads", "google-1"), None)
    assert at_work.apply_view(shift, kari)


def test_the_log_shows_it_to_admins(desk, shift, kari):
    """Who had what applied stands in the audit, in words."""
    at_work = desk()
    acknowledged(at_work, shift, kari)
    at_work.answer(Press(shift, "apply"), kari)
    reply: Any = at_work.ask("audit", kari, MORNING)
    assert "had budgets set at the platform" in str(reply.blocks)

"""How a campaign stands: what is advised about it, where something is."""

from __future__ import annotations

from bot.domain.advice import ACTIONS
from bot.render.lexicon import VERDICTS
from bot.snapshot.standing import CHECKS, WHOLE


def test_every_action_has_a_verdict_people_can_read() -> None:
    """No `change:review_audience` in a sentence: each action a rule may take has its words."""
    elsewhere = {*CHECKS, *WHOLE, "hold", "raise_budget", "raise_bid"}  # checks, waiting, room
    missing = {f"change:{action}" for action in ACTIONS if action not in elsewhere} - {*VERDICTS}
    assert missing == set()
    assert {*CHECKS.values()} <= {*VERDICTS}

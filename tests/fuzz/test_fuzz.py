"""Whatever people, Slack and files send: an answer or a sentence, never a traceback, never a 500.

Short in `make test`; `make fuzz` throws as many as are asked for (`python -m tests.fuzz`).
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.chances import Drawn, Rolled
from tests.fuzz.harness import COUNTS, LOGS, Harness, small_market, timed
from tests.fuzz.kinds import kinds, small_rules

# How many of each kind: a few seconds together.
SHORT = {"question": 60, "command": 40, "action": 60, "view": 60, "event": 60, "http": 120,
         "file": 40, "settings": 80, "rule": 30, "template": 30}  # fmt: skip
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def thrown(tmp_path_factory, rulebook, renderers, one_workspace):
    """Every kind of input, and a whole perfbot over a small judged morning that bears them."""
    folder = tmp_path_factory.mktemp("fuzz")
    small_market(folder / "perfbot.db", rulebook, NOW)
    for name in LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    with ExitStack() as stack:
        market, shared = folder / "perfbot.db", (rulebook, renderers)
        stack.enter_context(small_rules(tmp_path_factory.mktemp("rules")))
        yield kinds(Harness(stack, one_workspace, market, shared, NOW), folder)
    one_workspace.do("reset")
    for name in LOGS:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("kind", SHORT)
def test_nothing_that_is_sent_breaks_it(thrown, kind):
    """Of each kind some: answered, read, or refused in words; what is not is made small."""

    @settings(
        max_examples=SHORT[kind],
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.composite(lambda draw: thrown[kind].draw(Drawn(draw)))())
    def throw(given_input):
        with timed(kind):
            thrown[kind].check(given_input)

    throw()
    assert COUNTS[kind] >= SHORT[kind] // 2  # hypothesis leaves out what it has drawn before


def test_the_same_chance_draws_the_same_inputs(thrown):
    """What `make fuzz` found is thrown again by its number."""
    for kind in thrown.values():
        drawn = [[kind.draw(Rolled(f"7 {n}")) for n in range(9)] for _ in range(2)]
        assert drawn[0] == drawn[1]
        assert len({str(each) for each in drawn[0]}) > 5

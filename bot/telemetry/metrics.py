"""What is counted and timed while perfbot works, for Prometheus.

Every label has few values, fixed by the code or by perfbot.toml: never a campaign, a person or a
channel. What the store knows is read when it is asked for (`bot.app.serving`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time, open files

ANSWER_SECONDS = Histogram(
    "perfbot_answer_seconds",
    "From the moment a request was heard until it was answered or kept, waiting in line included.",
    ("kind",),  # question | answer | form
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 60),
    registry=REGISTRY,
)
FAILURES = Counter(
    "perfbot_request_failures",
    "Requests whose asker was told that something went wrong.",
    ("reason",),  # foreseen | unexpected
    registry=REGISTRY,
)
SLACK_CALLS = Counter(
    "perfbot_slack_calls",
    "Calls of Slack's Web API by what came of them: ok, Slack's word for the error, unreachable.",
    ("result",),
    registry=REGISTRY,
)
DELIVERIES = Counter(
    "perfbot_deliveries",
    "Attempts to post or edit a message of the outbox.",
    ("kind", "result"),  # digest | advice | line | update | urgent …; sent | later | given_up
    registry=REGISTRY,
)
JUDGING_SECONDS = Histogram(
    "perfbot_judging_seconds",
    "Working out a morning, by step.",
    ("step",),  # read | boards | rules | outcomes
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
TICK = Gauge(
    "perfbot_last_tick_timestamp_seconds",
    "When this process last ended a minute's work.",
    registry=REGISTRY,
)
STEP_FAILURES = Counter(
    "perfbot_step_failures",
    "Steps of the minute's work that failed; the next minute tries again.",
    ("step",),
    registry=REGISTRY,
)

# Slack's words for errors that somebody can act on; any other is counted as "other".
SLACK_ERRORS = frozenset({
    "account_inactive", "cant_update_message", "channel_not_found", "edit_window_closed",
    "expired_trigger_id", "fatal_error", "internal_error", "invalid_auth", "invalid_blocks",
    "invalid_blocks_format", "is_archived", "message_not_found", "missing_scope", "not_authed",
    "not_in_channel", "ratelimited", "restricted_action", "team_access_not_granted",
    "thread_not_found", "token_expired", "token_revoked", "user_not_found",
})  # fmt: skip
KINDS = frozenset({"digest", "advice", "line", "update", "urgent", "reminder"})


@contextmanager
def timing(histogram: Histogram, label: str) -> Iterator[None]:
    """Time what is done inside, whether it ends well or not."""
    began = time.monotonic()
    try:
        yield
    finally:
        histogram.labels(label).observe(time.monotonic() - began)


def slack_called(error: str = "") -> None:
    """Count a call of Slack's Web API.

    Args:
        error: Slack's word for what went wrong, `unreachable`, or "" where nothing did.
    """
    word = error if error in SLACK_ERRORS or error == "unreachable" else "other"
    SLACK_CALLS.labels(word if error else "ok").inc()


def delivered(kind: str, result: str) -> None:
    """Count an attempt to post: `sent`, `later` or `given_up`."""
    DELIVERIES.labels(kind if kind in KINDS else "other", result).inc()

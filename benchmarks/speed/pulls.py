"""A pull from Google Ads beside the bare SDK reading the same streams: gRPC with TLS, for real.

The local server is a process of its own, and streams what it streamed before, so that nobody waits
for it; processor time is the client's alone. Fewer campaigns than an agency's 10,000: both sides
cost the same for every row, and a warm-up would take minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from benchmarks.speed.timing import Timed, compared, say
from bot.sources.facts import AdAccount
from bot.sources.platforms import google_queries as queries
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.pulling import HISTORY, PlatformSource, spans

CAMPAIGNS, ROUNDS = 150, 3
GOAL = 2.0


def lines() -> Iterator[Timed]:
    """Ours: accounts, campaigns, changes, days checked, completed and normalised."""
    with _server() as secrets:
        client = GoogleAds(secrets, secrets["GOOGLE_ADS_LOGIN_CUSTOMER_ID"])
        account = next(iter(client.accounts()))
        source = PlatformSource("bench", client, lambda: datetime.now(UTC), (account.account_id,))
        say(f"Google, {CAMPAIGNS:,} campaigns: the server works out what it streams …")
        pulled = source.pull(None, None)
        assert all(one.ok for one in pulled.accounts), pulled.accounts
        until = max(one.until for one in pulled.accounts if one.until)
        bare = partial(_read, client, account, until - HISTORY + timedelta(days=1), until)
        size = f"{CAMPAIGNS:,} campaigns x {HISTORY.days} days"
        pull = partial(source.pull, None, until)
        yield compared(
            "Google pulled", size, pull, "google-ads, the same streams read", bare, GOAL, ROUNDS
        )


def _read(client: GoogleAds, account: AdAccount, since: date, until: date) -> None:
    """Every row of the same queries by the untouched SDK, and nothing made of them."""
    service = client.service(account.through)
    for first_day, last_day in spans(since, until, client.days_a_call):
        for query, row_of in ((queries.DAYS, _shown), (queries.RESULTS, _counted)):
            statement = query.format(since=first_day, until=last_day)
            stream = service.search_stream(customer_id=account.account_id, query=statement)
            deque((row_of(row) for row in _rows(stream)), maxlen=1)


def _rows(stream: Iterable[Any]) -> Iterator[Any]:
    return (row for batch in stream for row in batch.results)


def _shown(row: Any) -> tuple[Any, ...]:
    metrics = row.metrics
    return (row.campaign.id, row.segments.date, metrics.impressions, metrics.clicks,
            metrics.cost_micros, metrics.engagements)  # fmt: skip


def _counted(row: Any) -> tuple[Any, ...]:
    segments, metrics = row.segments, row.metrics
    return (row.campaign.id, segments.date, segments.conversion_action_category,
            metrics.conversions, metrics.conversions_value)  # fmt: skip


@contextmanager
def _server() -> Iterator[dict[str, str]]:
    """The local server in a process of its own; what a person has of Google's."""
    words = [sys.executable, "-m", "bot.demo.platforms", "--only", "google", "--replay",
             "--days", str(HISTORY.days), "--campaigns", str(CAMPAIGNS)]  # fmt: skip
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            google = json.loads(process.stdout.readline())["google"]
            # gRPC reads the roots once a process, before its first channel
            os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = google["root_certificates_path"]
            yield {
                "GOOGLE_ADS_DEVELOPER_TOKEN": google["developer_token"],
                "GOOGLE_ADS_CLIENT_ID": google["client_id"],
                "GOOGLE_ADS_CLIENT_SECRET": google["client_secret"],
                "GOOGLE_ADS_REFRESH_TOKEN": google["refresh_token"],
                "GOOGLE_ADS_LOGIN_CUSTOMER_ID": google["manager_id"],
                "GOOGLE_ADS_ENDPOINT": google["endpoint"],
                "GOOGLE_ADS_TOKEN_URI": google["token_uri"],
            }
        finally:
            process.terminate()

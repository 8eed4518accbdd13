"""A pull from Google Ads beside the bare SDK reading the same streams: gRPC with TLS, for real.

The local server is a process of its own. It works out a hundred campaigns, streams each as a
hundred more, and so holds no more of an agency's 10,000 than those; nobody waits for it, since
processor time is the client's alone. Each side is a process, too: the most memory a process ever
had is all that the system remembers. One run takes three or four minutes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.speed.timing import Timed, say
from bot.sources.base import AdAccount
from bot.sources.platforms import google_queries as queries
from bot.sources.platforms.account_pull import spans
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.pulling import HISTORY, PlatformSource

CAMPAIGNS, COPIES, FEWER_DAYS = 100, 100, 100
GOAL, MEMORY_GOAL = 2.0, 1.25


def lines() -> Iterator[Timed]:
    """Ours: accounts, campaigns, changes, days checked, completed and normalised."""
    size = f"{CAMPAIGNS * COPIES:,} campaigns x {HISTORY.days} days"
    with _server() as secrets:
        say(f"Google, {size}: read by the SDK alone, then pulled …")
        bare, _ = _measured(secrets, "read", HISTORY.days)
        ours, most = _measured(secrets, "pull", HISTORY.days)
        yield Timed("Google pulled", size, ours, "google-ads, the same streams", bare, GOAL)
        say(f"the same of {FEWER_DAYS} days: memory …")
        _, less = _measured(secrets, "pull", FEWER_DAYS)
        beside = f"of {FEWER_DAYS} days, gigabytes"
        yield Timed("Google pulled: memory", size, most, beside, less, MEMORY_GOAL)


def _measured(secrets: dict[str, str], work: str, days: int) -> tuple[float, float]:
    """Seconds of processor time and gigabytes at most, of a process that does it."""
    words = [sys.executable, "-m", "benchmarks.speed.pulls", work, str(days)]
    done = subprocess.run(words, env=os.environ | secrets, check=True, capture_output=True)
    took, used = json.loads(done.stdout)
    return took, used


def _do(work: str, days: int) -> None:
    """In a process of its own: the work, what it took and what it held."""
    client = GoogleAds(dict(os.environ), os.environ["GOOGLE_ADS_LOGIN_CUSTOMER_ID"])
    account = next(iter(client.accounts()))
    until = datetime.now(UTC).date() - timedelta(days=2)
    since = until - timedelta(days=days - 1)
    start = time.process_time()
    if work == "read":
        _read(client, account, since, until)
    else:
        _pull(client, account, since, until)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sys.stdout.write(json.dumps([time.process_time() - start, used]))


def _pull(client: GoogleAds, account: AdAccount, since: date, until: date) -> None:
    """Every piece as the store is handed it."""
    source = PlatformSource("bench", client, lambda: datetime.now(UTC), (account.account_id,))
    rows = 0
    for pulled in source.each(since, until):
        assert all(one.ok for one in pulled.accounts), pulled.accounts
        rows += sum(len(frame) for frame in pulled.earlier) + len(pulled.frame)
    assert rows > CAMPAIGNS * COPIES * (until - since).days / 2, rows


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
             "--days", str(HISTORY.days), "--campaigns", str(CAMPAIGNS),
             "--copies", str(COPIES)]  # fmt: skip
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


if __name__ == "__main__":
    _do(sys.argv[1], int(sys.argv[2]))

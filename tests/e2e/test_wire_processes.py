"""perfbot as a process: started, killed, started again, stopped."""

from __future__ import annotations

import os
import signal
import socket as sockets
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.composition import compose, now
from bot.store import open_store
from bot.store.base import Subscription

PERFORMANCE, KARI = "C0PERFORM", "U0KARI001"
PERFBOT = [sys.executable, "-c", "from bot.cli import main; main()"]


def environment(workspace, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DATABASE_URL"))}
    return {
        **kept,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        **more,
    }


@contextmanager
def perfbot(*words, env, cwd):
    """A running perfbot, killed at the end if it is still there."""
    process = subprocess.Popen(
        [*PERFBOT, *words],
        env=env,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def ended(process, number=signal.SIGTERM):
    """Exit code and output after a signal."""
    process.send_signal(number)
    told, _ = process.communicate(timeout=30)
    return process.returncode, told


A_MINUTE = 60.0  # seconds: what was leased by one that was killed is free after 40


def until(wanted, process, seconds=40.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := wanted():
            return found
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0])
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture
def due_now(todays_market, tmp_path):
    """A database with a subscription that is due this very minute."""
    database = tmp_path / "perfbot.db"
    database.write_bytes(todays_market.read_bytes())
    with closing(open_store(database)) as store:
        time_of_day = datetime.now(UTC).strftime("%H:%M")
        days = (1, 2, 3, 4, 5, 6, 7)
        store.subscribe(Subscription(0, PERFORMANCE, time_of_day, days, "UTC", "en", KARI))
    return database


def digests(workspace):
    found = workspace.snapshot()["messages"]
    return [
        m for m in found if m["channel"] == PERFORMANCE and m.get("thread_ts") in (None, m["ts"])
    ]


def replies(workspace):
    found = workspace.snapshot()["messages"]
    return [m for m in found if m.get("thread_ts") and m["thread_ts"] != m["ts"]]


def say(workspace, verb, **body):
    answer = workspace.do(verb, **{"user": "kari", "channel": "performance", **body})
    assert answer["ok"], answer
    return answer


def test_run_serves_a_day_and_a_restart(workspace, due_now, tmp_path):
    """Digest at its time, a question, exit 0; started again it repeats nothing."""
    env = environment(workspace)
    with perfbot("run", "--db", str(due_now), env=env, cwd=tmp_path) as process:
        until(lambda: digests(workspace), process)
        until(lambda: replies(workspace), process)
        until(workspace.connected, process)
        say(workspace, "command", text="/perf help")
        until(lambda: workspace.snapshot()["ephemerals"], process)
        code, told = ended(process)
    assert code == 0, told
    assert "Traceback" not in told
    assert "xoxb-" not in told
    before = len(workspace.snapshot()["messages"])
    with perfbot("run", "--db", str(due_now), env=env, cwd=tmp_path) as process:
        until(workspace.connected, process)
        time.sleep(1)
        code, told = ended(process, signal.SIGINT)
    assert code == 0, told
    assert len(workspace.snapshot()["messages"]) == before


def test_a_process_killed_while_posting_leaves_one_digest(
    workspace, due_now, tmp_path, settings_for
):
    """Killed between claim and post: when its lease is over, the next process makes one digest."""
    say(workspace, "fault", kind="slow", method="chat.postMessage", seconds=2)
    with perfbot("run", "--db", str(due_now), env=environment(workspace), cwd=tmp_path) as process:
        until(lambda: leased(due_now), process)
        process.kill()
    time.sleep(2.5)  # what it had sent may still arrive
    lapse(due_now)
    context = compose(settings_for(workspace), str(due_now), lambda: now() + timedelta(minutes=3))
    with closing(context.store):
        context.tick()()
    assert len(digests(workspace)) == 1
    assert replies(workspace)


def lapse(database):
    """Let the time of every lease be up, as the database's own clock would."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE outbox SET leased_until = '2026-01-01' WHERE state = 'sending'")


def leased(database):
    """Whether a process is about to post."""
    with closing(open_store(database, read_only=True)) as store:
        found = store.outgoing(f"digest:1:{datetime.now(UTC).date()}")
        return found is not None and found.state == "sending"


def test_web_and_worker_share_the_work(workspace, due_now, tmp_path):
    """The worker posts the digest, the web process answers by HTTP, and says that it is well."""
    env, port = environment(workspace), free_port()
    config = tmp_path / "perfbot.toml"
    config.write_text('[slack]\nmode = "http"\n')
    with (
        perfbot("worker", "--db", str(due_now), env=env, cwd=tmp_path) as worker,
        perfbot("web", "--db", str(due_now), "--port", str(port), env=env, cwd=tmp_path) as web,
    ):
        until(lambda: healthy(port), web)
        say(workspace, "http", url=f"http://127.0.0.1:{port}/slack/events")
        until(lambda: digests(workspace), worker)
        say(workspace, "command", text="/perf help")
        until(lambda: workspace.snapshot()["ephemerals"], web)
        say(workspace, "http", url="")
        assert ended(web)[0] == 0
        assert ended(worker)[0] == 0


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    with sockets.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def refused(*words, env, cwd):
    """The one sentence and the exit code of a perfbot that would not start."""
    found = subprocess.run(
        [*PERFBOT, *words],
        env=env,
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.returncode != 0
    assert "Traceback" not in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1, found.stderr
    return found.stderr, found.returncode


def test_missing_tokens_are_named(workspace, tmp_path):
    """`perfbot run` without tokens says which, and what to do."""
    env = environment(workspace)
    del env["SLACK_BOT_TOKEN"], env["SLACK_APP_TOKEN"]
    sentence, code = refused("run", env=env, cwd=tmp_path)
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in sentence
    assert code == 2


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_is_named(workspace, tmp_path, name):
    """A token Slack does not know: which one, and where to get a right one."""
    wrong = "xoxb-1-2-wrong" if name == "SLACK_BOT_TOKEN" else "xapp-1-wrong-2"
    sentence, _ = refused("run", env=environment(workspace, **{name: wrong}), cwd=tmp_path)
    assert name in sentence
    assert "api.slack.com/apps" in sentence


def test_slack_not_answering_is_said(workspace, tmp_path):
    """Nobody at SLACK_API_URL: one sentence with the address."""
    nowhere = f"http://127.0.0.1:{free_port()}/api/"
    env = environment(workspace, SLACK_API_URL=nowhere)
    assert nowhere in refused("run", env=env, cwd=tmp_path)[0]


@pytest.mark.parametrize("command", ["web", "demo"])
def test_a_port_in_use_is_said(workspace, tmp_path, command):
    """A taken port is one sentence with the way out."""
    more = ["--no-open"] if command == "demo" else []
    env = environment(workspace)
    sentence, _ = refused(command, *more, "--port", str(workspace.port), env=env, cwd=tmp_path)
    assert str(workspace.port) in sentence
    assert "--port" in sentence


def test_the_demo_runs_on_its_own(tmp_path):
    """No tokens, no database of ours touched: a digest in #performance, the address in one line."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("SLACK_")}
    env["DATABASE_URL"] = "postgres://nobody:nothing@nowhere/real"
    port = free_port()
    with perfbot("demo", "--no-open", "--port", str(port), env=env, cwd=tmp_path) as process:
        until(lambda: "Good morning" in state(port), process)
        code, told = ended(process, signal.SIGINT)
    assert code == 0, told
    assert told.count(f"http://127.0.0.1:{port}") == 1
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []  # nothing is left behind, nor looked for


def state(port):
    try:
        url = f"http://127.0.0.1:{port}/_control/state"
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def cards(workspace):
    """Pieces of advice in the thread that can be acknowledged."""
    return [m for m in replies(workspace) if "advice.acknowledge" in str(m["blocks"])]


@contextmanager
def at_work(workspace, database, folder):
    """perfbot with this morning's digest and its thread posted."""
    with perfbot("run", "--db", str(database), env=environment(workspace), cwd=folder) as process:
        until(workspace.connected, process)
        until(lambda: len(cards(workspace)) > 1, process)
        yield process


def test_an_answer_slack_was_told_of_survives_a_kill_at_once(workspace, due_now, tmp_path):
    """Killed the moment Slack has its acknowledgement: kept, and shown by the next process."""
    with at_work(workspace, due_now, tmp_path) as process:
        ts = cards(workspace)[0]["ts"]
        say(workspace, "action", ts=ts, action_id="advice.acknowledge")
        process.kill()
    with closing(open_store(due_now, read_only=True)) as store:
        advice = store.find_message(PERFORMANCE, ts).advice_id
        assert store.advice(advice).state == "acknowledged"
    with perfbot("run", "--db", str(due_now), env=environment(workspace), cwd=tmp_path) as process:
        until(lambda: ts not in {m["ts"] for m in cards(workspace)}, process, A_MINUTE)
        until(lambda: lines(workspace), process, A_MINUTE)
        time.sleep(1)
        assert ended(process)[0] == 0
    assert len(lines(workspace)) == 1


def lines(workspace):
    """What stands in the thread besides the pieces of advice."""
    return [m["text"] for m in replies(workspace) if "advice." not in str(m["blocks"])]


def test_a_store_in_trouble_is_told_and_makes_the_process_red(workspace, due_now, tmp_path):
    """Locked by another program: whoever answers hears it, /readyz is red; freed, all is well."""
    port = free_port()
    words = ("run", "--db", str(due_now), "--port", str(port))
    with perfbot(*words, env=environment(workspace), cwd=tmp_path) as process:
        until(workspace.connected, process)
        until(lambda: len(cards(workspace)) > 1, process)
        until(lambda: ready(port) == 200, process)
        ts = cards(workspace)[0]["ts"]
        with closing(sqlite3.connect(due_now, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            say(workspace, "action", ts=ts, action_id="advice.acknowledge")
            until(lambda: "was not kept" in str(workspace.snapshot()["ephemerals"]), process)
            until(lambda: ready(port) == 503, process)
            other.execute("ROLLBACK")
        until(lambda: ready(port) == 200, process)
        say(workspace, "action", ts=ts, action_id="advice.acknowledge")
        until(lambda: ts not in {m["ts"] for m in cards(workspace)}, process)
        assert ended(process)[0] == 0


def ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def test_a_burst_of_questions_does_not_hold_up_the_end(workspace, due_now, tmp_path):
    """Eighty questions, then SIGTERM: gone within ten seconds, and whoever was left out is told."""
    with at_work(workspace, due_now, tmp_path) as process:
        with ThreadPoolExecutor(40) as pool:
            asked = lambda _: say(workspace, "command", text="/perf channel google 28d")  # noqa: E731
            list(pool.map(asked, range(80)))
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=10)
    assert process.returncode == 0, told
    assert "Traceback" not in told
    answers = workspace.snapshot()["ephemerals"]
    assert all("Google" in str(w) or "starting anew" in w["text"] for w in answers)

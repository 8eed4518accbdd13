"""No secret leaves by any way out, whatever its kind and wherever it stands."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.door import run
from bot.errors import PerfbotError, StoreError
from bot.redaction import HIDDEN, redacted
from bot.store import open_store
from bot.store.base import Event, Outgoing, Pull
from bot.telemetry.log_lines import Scrubbing

AT = datetime(2026, 11, 24, 7, tzinfo=UTC)
# The secret itself, and how it may stand in a text.
PLANTED = {
    "slack bot": ("xoxb-2345-6789-aBcDeFgHiJ", "posting with {} failed"),
    "slack user": ("xoxp-2345-6789-zYxWvU", "({})"),
    "slack rotated": ("xoxe.xoxp-1-Mi0yLTk4NzY1", "refresh {}."),
    "slack refresh": ("xoxe-1-My0xLTk4NzY1NDMyMQ", "rotated by {}"),
    "slack client": ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", "SLACK_CLIENT_SECRET={}"),
    "token key": ("q1W2e3R4t5Y6u7I8o9P0aSdFgHjKlZxCvBnM1234567=", "PERFBOT_TOKEN_KEY={}"),
    "slack app": ("xapp-1-A0B1-2345-deadbeef01", "{}"),
    "slack workflow": ("xwfp-2345-6789", "as {},"),
    "slack response": ("actions/T01/2345/r3spons3Url", "post to https://hooks.slack.com/{}"),
    "socket ticket": ("7f3e9a-ticket-77", "wss://wss.slack.com/link/?ticket={}&app_id=1"),
    "signing secret": ("8f742231b10e8888abcd99yyyzzz85a5", "SLACK_SIGNING_SECRET={}"),
    "google access": ("ya29.a0AfH6SMBx-Q1w2e3", "header: {}"),
    "google refresh": ("1//04dXq3Zr8tYbN", "refresh with {}"),
    "google client": ("GOCSPX-q1W2e3R4t5Y6", "client {}"),
    "google key": ("AIzaSyD4q1W2e3R4t5Y6u7I8o9P0a", "maps?key={}"),
    "developer token": ("dEv3l0p3rT0k3n", "developer-token: {}"),
    "meta": ("EAAGm0PX4ZCpsBAKZCZCq1W2e3R4", "graph refused {}"),
    "pinterest": ("pina_AEAQ3XQVACXQZ1w2e3", "{} expired"),
    "aws": ("AKIAIOSFODNN7EXAMPLE", "s3 as {}"),
    "aws secret": ("wJalrXUtnFEMI/K7MDENG+bPx", "aws_secret_access_key = '{}'"),
    "github": ("ghp_16C7e42F292c6912E7710c8", "git+{}"),
    "json web token": ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK", "session {}"),
    "private key": ("MIIEvQIBADANBgkqhkiG9w0", "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----"),  # noqa: E501
    "database url": ("hemmel1g", "postgresql://user:{}@db.example/perf"),
    "odd url": ("p@ss:w/rd", "mysql://me:{}@10.0.0.1/x"),
    "redis url": ("r3dis", "redis://:{}@cache/0"),
    "libpq words": ("s3cr3t!", "host=db password={} dbname=x"),
    "url query": ("t0psecret", "https://x/cb?code=1&access_token={}&state=2"),
    "json": ("kJ8#aa bb", '{{"client_secret": "{}", "id": 1}}'),
    "bearer": ("c29tZS1iZWFyZXItdG9rZW4", "Authorization: Bearer {}"),
    "basic": ("dXNlcjpwYXNzd29yZDEyMw==", "Proxy-Authorization: Basic {}"),
}  # fmt: skip
EVERYTHING = " | ".join(words.format(secret) for secret, words in PLANTED.values())


def leaked(text):
    """Kinds of secret that can be read in a text, as they are or as JSON writes them."""
    return [
        kind
        for kind, (secret, _) in PLANTED.items()
        if secret in text or json.dumps(secret)[1:-1] in text
    ]


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_of_secret_is_hidden_and_what_stands_around_it_stays(kind):
    """Thirty-one kinds, each in the words it is usually seen in."""
    secret, words = PLANTED[kind]
    text = redacted(f"before {words.format(secret)} after")
    assert secret not in text
    assert HIDDEN in text
    assert text.startswith("before ")
    assert text.endswith(" after")


@pytest.mark.parametrize(
    "text",
    [
        "Google | Brand token sale -20 %",
        "SLACK_BOT_TOKEN and SLACK_APP_TOKEN not set.",
        "Write it as postgresql://user:password@host/database.",
        "https://ads.example.com/path?campaign=7&utm_source=x",
        "Spend 1,200.50 kr: 20 % over plan; budget 300 kr a day",
        "person@example.com asked at 08:30: why?",
    ],
)
def test_what_is_no_secret_is_left_alone(text):
    """A name with a telling word in it, a sentence about tokens, an address without a password."""
    assert redacted(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_redacted_twice(text):
    """Redacting what was redacted changes nothing more, and never fails."""
    once = redacted(text)
    assert redacted(once) == once


def test_errors_are_born_without_secrets():
    """In message, hint, file, values and cause shown: whoever prints them."""
    error = PerfbotError(f"No: {EVERYTHING}", hint=EVERYTHING, file=EVERYTHING)
    filled = PerfbotError("It said %(what)s.", values={"what": EVERYTHING})
    shown = (
        f"{error} {error!r} {error.sentences} {filled} {[one.values for one in filled.sentences]}"
    )
    assert leaked(shown) == []
    assert leaked(str(StoreError(EVERYTHING, hint=EVERYTHING, kind="other"))) == []


def test_a_log_line_and_its_traceback_hold_none():
    """Neither the message, nor its arguments, nor the error that was logged."""
    try:
        int(EVERYTHING)
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "%s", (EVERYTHING,), sys.exc_info())
    assert leaked(Scrubbing("%(message)s").format(record)) == []


CRASH = """
import sys, threading
from bot.telemetry.log_lines import set_up
set_up()
text = sys.stdin.read()
def fall():
    raise RuntimeError(text)
thread = threading.Thread(target=fall)
thread.start()
thread.join()
fall()
"""


def test_a_crash_says_none():
    """What Python prints of an error nobody caught, in a thread and in the process."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH], input=EVERYTHING, capture_output=True, text=True, check=False
    )
    assert done.stderr.count("RuntimeError: ") == 2
    assert leaked(done.stderr + done.stdout) == []


def test_the_database_keeps_none(tmp_path):
    """Of what went wrong, what was said and what was posted: grep the file's bytes."""
    store = open_store(tmp_path / "perfbot.db")
    store.record_pull(Pull("x", AT, None, None, ok=False, error=EVERYTHING))
    store.log(Event(AT, "kari", "advice.note", "a1", {"reason": EVERYTHING}))
    store.enqueue([Outgoing("k", "advice", "C1", EVERYTHING, [{"text": EVERYTHING}])])
    store.failed("k", EVERYTHING, retry_at=None)
    assert store.events()[0].details["reason"].count(HIDDEN) >= 20
    assert store.outgoing("k").blocks[0]["text"].count(HIDDEN) >= 20
    store.close()
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert leaked(held.decode("utf-8", errors="replace")) == []


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize("words", [["doctor"], ["board"], ["db", "upgrade"], ["advise"]])
def test_the_terminal_shows_no_password_of_the_database(here, capfd, words):
    """`doctor` and every command that cannot reach it name the place, never the way in."""
    here.setenv("DATABASE_URL", "postgresql://user:hemmel1g@127.0.0.1:1/x?sslpassword=s3cr3t!")
    assert run(words) == 1
    out, err = capfd.readouterr()
    assert "127.0.0.1" in out + err
    assert leaked(out + err) == []


def test_the_terminal_shows_none_of_what_was_stored(here, capfd):
    """Words for people and JSON for programs, of things written by an older perfbot too."""
    store = open_store("perfbot.db")
    with store._db.writing() as db:
        db.run(
            "INSERT INTO events (at, actor, kind, subject, details) VALUES (?, ?, ?, ?, ?)",
            ["2026-11-24T07:00:00+00:00", EVERYTHING, "x.y", "s", json.dumps({"r": EVERYTHING})],
        )
    store.close()
    for words in (["audit", "--all"], ["audit", "--all", "--format", "json"]):
        run(words)
        out, err = capfd.readouterr()
        assert HIDDEN in out
        assert leaked(out + err) == []

"""Whatever people, Slack and files send: an answer or a sentence, never a traceback, never a 500.

Short in `make test`; `make fuzz` runs the same with as many inputs as asked for and prints them.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.ask import Asker
from bot.errors import PerfbotError
from bot.places import CHECKOUT
from bot.rules_files import load, loading
from bot.settings import read
from bot.sources import exports
from tests.fuzz import mutating, seeds
from tests.fuzz.harness import FORM, JSON, Harness, answered, small_market, timed
from tests.office import MORNING

# How many of each kind in `make test`: a few seconds together. `make fuzz` multiplies them.
SHORT = {"question": 60, "command": 40, "action": 60, "view": 60, "event": 60, "http": 120,
         "file": 40, "settings": 80, "rule": 30, "template": 30}  # fmt: skip
TIMES = float(os.environ.get("PERFBOT_FUZZ", "1"))
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)


def thrown(kind, strategy, check):
    """Throw inputs of a kind at what must bear them; the first that breaks it is made small."""

    @settings(
        max_examples=max(1, int(SHORT[kind] * TIMES)),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def throw(value):
        with timed(kind):
            check(value)

    throw()


@pytest.fixture(scope="module")
def perfbot(tmp_path_factory, rulebook, renderers, one_workspace):
    """A whole perfbot over a small judged morning."""
    database = tmp_path_factory.mktemp("fuzz") / "perfbot.db"
    small_market(database, rulebook, NOW)
    for name in ("bot", "slack_bolt", "slack_bolt.perfbot"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with ExitStack() as stack:
        yield Harness(stack, one_workspace, database, (rulebook, renderers), NOW)
    for name in ("bot", "slack_bolt", "slack_bolt.perfbot"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def small_rules(tmp_path_factory):
    """Metrics and thresholds as shipped, and one file for the rule that is thrown."""
    folder = tmp_path_factory.mktemp("rules")
    for name in ("metrics.yml", "thresholds.yml"):
        (folder / name).write_bytes((CHECKOUT / "rules" / name).read_bytes())
    return folder


def test_nothing_a_person_sends_breaks_it(perfbot):
    """Questions at the desk: each is answered in words and blocks Slack accepts."""
    asker = Asker(seeds.USER, seeds.CHANNEL, "en", "Europe/Oslo")

    def ask(text):
        answered(perfbot.office.desk.ask(text, asker, MORNING))

    thrown("question", mutating.texts(seeds.QUESTIONS), ask)


def test_no_command_breaks_it(perfbot):
    """The same by Slack's own door, with whatever else a command's form may lack."""
    texts = mutating.texts(seeds.QUESTIONS, 2)
    forms = mutating.values((seeds.COMMAND,), 2)

    def with_text(form, text):
        return {**form, "text": text} if isinstance(form, dict) else form

    commands = st.builds(with_text, forms, texts)
    thrown("command", commands, perfbot.heard)


def test_no_press_breaks_it(perfbot):
    """Buttons, menus and pickers, with parts that are missing, of another kind, or far too long."""
    thrown("action", mutating.values(seeds.ACTIONS), perfbot.heard)


def test_no_form_breaks_it(perfbot):
    """Modals as they were filled in, or never could be."""
    thrown("view", mutating.values(seeds.VIEWS), perfbot.heard)


def test_no_event_breaks_it(perfbot):
    """Mentions, lines in threads, edits, reactions, openings."""
    thrown("event", mutating.values(seeds.EVENTS), perfbot.heard)


def test_no_body_breaks_the_door(perfbot):
    """Signed bytes of any content type at every address: 200 or a refusal, never a 500."""
    paths = st.sampled_from(("/slack/events", "/slack/commands", "/slack/interactive", "/healthz",
                             "/readyz", "/metrics", "/orders", "/x"))  # fmt: skip
    kinds = st.sampled_from((JSON, FORM, "text/plain", "multipart/form-data", "x/y; charset=ø"))

    def send(request):
        content, kind, path = request
        perfbot.faults.records.clear()
        status = perfbot.post(content, content_type=kind, path=path)
        assert status in {200, 400, 401, 404, 405, 413}, (status, request)
        assert not perfbot.faults.records, perfbot.faults.records[0]

    thrown("http", st.tuples(mutating.bytes_(seeds.BODIES), kinds, paths), send)


def test_no_file_breaks_the_reader(tmp_path_factory):
    """Exports bent, cut and spliced: read, or refused in a sentence with what to do."""
    file = tmp_path_factory.mktemp("file") / "export.csv"

    def look(content):
        file.write_bytes(content)
        try:
            frame = exports.read(file).frame
        except PerfbotError as error:
            said(error)
        else:
            assert not frame.duplicated(["date", "channel", "account_id", "campaign_id"]).any()

    thrown("file", mutating.bytes_(seeds.FILES), look)


def test_no_settings_break_it(tmp_path_factory):
    """perfbot.toml as nobody would write it: settings, or every problem with its line."""
    file = tmp_path_factory.mktemp("settings") / "perfbot.toml"

    def look(text):
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            read(str(file), {})
        except PerfbotError as error:
            said(error)

    thrown("settings", mutating.texts(seeds.SETTINGS), look)


@pytest.mark.parametrize("kind", ["rule", "template"])
def test_no_rule_of_ones_own_breaks_it(kind, small_rules, tmp_path_factory, monkeypatch):
    """A rule file, or the template of a message: rules, or every problem in a sentence."""
    folder = tmp_path_factory.mktemp("own")
    monkeypatch.setattr(loading, "shipped", lambda _name: small_rules)

    def look(text):
        (folder / "own.yml").write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            load(folder)
        except PerfbotError as error:
            said(error)

    thrown(kind, mutating.texts(seeds.RULES) if kind == "rule" else _templates(), look)


def _templates():
    """Real rules whose messages are templates somebody might try."""

    def with_message(rule, message):
        quoted = '"' + message.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return re.sub(r"  message: >-\n(?:    .*\n)+", lambda _: f"  message: {quoted}\n", rule)

    messages = mutating.texts(seeds.MESSAGES)
    return st.builds(with_message, st.sampled_from(seeds.RULES), messages)


def said(error):
    """A refusal is words, without a traceback, a path of ours or a Python type."""
    words = str(error)
    assert words.strip()
    assert "Traceback" not in words
    assert str(Path(loading.__file__).parent) not in words

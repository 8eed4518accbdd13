"""Whatever is wrong: one clear sentence, the way out, an exit code, and no traceback."""

from __future__ import annotations

import functools
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot import store as stores
from bot.cli import door


def only_sentence(outcome) -> str:
    """The one line on standard error."""
    lines = [line for line in outcome.err.splitlines() if line]
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("perfbot: ")
    return lines[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bord"], "Did you mean `perfbot board`?"),
        (["frobnicate"], "See `perfbot --help`"),
        (["board", "--as-of", "23.11.2026"], "Write it like 2026-11-23"),
        (["board", "--fromat", "json"], "--format"),
        (["import"], "perfbot import --help"),
        (["board", "--window", "7x"], "7x"),
        (["board", "--window", "2026-11-15..2026-11-01"], "backwards"),
        (["ask", "/perf help", "--language", "tlh"], "tlh"),
        (["pull"], "perfbot.example.toml"),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(perfbot, words, said):
    """Exit 2 (or 1 for a name nobody knows), one sentence that helps."""
    outcome = perfbot(*words)
    assert outcome.code in {1, 2}
    assert said in only_sentence(outcome)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("/perf chanel google", "channel"),
        ("/perf campaign nothing like it", "nothing like it"),
        ("/perf channel gogle", "gogle"),
        ("/perf channel google 7x", "7x"),
        ("/perf channel google 2026-11-15..2026-11-01", "backwards"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_question_nobody_understands(imported, morning, question, said, form):
    """Exit 1 and one sentence; as JSON also the answer Slack would get."""
    outcome = imported("ask", question, "--as-of", morning, "--format", form)
    assert outcome.code in {1, 2}
    assert said in only_sentence(outcome)
    assert bool(outcome.out) == (form == "json")


def test_no_data_yet(perfbot):
    """A question before the first import says what to do first."""
    outcome = perfbot("ask", "/perf channel google")
    assert outcome.code == 1
    assert "perfbot import" in only_sentence(outcome)


@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_missing_tokens(perfbot, command):
    """Slack's tokens are asked for by name."""
    outcome = perfbot(command)
    assert outcome.code == 2
    assert "SLACK_BOT_TOKEN" in only_sentence(outcome)


def test_swapped_tokens_are_not_shown(perfbot, monkeypatch):
    """A token in the wrong place is said without its value."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-hemmelig")
    outcome = perfbot("run")
    assert outcome.code == 2
    assert "hemmelig" not in outcome.err


@pytest.mark.parametrize("content", [None, b"\x00\x01\x02\xff\xfe", b"", b"just words\n"])
def test_an_unreadable_file(perfbot, tmp_path, content):
    """A file that is not there, not text, empty, or no table is refused in words."""
    path = tmp_path / "numbers.csv"
    if content is not None:
        path.write_bytes(content)
    outcome = perfbot("import", str(path))
    assert outcome.code == 1
    assert outcome.lines[0]["error"]["message"]
    assert "numbers.csv" in only_sentence(outcome)


def test_a_folder_is_no_file(perfbot, tmp_path):
    """Importing a folder says so."""
    outcome = perfbot("import", str(tmp_path))
    assert outcome.code == 1
    assert only_sentence(outcome)


def test_broken_settings_are_told_all_at_once(perfbot, tmp_path):
    """Every line that is wrong, in one go, exit 2."""
    Path("perfbot.toml").write_text(
        '[app]\nlanguge = "nb"\n[slack]\nport = "x"\n', encoding="utf-8"
    )
    outcome = perfbot("board")
    assert outcome.code == 2
    assert "perfbot.toml:2:" in outcome.err
    assert "perfbot.toml:4:" in outcome.err


def test_a_broken_rule_file(perfbot, tmp_path):
    """`rules check` names file, line and rule; other commands say the same."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.yml").write_text("- id: mine\n  titel: typo\n", encoding="utf-8")
    checked = perfbot("rules", "check", "--folder", str(folder))
    assert checked.code == 1
    assert "own.yml" in checked.err
    assert "mine" in checked.err
    Path("perfbot.toml").write_text('[rules]\nfolder = "own"\n', encoding="utf-8")
    assert "own.yml" in perfbot("board").err
    assert "✘" in perfbot("doctor").out


def test_a_locked_database(imported, small_file, monkeypatch):
    """Another program that writes for long is named, not waited for for ever."""
    hasty = functools.partial(stores.SqliteStore, busy_timeout=0.1)
    monkeypatch.setattr(stores, "SqliteStore", hasty)
    other = sqlite3.connect("perfbot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        outcome = imported("import", str(small_file), "--currency", "SEK")
    finally:
        other.rollback()
        other.close()
    assert outcome.code == 1
    assert "perfbot.db" in only_sentence(outcome)


@pytest.fixture
def nobody():
    """Root may write anywhere: for the time of a call, be a user who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        if not os.access(door.__file__, os.R_OK, effective_ids=True):
            pytest.skip("the checkout is readable by root only")
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked_folder(imported_database, small_file):
    """A folder anybody may read and nobody may write to, with a database in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(imported_database, folder / "perfbot.db")
        shutil.copy(small_file, folder / "small.csv")
        (folder / "perfbot.db").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_a_read_only_database(perfbot, locked_folder, morning, nobody):
    """A database that may not be written to can be read, and says so when written to."""
    db = str(locked_folder / "perfbot.db")
    read = perfbot("board", "--as-of", morning, "--db", db, "--format", "json")
    assert read.code == 0, read.err
    assert len(read.json["campaigns"]) == 4
    outcome = perfbot("import", str(locked_folder / "small.csv"), "--db", db)
    assert outcome.code == 1
    assert "perfbot.db" in only_sentence(outcome)


@pytest.mark.parametrize("place", ["no/such/folder/perfbot.db", "."])
def test_a_database_that_cannot_be(perfbot, small_file, place):
    """A folder that is not there, or is itself named as the database."""
    outcome = perfbot("import", str(small_file), "--db", place)
    assert outcome.code == 1
    assert only_sentence(outcome)


def test_a_file_that_is_no_database(perfbot, small_file, tmp_path):
    """Somebody's letter is not overwritten."""
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Kari, " * 200, encoding="utf-8")
    for command in (["board"], ["import", str(small_file)]):
        outcome = perfbot(*command, "--db", str(letter))
        assert outcome.code == 1
        assert "letter.txt" in only_sentence(outcome)
    assert letter.read_text(encoding="utf-8").startswith("Dear Kari")


def test_a_port_in_use(perfbot):
    """The demo says which port is taken and how to choose another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = perfbot("demo", "--port", str(port), "--no-open")
    assert outcome.code == 1
    assert str(port) in outcome.err
    assert "--port" in outcome.err


def test_something_unexpected_is_one_sentence(perfbot, monkeypatch, capfd):
    """A mistake of ours is no traceback; PERFBOT_DEBUG shows where."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(door.cli, "main", broken)
    outcome = perfbot("board")
    assert outcome.code == 1
    assert "PERFBOT_DEBUG=1" in only_sentence(outcome)
    monkeypatch.setenv("PERFBOT_DEBUG", "1")
    assert door.run(["board"]) == 1
    assert 'raise RuntimeError("a bug")' in capfd.readouterr().err


def test_interrupting_is_quiet(perfbot, monkeypatch):
    """Ctrl-C ends without a word."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(door.cli, "main", interrupted)
    outcome = perfbot("board")
    assert (outcome.code, outcome.err) == (130, "")


def test_a_reader_that_leaves_is_no_error(imported, morning):
    """`perfbot board | head -1` says nothing on standard error."""
    code = "import sys; from bot.cli import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", code, "board", "--as-of", morning, "--format", "json"]
    checkout = str(Path(door.__file__).parents[2])
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PYTHONPATH": checkout}
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
        process.wait()
    assert said == b""
    assert process.returncode == 0


def test_help_and_version_load_nothing_heavy():
    """The door opens at once: no pandas, no Slack, until a command needs them."""
    code = (
        "import sys; from bot.cli.door import run; run(['--help']);"
        "heavy = {'logging', 'json', 'importlib.util', 'dataclasses', 'shutil'} & set(sys.modules);"
        "run(['version']);"
        "heavy |= {'pandas', 'numpy', 'slack_bolt', 'sqlite_utils', 'rich'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    checkout = str(Path(door.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": checkout},
    )
    assert done.returncode == 0, done.stderr
    for name in door.COMMANDS:
        assert f"  {name}" in done.stdout


@pytest.mark.parametrize("name", [*door.COMMANDS])
def test_every_command_takes_db_and_config(perfbot, name):
    """--db and --config mean the same everywhere, in groups for every command of theirs."""
    command = door.cli.get_command(None, name)
    for each in getattr(command, "commands", {name: command}).values():
        flags = {flag for param in each.params for flag in param.opts}
        assert {"--db", "--config"} <= flags
        assert each.help

from __future__ import annotations

import pytest

from bot.errors import StoreError
from bot.store import open_store


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_path_and_a_url_open_the_same_file(tmp_path, form, at):
    """perfbot.db and sqlite:///perfbot.db are one database; blanks may be percent signs."""
    path = tmp_path / "my db.sqlite"
    store = open_store(form.format(str(path).replace(" ", "%20") if "://" in form else path))
    store.claim("k", "1", at(1))
    store.close()
    assert path.exists()


def test_a_relative_url_is_relative_to_here(tmp_path, monkeypatch):
    """As SQLAlchemy reads it: three slashes, then a path."""
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///here.db").close()
    open_store("there.db").close()
    assert sorted(one.name for one in tmp_path.glob("*.db")) == ["here.db", "there.db"]


@pytest.mark.parametrize("name", ["odd?name.db", "50%.db", "a#b.db", "æøå.db"])
def test_odd_names_are_only_names(tmp_path, name, at):
    """What means something in a URI means nothing in a path."""
    open_store(tmp_path / name).close()
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite://"])
def test_memory_makes_no_file(tmp_path, monkeypatch, url):
    """A database that goes with the process."""
    monkeypatch.chdir(tmp_path)
    store = open_store(url)
    store.set_preference("U1", language="nb")
    assert store.preference("U1") == {"language": "nb"}
    store.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
def test_a_missing_database_may_read_as_empty(tmp_path, read_only):
    """Questions about nothing are answered from nothing, and nothing is made."""
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "nowhere/none.db", "empty.db"):
        store = open_store(tmp_path / name, read_only=read_only, missing_ok=True)
        assert store.numbers().empty
        assert store.subscriptions() == []
        store.close()
    assert [(one.name, one.stat().st_size) for one in tmp_path.iterdir()] == [("empty.db", 0)]


def test_read_only_does_not_make_a_database(tmp_path):
    """Nothing there, or nothing in it: one sentence with the way out."""
    (tmp_path / "empty.db").touch()
    for name, says in (("none.db", "There is no database at"), ("empty.db", "is empty")):
        with pytest.raises(StoreError, match=says) as error:
            open_store(tmp_path / name, read_only=True)
        assert "perfbot import" in error.value.hint


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_opened_by_its_url(postgres_schema, scheme, at):
    """Under any name people give it."""
    url = postgres_schema().replace("postgresql", scheme, 1)
    store = open_store(url)
    assert store.claim("k", "1", at(1))
    store.close()
    again = open_store(url, read_only=True)
    with pytest.raises(StoreError) as error:
        again.claim("k", "2", at(1))
    assert error.value.kind == "read_only"
    again.close()


def test_a_postgresql_without_perfbot_may_read_as_empty(postgres_schema, postgres_server):
    """Nothing is made in it; a database that does not exist is empty too, or named."""
    url = postgres_schema()
    store = open_store(url, read_only=True, missing_ok=True)
    assert store.numbers().empty
    store.close()
    with pytest.raises(StoreError, match="is empty"):
        open_store(url, read_only=True)
    nowhere = postgres_server.replace("/postgres?", "/nowhere?")
    open_store(nowhere, missing_ok=True).close()
    with pytest.raises(StoreError, match=r"database nowhere .*does not exist") as error:
        open_store(nowhere)
    assert error.value.kind == "gone"


def test_a_server_that_cannot_be_reached_is_named_without_its_password():
    """Where it was looked for, never how one gets in."""
    says = r"database perf on 127\.0\.0\.1 cannot be reached"
    with pytest.raises(StoreError, match=says) as error:
        open_store("postgresql://perf:s3cret@127.0.0.1:1/perf")
    assert error.value.kind == "unreachable"
    assert "s3cret" not in f"{error.value} {error.value.__cause__}"


def test_other_databases_are_unknown():
    """A scheme nobody serves is one sentence, without the password."""
    with pytest.raises(StoreError, match="mysql://") as error:
        open_store("mysql://perf:secret@db.example/perf")
    assert "secret" not in str(error.value)

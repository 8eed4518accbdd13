"""The last act of `make demo-live`, on numbers pulled from the local Google Ads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import live
from bot.app.live import environment
from bot.demo.platforms import World, google, meta
from bot.jobs import pull_keeping
from bot.settings import read
from bot.store import open_store

TOML = '[app]\ntime_zone = "Europe/Oslo"\n\n[[sources]]\nname = "google"\nkind = "google_ads"\n'


def test_a_shift_is_applied_read_back_and_undone_before_ones_eyes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed is what the local server had at each step; at the end all is as it was."""
    world = World(lambda: datetime.now(UTC), days=40)
    file, database = tmp_path / "perfbot.toml", tmp_path / "perfbot.db"
    file.write_text(TOML, encoding="utf-8")
    with google(world) as ads, meta(world) as graph:
        environ = environment(ads, graph)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        settings, store = read(file, environ), open_store(database)
        store.upgrade()
        sources = pull_keeping.sources(store, settings, lambda: world.now)
        assert all(pull.ok for pull in pull_keeping.pull(store, sources, lambda: world.now))
        store.close()
        live.show(tmp_path, environ, world)
    shown = capsys.readouterr().out
    steps = ["Before", "Kari acknowledged", "Applied at Google, and read back", "Undone at Google"]
    places = [shown.index(step) for step in steps]
    assert places == sorted(places)
    made = [change for change in world.changes if change.through == "api"]
    assert len(made) == 4
    assert [change.after for change in made[2:]] == [change.before for change in made[1::-1]]
    assert shown.count("applying.send") == 2

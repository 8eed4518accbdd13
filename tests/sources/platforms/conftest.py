"""Sources against the local platforms, through the untouched SDKs; nobody really waits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.demo.platforms import Faults, World, google, meta
from bot.demo.platforms.google_ads.wire import certificate
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.rest import Patience

NOW = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _trusted() -> None:
    """gRPC reads the roots once a process, before its first channel."""
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(certificate().path)


@pytest.fixture(scope="module")
def world() -> World:
    return World(NOW)


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


@pytest.fixture(autouse=True)
def _well(faults: Faults) -> Iterator[None]:
    yield
    faults.clear()


@pytest.fixture(scope="module")
def google_server(world: World, faults: Faults) -> Iterator[Any]:
    with google(world, faults) as server:
        yield server


@pytest.fixture(scope="module")
def meta_server(world: World, faults: Faults) -> Iterator[Any]:
    with meta(world, faults) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """Seconds that would have been waited."""
    return []


def secrets_of(server: Any) -> dict[str, str]:
    """What a person has of Google's."""
    return {
        "GOOGLE_ADS_DEVELOPER_TOKEN": server.developer_token,
        "GOOGLE_ADS_CLIENT_ID": server.tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": server.tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": server.tokens.refresh_token,
        "GOOGLE_ADS_ENDPOINT": server.endpoint,
        "GOOGLE_ADS_TOKEN_URI": server.token_uri,
    }


Make = Callable[..., PlatformSource]


@pytest.fixture
def google_source(google_server: Any, world: World, waits: list[float]) -> Make:
    def make(**changes: Any) -> PlatformSource:
        values = secrets_of(google_server) | changes.pop("values", {})
        manager = changes.pop("manager", google_server.manager_id)
        client = GoogleAds(values, manager, Patience(sleep=waits.append))
        return PlatformSource("google", client, lambda: world.now, **changes)

    return make


@pytest.fixture
def meta_source(meta_server: Any, world: World, waits: list[float]) -> Make:
    def make(**changes: Any) -> PlatformSource:
        values = {
            "META_ADS_ACCESS_TOKEN": meta_server.access_token,
            "META_ADS_GRAPH_URL": meta_server.url,
        } | changes.pop("values", {})
        client = MetaAds(values, changes.pop("business", None), Patience(sleep=waits.append))
        return PlatformSource("meta", client, lambda: world.now, **changes)

    return make

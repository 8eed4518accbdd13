"""A world, faults, and the untouched official clients against the local servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from bot.demo.platforms import Faults, World, google, meta
from bot.demo.platforms.google_ads.wire import certificate

NOW = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    """The same world for each test, on the morning of 2026-11-28."""
    return World(NOW)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="session", autouse=True)
def _trusted() -> None:
    """gRPC reads the roots once a process, before its first channel."""
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(certificate().path)


@pytest.fixture
def google_server(world: World, faults: Faults) -> Iterator[Any]:
    with google(world, faults) as server:
        yield server


@pytest.fixture
def untouched() -> Callable[..., Any]:
    """Makes the official client of a server: `untouched(server, version="v25")`."""
    from google.ads.googleads.client import GoogleAdsClient
    from google.oauth2.credentials import Credentials

    def client(server: Any, **changes: Any) -> Any:
        credentials = Credentials(
            None,
            refresh_token=changes.pop("refresh_token", server.tokens.refresh_token),
            client_id=server.tokens.client_id,
            client_secret=server.tokens.client_secret,
            token_uri=server.token_uri,
        )
        settings = {
            "developer_token": server.developer_token,
            "login_customer_id": server.manager_id,
            "use_proto_plus": True,
            "version": "v26",
            **changes,
        }
        return GoogleAdsClient(credentials, endpoint=server.endpoint, **settings)

    return client


@pytest.fixture
def google_client(google_server: Any, untouched: Callable[..., Any]) -> Callable[..., Any]:
    """The same of the test's own server: `google_client(version="v25", developer_token="x")`."""
    return partial(untouched, google_server)


@pytest.fixture
def meta_server(world: World, faults: Faults) -> Iterator[Any]:
    with meta(world, faults) as server:
        yield server


@pytest.fixture
def meta_api(meta_server: Any) -> Callable[..., Any]:
    """Makes untouched APIs of the SDK: `meta_api(version="v24.0", token="x")`."""
    from facebook_business.api import FacebookAdsApi, FacebookSession

    def api(
        version: str = "v26.0", token: str = meta_server.access_token, secret: str | None = None
    ) -> Any:
        class LocalSession(FacebookSession):
            GRAPH = meta_server.url

        session = LocalSession(
            meta_server.app_id, meta_server.app_secret if secret is None else secret, token
        )
        return FacebookAdsApi(session, api_version=version)

    return api

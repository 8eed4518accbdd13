"""A platform nobody can reach from here is another thing than an answer that broke off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceError
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.linkedin import LinkedInAds
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.microsoft import MicrosoftAds
from bot.sources.platforms.rest import Patience
from bot.sources.platforms.tiktok import TikTokAds
from tests.sources.platforms.conftest import secrets_of

UNREACHED = "cannot be reached from this machine"
TITLES = {"google": "Google", "meta": "Meta", "microsoft": "Microsoft", "linkedin": "LinkedIn",
          "tiktok": "TikTok"}  # fmt: skip


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """An address at which somebody says half of an answer and is gone."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(65_536)
                    caller.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"data": [')

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def clients(address: str, server: Any, place: Path, patience: Patience) -> dict[str, Any]:
    """Each platform's client, sent to an address; Google's sign-in answers all the same."""
    url = f"http://{address}"
    signed_in = {"MICROSOFT_ADS_DEVELOPER_TOKEN": "d", "MICROSOFT_ADS_CLIENT_ID": "c",
                 "MICROSOFT_ADS_REFRESH_TOKEN": "r", "MICROSOFT_ADS_URL": url,
                 "MICROSOFT_ADS_TOKEN_URI": f"{url}/token"}  # fmt: skip
    endpoint = address.replace("127.0.0.1", "localhost")
    at_google = secrets_of(server) | {"GOOGLE_ADS_ENDPOINT": endpoint}
    return {
        "google": GoogleAds(at_google, server.manager_id, patience),
        "meta": MetaAds(
            {"META_ADS_ACCESS_TOKEN": "EAAx", "META_ADS_GRAPH_URL": url}, None, patience
        ),
        "microsoft": MicrosoftAds(signed_in, place / "renewed", "", patience),
        "linkedin": LinkedInAds(
            {"LINKEDIN_ADS_ACCESS_TOKEN": "EAAx", "LINKEDIN_ADS_URL": url}, patience
        ),
        "tiktok": TikTokAds(
            {
                "TIKTOK_ADS_ACCESS_TOKEN": "EAAx",
                "TIKTOK_ADS_URL": url,
                "TIKTOK_ADS_APP_ID": "a",
                "TIKTOK_ADS_SECRET": "s",
            },
            patience,
        ),
    }


@pytest.mark.parametrize("name", TITLES)
def test_nobody_there_is_said_with_what_to_look_at(
    name: str, nowhere: str, google_server: Any, tmp_path: Path, waits: list[float]
) -> None:
    """The network or a proxy: asked again a few times, with waits, and no key in the sentence."""
    client = clients(nowhere, google_server, tmp_path, Patience(sleep=waits.append))[name]
    with pytest.raises(SourceError) as caught:
        client.accounts()
    assert str(caught.value).startswith(f"{TITLES[name]} {UNREACHED}. Check the network")
    assert len(waits) == 4
    assert "EAAx" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in TITLES if name != "google"])
def test_an_answer_that_broke_off_is_said_as_one(
    name: str, hanging_up: str, google_server: Any, tmp_path: Path, waits: list[float]
) -> None:
    """Somebody is there: the network is not to blame."""
    client = clients(hanging_up, google_server, tmp_path, Patience(sleep=waits.append))[name]
    with pytest.raises(SourceError) as caught:
        client.accounts()
    assert "broke off or could not be read" in str(caught.value)
    assert UNREACHED not in str(caught.value)

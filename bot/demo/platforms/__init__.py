"""Local ad platforms on 127.0.0.1, speaking the real protocols: for demo, tests and benchmarks.

The programmer's door::

    from datetime import UTC, datetime
    from bot.demo.platforms import Faults, World, google, meta

    world = World(datetime(2026, 11, 28, 6, tzinfo=UTC))   # seeded: the same numbers each time
    faults = Faults().add("throttled", times=2)
    with google(world, faults) as server:
        server.endpoint, server.root_certificates_path     # for the untouched google-ads client
        server.token_uri, server.tokens.refresh_token, server.developer_token, server.manager_id
        server.journal.calls("SearchStream")                # what was asked, secrets scrubbed

    with meta(world, faults) as server:
        server.url                                          # FacebookSession.GRAPH of a subclass
        server.app_id, server.app_secret, server.access_token, server.business_id

    with linkedin(world) as server: server.url, server.access_token, server.versions
    with tiktok(world) as server: server.url, server.access_token
    with microsoft(world) as server:
        server.url                                          # ServiceClient(…, location=server.url)
        server.access_token, server.developer_token, server.customer_id

`World` has two accounts a platform (`currencies=` names others), 400 days, and one truth behind
all of them: `world.numbers(campaign)` is what a platform must report of it now, and moving
`world.now` on restates the recent days. Changes through an API land in `world.changes`;
`world.change_budget` is somebody changing a budget by hand.

`python -m bot.demo.platforms` runs them all in a process of its own, on the computer's clock, and
prints their addresses and tokens as one line of JSON.

`Faults.add(kind, times=, account=, seconds=)` switches on what is in `faults.KINDS`.

The Google client needs the certificate before its process opens the first channel: set
`GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` to `server.root_certificates_path` (the same for all servers of
a process). Each server imports its SDK only when it is opened; none of them is used by the bot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.platforms.journal import Faults, Journal
from bot.demo.platforms.world import World

if TYPE_CHECKING:
    from bot.demo.platforms.google_ads.server import GoogleAds
    from bot.demo.platforms.linkedin_ads import LinkedIn
    from bot.demo.platforms.meta_graph.server import MetaGraph
    from bot.demo.platforms.microsoft_ads import Microsoft
    from bot.demo.platforms.tiktok_ads import TikTok

__all__ = ["Faults", "Journal", "World", "google", "linkedin", "meta", "microsoft", "tiktok"]


def google(world: World, faults: Faults | None = None, **options: Any) -> GoogleAds:
    """The Google Ads API v26, not yet started: use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: `page` rows a page (10,000), `writable` and `approved` (True), `replay` (False),
            `copies` (1).
    """
    from bot.demo.platforms.google_ads.server import GoogleAds, ServerOptions  # noqa: PLC0415

    return GoogleAds(world, faults, ServerOptions(**options))


def meta(world: World, faults: Faults | None = None, **options: Any) -> MetaGraph:
    """Meta's Graph API v25-v27, not yet started: use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: `scopes` of the token, `sync_rows` above which reports must be asynchronous.
    """
    from bot.demo.platforms.meta_graph.server import MetaGraph  # noqa: PLC0415

    return MetaGraph(world, faults, **options)


def linkedin(world: World, faults: Faults | None = None, **options: Any) -> LinkedIn:
    """LinkedIn's Marketing API, not yet started: use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: `readable`, whether the token may read reports (True).
    """
    from bot.demo.platforms.linkedin_ads import LinkedIn  # noqa: PLC0415

    return LinkedIn(world, faults, **options)


def tiktok(world: World, faults: Faults | None = None, **options: Any) -> TikTok:
    """TikTok's Business API v1.3, not yet started: use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: `readable`, whether the token may read the advertisers (True).
    """
    from bot.demo.platforms.tiktok_ads import TikTok  # noqa: PLC0415

    return TikTok(world, faults, **options)


def microsoft(world: World, faults: Faults | None = None, **options: Any) -> Microsoft:
    """Microsoft Advertising's REST API v13, not yet started: use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: `readable`, whether the user may read the accounts (True).
    """
    from bot.demo.platforms.microsoft_ads import Microsoft  # noqa: PLC0415

    return Microsoft(world, faults, **options)

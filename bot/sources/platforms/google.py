"""Google Ads through google-ads: accounts under a manager, campaigns, days, changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

import pandas as pd

from bot.domain.details import Level
from bot.errors import SettingsError, SourceError
from bot.numbers.input.names import account_key
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, Clock, PlatformChange, SourceConfig
from bot.sources.given import ReadSettings
from bot.sources.platforms import google_details
from bot.sources.platforms import google_queries as queries
from bot.sources.platforms.client import RESULTS
from bot.sources.platforms.google_errors import is_expired, trouble
from bot.sources.platforms.pulling import PlatformSource, named_accounts
from bot.sources.platforms.rest import Patience

VERSION = "v26"  # pinned: a newer one may name fields otherwise
NEEDED = {
    "GOOGLE_ADS_DEVELOPER_TOKEN": "Google Ads, manager account: Admin, API Center",
    "GOOGLE_ADS_CLIENT_ID": "Google Cloud: APIs & Services, Credentials, OAuth client ID (Desktop)",
    "GOOGLE_ADS_CLIENT_SECRET": "the same OAuth client",
    "GOOGLE_ADS_REFRESH_TOKEN": "signing in once with that client, scope .../auth/adwords",
}
TOKENS = "https://oauth2.googleapis.com/token"
EVENTS_KEPT = 30  # days that change_event goes back


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,  # noqa: ARG001, Google says itself what a file would leave out
) -> PlatformSource:
    """The Google Ads accounts that perfbot.toml describes.

    Raises:
        SettingsError: A secret is missing.
    """
    return PlatformSource(
        config.name, client_of(config), clock, named_accounts(config), seen,
        detail_days=config.detail_days,
    )  # fmt: skip


def client_of(config: SourceConfig) -> GoogleAds:
    """The client with a source's secrets.

    Raises:
        SettingsError: One of them is missing.
    """
    missing = [name for name in NEEDED if not config.secret_values.get(name)]
    if missing:
        raise SettingsError(
            Sentence("%(name)s lacks %(missing)s.", name=config.name, missing=", ".join(missing)),
            hint="Put them in the environment, in .env, or in the file that credentials names "
            "(perfbot init says where each is found).",
        )
    manager = account_key(
        config.manager or config.secret_values.get("GOOGLE_ADS_LOGIN_CUSTOMER_ID", "")
    )
    return GoogleAds(config.secret_values, manager)


@dataclass(frozen=True)
class GoogleAds:
    """The Google Ads API.

    Attributes:
        values: The secrets, by the names in NEEDED; GOOGLE_ADS_ENDPOINT and GOOGLE_ADS_TOKEN_URI
            stand for Google's own addresses where they are given.
        manager: The manager account's id, or "" for accounts that the user has directly.
    """

    values: Mapping[str, str] = field(repr=False)
    manager: str = ""
    patience: Patience = field(default_factory=Patience)
    channel = "google_ads"
    detail_levels = tuple(google_details.LEVELS)
    detail_results = RESULTS
    days_a_call = 50
    history_days = EVENTS_KEPT

    @cached_property
    def _credentials(self) -> Any:
        try:
            from google.oauth2.credentials import Credentials  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise SourceError(
                "Google Ads needs the google-ads library.",
                hint='Install it: pip install "perfbot[google]".',
            ) from error
        return Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=self.values["GOOGLE_ADS_REFRESH_TOKEN"],
            client_id=self.values["GOOGLE_ADS_CLIENT_ID"],
            client_secret=self.values["GOOGLE_ADS_CLIENT_SECRET"],
            token_uri=self.values.get("GOOGLE_ADS_TOKEN_URI") or TOKENS,
        )

    def client(self, login: str) -> Any:
        """The SDK's client; `login` is the manager an account is reached through, or ""."""
        if login not in self._clients:
            self._clients[login] = self._made(login)
        return self._clients[login]

    def _made(self, login: str) -> Any:
        credentials = self._credentials
        from google.ads.googleads.client import GoogleAdsClient  # noqa: PLC0415 (an extra)

        logging.getLogger("google.ads.googleads").setLevel(logging.CRITICAL)  # it logs requests
        endpoint = self.values.get("GOOGLE_ADS_ENDPOINT")
        return GoogleAdsClient(
            credentials,
            developer_token=self.values["GOOGLE_ADS_DEVELOPER_TOKEN"],
            login_customer_id=login or None,
            use_proto_plus=False,
            version=VERSION,
            **({"endpoint": endpoint} if endpoint else {}),
        )

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _services(self) -> dict[tuple[str, str], Any]:
        return {}

    def service(self, login: str, name: str = "GoogleAdsService") -> Any:
        """Made once a manager: each has a channel of its own."""
        if (login, name) not in self._services:
            self._services[login, name] = self.client(login).get_service(name)
        return self._services[login, name]

    def ask(self, call: Callable[[], Any]) -> Any:
        """The answer of a call, with a new access token where the old one has run out meanwhile."""

        def anew() -> Any:
            try:
                self._sign_in()
                return call()
            except Exception as error:
                if is_expired(error):
                    self._credentials.token = None  # the next call fetches a new one
                raise

        return self.patience.ask(anew, trouble)

    def _sign_in(self) -> None:
        """An access token before the call: inside it gRPC would hide why there is none."""
        if not self._credentials.valid:
            from google.auth.transport.requests import Request  # noqa: PLC0415 (an extra)

            self._credentials.refresh(Request())

    def rows(
        self, account_id: str, query: str, login: str, read: Callable[[Any], Any] = list
    ) -> Any:
        """What `read` makes of a query's rows, streamed; begun anew where the stream breaks."""
        service = self.ask(lambda: self.service(login))

        def stream() -> Any:
            batches = service.search_stream(customer_id=account_id, query=query)
            return read(row for batch in batches for row in batch.results)

        return self.ask(stream)

    def accounts(self) -> Sequence[AdAccount]:
        """The accounts under the manager at any depth, or those the user has directly."""
        roots = [self.manager] if self.manager else self._direct()
        accounts: dict[str, AdAccount] = {}
        for root in roots:
            for row in self.rows(root, queries.ACCOUNTS, root):
                if not row.customer_client.manager:
                    account = queries.read_account(row, root)
                    accounts.setdefault(account.account_id, account)
        return list(accounts.values())

    def _direct(self) -> list[str]:
        client = self.ask(lambda: self.client("").get_service("CustomerService"))
        answer = self.ask(client.list_accessible_customers)
        return [name.rpartition("/")[2] for name in answer.resource_names]

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        leads = self.rows(account.account_id, queries.GOALS, account.through, queries.lead_goals)
        windows = self.rows(
            account.account_id, queries.ACTIONS, account.through, queries.action_windows
        )
        rows = self.rows(account.account_id, queries.CAMPAIGNS, account.through)
        return [queries.read_campaign(row, account, leads, windows) for row in rows]

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        def table(query: str, read: Callable[[Any], Any]) -> pd.DataFrame:
            statement = query.format(since=since, until=until)
            frame = self.rows(account.account_id, statement, account.through, read)
            assert isinstance(frame, pd.DataFrame)
            return frame

        delivery = table(queries.DAYS, queries.read_days)
        results = table(queries.RESULTS, queries.read_results)
        return delivery.merge(results, on=["campaign_id", "date"], how="outer")

    def changes(self, account: AdAccount, since: date, until: date) -> Sequence[PlatformChange]:
        """The newest 10,000 at most: what Google gives."""
        query = queries.CHANGES.format(since=since, until=until, most=queries.MOST_EVENTS)
        sharing: dict[str, tuple[str, ...]] = {}
        for campaign in self.campaigns(account):
            key = campaign.budget_id
            sharing[key] = (*sharing.get(key, ()), campaign.campaign_id)
        rows = self.rows(account.account_id, query, account.through)
        changes = [change for row in rows for change in queries.read_change(row, account, sharing)]
        return sorted(changes, key=lambda change: change.when)

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:  # noqa: ARG002
        """None: Google gives no people reached by campaign that can be relied on."""
        return pd.DataFrame()

    def details(self, account: AdAccount, level: Level, since: date, until: date) -> pd.DataFrame:
        both = google_details.LEVELS[level].both
        leads: set[str] = set()
        if not all(below.sorted for below in both):
            leads = self.rows(account.account_id, queries.GOALS, account.through,
                              queries.lead_goals)  # fmt: skip
        tables = [
            self._asked(account, below, below.query(since, until, results=results), read)
            for below in both
            for results, read in (
                (False, google_details.read_shown),
                (True, partial(google_details.read_results, leads=leads)),
            )
        ]
        table = pd.concat(tables, ignore_index=True)
        return self._named(account, table) if level == Level.REGION and len(table) else table

    def _asked(
        self, account: AdAccount, below: google_details.GoogleLevel, query: str,
        read: Callable[..., pd.DataFrame],
    ) -> pd.DataFrame:  # fmt: skip
        frame = self.rows(
            account.account_id, query, account.through, lambda rows: read(rows, below)
        )
        assert isinstance(frame, pd.DataFrame)
        return frame

    def _named(self, account: AdAccount, table: pd.DataFrame) -> pd.DataFrame:
        """Regions by their names: reports have their resource names."""
        places = sorted(set(table["detail_id"].dropna()))
        if not places:
            return table
        quoted = ", ".join(f"'{place}'" for place in places)
        rows = self.rows(
            account.account_id, google_details.REGIONS.format(names=quoted), account.through
        )
        names = {row.geo_target_constant.resource_name: row.geo_target_constant.name
                 for row in rows}  # fmt: skip
        called = table["detail_id"].map(names)
        return table.assign(detail_name=called.fillna(table["detail_name"]).astype(object))

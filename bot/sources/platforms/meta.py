"""Meta's Marketing API through facebook-business: accounts, campaigns, insights, activities.

`FacebookAdsApi.init` is never called: it sets a global and hooks `sys.excepthook`. The token
travels in the query string, and in the address of the next page: no address is shown or logged.
Below campaigns are asked for ad sets, ads, and campaigns by who saw them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from bot.domain.details import Level
from bot.errors import SettingsError, SourceError
from bot.sentences import Sentence
from bot.sources.base import (
    AdAccount,
    CampaignFacts,
    Clock,
    PlatformChange,
    SourceConfig,
    TokenFacts,
)
from bot.sources.given import ReadSettings
from bot.sources.platforms import meta_rows as rows
from bot.sources.platforms.client import RESULTS
from bot.sources.platforms.meta_errors import is_large, regained, trouble, used
from bot.sources.platforms.meta_rows import Row, read_row
from bot.sources.platforms.pulling import PlatformSource, named_accounts
from bot.sources.platforms.rest import Patience


@dataclass(frozen=True)
class MetaLevel:
    """A level of Meta's.

    Attributes:
        level: As the insights edge calls it.
        fields: Fields that tell its parts apart: id and name of the part, then of its ad set.
        breakdowns: Or what the campaign is broken down by; several make one name.
    """

    level: str
    fields: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()


LEVELS: Mapping[Level, MetaLevel] = {
    Level.AD_SET: MetaLevel("adset", ("adset_id", "adset_name")),
    Level.AD: MetaLevel("ad", ("ad_id", "ad_name", "adset_id", "adset_name")),
    Level.AGE: MetaLevel("campaign", breakdowns=("age",)),
    Level.GENDER: MetaLevel("campaign", breakdowns=("gender",)),
    Level.REGION: MetaLevel("campaign", breakdowns=("region",)),
    Level.DEVICE: MetaLevel("campaign", breakdowns=("device_platform",)),
    Level.PLACEMENT: MetaLevel("campaign", breakdowns=("publisher_platform", "platform_position")),
}


def read_details(rows: Iterable[Row], below: MetaLevel) -> pd.DataFrame:
    """A row a part and day.

    Raises:
        SourceError: A number that is none, or a row that does not say which part it is of.
    """
    return pd.DataFrame([{**read_row(row), **_part(row, below)} for row in rows])


def _part(row: Row, below: MetaLevel) -> dict[str, Any]:
    try:
        words = [str(row[name]) for name in (*below.fields, *below.breakdowns)]
    except KeyError as error:
        raise SourceError(
            Sentence("Meta's report has a row without %(field)s.", field=error.args[0]),
            hint="Nothing of it is stored; the next pull asks again.",
        ) from None
    if below.breakdowns:
        return {"detail_name": _called(words)}
    names = ("detail_id", "detail_name", "parent_id", "parent_name")
    return dict(zip(names, words, strict=False))


def _called(words: list[str]) -> str:
    """`instagram` and `instagram_stories` are "instagram stories"."""
    first_word = words[0].replace("_", " ")
    details = (word.replace("_", " ").removeprefix(f"{first_word} ") for word in words[1:])
    return " ".join((first_word, *details))


VERSION = "v26.0"  # pinned
TIMEOUT = 120  # seconds an answer may take
PAGE = 500
LARGE = 5_000  # rows above which a report is asked for asynchronously
NEARLY = 90.0  # per cent of the quota from which calls are spread out
POLLS, BETWEEN = 120, 5.0  # of an asynchronous report
NEEDED = {
    "META_ADS_ACCESS_TOKEN": "Business settings: Users, System users, Generate new token, ads_read",
}
ACCOUNT = ["account_id", "name", "currency", "timezone_name", "account_status"]
CAMPAIGN = [
    "id", "name", "objective", "effective_status", "daily_budget", "lifetime_budget",
    "bid_strategy", "start_time", "stop_time", "created_time",
]  # fmt: skip
ADSET = [
    "id", "campaign_id", "optimization_goal", "billing_event", "bid_strategy", "bid_amount",
    "daily_budget", "effective_status", "end_time", "promoted_object", "attribution_spec",
]  # fmt: skip
REPORT = [
    "campaign_id", "date_start", "impressions", "reach", "clicks", "inline_link_clicks", "spend",
    "actions", "action_values",
]  # fmt: skip
ACTIVITY = [
    "event_type", "event_time", "actor_name", "application_name", "object_id", "extra_data",
]  # fmt: skip
STATUSES = ["ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"]
Answer = TypeVar("Answer")


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,  # noqa: ARG001, Meta says itself what a file would leave out
) -> PlatformSource:
    """The Meta ad accounts that perfbot.toml describes.

    Raises:
        SettingsError: The access token is missing.
    """
    return PlatformSource(
        config.name, client_of(config), clock, named_accounts(config), seen,
        detail_days=config.detail_days,
    )  # fmt: skip


def client_of(config: SourceConfig) -> MetaAds:
    """The client with a source's token.

    Raises:
        SettingsError: It is missing.
    """
    if not config.secret_values.get("META_ADS_ACCESS_TOKEN"):
        raise SettingsError(
            Sentence(
                "%(name)s lacks %(missing)s.", name=config.name, missing="META_ADS_ACCESS_TOKEN"
            ),
            hint="Put it in the environment, in .env, or in the file that credentials names "
            "(perfbot init says where it is found).",
        )
    return MetaAds(config.secret_values, config.manager)


@dataclass(frozen=True)
class MetaAds:
    """Meta's Marketing API.

    Attributes:
        values: META_ADS_ACCESS_TOKEN; META_ADS_APP_ID and META_ADS_APP_SECRET where the app demands
            proof; META_ADS_GRAPH_URL stands for Meta's own address where it is given.
        business: Only the accounts that this business owns or works for; None for all the token
            reaches.
    """

    values: Mapping[str, str] = field(repr=False)
    business: str | None = None
    patience: Patience = field(default_factory=Patience)
    channel = "meta_ads"
    days_a_call = 90
    history_days = 30
    detail_levels = tuple(LEVELS)
    detail_results = RESULTS

    @cached_property
    def _api(self) -> Any:
        try:
            from facebook_business.api import FacebookAdsApi, FacebookSession  # noqa: PLC0415
        except ImportError as error:
            raise SourceError(
                "Meta needs the facebook-business library.",
                hint='Install it: pip install "perfbot[meta]".',
            ) from error
        secret = self.values.get("META_ADS_APP_SECRET") or None
        session = FacebookSession(
            self.values.get("META_ADS_APP_ID"), secret, self.values["META_ADS_ACCESS_TOKEN"],
            timeout=TIMEOUT,
        )  # fmt: skip
        if self.values.get("META_ADS_GRAPH_URL"):
            session.GRAPH = self.values["META_ADS_GRAPH_URL"]
        session.requests.hooks["response"].append(self._mind)
        return FacebookAdsApi(session, api_version=VERSION)

    @cached_property
    def _quota(self) -> dict[str, float]:
        return {"wait": 0.0}

    def _mind(self, response: Any, *_: Any, **__: Any) -> None:
        """Reads the usage headers: near its end a quota is spread out over what is left to ask."""
        share = used(response.headers)
        wait = regained(response.headers) if share >= 100 else None
        self._quota["wait"] = 0.0 if share < NEARLY else wait or self.patience.first

    def ask(self, call: Callable[[], Answer]) -> Answer:
        """The answer of a call, asked again while that may help; slower where a quota ends."""
        if self._quota["wait"]:
            self.patience.sleep(min(self._quota["wait"], self.patience.longest))
            self._quota["wait"] = 0.0
        return self.patience.ask(call, trouble)

    def node(self, kind: str, node_id: str) -> Any:
        """An object of the SDK with its api: never the global one."""
        api = self._api
        import importlib  # noqa: PLC0415 (an extra)

        module = importlib.import_module(f"facebook_business.adobjects.{kind.lower()}")
        return getattr(module, kind)(node_id, api=api)

    def accounts(self) -> Sequence[AdAccount]:
        """The accounts of the business, owned or worked for; else all the token reaches."""
        if self.business:
            business = self.node("Business", self.business)
            edges = [business.get_owned_ad_accounts, business.get_client_ad_accounts]
        else:
            edges = [self.node("User", "me").get_ad_accounts]
        reached: dict[str, AdAccount] = {}
        for edge in edges:
            for row in self.listed(edge, ACCOUNT):
                account = rows.read_account(row)
                reached.setdefault(account.account_id, account)
        return list(reached.values())

    def token(self) -> TokenFacts:
        """When the token was made and ends and what it may do, as far as Meta says."""
        values = {"input_token": self.values["META_ADS_ACCESS_TOKEN"]}
        try:
            answer = self.ask(lambda: self._api.call("GET", ("debug_token",), values).json())
        except SourceError:  # only some tokens may look at themselves
            return TokenFacts()
        data = answer.get("data") or {}
        times = (data.get(name) for name in ("issued_at", "expires_at"))
        issued, ends = (datetime.fromtimestamp(int(at), UTC) if at else None for at in times)
        return TokenFacts(issued, ends, frozenset(map(str, data.get("scopes") or ())))

    def listed(self, edge: Callable[..., Any], fields: list[str], **params: Any) -> list[Any]:
        """All pages of an edge; begun anew where one does not come."""
        return self.ask(lambda: list(edge(fields=fields, params={"limit": PAGE, **params})))

    def account_node(self, account: AdAccount) -> Any:
        """An account as the SDK's object."""
        return self.node("AdAccount", f"act_{account.account_id}")

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        node = self.account_node(account)
        sets: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self.listed(node.get_ad_sets, ADSET, effective_status=STATUSES):
            sets[str(row["campaign_id"])].append(row)
        listed = self.listed(node.get_campaigns, CAMPAIGN, effective_status=STATUSES)
        return [rows.read_campaign(row, sets[str(row["id"])], account) for row in listed]

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        count = len(
            self.listed(self.account_node(account).get_campaigns, ["id"], effective_status=STATUSES)
        )
        large = count * ((until - since).days + 1) > LARGE
        report = {"time_increment": 1, "level": "campaign", "time_range": _range(since, until)}
        return rows.read_days(self._insights(account, REPORT, report, large=large))

    def _insights(
        self, account: AdAccount, fields: list[str], report: dict[str, Any], *, large: bool = False
    ) -> list[Any]:
        """A report's rows, asynchronously where they are many or Meta says so."""
        node = self.account_node(account)
        params = {"use_unified_attribution_setting": "true", **report}
        if large:
            return self._later(node, fields, params)

        def at_once() -> list[Any] | None:
            try:
                return list(node.get_insights(fields=fields, params={"limit": PAGE, **params}))
            except Exception as error:
                if is_large(error):
                    return None
                raise

        listed = self.ask(at_once)
        return self._later(node, fields, params) if listed is None else listed

    def _later(self, node: Any, fields: list[str], params: dict[str, Any]) -> list[Any]:
        """Asks for the report, waits until it is done, reads it; once more where it failed."""
        for _ in range(2):
            run = self.ask(lambda: node.get_insights(fields=fields, params=params, is_async=True))
            if self._is_done(run):
                return self.ask(lambda: list(run.get_insights(params={"limit": PAGE})))  # noqa: B023
        raise SourceError(
            "Meta could not make the report.", hint="Nothing is stored; the next pull asks again."
        )

    def _is_done(self, run: Any) -> bool:
        for _ in range(POLLS):
            status = self.ask(run.api_get)
            if status["async_status"] == "Job Completed":
                return True
            if status["async_status"] in ("Job Failed", "Job Skipped"):
                return False
            self.patience.sleep(BETWEEN)
        return False

    def changes(self, account: AdAccount, since: date, until: date) -> Sequence[PlatformChange]:
        node = self.account_node(account)
        campaign_of: dict[str, str] = {}
        for row in self.listed(node.get_ad_sets, ["id", "campaign_id"], effective_status=STATUSES):
            campaign_of[str(row["id"])] = str(row["campaign_id"])
        for row in self.listed(node.get_campaigns, ["id"], effective_status=STATUSES):
            campaign_of[str(row["id"])] = str(row["id"])
        span = {"since": since.isoformat(), "until": (until + timedelta(days=1)).isoformat()}
        listed = self.listed(node.get_activities, ACTIVITY, **span)
        changes = [rows.read_activity(row, account, campaign_of) for row in listed]
        return sorted((change for change in changes if change), key=lambda change: change.when)

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        report = {"level": "campaign", "time_range": _range(since, until)}
        return rows.read_reach(self._insights(account, ["campaign_id", "reach"], report))

    def details(self, account: AdAccount, level: Level, since: date, until: date) -> pd.DataFrame:
        below = LEVELS[level]
        report = {"time_increment": 1, "time_range": _range(since, until), "level": below.level}
        if below.breakdowns:
            report["breakdowns"] = list(below.breakdowns)
        listed = self._insights(account, [*REPORT, *below.fields], report)
        return read_details(listed, below)


def _range(since: date, until: date) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat()}

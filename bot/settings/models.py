"""The settings as values: what perfbot.toml may say, section by section."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator

from bot.errors import SettingsError
from bot.kinds import WRITERS
from bot.settings.fields import (
    Above,
    Amount,
    BilledBy,
    ClockTime,
    Country,
    Currency,
    Demand,
    Hours,
    Language,
    LogForm,
    Member,
    Pattern,
    PricingModel,
    Section,
    Share,
    SlackChannel,
    SlackMode,
    SourceKind,
    Stage,
    Target,
    WebAddress,
    Workspace,
    Zone,
)
from bot.settings.secret_files import Tokens

LEAST_MESSAGES, LEAST_NUMBERS = 90, 400  # days


class App(Section):
    """`[app]`: what holds everywhere unless somebody chose otherwise.

    Attributes:
        logs: `text` for people, `json` for programs: one object a line, with its request's id.
    """

    time_zone: Zone = "UTC"
    language: Language = "en"
    currency: Currency | None = None
    reporting_currency: Currency | None = None
    rates: Path | None = None
    database: str | None = None
    logs: LogForm = "text"


class SourceSettings(Section):
    """`[[sources]]`: where daily numbers are pulled from.

    Attributes:
        manager: Google: the manager account; Meta: the business; Microsoft: the customer.
        accounts: Ids of the ad accounts that are pulled; empty for all there are.
        credentials: A file of `NAME=value` lines that only its owner may read; wins over the
            environment.
        table: A table of daily numbers, or a query (SELECT …).
        raw_schema: Where Fivetran or Airbyte writes its own tables.
        connector: Which platform's of them, where several are there.
        orders, leads: A table of what was sold or of leads, or a query.
        detail_days: Never written in the file: `[details] pull_days`.
        url: Never written in the file: the value of the variable that `url_env` names.
        secret_values: Never written in the file: variables whose names begin with the kind
            (`GOOGLE_ADS_DEVELOPER_TOKEN`), and what stands in `credentials`.
    """

    name: Pattern
    kind: SourceKind
    path: Path | None = None
    url_env: str | None = None
    table: str | None = None
    raw_schema: str | None = None
    connector: str | None = None
    orders: str | None = None
    leads: str | None = None
    channel: str | None = None
    account: str | None = None
    currency: Currency | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    time_zone: Zone | None = None
    at: ClockTime = "06:00"
    manager: str | None = None
    accounts: tuple[str, ...] = ()
    credentials: Path | None = None
    url: str | None = Field(default=None, exclude=True, repr=False)
    detail_days: int = Field(default=0, exclude=True)
    secret_values: Mapping[str, str] = Field(default_factory=dict, exclude=True, repr=False)

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind == "folder" and self.path is None:
            raise ValueError('a folder source needs "path": the folder exports are dropped in.')
        if self.kind != "warehouse":
            return self
        if not (self.url_env and any((self.table, self.raw_schema, self.orders, self.leads))):
            raise ValueError(
                'a warehouse source needs "url_env" (the environment variable that holds its '
                'address) and "table", or "raw_schema" where a connector writes, or "orders".'
            )
        if self.table and self.raw_schema:
            raise ValueError(
                'a warehouse source has "table" or "raw_schema", not both: what is in both would '
                "count twice."
            )
        return self


class AccountSettings(Section):
    """`[[accounts]]`: what a platform's export leaves out about an ad account.

    Attributes:
        apply: Whether approvers may have acknowledged budgets set at the platform.
        apply_change: Currency units a day that one change may move there; `apply_day` and
            `apply_month` what all changes of a day and of a month may.
    """

    channel: Pattern
    account_id: str = ""
    currency: Currency | None = None
    time_zone: Zone | None = None
    client: str | None = None
    apply: bool = False
    apply_change: Above | None = None
    apply_day: Above | None = None
    apply_month: Above | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if not self.apply:
            return self
        if self.channel not in WRITERS or not self.account_id:
            raise ValueError(
                f'"apply" needs an "account_id", and a "channel" that budgets can be set at: '
                f"{' or '.join(WRITERS)}."
            )
        if None in (self.apply_change, self.apply_day, self.apply_month):
            raise ValueError(
                '"apply" needs all three caps: "apply_change", "apply_day" and "apply_month".'
            )
        return self


class RateSettings(Section):
    """`[[rates]]`: what one unit of a currency is in the reporting currency, from a day on."""

    currency: Currency
    rate: Decimal = Field(gt=0, le=10**9, allow_inf_nan=False)
    day: date


class PlanSettings(Section):
    """`[[plan]]`: what the campaigns matching a pattern are for. The first match wins."""

    match: Pattern
    channel: str | None = None
    stage: Stage | None = None
    pricing_model: PricingModel | None = None
    target: Target | None = None
    monthly_budget: Above | None = None
    floor: Share | None = None
    client: str | None = None
    owner: str | None = None
    demand: Demand | None = None
    measured_by: str | None = None
    billed_by: BilledBy | None = None
    shared_budget: str | None = None
    target_meant: Above | None = None
    valid_from: date | None = None


class RulesSettings(Section):
    """`[rules]`: a folder of one's own rules, laid over the packaged ones by id."""

    folder: Path | None = None


class Slack(Section):
    """`[slack]`: how Slack's events arrive. Tokens live in the environment only.

    Attributes:
        address: Where perfbot is on the web, `https://…`: other workspaces install it there.
        workspaces: Ids of the workspaces that may; empty for any.
        home: The workspace whose channels' ids stand as Slack gives them, where it was installed
            as the others; with SLACK_BOT_TOKEN it is that token's.
    """

    mode: SlackMode = "socket"
    port: int = Field(default=3000, ge=1, le=65535)
    address: WebAddress | None = None
    workspaces: tuple[Workspace, ...] = ()
    home: Workspace | None = None


class Who(Section):
    """`[who]`: who may do what, as ids of people and user groups in Slack.

    An empty list is as the one before it: with nothing set everybody may do everything. Who may do
    more may also do less.

    Attributes:
        approver_above: Currency units a day moved, above which an approver must acknowledge.
        two_people_above: Above which two different people must.
    """

    viewers: tuple[Member, ...] = ()
    answerers: tuple[Member, ...] = ()
    approvers: tuple[Member, ...] = ()
    admins: tuple[Member, ...] = ()
    approver_above: Amount | None = None
    two_people_above: Amount | None = None

    @model_validator(mode="after")
    def _has_approvers(self) -> Self:
        if self.approver_above is not None and not (self.approvers or self.admins):
            raise ValueError('"approver_above" needs somebody in "approvers".')
        return self


class Quiet(Section):
    """`[quiet]`: when perfbot keeps still, and when it reminds. Urgent news come at any hour.

    Attributes:
        hours: Local time of each subscription, `20:00-07:00`; None for none.
        holidays: Whether a public holiday is like a Sunday: no digest unless Sundays have one.
        country: Whose holidays, where a subscription's time zone does not tell.
        remind_after: Days after which unanswered advice is named once more, and again as many
            days later; 0 for never.
        remind_at: When, local time.
    """

    hours: Hours | None = None
    holidays: bool = True
    country: Country | None = None
    remind_after: int = Field(default=3, ge=0, le=90)
    remind_at: ClockTime = "13:00"


class Details(Section):
    """`[details]`: what is kept of keywords, search terms, ads, landing pages and audiences.

    Attributes:
        keep_days: For how many days, back from the newest day there are numbers of.
        rows_per_day: The most rows a level (keywords, ads …) of an account and day may have; of
            more the smallest are left out, and that is said.
        pull_days: The newest days platforms are asked of each day; 0 for never.
    """

    keep_days: int = Field(default=90, ge=1, le=1000)
    rows_per_day: int = Field(default=5_000, ge=10, le=200_000)
    pull_days: int = Field(default=7, ge=0, le=90)


class Retention(Section):
    """`[retention]`: after how many days what is old is removed, every night; 0 for never.

    The log of who decided what is never shortened: `perfbot forget` takes a person out of it.

    Attributes:
        messages: Threads perfbot posted. What is answered in one that is gone is not understood.
        numbers: Daily numbers, orders and reach; rules and forecasts read a year of them.
        requests: By which a request Slack repeats is known; Slack repeats them for an hour.
    """

    messages: int = Field(default=0, ge=0)
    numbers: int = Field(default=0, ge=0)
    requests: int = Field(default=30, ge=2)

    @model_validator(mode="after")
    def _keeps_what_is_needed(self) -> Self:
        if 0 < self.messages < LEAST_MESSAGES:
            raise ValueError(
                f'"messages" keeps fewer than {LEAST_MESSAGES} days, in which outcomes are said '
                "in their threads. Keep more, or 0 for all."
            )
        if 0 < self.numbers < LEAST_NUMBERS:
            raise ValueError(
                f'"numbers" keeps fewer than {LEAST_NUMBERS} days, which rules and forecasts '
                "read. Keep more, or 0 for all."
            )
        return self


class Settings(Section):
    """Everything that was set: perfbot.toml's sections and the environment's secrets.

    Attributes:
        channels: Whose each Slack channel is, by its id; `*` for the team's own.
        file: The perfbot.toml read, or None where there is none.
        order_keys: What orders that are posted are signed with, by who signs; use `order_secrets`.
        database_url: `DATABASE_URL`, which may hold a password; use `database()`.
    """

    app: App = App()
    sources: tuple[SourceSettings, ...] = ()
    accounts: tuple[AccountSettings, ...] = ()
    plan: tuple[PlanSettings, ...] = ()
    rates: tuple[RateSettings, ...] = ()
    rules: RulesSettings = RulesSettings()
    thresholds: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    columns: Mapping[str, str] = Field(default_factory=dict)
    channels: Mapping[SlackChannel, Pattern] = Field(default_factory=dict)
    slack: Slack = Slack()
    who: Who = Who()
    quiet: Quiet = Quiet()
    details: Details = Details()
    retention: Retention = Retention()
    tokens: Tokens = Field(default=Tokens(), exclude=True)
    order_keys: Mapping[str, SecretStr] = Field(default_factory=dict, exclude=True)
    database_url: SecretStr | None = Field(default=None, exclude=True)
    file: Path | None = Field(default=None, exclude=True)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.app.time_zone)

    @property
    def default_currency(self) -> str | None:
        """Of rows that name none; None where accounts have currencies of their own."""
        has_account_currency = any(account.currency for account in self.accounts)
        return None if has_account_currency else self.app.currency

    @property
    def order_secrets(self) -> dict[str, str]:
        """What posted orders are signed with: of `perfbot`, of `shopify`, of neither."""
        return {who: secret.get_secret_value() for who, secret in self.order_keys.items()}

    def database(self, address: str | None = None) -> str:
        """Path or URL of the database: as given, `DATABASE_URL`, `[app] database`, perfbot.db."""
        url = self.database_url.get_secret_value() if self.database_url else None
        return address or url or self.app.database or "perfbot.db"

    def require_keys(self) -> None:
        """Raise SettingsError naming what opens other workspaces' tokens and is not set."""
        names = {"SLACK_CLIENT_SECRET", "PERFBOT_TOKEN_KEY"}
        self._require([name for name in self.tokens.missing("http") if name in names])

    def require_tokens(self, mode: str | None = None) -> None:
        """Raise SettingsError naming every token that `mode` (default: the file's) lacks."""
        self._require(self.tokens.missing(mode or self.slack.mode))
        if self.tokens.several and self.slack.address is None:
            raise SettingsError(
                '[slack] "address" is not set, where other workspaces install perfbot.',
                hint='Write address = "https://perfbot.example.com" there, or take '
                "SLACK_CLIENT_ID out of the environment.",
            )

    def _require(self, missing: list[str]) -> None:
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise SettingsError(
                f"{' and '.join(missing)} {verb} not set.",
                hint="Put them in the environment or in .env (see docs/slack.md), "
                "or try `perfbot demo`, which needs none.",
            )

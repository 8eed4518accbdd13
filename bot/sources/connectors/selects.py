"""The queries: compiled by SQLAlchemy for whatever warehouse it is, added up there and not here.

Only standard SQL: a window function for the newest version of a row, CASE for the account's own
days (their beginnings are worked out here, since no two warehouses count with zones alike), and
GROUP BY. Every value is bound; every name is quoted by the warehouse's own dialect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.sources.connectors.layouts import EventTable, MeasureColumn, Names, Reach, Report, Versions
from bot.sources.connectors.schemas import RawColumn, RawTable, plain

Expression = sa.ColumnElement[Any]
DAY, SYNCED, KIND, JSON = "own_day", "synced", "kind", "json_"
"""Names of what queries answer with, beside those of the columns they read."""
EXACT = sa.Numeric(38, 9).with_variant(sa.Numeric(), "bigquery")
"""What text is cast to before it is added up: BigQuery's NUMERIC is just this."""


@dataclass(frozen=True)
class ReportDays:
    """Which days are read, and whose they are.

    Attributes:
        since, until: Both included.
        zone: Whose midnights a moment is counted between.
    """

    since: date
    until: date
    zone: ZoneInfo

    def midnight(self, day: date) -> datetime:
        """When a day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def each(self) -> list[date]:
        """Every day, in order."""
        return [self.since + timedelta(n) for n in range((self.until - self.since).days + 1)]


@dataclass(frozen=True)
class Raw:
    """A table in queries.

    Attributes:
        schema: Its schema; None for the connection's own.
        dialect: SQLAlchemy's name of the warehouse's kind.
    """

    table: RawTable
    schema: str | None
    dialect: str

    @cached_property
    def clause(self) -> sa.TableClause:
        columns: list[sa.ColumnClause[Any]]
        columns = [sa.column(column.name) for column in self.table.columns.values()]
        return sa.table(self.table.name, *columns, schema=self.schema)

    def column(self, names: Sequence[str]) -> RawColumn | None:
        return self.table.find(names)

    def expression(self, clause: sa.FromClause, names: Sequence[str]) -> Expression | None:
        """The first of these columns there is, as it stands."""
        column = self.table.find(names)
        return None if column is None else clause.c[column.name]

    def day(
        self, clause: sa.FromClause, names: Sequence[str], days: ReportDays | None
    ) -> Expression:
        """The day of a row: as it is written, or for `days` the account's own at that moment."""
        column = self.table.find(names)
        assert column is not None  # else the schema was refused
        value = clause.c[column.name]
        if days is not None and column.kind != "day":
            return self._own_day(value, column, days)
        return self._written_day(value, column)

    def _written_day(self, value: Expression, column: RawColumn) -> Expression:
        if self.dialect == "sqlite":  # it has no dates, only texts of them
            return sa.func.date(value, type_=sa.Date)
        if column.kind == "day":
            return sa.type_coerce(value, sa.Date)
        if column.kind == "moment":
            value = self.in_utc(value)
        return sa.cast(value, sa.Date)

    def in_utc(self, value: Expression) -> Expression:
        """A moment's clock time in UTC, where casting would take the session's zone."""
        if self.dialect in {"postgresql", "duckdb"}:
            return sa.func.timezone("UTC", value)
        if self.dialect == "snowflake":
            return sa.func.convert_timezone("UTC", value)
        return value

    def _own_day(self, value: Expression, column: RawColumn, days: ReportDays) -> Expression:
        moment = self.moment(value, column)
        cases = [
            (
                moment < self.bound(column, days.midnight(day + timedelta(1))),
                sa.literal(day, sa.Date),
            )
            for day in days.each()
        ]
        return sa.case(*cases, else_=sa.null())

    def moment(self, value: Expression, column: RawColumn) -> Expression:
        """A column of moments as something that can be compared with a bound."""
        if column.kind == "other":
            return value
        if self.dialect == "sqlite":
            return sa.func.datetime(value, type_=sa.Text)
        return sa.cast(value, sa.DateTime()) if column.kind == "text" else value

    def bound(self, column: RawColumn, moment: datetime) -> Expression:
        """A moment as the column has it: with its zone, UTC without, or in seconds since 1970."""
        if column.kind == "other":
            return sa.literal(int(moment.timestamp()), sa.BigInteger)
        if self.dialect == "sqlite":
            return sa.literal(moment.strftime("%Y-%m-%d %H:%M:%S"), sa.Text)
        if column.kind == "moment":
            return sa.literal(moment, sa.TIMESTAMP(timezone=True))
        return sa.literal(moment.replace(tzinfo=None), sa.DateTime())

    def within(
        self, clause: sa.FromClause, names: Sequence[str], days: ReportDays, *, own: bool
    ) -> sa.ColumnElement[bool]:
        """Rows of these days: a bound of the bare column, so that the warehouse can skip the rest.

        `own`: whether the column is a moment that belongs to the account's own days.
        """
        column = self.table.find(names)
        assert column is not None
        value, after = clause.c[column.name], days.until + timedelta(1)
        if column.kind == "day" or (self.dialect == "sqlite" and not own):
            day = self._written_day(value, column)
            return sa.and_(day >= sa.literal(days.since, sa.Date), day < sa.literal(after, sa.Date))
        if not own and column.kind == "text":
            day = sa.cast(value, sa.Date)
            return sa.and_(day >= sa.literal(days.since, sa.Date), day < sa.literal(after, sa.Date))
        ends = days if own else ReportDays(days.since, days.until, ZoneInfo("UTC"))
        moment = self.moment(value, column)
        return sa.and_(
            moment >= self.bound(column, ends.midnight(days.since)),
            moment < self.bound(column, ends.midnight(after)),
        )

    def number(self, clause: sa.FromClause, name: str) -> Expression | None:
        """A column as a number; text is cast, exactly."""
        column = self.table.find((name,))
        if column is None:
            return None
        value = clause.c[column.name]
        if column.kind == "text":
            return sa.cast(sa.func.nullif(sa.func.nullif(value, ""), "-"), EXACT)
        return value


def total(raw: Raw, clause: sa.FromClause, measure: MeasureColumn) -> Expression | None:
    """The sum of a measure over rows; null where a row that should have it has none."""
    values = [raw.number(clause, name) for name in measure.names]
    existing = [value for value in values if value is not None]
    if not existing:
        return None
    if measure.how == "sum":
        zeros = [sa.func.coalesce(value, 0) for value in existing]
        return sa.func.sum(sum(zeros[1:], zeros[0]))
    if measure.how == "once":
        return sa.case((sa.func.count() == 1, sa.func.max(existing[0])), else_=sa.null())
    value = (
        sa.func.coalesce(*existing) if measure.how == "any" and len(existing) > 1 else existing[0]
    )
    if measure.zero:
        return sa.func.sum(sa.func.coalesce(value, 0))
    return sa.case((sa.func.count(value) == sa.func.count(), sa.func.sum(value)), else_=sa.null())


def rows_once(
    raw: Raw, names: Sequence[str], condition: sa.ColumnElement[bool], key: Names = ()
) -> sa.Subquery:
    """These columns of the rows; of several copies of one (Airbyte appends them) the newest."""
    clause = raw.clause
    parts = [clause.c[column.name] for name in key if (column := raw.column((name,))) is not None]
    deleted = raw.column(("_fivetran_deleted",))
    if deleted is not None:
        flag = clause.c[deleted.name]
        condition = sa.and_(condition, sa.or_(flag.is_(None), flag == sa.false()))
    chosen = [clause.c[name] for name in names]
    synced = raw.table.synced
    if not parts or synced is None:
        return sa.select(*chosen).where(condition).subquery("picked")
    newest_first = clause.c[synced.name].desc().nulls_last()
    place = sa.func.row_number().over(partition_by=parts, order_by=newest_first)
    ranked = sa.select(*chosen, place.label("place")).where(condition).subquery("ranked")
    return (
        sa.select(*(ranked.c[name] for name in names)).where(ranked.c.place == 1).subquery("picked")
    )


def dated(raw: Raw, report: Report, days: ReportDays, also: Names = ()) -> sa.Subquery:
    """The rows of a report's days with the day each belongs to.

    A query of its own, for a bound value may not stand in GROUP BY.
    """
    reads = [report.day, *report.columns.values(), *((name,) for name in also)]
    columns = {column.name for names in reads if (column := raw.column(names)) is not None}
    measured = (name for measure in report.measures.values() for name in measure.names)
    columns |= {column.name for name in measured if (column := raw.column((name,))) is not None}
    if raw.table.synced:
        columns.add(raw.table.synced.name)
    condition = raw.within(raw.clause, report.day, days, own=report.moments)
    rows = rows_once(raw, sorted(columns), condition, report.key)
    day = raw.day(rows, report.day, days if report.moments else None)
    return sa.select(*rows.c, day.label(DAY)).subquery("dated")


def newest(raw: Raw, versions: Versions) -> sa.Select[Any]:
    """Each campaign, ad or account once, as its newest version has it: `id` and the other columns.

    A version that the connector knows to be over is older than any that is not.
    """
    clause = raw.clause
    identity = raw.expression(clause, versions.columns["id"])
    assert identity is not None
    order: list[Expression] = []
    active = raw.column(("_fivetran_active",))
    if active is not None:
        order.append(sa.case((clause.c[active.name] == sa.false(), 1), else_=0))
    version_columns = [*versions.newest, *([raw.table.synced.name] if raw.table.synced else [])]
    ordering = {
        plain(c.name): c for name in version_columns if (c := raw.column((name,))) is not None
    }
    order += [clause.c[column.name].desc().nulls_last() for column in ordering.values()]
    place = sa.func.row_number().over(partition_by=identity, order_by=order or [identity])
    columns = [
        value.label(name)
        for name, names in versions.columns.items()
        if (value := raw.expression(clause, names)) is not None
    ]
    ranked = sa.select(*columns, place.label("place")).subquery("versions")
    return sa.select(*(ranked.c[c.name] for c in columns)).where(ranked.c.place == 1)


def status_changes(raw: Raw, versions: Versions, since: datetime) -> sa.Select[Any] | None:
    """Each version of a campaign whose status is not that of the version before it.

    None where the table has no status, or nothing says when a version began.
    """
    changed = raw.column(versions.newest[:1])
    names = {**versions.columns, "changed": (changed.name,) if changed else ()}
    columns = {
        name: value
        for name in ("id", "account", "status", "changed")
        if (value := raw.expression(raw.clause, names.get(name, ()))) is not None
    }
    if changed is None or not {"id", "status"} <= set(columns):
        return None
    before = sa.func.lag(columns["status"]).over(
        partition_by=columns["id"], order_by=columns["changed"]
    )
    labelled = [value.label(name) for name, value in columns.items()]
    rows = sa.select(*labelled, before.label("before")).subquery("versions")
    moment = raw.moment(rows.c.changed, changed)
    return sa.select(*rows.c).where(
        rows.c.before.is_not(None), rows.c.before != rows.c.status,
        moment >= raw.bound(changed, since),
    )  # fmt: skip


def by_campaign(
    raw: Raw, report: Report, days: ReportDays, ads: sa.FromClause | None = None
) -> sa.Select[Any]:
    """A report's sums a day and campaign, with what it says of them.

    `ads` has `id` and `campaign` of each ad, where the report is one of ads.
    """
    rows = dated(raw, report, days)
    texts = _texts(raw, report, rows)
    source: sa.FromClause = rows
    if ads is not None:
        source = rows.outerjoin(ads, _same(texts.pop("ad"), ads.c.id))
        texts["campaign"] = ads.c.campaign
    keys = {name: texts.pop(name) for name in ("account", "campaign") if name in texts}
    sums = {name: total(raw, rows, measure) for name, measure in report.measures.items()}
    columns = [
        rows.c[DAY],
        *(value.label(name) for name, value in keys.items()),
        *(sa.func.max(value).label(name) for name, value in texts.items()),
        *(value.label(name) for name, value in sums.items() if value is not None),
        *_newest_write(raw, rows),
    ]
    return sa.select(*columns).select_from(source).group_by(rows.c[DAY], *keys.values())


def _texts(raw: Raw, report: Report, rows: sa.FromClause) -> dict[str, Expression]:
    texts = {name: raw.expression(rows, names) for name, names in report.columns.items()}
    return {name: value for name, value in texts.items() if value is not None}


def _same(one: Expression, other: Expression) -> sa.ColumnElement[bool]:
    """Ids that one table has as numbers and another as text."""
    return sa.cast(one, sa.String) == sa.cast(other, sa.String)


def _newest_write(raw: Raw, rows: sa.FromClause) -> list[Expression]:
    synced = raw.table.synced
    return [sa.func.max(rows.c[synced.name]).label(SYNCED)] if synced else []


def by_type(
    raw: Raw,
    events: EventTable,
    types: Sequence[str],
    days: ReportDays,
    ads: sa.FromClause | None = None,
) -> sa.Select[Any]:
    """Sums a day, campaign and type of event, of the types that count for something."""
    values = [events.value] if events.value else [c.value for c in events.counts.values()]
    names = [events.day, events.campaign or events.ad, events.type, *values]
    columns = [column.name for name in names if (column := raw.column((name,))) is not None]
    kind = raw.expression(raw.clause, (events.type,))
    assert kind is not None
    within = raw.within(raw.clause, (events.day,), days, own=False)
    picked = rows_once(raw, list(dict.fromkeys(columns)),
                       sa.and_(within, sa.func.lower(kind).in_(types)))  # fmt: skip
    day, lower = (
        raw.day(picked, (events.day,), None),
        sa.func.lower(raw.expression(picked, (events.type,))),
    )
    rows = sa.select(*picked.c, day.label(DAY), lower.label(KIND)).subquery("dated")
    sums = {name: raw.expression(rows, (name,)) for name in dict.fromkeys(values)}
    source: sa.FromClause = rows
    subject = raw.expression(rows, (events.campaign or events.ad,))
    assert subject is not None
    if ads is not None:
        source, subject = rows.outerjoin(ads, _same(subject, ads.c.id)), ads.c.campaign
    keys = (rows.c[DAY], subject, rows.c[KIND])
    counted = [sa.func.sum(value).label(name) for name, value in sums.items() if value is not None]
    return (
        sa.select(rows.c[DAY], subject.label("campaign"), rows.c[KIND], *counted)
        .select_from(source)
        .group_by(*keys)
    )


def unpacked(raw: Raw, report: Report, days: ReportDays, packed: Names) -> sa.Select[Any]:
    """Rows with JSON columns, which are added up here: no two warehouses read JSON alike."""
    rows = dated(raw, report, days, packed)
    texts = [value.label(name) for name, value in _texts(raw, report, rows).items()]
    parts = [
        value.label(JSON + name)
        for name in packed
        if (value := raw.expression(rows, (name,))) is not None
    ]
    synced = raw.table.synced
    written = [rows.c[synced.name].label(SYNCED)] if synced else []
    return sa.select(rows.c[DAY], *texts, *parts, *written)


def reached(raw: Raw, reach: Reach, days: ReportDays) -> sa.Select[Any] | None:
    """People by day and campaign, of those that one row tells; None where no column does."""
    campaign = raw.column(reach.campaign)
    value = next((name for name in reach.value if raw.number(raw.clause, name) is not None), None)
    if campaign is None or value is None or raw.column(reach.day) is None:
        return None
    report = Report(reach.tables, reach.day, {"campaign": reach.campaign}, {
        "reach": MeasureColumn((value,), "once")})  # fmt: skip
    return by_campaign(raw, report, days)

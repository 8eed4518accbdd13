"""The same queries as Snowflake wants them, compiled by its own dialect: `make test-snowflake`.

Its packages ask for protobuf 6 where the locks have 7: they have a lock of their own, and are
installed beside everything else without what they ask for. No account of Snowflake's is asked.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from snowflake.sqlalchemy import TIMESTAMP_LTZ, TIMESTAMP_NTZ, TIMESTAMP_TZ, VARIANT
from snowflake.sqlalchemy.snowdialect import SnowflakeDialect
from sqlalchemy.types import TypeEngine

from bot.sources.connectors.schemas import column_kind
from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.compiled import every_statement, layout_of, statements
from tests.sources.connectors.raw_tables import FIVETRAN


@pytest.fixture(scope="module")
def dialect() -> Any:
    """Snowflake's own."""
    return SnowflakeDialect()


@pytest.mark.parametrize("loader", ["fivetran", "airbyte"])
def test_every_query_compiles(loader: str, dialect: Any) -> None:
    """Every value is bound, and a name is quoted only where it has capitals or is a word of SQL."""
    compiled = every_statement(loader, dialect)
    assert len(compiled) > 20
    for statement in compiled:
        assert "FROM connector_data." in statement
        assert "2026" not in statement  # a value that is not bound
        assert "`" not in statement  # another warehouse's quotes
        for name in re.findall(r'"([^"]+)"', statement):
            assert name != name.lower() or dialect.identifier_preparer.quote(name) == f'"{name}"'


def test_a_timestamp_is_what_snowflake_means(dialect: Any) -> None:
    """With a zone a moment, without one a clock time; JSON is a VARIANT."""
    kinds: dict[TypeEngine[Any], str] = {
        TIMESTAMP_TZ(): "moment", TIMESTAMP_LTZ(): "moment", TIMESTAMP_NTZ(): "time",
        sa.DATE(): "day", sa.String(): "text", VARIANT(): "other",
    }  # fmt: skip
    assert [column_kind(kind, dialect) for kind in kinds] == list(kinds.values())


def test_a_moment_is_the_day_it_was_in_utc(dialect: Any) -> None:
    """Where casting alone would take the session's own zone."""
    tables = {**FIVETRAN["google_ads"].tables}
    stats = tables["campaign_stats"]
    moments = stats.columns.replace("date:d", "date:z")
    tables["campaign_stats"] = type(stats)(moments, stats.rows)
    sent = " ".join(statements(layout_of("fivetran", "google_ads"), tables, dialect))
    assert re.search(r"CAST\(convert_timezone\(%\(\w+\)s, \w+\.date\) AS DATE\)", sent)


def test_text_is_added_up_exactly(dialect: Any) -> None:
    """Cast to a decimal, not to a float."""
    sent = " ".join(statements(layout_of("airbyte", "linkedin_ads"),
                               AIRBYTE["linkedin_ads"].tables, dialect))  # fmt: skip
    assert "AS NUMERIC(38, 9))" in sent
    assert "NULLS LAST" in sent

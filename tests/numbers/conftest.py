"""Small worlds for the numbers' tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
import yaml

from bot.numbers.metrics.glossary import Metrics
from bot.places import shipped

AS_OF = date(2026, 11, 23)


@pytest.fixture(scope="session")
def metrics() -> Metrics:
    return Metrics.from_data(yaml.safe_load((shipped("rules") / "metrics.yml").read_text("utf-8")))


@pytest.fixture(scope="session")
def days_of() -> Callable[..., pd.DataFrame]:
    """Daily rows of one campaign, the last of them on the last data day: lists are days."""

    def rows(
        name: str = "Brand", until: date = AS_OF - timedelta(1), **columns: Any
    ) -> pd.DataFrame:
        length = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
        days = [until - timedelta(length - 1 - place) for place in range(length)]
        about = {"date": days, "channel": "google", "campaign_name": name, "currency": "NOK"}
        return pd.DataFrame(about | columns)

    return rows

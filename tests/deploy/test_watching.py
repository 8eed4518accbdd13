"""Alert rules and dashboard load in the tools they are for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from bot.places import CHECKOUT
from tests.project.test_docs import headings

DEPLOY = CHECKOUT / "deploy"
ALERTS, DASHBOARD = DEPLOY / "alerts.yml", DEPLOY / "grafana-dashboard.json"


@pytest.fixture(scope="module")
def alerts():
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    return group["rules"]


@pytest.fixture(scope="module")
def dashboard():
    return json.loads(DASHBOARD.read_text())


def refused(tmp_path, rules):
    """What promtool says against rules; "" for nothing, or where there is no promtool."""
    promtool, file = shutil.which("promtool"), tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "perfbot", "rules": rules}]}))
    if promtool is None:
        return ""
    done = subprocess.run(
        [promtool, "check", "rules", file], capture_output=True, text=True, check=False
    )
    return done.stderr if done.returncode else ""


def balanced(expression):
    """Brackets that close in order, and no operator without its right side: a query may be one."""
    pairs, open_ones = {")": "(", "]": "[", "}": "{"}, []
    for sign in re.sub(r'"[^"]*"', "", expression):
        if sign in pairs.values():
            open_ones.append(sign)
        elif sign in pairs and (not open_ones or open_ones.pop() != pairs[sign]):
            return False
    return not open_ones and not re.search(r"[-+*/<>=]\s*$", expression.strip())


def test_the_alert_rules_are_prometheus_own(alerts, tmp_path):
    """promtool takes them where there is one; each says how bad it is and where to read."""
    assert refused(tmp_path, alerts) == ""
    anchors = headings(CHECKOUT / "docs/operating.md")
    told = (CHECKOUT / "docs/operating.md").read_text()
    for rule in alerts:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert balanced(rule["expr"]), rule["expr"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (page, anchor in anchors) == ("docs/operating.md", True)
        assert f"*{rule['alert']}*" in told
    assert len({rule["alert"] for rule in alerts}) == len(alerts) == 12


def test_every_query_of_the_dashboard_can_be_asked(dashboard, tmp_path):
    """Each expression is one Prometheus would take."""
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{n}", "expr": query} for n, query in enumerate(queries)]
    assert refused(tmp_path, rules) == ""
    assert [query for query in queries if not balanced(query)] == []
    assert not balanced("sum(rate(x[5m])")
    assert not balanced("a >")


def test_the_dashboard_is_one_grafana_shows(dashboard):
    """What Grafana's importer needs: ids of their own, places on its grid that do not overlap."""
    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= set(dashboard)
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert [target["refId"] for target in panel["targets"]] == list(
            "AB"[: len(panel["targets"])]
        )
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells

"""Alert rules and dashboard as files: valid, tried on made-up series, and written about."""

import subprocess
from pathlib import Path

import msgspec

from tests.ops.expressions import ALERTS, PROMETHEUS, ROOT, alerts, dashboard_expressions


def promtool(*arguments: str) -> None:
    """Run Prometheus's own checker."""
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_files() -> None:
    """The rules and the example for scraping are what Prometheus wants."""
    promtool("check", "rules", str(ALERTS))
    promtool("check", "config", str(PROMETHEUS / "prometheus.yml"))


def test_each_alert_fires_when_it_should() -> None:
    """On made-up series every alert is silent first and fires then."""
    promtool("test", "rules", str(PROMETHEUS / "alerts_test.yml"))
    tests = msgspec.yaml.decode((PROMETHEUS / "alerts_test.yml").read_bytes())["tests"]
    assert [test["name"] for test in tests] == [alert.alert for alert in alerts()]


def test_each_alert_says_what_to_do() -> None:
    """Whoever is woken reads what is so and what to do, on the alert and in the handbook."""
    handbook = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for alert in alerts():
        assert alert.labels["severity"] in ("critical", "warning"), alert.alert
        assert {"summary", "means", "action"} <= alert.annotations.keys(), alert.alert
        assert f"**{alert.alert}**" in handbook
    assert handbook.count("**Klarsyn") == len(alerts())


def test_the_dashboards_queries_are_queries(tmp_path: Path) -> None:
    """Prometheus can parse each query of the dashboard."""
    rules = [{"record": f"query:{n}", "expr": query} for n, query in enumerate(dashboard_expressions())]
    assert len(rules) > 30
    file = tmp_path / "queries.yml"
    file.write_bytes(msgspec.yaml.encode({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", str(file))

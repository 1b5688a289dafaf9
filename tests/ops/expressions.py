"""The expressions of the alert rules and of the dashboard, and what they name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parent.parent.parent
PROMETHEUS = ROOT / "ops" / "prometheus"
ALERTS = PROMETHEUS / "alerts.yml"
DASHBOARD = ROOT / "ops" / "grafana" / "klarsyn.json"

_SELECTOR = re.compile(r"\b((?:klarsyn|process)_\w+)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)\s*(?:=~?|!=|!~)\s*"([^"]*)"')


class Alert(msgspec.Struct):
    """One rule."""

    alert: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def alerts() -> list[Alert]:
    """Read the rules."""
    tree: dict[str, Any] = msgspec.yaml.decode(ALERTS.read_bytes())
    return [msgspec.convert(_known(rule), Alert) for group in tree["groups"] for rule in group["rules"]]


def dashboard_expressions() -> list[str]:
    """Return every query of the dashboard, its variables filled in as Grafana does."""
    board: dict[str, Any] = msgspec.json.decode(DASHBOARD.read_bytes())
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    return [query.replace("$instance", ".*").replace("$__range", "1h") for query in queries]


def selectors(expressions: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each metric that is named, with its label matchers."""
    for expression in expressions:
        for name, matchers in _SELECTOR.findall(expression):
            yield name, dict(_MATCHER.findall(matchers))


def _known(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in Alert.__struct_fields__}

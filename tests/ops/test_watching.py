"""A real system, watched: what rules and dashboard name is there, the rules are judged, and no log tells a secret."""

import asyncio
import json
import re
import subprocess
from typing import Any

import aiohttp
import pytest

from tests.ops.expressions import alerts, dashboard_expressions, selectors
from tests.ops.play import Secrets
from tests.system.demo import Demo

_KNOWN_BEFOREHAND = ("step", "last_step", "by", "trouble", "outcome", "limit", "level", "reason")
"""Labels all of whose values a node shows before anything has happened."""


async def scraped(demo: Demo, node: int) -> str:
    """Return what a node tells Prometheus."""
    async with aiohttp.ClientSession(demo.origin(node)) as session, session.get("/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_what_is_named_is_there(demo: Demo, secrets: Secrets) -> None:
    """Every metric that a rule or a panel names is in a real node's metrics, with the label values it names."""
    text = await scraped(demo, 0)
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    named = list(selectors([alert.expr for alert in alerts()] + dashboard_expressions()))
    assert len(named) > 50
    for name, labels in named:
        base = re.sub(r"_(bucket|count|sum)$", "", name)
        assert name in families or families.get(base) == "histogram", name
        for label in labels.keys() & set(_KNOWN_BEFOREHAND):
            shown = set(re.findall(rf'^{name}\{{.*?\b{label}="([^"]*)"', text, re.MULTILINE))
            assert any(re.fullmatch(labels[label], value) for value in shown), (name, label, labels[label])


async def test_metrics_are_as_prometheus_likes_them(demo: Demo, secrets: Secrets) -> None:
    """Prometheus's own linter finds nothing, and nothing secret or of one call is to be read."""
    for node in (0, 1):
        text = await scraped(demo, node)
        linted = await asyncio.to_thread(
            subprocess.run,
            ["promtool", "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        ours = [line for line in linted.stderr.splitlines() if line.startswith("klarsyn_")]
        assert not ours, linted.stderr
        for secret in (*secrets.words, secrets.call, "plass-1"):
            assert secret not in text


async def test_prometheus_judges_the_rules(demo: Demo, secrets: Secrets, prometheus: str) -> None:
    """On a system that is well Prometheus evaluates every rule, none fires, and the dashboard is answered."""
    async with aiohttp.ClientSession(prometheus) as session:

        async def get(path: str, **query: str) -> Any:
            async with session.get(f"/api/v1/{path}", params=query) as answer:
                body = await answer.json()
                assert body["status"] == "success", body
                return body["data"]

        async with asyncio.timeout(30):
            while not (await get("query", query='count(klarsyn_ready{job="klarsyn"} == 1) == 2'))["result"]:
                await asyncio.sleep(0.2)
            # Rates need two scrapes, and every rule its first turn.
            while not (
                (await get("query", query="min(count_over_time(up[1m])) >= 3"))["result"]
                and all(rule["health"] == "ok" for rule in await rules(get))
            ):
                await asyncio.sleep(0.2)
        found = await rules(get)
        assert sorted(rule["name"] for rule in found) == sorted(alert.alert for alert in alerts())
        assert {rule["name"]: rule["state"] for rule in found if rule["state"] == "firing"} == {}
        for query in dashboard_expressions():
            # What shows only what is greater than nothing, or what has failed, may have nothing to show.
            if not query.endswith("> 0") and "klarsyn_gateway_errors" not in query:
                assert (await get("query", query=query))["result"], query


async def rules(get: Any) -> list[dict[str, Any]]:
    """Return Prometheus's rules with their state."""
    return [rule for group in (await get("rules"))["groups"] for rule in group["rules"]]


def test_no_log_tells_a_secret(demo: Demo, secrets: Secrets) -> None:
    """Number, code, tokens, cookies, ICE credentials and our own secrets are in no log of any program."""
    logs = {path.name: path.read_text(errors="replace") for path in (demo.state / "log").iterdir()}
    assert {"node-0.log", "node-1.log", "janus-0.log", "redis.log"} <= logs.keys()
    for name, text in logs.items():
        assert text, name
        for secret in secrets.words:
            assert secret not in text, (name, secret)


@pytest.mark.parametrize("node", [0, 1])
def test_each_line_is_one_object(demo: Demo, secrets: Secrets, node: int) -> None:
    """Each line of a node's log says when, how grave, which node, what; refusals by their route, a call by its id."""
    lines = (demo.state / "log" / f"node-{node}.log").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert all({"time", "level", "logger", "node", "message"} <= record.keys() for record in records)
    assert not [record for record in records if record["level"] == "error"]
    refused = [record for record in records if record.get("problem") == "invitation-unknown"]
    assert len(refused) == (4 if node == 1 else 0)
    assert all(record["route"] == "/api/v1/invitations/{code}/open" for record in refused)
    if node == 1:
        assert [r["status"] for r in records if r.get("call") == secrets.call and "route" in r] == [422]

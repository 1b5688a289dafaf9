"""The description of the API: every route of it, and every reference found."""

import re
from typing import Any

import aiohttp

from tests.doubles.nodes import Node


def references(tree: Any) -> set[str]:
    """Return every ``$ref`` in ``tree``."""
    if isinstance(tree, dict):
        own = {tree["$ref"]} if isinstance(tree.get("$ref"), str) else set()
        return own.union(*map(references, tree.values())) if tree else own
    return set().union(*map(references, tree)) if isinstance(tree, list) else set()


async def test_every_route_is_described(node: Node, phone: aiohttp.ClientSession) -> None:
    """Each method of each path of the API is there, and nothing that is not."""
    assert node.app is not None
    async with phone.get("/api/openapi.json") as answer:
        document = await answer.json()
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    there = {
        (route.method.lower(), route.resource.canonical)
        for route in node.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1/")
    }
    assert {pair for pair in described if pair[1].startswith("/api/v1/")} == {
        pair for pair in there if pair[0] != "head"
    }


async def test_the_description_is_whole(node: Node, phone: aiohttp.ClientSession) -> None:
    """Every reference is found, every path parameter declared, every operation says what it answers."""
    async with phone.get("/api/openapi.json") as answer:
        document = await answer.json()
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    assert references(document) <= {f"#/components/schemas/{name}" for name in schemas}
    for path, item in document["paths"].items():
        for operation in item.values():
            declared = {parameter["name"] for parameter in operation["parameters"]}
            assert declared == set(re.findall(r"{(\w+)}", path))
            assert operation["responses"]
            for scheme in operation.get("security", []):
                assert scheme.keys() <= document["components"]["securitySchemes"].keys()

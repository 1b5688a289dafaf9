"""Plays ICCS from the command line: ``python -m tests.iccs --url http://… --token … talking plass-1 91234567``."""

import argparse
import asyncio
import json
import sys

from tests.iccs.client import Iccs, RefusedError


async def main(options: argparse.Namespace) -> int:
    """Ask what the command line says, and print the answer."""
    async with Iccs(options.url, options.token) as iccs:
        asked = getattr(iccs, options.what.replace("-", "_"))(*options.of)
        try:
            told = await asked
        except RefusedError as refused:
            print(refused, file=sys.stderr)
            return 1
    if told:
        print(json.dumps(told, indent=2))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.iccs", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token", required=True, help="made by: python -m orchestrator service-token")
    parser.add_argument("what", choices=("talking", "hung-up", "start", "state", "end"))
    parser.add_argument("of", nargs="+", help="a seat, and a number; or a call")
    sys.exit(asyncio.run(main(parser.parse_args())))

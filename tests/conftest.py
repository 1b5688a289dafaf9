"""What holds for every test."""

import asyncio.constants
import gc
import traceback

# asyncio's debug mode notes where each handle, task and future was made. Who made it is enough; all its callers are
# half of the time that the tests of the nodes take. Futures are noted in C, which asks for the whole stack.
vars(asyncio.constants)["DEBUG_STACK_DEPTH"] = 1
traceback.extract_stack.__defaults__ = (None, 1)


def pytest_collection_finish() -> None:
    """Spare Python's collector what lasts as long as the tests: gone through each time, it is a long stop."""
    gc.collect()
    gc.freeze()

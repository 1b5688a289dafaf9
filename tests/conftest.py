"""What holds for every test."""

import asyncio.constants

# asyncio's debug mode notes where each handle and task was made. Who made it is enough; ten callers of it are a third
# of all the time that the tests of the nodes take.
vars(asyncio.constants)["DEBUG_STACK_DEPTH"] = 1

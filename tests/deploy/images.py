"""Makes the images that the tests here start, ahead of them: ``python -m tests.deploy.images``.

What takes long is waiting for packages, and ``./check`` has other things to do meanwhile.
"""

import sys
import tempfile
from pathlib import Path

from tests.deploy.installation import Installation, NoEngineError


def main() -> int:
    """Make them, and leave no engine behind."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            installation = Installation(Path(folder), bridge=False)
        except NoEngineError as error:
            print(error)
            return 0
        try:
            installation.build()
        finally:
            installation.stop_engine()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A page's modules as one script: on a slow line each further file costs a connection, and that three round trips.

The modules stay what they are in the repository, and work unjoined; each becomes a function that returns what it
exports. Understood is the form our modules have, one import or export to a line, and nothing else.
"""

import posixpath
import re
from collections.abc import Callable

_IMPORT = re.compile(
    r'import \{ (?P<names>\w+(?: as \w+)?(?:, \w+(?: as \w+)?)*) \} from "(?P<path>\.{1,2}/[\w/.]+)";'
)
_EXPORT = re.compile(r"export (?P<rest>(?:async )?(?:class|function|const) (?P<name>\w+).*)")


class NotJoinableError(Exception):
    """A module has an import or export of another form, or asks where it is; the text names module and line."""


def join(entry: str, read: Callable[[str], str]) -> str:
    """Return ``entry`` and all that it imports as one module; ``read`` gives a module's text by its path."""
    numbers: dict[str, int] = {}
    parts: list[str] = []

    def add(path: str, *, last: bool) -> None:
        lines, exported = [], []
        for line in _without_comments(read(path)):
            if found := _IMPORT.fullmatch(line):
                wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), found["path"]))
                if wanted not in numbers:
                    add(wanted, last=False)
                names = found["names"].replace(" as ", ": ")
                lines.append(f"const {{ {names} }} = m{numbers[wanted]};")
            elif found := _EXPORT.fullmatch(line):
                lines.append(found["rest"])
                exported.append(found["name"])
            elif line.startswith(("import ", "export ")) or "import.meta" in line:
                raise NotJoinableError(f"{path}: {line}")
            else:
                lines.append(line)
        if last:
            parts.extend(lines)
            return
        numbers[path] = len(numbers)
        parts.extend(
            [f"const m{numbers[path]} = (() => {{", *lines, f"return {{ {', '.join(exported)} }};", "})();"]
        )

    add(entry, last=True)
    return "\n".join(["// SPDX-License-Identifier: EUPL-1.2", *parts, ""])


def _without_comments(text: str) -> list[str]:
    """Return the lines of a module without those that are comment alone; whoever reads comments reads the source."""
    kept = []
    in_comment = False
    for line in text.splitlines():
        stripped = line.strip()
        begins = stripped.startswith("/*")
        alone = in_comment or stripped.startswith("//") or (begins and stripped.partition("*/")[2] == "")
        if stripped and not alone:
            kept.append(line)
        in_comment = (in_comment or begins) and "*/" not in stripped
    return kept

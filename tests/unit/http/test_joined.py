"""Modules joined into one script: what runs is what was written, and what is not understood is refused."""

import subprocess

import pytest

from orchestrator.http.joined import NotJoinableError, join

_MODULES = {
    "lib/words.js": """
// SPDX-License-Identifier: EUPL-1.2
/** Words. */
const hidden = "hei"; // its own, and no other module's
export const WORD = hidden;
export function twice(word) {
  return `${word} ${word}`;
}
export async function later(word) {
  return word;
}
""",
    "lib/shout.js": """
import { twice } from "./words.js";
/**
 * Shouts.
 */
const hidden = "!";
export class Shout {
  static of = (word) => twice(word).toUpperCase() + hidden;
}
""",
    "page/main.js": """
import { WORD as word, later } from "../lib/words.js";
import { Shout } from "../lib/shout.js";
/** @type {string} */ (globalThis.word) = word;
console.log(Shout.of(await later(globalThis.word)));
""",
}


def test_a_joined_script_does_what_its_modules_do() -> None:
    """Names of one module are hidden from the others, each module runs once, and the entry may wait."""
    script = join("page/main.js", _MODULES.__getitem__)
    said = subprocess.run(
        ["node", "--input-type=module"], input=script, capture_output=True, text=True, check=True
    )
    assert said.stdout == "HEI HEI!\n"
    assert script.count("class Shout") == script.count("function twice") == 1


def test_comments_stay_in_the_source() -> None:
    """Lines that are comment alone are left out, except the licence; code with a comment behind it is kept."""
    script = join("page/main.js", _MODULES.__getitem__)
    assert script.startswith("// SPDX-License-Identifier: EUPL-1.2\n")
    assert "Shouts" not in script
    assert "its own" in script


@pytest.mark.parametrize(
    "line",
    [
        'import shout from "./words.js";',
        'import * as words from "./words.js";',
        'import "./words.js";',
        "export default 1;",
        'new Worker(new URL("./words.js", import.meta.url));',
        "export { WORD };",
    ],
)
def test_what_is_not_understood_is_refused(line: str) -> None:
    """Another form of import or export, or a module's own place, stops the node's start, with the line to mend."""
    with pytest.raises(NotJoinableError, match=r"page/main\.js: "):
        join("page/main.js", {**_MODULES, "page/main.js": line}.__getitem__)

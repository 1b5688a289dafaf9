"""The head of a file: ``key: value`` lines between two lines of ``---``.

It is YAML of the simplest kind, so that other tools read it too; what they would read otherwise is refused.
"""

import datetime
import re
from enum import StrEnum
from typing import Final, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

_FENCE: Final = "---"
_FIELD = re.compile(r"([a-z_]+):(?: +(.*))?")
_YAML_SIGNS: Final = frozenset("\"'[]{}&*|>%@`#!?-,")


class DocumentError(ValueError):
    """A file is no document; the text names file and line, and says what to do."""

    def __init__(self, source: str, line: int, what: str) -> None:
        super().__init__(f"{source}:{line}: {what}")


class Head:
    """The fields of a file's head, each taken once; what is left over is a mistake."""

    def __init__(self, source: str, fields: dict[str, tuple[int, str]]) -> None:
        self._source = source
        self._fields = fields
        self._line = 1

    def take(self, name: str) -> str:
        """Return a field that must be there."""
        value = self.take_if_there(name)
        if value is None:
            raise DocumentError(self._source, 1, f"The head has no “{name}”. Add a line “{name}: …”.")
        return value

    def take_if_there(self, name: str) -> str | None:
        """Return a field, or None."""
        if name not in self._fields:
            return None
        self._line, value = self._fields.pop(name)
        return value

    def take_one(self, choices: type[Choice], name: str) -> Choice:
        """Return a field that is one of these."""
        value = self.take(name)
        try:
            return choices(value)
        except ValueError:
            raise self.wrong(f"“{value}” is no {name}. Choose one of {', '.join(choices)}.") from None

    def take_date(self, name: str) -> datetime.date:
        """Return a field that is a date."""
        value = self.take(name)
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise self.wrong(f"“{value}” is no date. Write it like 2026-11-29.") from None

    def take_number(self, name: str) -> int:
        """Return a field that is a whole number."""
        value = self.take(name)
        if not re.fullmatch(r"[0-9]{1,6}", value):
            raise self.wrong(f"“{value}” is no number. Write it like 12.")
        return int(value)

    def wrong(self, what: str) -> DocumentError:
        """Return the error that says what is wrong with the field taken last."""
        return DocumentError(self._source, self._line, what)

    def done(self) -> None:
        """Refuse what nobody has taken: a slip of the pen would else pass for a field left out."""
        for name, (line, _) in self._fields.items():
            raise DocumentError(self._source, line, f"There is no field “{name}”. Correct or remove it.")


def split(content: str, source: str) -> tuple[Head, str]:
    """Part a file's head from its text. Raises DocumentError."""
    lines = content.splitlines()
    if not lines or lines[0] != _FENCE:
        raise DocumentError(source, 1, "The file has no head. Begin it with a line “---”.")
    fields: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if line == _FENCE:
            return Head(source, fields), "\n".join(lines[number:]).strip("\n") + "\n"
        name, value = _field(line, number, source)
        if name in fields:
            raise DocumentError(source, number, f"“{name}” is there twice. Remove one.")
        fields[name] = (number, value)
    raise DocumentError(source, len(lines), "The head does not end. Put a line “---” after its last field.")


def _field(line: str, number: int, source: str) -> tuple[str, str]:
    match = _FIELD.fullmatch(line.rstrip())
    if not match or not match[2]:
        raise DocumentError(source, number, "This is no field. Write “name: value”.")
    name, value = match[1], match[2]
    if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1]:
        return name, value[1:-1]
    if ": " in value or " #" in value or value[0] in _YAML_SIGNS:
        raise DocumentError(source, number, "Put the value in double quotes: YAML would read something else.")
    return name, value

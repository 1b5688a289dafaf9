"""The course's modules: a little to read, questions on it, and an exercise to go on with."""

from collections.abc import Container, Iterator, Sequence
from typing import Annotated

import msgspec

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with one right answer, the ``right``-th of its choices from 1; ``why`` is told after an answer."""

    asks: _Text
    choices: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=2, max_length=5)]
    right: Annotated[int, msgspec.Meta(ge=1)]
    why: _Text


class Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One module; ``exercise`` is the id of a scenario where its matter is practised. Texts are in bokmål.

    ``version`` grows when who has passed the module has to take it anew.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    order: int
    title: _Text
    minutes: Annotated[int, msgspec.Meta(ge=1, le=15)]
    learns: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    reads: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=2)]
    exercise: str = ""
    version: Annotated[int, msgspec.Meta(ge=1)] = 1

    def count_right(self, answers: Sequence[int]) -> int:
        """Count the questions that are answered right; answers are in the questions' order, choices counted from 1."""
        return sum(
            question.right == answer for question, answer in zip(self.questions, answers, strict=False)
        )


def problems(module: Module, scenarios: Container[str]) -> Iterator[str]:
    """Say what is wrong with a module, each with its place in the file."""
    for number, question in enumerate(module.questions):
        if question.right > len(question.choices):
            yield f"questions[{number}].right: there are only {len(question.choices)} choices"
        if len(set(question.choices)) < len(question.choices):
            yield f"questions[{number}].choices: two are the same"
    if module.exercise and module.exercise not in scenarios:
        yield f"exercise: there is no scenario “{module.exercise}”"

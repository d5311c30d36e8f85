"""A form from a list of fields: read as it was sent, shown as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from booking.web.forms.fields import Field, Form, Inputs, TextsField
from booking.web.typed import Wrong

Values = dict[str, Any]

# What the log calls the columns of rows that are kept by form: the fields by the name of the rows in the log.
FORMS: dict[str, Callable[[], Sequence[Field]]] = {}


@dataclass(slots=True)
class Filled:
    """What came of a form: values of the fields that are right, what was typed, a sentence for each that is wrong."""

    values: Values = field(default_factory=dict)
    typed: Inputs = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def stored(self, fields: Iterable[Field]) -> Values:
        """The values that are columns."""
        return {name: self.values[name] for name in columns(fields)}


def read(form: Form, fields: Sequence[Field], langs: Sequence[str]) -> Filled:
    """Read and check a form that was sent."""
    filled = Filled()
    for asked_for in fields:
        inputs = asked_for.typed(form, langs)
        filled.typed |= inputs
        try:
            filled.values[asked_for.name] = asked_for.value(inputs, langs)
        except Wrong as wrong:
            filled.errors[asked_for.names(langs)[0]] = str(wrong)
    return filled


def show(values: Mapping[str, Any], fields: Iterable[Field], langs: Sequence[str]) -> Inputs:
    """Values as they stand in the inputs of a form."""
    inputs: Inputs = {}
    for shown in fields:
        inputs |= shown.shown(values.get(shown.name), langs)
    return inputs


def columns(fields: Iterable[Field]) -> list[str]:
    """The names of those fields that are columns."""
    return [column.name for column in fields if column.stored]


def labels(fields: Iterable[Field], langs: Sequence[str]) -> dict[str, str]:
    """What to call each input above the form."""
    return {name: labelled.label for labelled in fields for name in labelled.names(langs)}


def with_other_languages(
    values: Values, before: Mapping[str, Any], fields: Iterable[Field], langs: Sequence[str]
) -> Values:
    """The values with what stood in languages that the form did not ask for: a language may come back."""
    for texts in fields:
        if texts.stored and isinstance(texts, TextsField):
            others = {lang: words for lang, words in (before.get(texts.name) or {}).items() if lang not in langs}
            values[texts.name] = others | values[texts.name]
    return values

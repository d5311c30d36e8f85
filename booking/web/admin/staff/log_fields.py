"""What the log calls the columns of rows that are kept by form: as the form asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from booking.centre.wording import Wording
from booking.history.fact_words import FactFormat
from booking.history.sentences import FactName, value_of
from booking.web.forms.chosen_fields import ChosenField, WeekdaysField
from booking.web.forms.fields import Field, MoneyField, PercentField, WholeField
from booking.web.forms.filled import FORMS

HOW: dict[type[Field], FactFormat] = {MoneyField: FactFormat.MONEY, WeekdaysField: FactFormat.WEEKDAYS}


def names_for(action: str, wording: Wording) -> Mapping[str, FactName]:
    """The names for the facts of an act; empty where it is not about a row that is kept by form."""
    fields = FORMS.get(action.rpartition(".")[0])
    return fact_names(fields(), wording) if fields is not None else {}


def fact_names(fields: Iterable[Field], wording: Wording) -> dict[str, FactName]:
    """The fields of a form as names of facts."""
    return {field.name: FactName(field.label, partial(_words, field, wording)) for field in fields}


def _words(field: Field, wording: Wording, value: Any) -> str:  # noqa: ANN401  (whatever the log keeps)
    if isinstance(field, PercentField) and isinstance(value, int):
        return wording.percent(value)
    if isinstance(field, ChosenField):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(field.words.get(str(choice), str(choice)) for choice in chosen)
    words = value_of(value, HOW.get(type(field), FactFormat.AS_IT_IS), field.name, wording)
    return f"{words} {field.unit}".strip() if isinstance(field, WholeField) else words

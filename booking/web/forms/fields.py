"""Forms of the administrators' rooms from a list of fields: read what was typed, check it, show it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from booking.web.forms.checked import checked_email, tidy
from booking.web.languages import LANGUAGES
from booking.web.typed import (
    Wrong,
    clock_or_wrong,
    clocks_or_wrong,
    colour_or_wrong,
    day_or_wrong,
    percent_or_wrong,
    sum_or_wrong,
    whole_number_or_wrong,
)


class FieldKind(StrEnum):
    """What kind of thing a field asks for."""

    TEXT = "text"
    EMAIL = "email"
    WHOLE = "whole"
    MONEY = "money"
    PERCENT = "percent"
    TIME = "time"
    TIMES = "times"
    DATE = "date"
    CHOICE = "choice"
    SEVERAL = "several"
    WEEKDAYS = "weekdays"
    YES = "yes"
    TEXTS = "texts"
    LONG_TEXTS = "long_texts"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `least` and `most` bound a number, or the length of a text; `stored` fields are columns.

    `convert` makes the value of a text or a choice, and may raise Wrong.
    """

    name: str
    label: str
    sort: FieldKind = FieldKind.TEXT
    hint: str = ""
    required: bool = True
    least: int = 0
    most: int = 200
    choices: Sequence[tuple[str, str]] = ()
    convert: Callable[[str], Any] = str
    check: Callable[[Any], str] | None = None
    heading: str = ""
    unit: str = ""
    stored: bool = True


# What the log calls the columns of rows that are kept by form: the fields by the name of the rows in the log.
FORMS: dict[str, Callable[[], Sequence[Field]]] = {}


@dataclass(slots=True)
class Filled:
    """What came of a form: values of the fields that are right, what was typed, a sentence for each that is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def stored(self, fields: Iterable[Field]) -> dict[str, Any]:
        """The values that are columns."""
        return {one.name: self.values[one.name] for one in fields if one.stored}


def read(form: MultiDict[str, str], fields: Sequence[Field], langs: Sequence[str]) -> Filled:
    """Read and check a form that was sent."""
    filled = Filled()
    for one in fields:
        try:
            value = _READERS[one.sort](one, form, filled.typed, langs)
            if one.check is not None and (wrong := one.check(value)):
                raise Wrong(wrong)
            filled.values[one.name] = value
        except Wrong as wrong:
            filled.errors[_first(one, langs)] = str(wrong)
    return filled


def show(values: Mapping[str, Any], fields: Iterable[Field], langs: Sequence[str]) -> dict[str, Any]:
    """Values as they stand in the fields of a form."""
    typed: dict[str, Any] = {}
    for one in fields:
        value = values.get(one.name)
        if one.sort in (FieldKind.TEXTS, FieldKind.LONG_TEXTS):
            typed |= {f"{one.name}-{lang}": (value or {}).get(lang, "") for lang in langs}
        else:
            typed[one.name] = _shown(one.sort, value)
    return typed


def with_other_languages(
    values: dict[str, Any], before: Mapping[str, Any], fields: Iterable[Field], langs: Sequence[str]
) -> dict[str, Any]:
    """The values with what stood in languages that the form did not ask for: a language may come back."""
    for one in fields:
        if one.stored and one.sort in (FieldKind.TEXTS, FieldKind.LONG_TEXTS):
            others = {lang: words for lang, words in (before.get(one.name) or {}).items() if lang not in langs}
            values[one.name] = others | values[one.name]
    return values


def labels(fields: Iterable[Field], langs: Sequence[str]) -> dict[str, str]:
    """What to call each input above the form."""
    return {
        name: label
        for one in fields
        for name, label in [(one.name, one.label), *((f"{one.name}-{lang}", one.label) for lang in langs)]
    }


def _first(one: Field, langs: Sequence[str]) -> str:
    return f"{one.name}-{langs[0]}" if one.sort in (FieldKind.TEXTS, FieldKind.LONG_TEXTS) else one.name


def _shown(sort: FieldKind, value: Any) -> Any:  # noqa: ANN401  (whatever a column holds)
    if sort is FieldKind.WEEKDAYS:
        return [str(n) for n in range(7) if (value or 0) >> n & 1]
    if sort is FieldKind.SEVERAL:
        return [str(one) for one in value or ()]
    if sort is FieldKind.YES:
        return bool(value)
    if value is None:
        return ""
    if sort in (FieldKind.MONEY, FieldKind.PERCENT):
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
    if sort is FieldKind.TIME:
        return value.strftime("%H:%M")
    if sort is FieldKind.TIMES:
        return " ".join(value)
    if sort is FieldKind.DATE:
        return value.isoformat()
    return str(value)


Typed = dict[str, Any]
Form = MultiDict[str, str]


def _said(one: Field, form: Form, typed: Typed) -> str:
    said = tidy(form.get(one.name))
    typed[one.name] = said
    if not said and one.required:
        raise Wrong(_("Fill this in."))
    return said


def _text(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> str:
    said = _said(one, form, typed)
    if len(said) > one.most:
        raise Wrong(_("At most %(most)s characters.", most=one.most))
    converted: str = one.convert(said)
    return converted


def _email(one: Field, form: Form, typed: Typed, langs: Sequence[str]) -> str:
    said = _text(one, form, typed, langs)
    try:
        return checked_email(said) if said else ""
    except ValidationError as error:
        raise Wrong(str(error)) from None


def _whole(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> int | None:
    said = _said(one, form, typed)
    return whole_number_or_wrong(said, one.least, one.most) if said else None


def _money(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> int | None:
    said = _said(one, form, typed)
    return sum_or_wrong(said) if said else None


def _percent(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> int | None:
    said = _said(one, form, typed)
    return percent_or_wrong(said) if said else None


def _time(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> time | None:
    said = _said(one, form, typed)
    return clock_or_wrong(said) if said else None


def _times(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> list[str]:
    return [f"{clock:%H:%M}" for clock in clocks_or_wrong(_said(one, form, typed))]


def _date(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> date | None:
    said = _said(one, form, typed)
    return day_or_wrong(said) if said else None


def _choice(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> Any:  # noqa: ANN401  (as it converts)
    said = _said(one, form, typed)
    if not said:
        return None
    if said not in {value for value, _words in one.choices}:
        raise Wrong(_("Choose one of these."))
    return one.convert(said)


def _several(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> list[Any]:
    known = {value for value, _words in one.choices}
    said = [value for value in form.getlist(one.name) if value in known]
    typed[one.name] = said
    if one.required and not said:
        raise Wrong(_("Choose at least one."))
    return [one.convert(value) for value in said]


def _weekdays(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> int:
    said = [value for value in form.getlist(one.name) if value in {"0", "1", "2", "3", "4", "5", "6"}]
    typed[one.name] = said
    if not said:
        raise Wrong(_("Choose at least one weekday."))
    return sum(1 << day for day in range(7) if str(day) in said)


def _yes(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> bool:
    typed[one.name] = bool(form.get(one.name))
    return bool(typed[one.name])


def _texts(one: Field, form: Form, typed: Typed, langs: Sequence[str]) -> dict[str, str]:
    said = {lang: tidy(form.get(f"{one.name}-{lang}")) for lang in langs}
    typed.update({f"{one.name}-{lang}": words for lang, words in said.items()})
    if any(len(words) > one.most for words in said.values()):
        raise Wrong(_("At most %(most)s characters.", most=one.most))
    if one.required and not said[langs[0]]:
        raise Wrong(_("Write it in %(language)s at least.", language=LANGUAGES.get(langs[0], langs[0])))
    return {lang: words for lang, words in said.items() if words}


def _colour(one: Field, form: Form, typed: Typed, _langs: Sequence[str]) -> str:
    return colour_or_wrong(_said(one, form, typed))


_READERS: Mapping[FieldKind, Callable[[Field, Form, Typed, Sequence[str]], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.EMAIL: _email,
    FieldKind.WHOLE: _whole,
    FieldKind.MONEY: _money,
    FieldKind.PERCENT: _percent,
    FieldKind.TIME: _time,
    FieldKind.TIMES: _times,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.SEVERAL: _several,
    FieldKind.WEEKDAYS: _weekdays,
    FieldKind.YES: _yes,
    FieldKind.TEXTS: _texts,
    FieldKind.LONG_TEXTS: _texts,
    FieldKind.COLOUR: _colour,
}

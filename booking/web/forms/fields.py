"""The kinds of field that a form of the office has: each reads what was typed, checks it, and shows it again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from booking.web.forms.checked import checked_email, one_line, tidy_lines
from booking.web.languages import LANGUAGES, wording
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

Form = MultiDict[str, str]
Inputs = dict[str, Any]  # what stands in the inputs of a form, by their names


class FieldKind(StrEnum):
    """What kind of thing a field asks for, as templates choose its input."""

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
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Field(ABC):
    """One question of a form. `stored` fields are columns; `heading` stands above it and those that follow."""

    name: str
    label: str
    _: KW_ONLY
    hint: str = ""
    required: bool = True
    heading: str = ""
    unit: str = ""
    stored: bool = True

    sort: ClassVar[FieldKind]

    @abstractmethod
    def value(self, inputs: Inputs, langs: Sequence[str]) -> Any:  # noqa: ANN401  (whatever a column holds)
        """What was typed as a value. Raises Wrong."""

    def typed(self, form: Form, _langs: Sequence[str]) -> Inputs:
        """What was typed, to be shown again whether it is right or not."""
        return {self.name: one_line(form.get(self.name))}

    def shown(self, value: Any, _langs: Sequence[str]) -> Inputs:  # noqa: ANN401  (whatever a column holds)
        """A value as it stands in the inputs."""
        return {self.name: "" if value is None else self.text_of(value)}

    def text_of(self, value: Any) -> str:  # noqa: ANN401  (whatever a column holds)
        """A value that is there as somebody would type it."""
        return str(value)

    def in_words(self, value: Any) -> str:  # noqa: ANN401  (whatever a column holds)
        """A value as a reader sees it who may not change it."""
        return "" if value is None else self.text_of(value)

    def names(self, _langs: Sequence[str]) -> list[str]:
        """Its inputs; what is wrong with it is said at the first."""
        return [self.name]

    def text(self, inputs: Inputs) -> str:
        """What was typed into its one input. Raises Wrong where it must be filled in."""
        text = str(inputs[self.name])
        if not text and self.required:
            raise Wrong(_("Fill this in."))
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Field):
    """A line of at most so many characters. A kind of text of its own is a class that says its `value_of`."""

    most: int = 200

    sort = FieldKind.TEXT

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> str:
        """The line that was typed, of no more characters than it may have. Raises Wrong."""
        text = self.text(inputs)
        if len(text) > self.most:
            raise Wrong(_("At most %(most)s characters.", most=self.most))
        return self.value_of(text)

    def value_of(self, text: str) -> str:
        """A text of the right length as it is kept; "" for none. Raises Wrong."""
        return text


class EmailField(TextField):
    """An address of a mailbox."""

    __slots__ = ()
    sort = FieldKind.EMAIL

    def value_of(self, text: str) -> str:
        """An address that mail can be sent to; "" for none. Raises Wrong."""
        try:
            return checked_email(text) if text else ""
        except ValidationError as error:
            raise Wrong(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeField(Field):
    """A whole number from `least` to `most`."""

    least: int = 0
    most: int = 200

    sort = FieldKind.WHOLE

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> int | None:
        """The number that was typed; None for none. Raises Wrong where it is no number, or too small or too large."""
        text = self.text(inputs)
        return whole_number_or_wrong(text, self.least, self.most) if text else None


class MoneyField(Field):
    """A sum, in minor units."""

    __slots__ = ()
    sort = FieldKind.MONEY

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> int | None:
        """The sum in minor units; None for none. Raises Wrong."""
        text = self.text(inputs)
        return sum_or_wrong(text) if text else None

    def text_of(self, value: int) -> str:
        """The sum in whole units, with two decimals where it has any."""
        return _hundredths(value)


class PercentField(Field):
    """A share, in hundredths of a per cent."""

    __slots__ = ()
    sort = FieldKind.PERCENT

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> int | None:
        """The share in hundredths of a per cent; None for none. Raises Wrong."""
        text = self.text(inputs)
        return percent_or_wrong(text) if text else None

    def text_of(self, value: int) -> str:
        """The per cent, with two decimals where it has any."""
        return _hundredths(value)


def _hundredths(value: int) -> str:
    whole, rest = divmod(value, 100)
    return f"{whole}.{rest:02}" if rest else f"{whole}"


class ClockField(Field):
    """A time of day."""

    __slots__ = ()
    sort = FieldKind.TIME

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> time | None:
        """The time of day that was typed; None for none. Raises Wrong."""
        text = self.text(inputs)
        return clock_or_wrong(text) if text else None

    def text_of(self, value: time) -> str:
        """The time as 09:30."""
        return f"{value:%H:%M}"


class ClocksField(Field):
    """Times of day, kept as texts such as 09:30."""

    __slots__ = ()
    sort = FieldKind.TIMES

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> list[str]:
        """The times of day that were typed, each as 09:30. Raises Wrong."""
        return [f"{clock:%H:%M}" for clock in clocks_or_wrong(self.text(inputs))]

    def text_of(self, value: Sequence[str]) -> str:
        """The times with spaces between."""
        return " ".join(value)


class DayField(Field):
    """A day of the calendar."""

    __slots__ = ()
    sort = FieldKind.DATE

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> date | None:
        """The day that was typed; None for none. Raises Wrong."""
        text = self.text(inputs)
        return day_or_wrong(text) if text else None

    def text_of(self, value: date) -> str:
        """The day as 2026-11-30, which is what browsers put in such an input."""
        return value.isoformat()


class ColourField(Field):
    """A colour such as #0b4f6c. What must hold of it besides is a class that says its `value_of`."""

    __slots__ = ()
    sort = FieldKind.COLOUR

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> str:
        """The colour that was typed, and that may be had here. Raises Wrong."""
        return self.value_of(colour_or_wrong(self.text(inputs)))

    def value_of(self, colour: str) -> str:
        """The colour as it is kept. Raises Wrong."""
        return colour


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsField(Field):
    """A line in each of the centre's languages; the first language at least where it is required."""

    most: int = 200

    sort = FieldKind.TEXTS

    def names(self, langs: Sequence[str]) -> list[str]:
        """An input for each language, with the language behind the name."""
        return [f"{self.name}-{lang}" for lang in langs]

    def typed(self, form: Form, langs: Sequence[str]) -> Inputs:
        """What was typed in each language, without spaces around it."""
        return {name: one_line(form.get(name)) for name in self.names(langs)}

    def value(self, inputs: Inputs, langs: Sequence[str]) -> dict[str, str]:
        """The texts by language, those left empty left out. Raises Wrong: one is too long, or the first is missing."""
        texts = {lang: str(inputs[f"{self.name}-{lang}"]) for lang in langs}
        if any(len(text) > self.most for text in texts.values()):
            raise Wrong(_("At most %(most)s characters.", most=self.most))
        if self.required and not texts[langs[0]]:
            raise Wrong(_("Write it in %(language)s at least.", language=LANGUAGES.get(langs[0], langs[0])))
        return {lang: text for lang, text in texts.items() if text}

    def shown(self, value: Mapping[str, str] | None, langs: Sequence[str]) -> Inputs:
        """The text of each language in its input, empty where there is none."""
        return {f"{self.name}-{lang}": (value or {}).get(lang, "") for lang in langs}

    def in_words(self, value: Mapping[str, str] | None) -> str:
        """The text in the reader's language, or in the next best."""
        return str(wording().words(value)) if value else ""


class LongTextsField(TextsField):
    """Some sentences in each of the centre's languages."""

    __slots__ = ()
    sort = FieldKind.LONG_TEXTS


class ParagraphsField(LongTextsField):
    """A text of several paragraphs in each of the centre's languages, with empty lines between them."""

    __slots__ = ()

    def typed(self, form: Form, langs: Sequence[str]) -> Inputs:
        """What was typed in each language, its lines kept."""
        return {name: tidy_lines(form.get(name)) for name in self.names(langs)}

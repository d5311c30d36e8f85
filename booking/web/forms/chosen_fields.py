"""The kinds of field of a form of the office in which one chooses: yes, one of several, any of several, weekdays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from booking.web.forms.fields import Field, FieldKind, Form, Inputs
from booking.web.languages import wording
from booking.web.typed import Wrong


class YesField(Field):
    """A yes, or not."""

    __slots__ = ()
    sort = FieldKind.YES

    def typed(self, form: Form, _langs: Sequence[str]) -> Inputs:
        """Whether it was ticked; browsers send nothing for what is not."""
        return {self.name: bool(form.get(self.name))}

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> bool:
        """Whether it was ticked."""
        return bool(inputs[self.name])

    def shown(self, value: bool | None, _langs: Sequence[str]) -> Inputs:
        """Ticked where it is so; not where nothing is kept."""
        return {self.name: bool(value)}

    def in_words(self, value: bool | None) -> str:
        """Yes or no."""
        return str(_("yes") if value else _("no"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenField(Field):
    """What is chosen among `choices`: what each sends, and its words."""

    choices: Sequence[tuple[str, str]] = ()

    def value_of(self, choice: str) -> Any:  # noqa: ANN401  (whatever a column holds)
        """A choice as it is kept."""
        return choice

    @property
    def words(self) -> dict[str, str]:
        """The words of each choice."""
        return dict(self.choices)


class ChoiceField(ChosenField):
    """One of several; None for none."""

    __slots__ = ()
    sort = FieldKind.CHOICE

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> Any:  # noqa: ANN401  (whatever a column holds)
        """What was chosen, as it is kept; None for none. Raises Wrong for what is not among the choices."""
        choice = self.text(inputs)
        if not choice:
            return None
        if choice not in self.words:
            raise Wrong(_("Choose one of these."))
        return self.value_of(choice)

    def in_words(self, value: Any) -> str:  # noqa: ANN401  (whatever a column holds)
        """The words of the choice; what is kept itself where it is no choice any more."""
        return "" if value is None else self.words.get(str(value), str(value))


class NumberChoiceField(ChoiceField):
    """One of several numbers: an id, a grade, a weekday."""

    __slots__ = ()

    def value_of(self, choice: str) -> int:
        """The number that was chosen."""
        return int(choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumField(ChoiceField):
    """One of the members of `kind`."""

    kind: type[StrEnum]

    def value_of(self, choice: str) -> StrEnum:
        """The member that was chosen."""
        return self.kind(choice)


class SeveralField(ChosenField):
    """Any of several."""

    __slots__ = ()
    sort = FieldKind.SEVERAL

    def typed(self, form: Form, _langs: Sequence[str]) -> Inputs:
        """What was ticked, each once."""
        return {self.name: list(dict.fromkeys(form.getlist(self.name)))}

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> list[Any]:
        """All that was ticked, as it is kept.

        Raises Wrong where it is nothing and must be something, and for what is not among the choices: left out, the
        rest would be kept for what nobody chose, and nothing often stands for everything.
        """
        chosen = inputs[self.name]
        if self.required and not chosen:
            raise Wrong(_("Choose at least one."))
        _all_among(chosen, self.words)
        return [self.value_of(choice) for choice in chosen]

    def shown(self, value: Sequence[object] | None, _langs: Sequence[str]) -> Inputs:
        """What is kept, as the choices send it."""
        return {self.name: [str(choice) for choice in value or ()]}

    def in_words(self, value: Sequence[object] | None) -> str:
        """The words of all that is kept, with commas between."""
        return ", ".join(self.words.get(str(choice), str(choice)) for choice in value or ())


class SeveralNumbersField(SeveralField):
    """Any of several ids."""

    __slots__ = ()

    def value_of(self, choice: str) -> int:
        """The id that was ticked."""
        return int(choice)


class WeekdaysField(Field):
    """Weekdays as bits, Monday the first."""

    __slots__ = ()
    sort = FieldKind.WEEKDAYS

    def typed(self, form: Form, _langs: Sequence[str]) -> Inputs:
        """The weekdays that were ticked, from 0 for Monday to 6."""
        return {self.name: form.getlist(self.name)}

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> int:
        """The weekdays as bits, Monday the lowest. Raises Wrong where there is none, and for what is no weekday."""
        if not inputs[self.name]:
            raise Wrong(_("Choose at least one weekday."))
        _all_among(inputs[self.name], [str(day) for day in range(7)])
        return sum(1 << day for day in range(7) if str(day) in inputs[self.name])

    def shown(self, value: int | None, _langs: Sequence[str]) -> Inputs:
        """The weekdays that the bits stand for, from 0 for Monday to 6."""
        return {self.name: [str(day) for day in range(7) if (value or 0) >> day & 1]}

    def in_words(self, value: int | None) -> str:
        """The weekdays by name, in the reader's language."""
        names = wording().locale.days["stand-alone"]["wide"]
        return ", ".join(names[day] for day in range(7) if (value or 0) >> day & 1)


def _all_among(chosen: Iterable[str], choices: Collection[str]) -> None:
    """Raises Wrong for what cannot be chosen."""
    if not all(choice in choices for choice in chosen):
        raise Wrong(_("Choose from these."))

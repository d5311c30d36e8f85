"""Whom a ticket stands for, typed as people say it: 2 Adult + 2 Child; 1 Adult + 3 Child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from booking.web.forms.fields import Field, FieldKind, Inputs
from booking.web.typed import Wrong, whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class CoversField(Field):
    """Ways to fill one ticket with people, each by numbers of other ticket types; `titles` are theirs, by slug."""

    titles: Mapping[str, str]

    sort = FieldKind.TEXT

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> list[dict[str, int]]:
        """The ways that were typed, with semicolons between. Raises Wrong."""
        ways = (way.split("+") for way in self.text(inputs).split(";"))
        counted = (dict(self._counted(part.strip()) for part in way if part.strip()) for way in ways)
        return [way for way in counted if way]

    def text_of(self, value: Sequence[Mapping[str, int]]) -> str:
        """The ways as somebody would type them."""
        ways = (way.items() for way in value)
        return "; ".join(" + ".join(f"{count} {self.titles.get(slug, slug)}" for slug, count in way) for way in ways)

    def _counted(self, part: str) -> tuple[str, int]:
        """A ticket type and how many of it. Raises Wrong."""
        number, _space, title = part.partition(" ")
        count = whole_number(number, 1, 50)
        slug = next((slug for slug, its in self.titles.items() if its.casefold() == title.strip().casefold()), None)
        if count is None or slug is None:
            raise Wrong(_("“%(part)s” is not a number and a ticket type.", part=part))
        return slug, count

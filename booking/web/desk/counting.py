"""What the fields of a count at the door are called, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from booking.door.rules import Category


@dataclass(frozen=True, slots=True)
class Count:
    """How many more of a category come in: the form's field, what stands in it, how many it shows as in already."""

    category: Category
    value: str
    due: bool

    @property
    def field(self) -> str:
        """The field's name."""
        return field_of("h", self.category)

    @property
    def shown(self) -> str:
        """The name of the hidden field that says how many were in when the page was made."""
        return field_of("s", self.category)


@dataclass(frozen=True, slots=True)
class CountedBefore:
    """How many of a category were counted in at one moment, to be put right."""

    category: Category
    heads: int
    value: str

    @property
    def field(self) -> str:
        """The field's name."""
        return field_of("c", self.category)

    @property
    def shown(self) -> str:
        """The name of the hidden field that says what the page showed as counted."""
        return field_of("s", self.category)

    @property
    def most(self) -> int:
        """As many as are booked and did not come in at another moment."""
        return self.category.left + self.heads


def field_of(what: str, category: Category) -> str:
    """The field about a category: h how many come, c how many came after all, s what was shown."""
    return f"{what}-{category.slot_id}-{category.ticket_type_id}"

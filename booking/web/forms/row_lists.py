"""Lists of rows that administrators keep: a class for each says what its form asks and what goes with a row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from booking.kernel.database import Model
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.staff.models import Role
from booking.web.forms.entry import Trial
from booking.web.forms.fields import Field
from booking.web.forms.filled import Filled, Values
from booking.web.guards.access import who

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class RowStays:
    """Why a row may not be taken away, and the address to go to instead."""

    words: str
    instead: str


class Register(ABC, Generic[Row]):
    """One list of rows; `row_pages.join` gives it its pages.

    `key` stands in its addresses, `what` names its rows in the log; `quiet` columns are noted there without their
    values; `lookers` may look beside the administrators; `largest` is how many bytes a form with a file may have.
    """

    key: ClassVar[str]
    what: ClassVar[str]
    table: type[Row]
    template: ClassVar[str] = "admin/entry.html"
    quiet: ClassVar[Collection[str]] = ()
    lookers: ClassVar[Collection[Role]] = ()
    is_removable: ClassVar[bool] = True
    can_be_tried: ClassVar[bool] = False
    largest: ClassVar[int] = 0

    @abstractmethod
    def title_of_new(self) -> str:
        """Above the form of a new row."""

    @abstractmethod
    def title_of(self, row: Row) -> str:
        """Above the form of a row."""

    @abstractmethod
    def fields(self, row: Row | None) -> Sequence[Field]:
        """What the form of a row asks; of a new one for None."""

    @abstractmethod
    def home(self, row: Row | None) -> str:
        """The address to go back to."""

    def saved(self, row_id: int) -> str:
        """The address to go to when a row is saved."""
        return self.home(audited_rows.find(self.table, row_id))

    def defaults(self) -> Values:
        """What stands in the form of a new row."""
        return {}

    def beside(self, row_id: int) -> Values:
        """The values of the fields that are no columns."""
        return {}

    def about(self, row: Row) -> object:
        """What the page of a row tells beside the form, for its template."""
        return None

    def labels_beside(self) -> Mapping[str, str]:
        """What is sent by a form of its own on the page of a row, a label by input."""
        return {}

    def wrong(self, values: Values, row_id: int | None) -> Mapping[str, str]:
        """What is wrong that no field can know alone, a sentence by field."""
        return {}

    def question(self, values: Values) -> str | None:
        """A page to be answered ("sure") before it is saved; None when there is nothing to ask."""
        return None

    def tried(self, filled: Filled) -> Trial | None:
        """What a form would mean that is only tried; None where it cannot be."""
        return None

    def before(self, row_id: int | None, values: Values) -> None:
        """What must be done before the row is written; in the same unit of work."""

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """Columns that follow from what was typed; in the same unit of work."""
        return {}

    def insert(self, stored: Values, values: Values) -> int:
        """Write a new row of these columns and return its id; `values` holds what is no column too. Raises Meets."""
        return audited_rows.add(self.table, stored, actor=who().actor, what=self.what, quiet=self.quiet)

    def afterwards(self, row_id: int, values: Values) -> None:
        """What belongs to a row that has been written; in the same unit of work."""

    def refused(self, refusal: Refusal) -> Mapping[str, str]:
        """A refusal of the domain as a sentence by field; nothing for one that has no words here."""
        return {}

    def stays(self, row: Row) -> RowStays | None:
        """Why a row may not be taken away; None when it may."""
        return None

    def new_fields(self) -> Sequence[Field]:
        """What the log calls the columns: as the form of a new row asks for them."""
        return self.fields(None)

    def endpoint(self, verb: str) -> str:
        """The name of one of its pages in the blueprint."""
        return f"{self.key.replace('-', '_')}_{verb}"

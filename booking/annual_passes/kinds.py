"""The kinds of pass that are sold, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select, update

from booking.annual_passes.models import PassBegins, PassFor, PassKind
from booking.centre.models import Centre
from booking.kernel.database import Texts, as_values, run


@dataclass(frozen=True, slots=True)
class PassKindFacts:
    """A kind of pass; minor units, VAT in hundredths of a percent. The rest as in models.PassKind."""

    id: int
    title: Texts
    note: Texts
    whom: PassFor
    price: int
    vat_rate: int
    months: int
    begins: PassBegins
    adults: int
    children: int
    child_age: int
    most_open: int
    no_shows: int
    no_show_days: int
    active: bool

    @property
    def most_names(self) -> int:
        """How many may be named."""
        return self.adults if self.whom is PassFor.HOUSEHOLD else 1

    @property
    def most_children(self) -> int:
        """How many children may come with those who are named."""
        return self.children if self.whom is PassFor.HOUSEHOLD else 0


_KINDS = select(*(getattr(PassKind, name) for name in PassKindFacts.__dataclass_fields__)).order_by(
    PassKind.sort, PassKind.id
)
_SOLD = _KINDS.where(PassKind.active)
_SOLD_BY_ID = _SOLD.where(PassKind.id == bindparam("kind"))


def all_kinds() -> list[PassKindFacts]:
    """Those that are sold and those that were, in one statement."""
    return as_values(PassKindFacts, run(_KINDS))


def sold_kinds() -> list[PassKindFacts]:
    """Those that are sold, in one statement."""
    return as_values(PassKindFacts, run(_SOLD))


def sold_kind(kind_id: int) -> PassKindFacts | None:
    """The kind with this id, if it is sold; in one statement."""
    return next(iter(as_values(PassKindFacts, run(_SOLD_BY_ID, {"kind": kind_id}))), None)


def note_whether_sold() -> None:
    """Let the centre know whether it sells any; inside the unit of work that has changed a kind."""
    run(update(Centre).values(sells_passes=exists(select(PassKind.id).where(PassKind.active))))

"""Tables of the catalogue: activities, the ticket types they are sold with, and their prices."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, stored
from booking.pictures.facts import Pictured, PictureFacts


class Kind(StrEnum):
    """What sort of activity it is."""

    ADMISSION = "admission"
    PROGRAMME = "programme"
    COURSE = "course"
    SHOW = "show"
    WORKSHOP = "workshop"
    EVENT = "event"
    LECTURE = "lecture"
    FESTIVAL = "festival"
    CONTEST = "contest"
    LUNCH = "lunch"


ENTRY_STAY = 120  # minutes that people stay, where the centre says nothing else
# What there is to see on a day, in lists of what is on; visitors are told of the kinds in this order.
EVENTS = (Kind.SHOW, Kind.WORKSHOP, Kind.EVENT, Kind.LECTURE, Kind.FESTIVAL, Kind.CONTEST)
# What anybody may buy; the rest is for schools.
FOR_THE_PUBLIC = frozenset({Kind.ADMISSION, *EVENTS})


class DayKind(StrEnum):
    """Which days a price is for."""

    ANY = "any"
    HOLIDAY = "holiday"
    ORDINARY = "ordinary"


class Activity(Model):
    """Anything one can attend. `minutes` is how long it lasts, `stay_minutes` how long people fill the house.

    It is sold from `on_sale_days` before until `sale_ends_minutes` before it begins, where that is not the centre's.
    `summary` stands in lists; `about` is the longer text of its own page, in paragraphs with an empty line between.
    `most_places` are the most that the public may take of one of its times in one booking. `invoiced_ahead`: it is
    admission as the law means it, so that a visit may be invoiced before its day, see invoicing/ahead.

    What does not need entry is sold alone. `gives_entry`: its ticket is entry too, as that of a festival may be.
    `part_of_id` is the festival whose programme it belongs to; where it is not sold alone, it is sold to those who have
    that festival's ticket. `outside_hours`: it may be held when the house is closed, such as an evening event.
    """

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[Kind] = mapped_column(stored(Kind))
    title: Mapped[Texts] = mapped_column(Translated)
    summary: Mapped[Texts] = mapped_column(Translated, default=dict)
    about: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    minutes: Mapped[int]
    stay_minutes: Mapped[int] = mapped_column(default=0)
    turnaround_minutes: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int]
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    needs_admission: Mapped[bool] = mapped_column(default=False)
    gives_entry: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    part_of_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # of an activity: those are never taken away
    outside_hours: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    least_age: Mapped[int | None]
    on_sale_days: Mapped[int | None]
    sale_ends_minutes: Mapped[int | None]
    most_places: Mapped[int | None]
    invoiced_ahead: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    picture: Mapped[PictureFacts | None] = mapped_column(Pictured)
    active: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("capacity >= 0", name="capacity"),
        Index("ix_activity_kind", "kind"),
    )


class TicketType(Model):
    """A kind of person with a price. `places` is how many people one ticket admits: a family ticket is four.

    `brings_adult`: a grown-up is among them. `needs_adult`: not sold alone. `accompanies`: free company of another
    paying person, at most one each (ledsagerbevis). `goes_with_id`: sold only beside that type. `advises_adult`:
    without a grown-up, buyers are asked whether that is right. `asks_number`: buyers give a number for each, such as
    that of an annual pass; `number_name` is what it is called, `number_shape` how it looks (# a digit, @ a letter, any
    other sign itself; "" anything). `of_passes`: for who has an annual pass of ours, whose code is asked. `all_days`: a
    festival sells it as a pass, for all its days at once. `covers` are
    the people it stands for, by the slugs of the types that they would have by themselves, each way by itself: a family
    is two adults and two children, or one and three. VAT rate in hundredths of a percent.
    """

    __tablename__ = "ticket_type"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[Texts] = mapped_column(Translated)
    note: Mapped[Texts] = mapped_column(Translated, default=dict)
    proof: Mapped[Texts] = mapped_column(Translated, default=dict)
    places: Mapped[int] = mapped_column(default=1)
    brings_adult: Mapped[bool] = mapped_column(default=False)
    needs_adult: Mapped[bool] = mapped_column(default=False)
    accompanies: Mapped[bool] = mapped_column(default=False)
    goes_with_id: Mapped[int | None] = mapped_column(BigInteger)  # of a ticket type: those are never taken away
    advises_adult: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    asks_number: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    number_name: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    number_shape: Mapped[str] = mapped_column(String(40), default="", server_default="")
    of_passes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    most: Mapped[int] = mapped_column(default=30)
    vat_rate: Mapped[int] = mapped_column(default=0)
    all_days: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    covers: Mapped[list[dict[str, int]]] = mapped_column(Json, default=list, server_default="[]")
    active: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 50", name="places"),
        CheckConstraint("most BETWEEN 1 AND 500", name="most"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
    )


class Offer(Model):
    """That an activity is sold with a ticket type."""

    __tablename__ = "offer"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True, index=True)


class Price(Model):
    """What a ticket type costs, in minor units of the centre's currency, VAT included.

    Of the prices that fit a slot's wall-clock start, the highest rank counts. `weekdays` is a set of bits, Monday 1,
    Tuesday 2, … all 127.
    """

    __tablename__ = "price"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    minor: Mapped[int]
    from_date: Mapped[date | None] = mapped_column(Date)
    until_date: Mapped[date | None] = mapped_column(Date)
    weekdays: Mapped[int] = mapped_column(default=127)
    from_time: Mapped[time | None] = mapped_column(Time)
    until_time: Mapped[time | None] = mapped_column(Time)
    days: Mapped[DayKind] = mapped_column(stored(DayKind), default=DayKind.ANY)
    rank: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("minor >= 0", name="minor"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )

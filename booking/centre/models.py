"""Tables of the centre: who runs the house, when it is open, which spaces it has."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, LargeBinary, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, stored
from booking.pictures.facts import Pictured, PictureFacts


class Strictness(StrEnum):
    """How the centre takes something odd in a basket: it says no, or asks whether that is right."""

    REFUSE = "refuse"
    WARN = "warn"


class Centre(Model):
    """The organisation; one row a database. Its rules are columns, so that each has a name, a type and a check."""

    __tablename__ = "centre"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    legal_name: Mapped[str] = mapped_column(String(120))
    org_number: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    languages: Mapped[list[str]] = mapped_column(Json)
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254))
    website: Mapped[str] = mapped_column(String(200), default="")
    tagline: Mapped[Texts] = mapped_column(Translated, default=dict)
    find_us: Mapped[Texts] = mapped_column(Translated, default=dict)
    brand: Mapped[str] = mapped_column(String(7), default="#0b4f6c")
    accent: Mapped[str] = mapped_column(String(7), default="#f2a541")
    logo: Mapped[str] = mapped_column(String(40), default="", server_default="")
    newsletter_topics: Mapped[dict[str, dict[str, str]]] = mapped_column(Json, default=dict)
    picture: Mapped[PictureFacts | None] = mapped_column(Pictured)

    hold_minutes: Mapped[int] = mapped_column(default=15)
    hold_renewals: Mapped[int] = mapped_column(default=4)
    most_people: Mapped[int] = mapped_column(default=30)
    most_places_person: Mapped[int] = mapped_column(default=40, server_default="40")
    most_places_address: Mapped[int] = mapped_column(default=60, server_default="60")
    most_free_places: Mapped[int] = mapped_column(default=6, server_default="6")
    most_mails: Mapped[int] = mapped_column(default=10, server_default="10")
    two_at_once: Mapped[Strictness] = mapped_column(
        stored(Strictness, check=False), default=Strictness.WARN, server_default=Strictness.WARN.value
    )
    offer_hours: Mapped[int] = mapped_column(default=12)
    sale_ends_minutes: Mapped[int] = mapped_column(default=30)
    on_sale_days: Mapped[int] = mapped_column(default=120)
    change_until_hours: Mapped[int] = mapped_column(default=2)
    refund_until_hours: Mapped[int] = mapped_column(default=24)
    late_refund_percent: Mapped[int] = mapped_column(default=0)
    few_left: Mapped[int] = mapped_column(default=10)
    slot_minutes: Mapped[int] = mapped_column(default=30)
    door_early_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    door_late_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    gift_card_least: Mapped[int] = mapped_column(default=0, server_default="0")
    gift_card_most: Mapped[int] = mapped_column(default=0, server_default="0")
    gift_card_step: Mapped[int] = mapped_column(default=0, server_default="0")
    gift_card_months: Mapped[int] = mapped_column(default=36, server_default="36")
    has_campaigns: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    sells_passes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    withdrawal_days: Mapped[int] = mapped_column(default=14, server_default="14")
    withdrawal_moves: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    door_moves: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (
        CheckConstraint("late_refund_percent BETWEEN 0 AND 100", name="late_refund_percent"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 120", name="hold_minutes"),
        CheckConstraint("most_people BETWEEN 1 AND 500", name="most_people"),
    )


class Logo(Model):
    """The centre's picture; its name changes with its content, so that browsers may keep it for good."""

    __tablename__ = "logo"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Partner(Model):
    """Who stands behind the centre, told of on the front page; `logo` is the name of its picture in addresses.

    `kind` is the picture's media type. It is read whole only where it is shown, and goes with the row.
    """

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    website: Mapped[str] = mapped_column(String(200), default="", server_default="")
    sort: Mapped[int] = mapped_column(default=0, server_default="0")
    logo: Mapped[str] = mapped_column(String(40), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (CheckConstraint("(logo = '') = (content IS NULL)", name="logo_with_content"),)


class OpeningHours(Model):
    """When the centre is open on one weekday (0 is Monday) in a season; the highest rank that covers a day counts.

    A season without hours for a weekday (opens is null) is closed that day.
    """

    __tablename__ = "opening_hours"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    weekday: Mapped[int]
    opens: Mapped[time | None] = mapped_column(Time)
    closes: Mapped[time | None] = mapped_column(Time)
    public_from: Mapped[time | None] = mapped_column(Time)
    from_date: Mapped[date | None] = mapped_column(Date)
    until_date: Mapped[date | None] = mapped_column(Date)
    rank: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both_or_none"),
        CheckConstraint("opens IS NULL OR opens < closes", name="opens_before_it_closes"),
    )


class DayException(Model):
    """One date that differs from the ordinary week: closed (opens is null) or open at other hours, and why."""

    __tablename__ = "day_exception"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    on_date: Mapped[date] = mapped_column(Date)
    opens: Mapped[time | None] = mapped_column(Time)
    closes: Mapped[time | None] = mapped_column(Time)
    reason: Mapped[Texts] = mapped_column(Translated, default=dict)

    __table_args__ = (
        UniqueConstraint("on_date"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both_or_none"),
        CheckConstraint("opens IS NULL OR opens < closes", name="opens_before_it_closes"),
    )


class Space(Model):
    """A place with a limit of people. The house is the space that contains all the others."""

    __tablename__ = "space"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Texts] = mapped_column(Translated)
    capacity: Mapped[int]
    is_house: Mapped[bool] = mapped_column(default=False)
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("capacity >= 0", name="capacity"),
        Index(
            "uq_space_one_house",
            "is_house",
            unique=True,
            sqlite_where=text("is_house"),
            postgresql_where=text("is_house"),
        ),
    )

"""The staff's rooms, in the order of the menu: which page each begins with, who may open it, under which heading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from booking.staff.models import Role

EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
OFFICE = frozenset({Role.ADMIN, Role.FINANCE, Role.DESK})
FRONT = frozenset({Role.ADMIN, Role.DESK})
MONEY = frozenset({Role.ADMIN, Role.FINANCE})
DOOR = frozenset({Role.ADMIN, Role.DESK, Role.EDUCATOR})


class Heading(StrEnum):
    """The headings of the menu, in order."""

    DAY = "day"
    BOOKINGS = "bookings"
    SET_UP = "set_up"
    STAFF = "staff"


# (the endpoint of its first page, its name in the menu, who may open it, its heading)
ROOMS = (
    ("staff.start", _("How things stand"), EVERYBODY, Heading.DAY),
    ("desk.start", _("Front desk"), DOOR, Heading.DAY),
    ("admin.capacity", _("Capacity"), DOOR, Heading.DAY),
    ("admin.closures", _("Closures"), DOOR, Heading.DAY),
    ("admin.bookings", _("Bookings"), OFFICE, Heading.BOOKINGS),
    ("admin.withdrawals", _("Withdrawals"), OFFICE, Heading.BOOKINGS),
    ("admin.visits", _("Visits to approve"), DOOR, Heading.BOOKINGS),
    ("admin.courses", _("Courses"), DOOR, Heading.BOOKINGS),
    ("admin.contests", _("Contests"), DOOR, Heading.BOOKINGS),
    ("admin.releases_list", _("Release days"), ADMIN, Heading.BOOKINGS),
    ("admin.schools", _("Schools"), OFFICE, Heading.BOOKINGS),
    ("admin.feedback_of_all", _("Feedback"), EVERYBODY, Heading.BOOKINGS),
    ("admin.invoices", _("Invoices"), MONEY, Heading.BOOKINGS),
    ("admin.books", _("Books"), MONEY, Heading.BOOKINGS),
    ("admin.reports", _("Reports"), MONEY, Heading.BOOKINGS),
    ("admin.gift_cards", _("Gift cards"), OFFICE, Heading.BOOKINGS),
    ("admin.mails", _("Mail"), OFFICE, Heading.BOOKINGS),
    ("admin.newsletter_issues", _("Newsletter"), ADMIN, Heading.BOOKINGS),
    ("admin.timetable", _("Timetable"), ADMIN, Heading.SET_UP),
    ("admin.activities", _("Activities"), ADMIN, Heading.SET_UP),
    ("admin.tickets", _("Tickets and prices"), ADMIN, Heading.SET_UP),
    ("admin.mail_texts", _("Mail texts"), ADMIN, Heading.SET_UP),
    ("admin.import_start", _("Import"), ADMIN, Heading.SET_UP),
    ("admin.settings", _("Settings"), ADMIN, Heading.SET_UP),
    ("staff.account", _("My account"), EVERYBODY, Heading.STAFF),
    ("staff.people", _("Users"), ADMIN, Heading.STAFF),
    ("staff.audit_log", _("Log"), ADMIN, Heading.STAFF),
    ("admin.person_search", _("One person's data"), ADMIN, Heading.STAFF),
    ("admin.failures", _("Why did this fail?"), FRONT, Heading.STAFF),
    ("admin.health", _("Health"), ADMIN, Heading.STAFF),
)
HEADINGS: dict[Heading, LazyString] = {
    Heading.DAY: _("The day"),
    Heading.BOOKINGS: _("Bookings and money"),
    Heading.SET_UP: _("Set up"),
    Heading.STAFF: _("Staff"),
}


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu. `is_here` says that the page shown is in this room."""

    address: str
    name: str
    is_here: bool
    is_this_page: bool


def menu(role: Role) -> list[tuple[str, list[MenuLine]]]:
    """The rooms that a role may open, under their headings."""
    mine = [(url_for(endpoint), endpoint, str(name), group) for endpoint, name, roles, group in ROOMS if role in roles]
    here = _here([address for address, *_rest in mine])
    sections = []
    for group, heading in HEADINGS.items():
        rooms = [
            MenuLine(address, name, address == here, endpoint == request.endpoint)
            for address, endpoint, name, of_group in mine
            if of_group is group
        ]
        if rooms:
            sections.append((str(heading), rooms))
    return sections


def _here(addresses: list[str]) -> str:
    """The room whose address the present one goes on from; the longest, since one room may lie inside another."""
    path = request.path
    within = [
        address
        for address in addresses
        if path == address or (len(address) > 1 and path.startswith(address.rstrip("/") + "/"))
    ]
    start = url_for("staff.start")
    return max((address for address in within if address != start or path == start), key=len, default="")


def init_app(app: Flask) -> None:
    """Give the staff's frame its menu."""
    app.add_template_global(menu, "rooms_for")

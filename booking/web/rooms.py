"""The staff's rooms, in the order of the menu: which page each begins with and who may open it."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from booking.staff.models import Role

EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
OFFICE = frozenset({Role.ADMIN, Role.FINANCE, Role.DESK})
MONEY = frozenset({Role.ADMIN, Role.FINANCE})
DOOR = frozenset({Role.ADMIN, Role.DESK, Role.EDUCATOR})

# (the endpoint of its first page, its name in the menu, who may open it)
ROOMS = (
    ("staff.start", _("How things stand"), EVERYBODY),
    ("desk.start", _("Front desk"), DOOR),
    ("admin.capacity", _("Capacity"), DOOR),
    ("admin.closures", _("Closures"), DOOR),
    ("admin.bookings", _("Bookings"), OFFICE),
    ("admin.visits", _("Visits to approve"), DOOR),
    ("admin.releases_list", _("Release days"), ADMIN),
    ("admin.reports", _("Reports"), MONEY),
    ("admin.mails", _("Mail"), OFFICE),
    ("admin.timetable", _("Timetable"), ADMIN),
    ("admin.activities", _("Activities"), ADMIN),
    ("admin.tickets", _("Tickets and prices"), ADMIN),
    ("admin.import_start", _("Import"), ADMIN),
    ("admin.settings", _("Settings"), ADMIN),
    ("staff.account", _("My account"), EVERYBODY),
    ("staff.people", _("People"), ADMIN),
    ("staff.audit_log", _("Log"), ADMIN),
    ("admin.health", _("Health"), ADMIN),
)


def init_app(app: Flask) -> None:
    """Give the staff's frame its menu."""

    @app.template_global()
    def rooms_for(role: Role) -> list[tuple[str, str]]:
        return [(endpoint, str(name)) for endpoint, name, roles in ROOMS if role in roles]

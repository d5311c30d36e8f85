"""The participants of a course as a table."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from booking.courses.models import Paying
from booking.courses.read import Attendance
from booking.sheets.sheet import Column, ColumnKind, Sheet


def attendance_sheet(people: Sequence[Attendance]) -> Sheet:
    """Who comes and who was there, one line each."""
    pays = {Paying.CARD: _("Card"), Paying.INVOICE: _("Invoice"), Paying.FREE: _("Free of charge")}
    return Sheet(
        title=_("Participants"),
        columns=(
            Column(_("Name")),
            Column(_("Email")),
            Column(_("School or employer")),
            Column(_("Booked by")),
            Column(_("Reference")),
            Column(_("Payment")),
            Column(_("Present"), ColumnKind.NUMBER),
            Column(_("Certificate"), ColumnKind.NUMBER),
        ),
        rows=[
            (
                person.name,
                person.email,
                person.employer,
                person.booked_by,
                person.reference,
                pays[person.pays],
                int(bool(person.admitted)),
                int(bool(person.code)),
            )
            for person in people
        ],
    )

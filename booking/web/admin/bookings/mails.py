"""Letters: what was sent, what waits, what did not go and why; once more, and try again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries
from booking.exports import sources
from booking.kernel import clock
from booking.kernel.codes import read_reference
from booking.kernel.database import unit_of_work
from booking.mail.resend import may_go_again, resend
from booking.mail.sending import MailFile, list_files
from booking.outbox.models import PromiseState
from booking.outbox.queries import counted_by_state
from booking.reports import letters, names
from booking.reports.letters import LetterFilter, LetterPage
from booking.staff.models import Role
from booking.web.admin.bookings.exports import EXPORTERS, export_list
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.staff.mail import READ_MAILS, mail_folder
from booking.web.typed import identity, one_of

NOT_GONE = (PromiseState.WAITING, PromiseState.DEAD, PromiseState.HELD_BACK)
FILTERS = ("state", "kind", "reference")


@dataclass(frozen=True, slots=True)
class MailsPage:
    """A page of the letters with their filters, and those kept as files."""

    listed: LetterPage
    typed: Mapping[str, str]
    kept: Mapping[str, str]
    unknown: bool
    counts: Mapping[PromiseState, int]
    may_send: bool
    is_admin: bool
    may_export: bool
    files: Sequence[MailFile] | None

    letter_states: ClassVar[type[PromiseState]] = PromiseState

    @property
    def kinds(self) -> Mapping[str, str]:
        """What the letters are called."""
        return names.letters()

    @property
    def states(self) -> Mapping[PromiseState, str]:
        """What the states are called."""
        return names.letter_states()

    def may_go_again(self, kind: str, state: PromiseState) -> bool:
        """Whether a letter can be sent once more."""
        return may_go_again(kind, state)


@admin.get("/mails")
@staff(Role.DESK, Role.FINANCE)
def mails() -> str:
    """A page of letters."""
    typed, wanted = _asked()
    role = who().role
    return render_template(
        "admin/mails.html",
        page=MailsPage(
            listed=letters.LetterPage([], None) if wanted is None else letters.read(wanted),
            typed=typed,
            kept={name: text for name, text in typed.items() if text},
            unknown=wanted is None,
            counts=counted_by_state(NOT_GONE, "mail."),
            may_send=role in (Role.ADMIN, Role.DESK),
            is_admin=role is Role.ADMIN,
            may_export=role in (Role.ADMIN, *EXPORTERS),
            files=list_files(mail_folder(), 20) if role in READ_MAILS else None,
        ),
    )


@admin.post("/mails/<int:promise_id>/resend")
@staff(Role.DESK)
def resend_mail(promise_id: int) -> ResponseReturnValue:
    """One letter once more."""
    with unit_of_work():
        sent = promise_id < 10**18 and resend(promise_id, who().actor, clock.now())
    flash(_("The letter goes out once more.") if sent else _("That letter cannot be sent again."))
    booking_id = identity(request.form.get("booking"))
    if booking_id:
        return redirect(url_for("admin.booking", booking_id=booking_id, _anchor="letters"), 303)
    return redirect(url_for("admin.mails"), 303)


@admin.post("/mails/export")
@staff(*EXPORTERS)
def export_mails() -> ResponseReturnValue:
    """The whole list as a file."""
    _typed, wanted = _asked()
    return export_list("letters", sources.letters_filters(wanted or LetterFilter(booking_id=0)))


def _asked() -> tuple[dict[str, str], LetterFilter | None]:
    """The filters as typed and as understood; None when they name a booking that there is not."""
    typed = {name: one_line(request.args.get(name))[:60] for name in FILTERS}
    kind = typed["kind"] if typed["kind"] in names.letters() else ""
    booking_id = None
    if typed["reference"]:
        reference = read_reference(typed["reference"])
        meant = queries.by_reference(reference) if reference else None
        if meant is None:
            return typed, None
        booking_id = meant.id
    below = identity(request.args.get("below")) or letters.NEWEST
    return typed, LetterFilter(one_of(PromiseState, typed["state"]), kind, booking_id, below)

"""Reminders: the centre's steps and rates, the latest reminders, and what somebody says of one invoice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.invoicing.queries import issued_one
from booking.invoicing.reminders.coming import ComingPage, ComingReminder, coming_reminders
from booking.invoicing.reminders.due import steps
from booking.invoicing.reminders.holds import hold, let_go
from booking.invoicing.reminders.models import (
    LONGEST_REASON,
    HoldKind,
    LateRate,
    ReminderStep,
)
from booking.invoicing.reminders.queries import (
    ReminderFacts,
    ReminderLine,
    UnwrittenPage,
    last_reminders,
    late_rates,
    nobody_to_write_to,
)
from booking.invoicing.reminders.stuck import StuckReminder, leave_out, remind_again, stuck_reminders
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.money.invoices import page_of
from booking.web.admin.money.reminder_words import why_held, words_of_state
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import identity


@dataclass(frozen=True, slots=True)
class RemindersPage:
    """The steps, the rates, letters that do not go, what comes next, what nobody can be reminded of, and the latest."""

    steps: Sequence[ReminderStep]
    rates: Sequence[LateRate]
    stuck: Sequence[StuckReminder]
    coming: ComingPage
    unwritten: UnwrittenPage
    lines: Sequence[ReminderLine]
    may_change: bool
    refused: str = ""
    words_of_state: Callable[[ReminderFacts], str] = words_of_state
    why_held: Callable[[ComingReminder], str] = why_held


@admin.get("/invoices/reminders")
@staff(Role.FINANCE)
def invoice_reminders() -> str:
    """When reminders go out, what they claim, and the latest ones."""
    return _page(identity(request.args.get("after")) or 0, identity(request.args.get("after_coming")) or 0)


@admin.post("/invoices/reminders/<int:reminder_id>")
@staff(Role.FINANCE)
def decide_reminder(reminder_id: int) -> ResponseReturnValue:
    """A letter that does not go is tried again, or its step is left out."""
    press, now = request.form.get("press"), clock.now()
    if reminder_id >= 10**18 or press not in ("again", "leave_out"):
        abort(404)
    try:
        (remind_again if press == "again" else leave_out)(reminder_id, now, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(refused=answer.text), answer.status
    flash(_("It is tried once more.") if press == "again" else _("Left out. The next step goes on without it."))
    return redirect(url_for("admin.invoice_reminders"), 303)


def _page(after: int = 0, after_coming: int = 0, refused: str = "") -> str:
    now = clock.now()
    page = RemindersPage(
        steps(), late_rates(), stuck_reminders(), coming_reminders(centre(), now, after_coming),
        nobody_to_write_to(centre().local(now).date(), after), last_reminders(), who().role is Role.ADMIN, refused,
    )  # fmt: skip
    return render_template("admin/reminders.html", page=page)


@admin.post("/invoices/<int:invoice_id>/dispute")
@staff(Role.FINANCE)
def dispute_invoice(invoice_id: int) -> ResponseReturnValue:
    """Somebody disputes it: no reminders until that is settled."""
    reason = one_line(request.form.get("reason"))

    def act() -> None:
        hold(invoice_id, HoldKind.DISPUTED, reason, clock.now(), who().actor)

    return _done(invoice_id, act, _("Noted. Nobody is reminded of it until it is settled."), reason)


@admin.post("/invoices/<int:invoice_id>/dispute/end")
@staff(Role.FINANCE)
def end_dispute(invoice_id: int) -> ResponseReturnValue:
    """It is settled: reminders go on."""

    def act() -> None:
        let_go(invoice_id, HoldKind.DISPUTED, clock.now(), who().actor)

    return _done(invoice_id, act, _("Reminders go on."))


@admin.post("/invoices/<int:invoice_id>/collector/end")
@staff(Role.FINANCE)
def take_from_collector(invoice_id: int) -> ResponseReturnValue:
    """The collector gives it back."""

    def act() -> None:
        let_go(invoice_id, HoldKind.COLLECTOR, clock.now(), who().actor)

    return _done(invoice_id, act, _("Taken back from the collector."))


def _done(invoice_id: int, act: Callable[[], None], words: str, reason: str = "") -> ResponseReturnValue:
    """Do it and go back to the invoice; a refusal is told there, with what was typed."""
    facts = issued_one(invoice_id) if invoice_id < 10**18 else None
    if facts is None:
        abort(404)
    try:
        with unit_of_work():
            act()
    except Refusal as refusal:
        answer = sentence(refusal)
        page = page_of(facts, reason=reason[: 2 * LONGEST_REASON], reason_wrong=answer.text)
        return render_template("admin/invoice.html", page=page), answer.status
    flash(words)
    return redirect(url_for("admin.invoice", invoice_id=invoice_id), 303)

"""How things stand: the coming week, the outbox, money to look at; trying again what failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.centre.facts import NOT_YET
from booking.kernel import clock
from booking.kernel.codes import read_reference
from booking.kernel.database import db, unit_of_work
from booking.mail.sending import list_files
from booking.occupancy.ready import Ready, readiness
from booking.outbox import promises
from booking.outbox.models import Promise, PromiseState
from booking.payments import refunds
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.records.audit import note
from booking.reports import names
from booking.staff.models import Role
from booking.visit_waiting import waiting as school_waiting
from booking.visit_waiting import waiting_queries
from booking.waiting import waiting
from booking.web.guards.access import staff as staff_only
from booking.web.guards.access import who
from booking.web.languages import centre
from booking.web.staff import EVERYBODY, staff
from booking.web.staff.mail import READ_MAILS, mail_folder

ATTENTION = timedelta(days=90)


@staff.get("/")
@staff_only(*EVERYBODY)
def start() -> ResponseReturnValue:
    """How things stand; before there is a centre, making it."""
    if centre() is NOT_YET and who().role is Role.ADMIN:
        return redirect(url_for("admin.settings"), 303)
    now = clock.now()
    today = centre().local(now).date()
    begin = at(today, time(0), centre().zone)
    week = [_day_figures(begin + timedelta(days=n)) for n in range(7)]
    # What is done is not counted: there are as many as ever were mails, and nobody asks.
    outbox = {
        state: count
        for state, count in db.session.execute(
            select(Promise.state, func.count())
            .where(Promise.state.in_((PromiseState.WAITING, PromiseState.DEAD, PromiseState.HELD_BACK)))
            .group_by(Promise.state)
        )
    }
    dead = db.session.scalars(
        select(Promise).where(Promise.state == PromiseState.DEAD).order_by(Promise.made_at.desc()).limit(50)
    ).all()
    return render_template(
        "staff/start.html",
        week=week,
        outbox=outbox,
        states=PromiseState,
        dead=dead,
        promises=names.promises(),
        failed=_failed_refunds(),
        ready=_set_up(now),
        hindered=[
            *(("staff.take_off_line", one) for one in waiting.hindered()),
            *(("staff.take_off_schools_line", one) for one in waiting_queries.hindered()),
        ],
        may_take_off=who().role in (Role.DESK, Role.ADMIN),
        because=_because,
        attention=_payments_needing_attention(now),
        mails=list_files(mail_folder(), 20) if who().role in READ_MAILS else None,
        found=_find(request.args.get("reference")),
        asked=request.args.get("reference", "")[:40],
        is_admin=who().role is Role.ADMIN,
        may_refund=who().role in (Role.ADMIN, Role.FINANCE),
    )


@staff.post("/outbox/<int:promise_id>/again")
@staff_only()
def try_again(promise_id: int) -> ResponseReturnValue:
    """Give a dead letter another chance."""
    with unit_of_work():
        if promises.revive(promise_id, clock.now()):
            note(who().actor, "outbox.again", f"promise:{promise_id}")
    from_mails = request.form.get("back") == "mails"
    return redirect(url_for("admin.mails", state="dead") if from_mails else url_for("staff.start"), 303)


@staff.post("/waiting/<int:waiting_id>/off")
@staff_only(Role.DESK)
def take_off_line(waiting_id: int) -> ResponseReturnValue:
    """Take a place that cannot be served off the line; they are told by mail. Pressed twice is once."""
    return _taken_off(waiting.take_off, waiting_id)


@staff.post("/school-waiting/<int:waiting_id>/off")
@staff_only(Role.DESK)
def take_off_schools_line(waiting_id: int) -> ResponseReturnValue:
    """The same for a class that waits."""
    return _taken_off(school_waiting.take_off, waiting_id)


def _taken_off(take_off: Callable[[int, str], bool], waiting_id: int) -> ResponseReturnValue:
    if waiting_id >= 10**18:
        abort(404)
    with unit_of_work():
        take_off(waiting_id, who().actor)
    return redirect(url_for("staff.start", _anchor="hindered"), 303)


@staff.post("/refund/<int:refund_id>/again")
@staff_only(Role.FINANCE)
def refund_again(refund_id: int) -> ResponseReturnValue:
    """Try a failed refund again."""
    with unit_of_work():
        if db.session.get(Refund, refund_id) is None:
            abort(404)
        refunds.retry(refund_id, who().actor)
    return redirect(url_for("staff.start"), 303)


def _day_figures(begin: datetime) -> dict[str, object]:
    end = begin + timedelta(days=1)
    rows = db.session.execute(
        select(Booking.channel, func.count(), func.sum(Booking.people))
        .where(
            Booking.starts_at >= begin,
            Booking.starts_at < end,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
        )
        .group_by(Booking.channel)
    ).all()
    people = {channel: int(total or 0) for channel, _count, total in rows}
    return {
        "day": begin,
        "bookings": sum(count for _channel, count, _total in rows),
        "visitors": people.get(Channel.PUBLIC, 0) + people.get(Channel.DESK, 0),
        "pupils": people.get(Channel.SCHOOL, 0),
    }


def _failed_refunds() -> list[tuple[Refund, str]]:
    rows = db.session.execute(
        select(Refund, Booking.reference)
        .join(Booking, Booking.id == Refund.booking_id)
        .where(Refund.state == RefundState.FAILED, refunds.may_still_go())
        .limit(50)
    )
    return [(refund, reference) for refund, reference in rows]


def _payments_needing_attention(now: datetime) -> list[tuple[Payment, str]]:
    """Money of the last months that came too late or that somebody disputes, newest first."""
    since = now - ATTENTION
    returned = (Payment.state == PaymentState.RETURNED) & (Payment.begun_at >= since)
    disputed = Payment.disputed_at >= since
    found: dict[int, tuple[Payment, str]] = {}
    for which in (returned, disputed):
        rows = db.session.execute(
            select(Payment, Booking.reference)
            .join(Booking, Booking.id == Payment.booking_id)
            .where(which)
            .order_by(Payment.begun_at.desc())
            .limit(20)
        )
        found |= {payment.id: (payment, reference) for payment, reference in rows}
    return [found[number] for number in sorted(found, reverse=True)]


def _set_up(now: datetime) -> Ready | None:
    """How far setting up is, for who does it, until something can be bought or was."""
    if who().role is not Role.ADMIN:
        return None
    ready = readiness(centre().local(now).date(), now)
    return None if ready.can_sell or ready.sold else ready


def _because(why: str) -> str:
    """Why somebody in line cannot be served, by the name of the refusal."""
    match why:
        case "NotOnSale" | "Unknown" | "NeedsAdmission":
            return str(_("What they asked for is no longer sold."))
        case "TooMany" | "TooManyPlaces":
            return str(_("They are more than one may book now."))
        case _:
            return str(_("It cannot be booked as they asked for it."))


def _find(typed: str | None) -> Booking | None:
    reference = read_reference(typed or "")
    return db.session.scalar(select(Booking).where(Booking.reference == reference)) if reference else None

"""Pages for staff: sign in by a one-time link, see how things stand, read demo mails, try dead letters again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.extensions import limiter
from booking.kernel import clock
from booking.kernel.codes import is_secret, read_reference
from booking.kernel.database import db, unit_of_work
from booking.mail.sending import list_files, read_file
from booking.outbox import promises
from booking.outbox.models import Promise, PromiseState
from booking.payments import refunds
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.settings import settings_of
from booking.staff.audit import note
from booking.staff.models import Role
from booking.staff.sessions import LinkUnknown, end_session, use_link
from booking.web.access import public, staff_cookie_name, who
from booking.web.access import staff as staff_only
from booking.web.languages import centre

staff = Blueprint("staff", __name__, url_prefix="/staff")

EVERYBODY = tuple(Role)
SESSION_SECONDS = 12 * 3600
ATTENTION = timedelta(days=90)


@staff.get("/sign-in")
@public
def sign_in() -> str:
    """How to get in."""
    return render_template("staff/sign_in.html", secret=None, refused=False)


@staff.get("/enter/<secret>")
@public
def enter(secret: str) -> str:
    """A button: opening the link alone uses nothing up, since mail scanners open links too."""
    return render_template("staff/sign_in.html", secret=secret, refused=False)


@staff.post("/enter/<secret>")
@limiter.limit("20 per hour")
@public
def use(secret: str) -> ResponseReturnValue:
    """Sign in, once for each link."""
    try:
        if not is_secret(secret):
            raise LinkUnknown
        with unit_of_work():
            session = use_link(secret, clock.now())
    except LinkUnknown:
        return render_template("staff/sign_in.html", secret=None, refused=True), 403
    response = make_response(redirect(url_for("staff.start"), 303))
    response.set_cookie(
        staff_cookie_name(),
        session,
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


@staff.post("/sign-out")
@staff_only(*EVERYBODY)
def sign_out() -> ResponseReturnValue:
    """End the session here and in the browser."""
    with unit_of_work():
        end_session(request.cookies.get(staff_cookie_name(), ""), clock.now())
        note(who().actor, "session.end", who().actor)
    response = make_response(redirect(url_for("staff.sign_in"), 303))
    response.delete_cookie(staff_cookie_name())
    return response


@staff.get("/")
@staff_only(*EVERYBODY)
def start() -> str:
    """How things stand."""
    now = clock.now()
    today = centre().local(now).date()
    begin = at(today, time(0), centre().zone)
    week = [_day_figures(begin + timedelta(days=n)) for n in range(7)]
    # What is done is not counted: there are as many as ever were mails, and nobody asks.
    outbox = {
        state: count
        for state, count in db.session.execute(
            select(Promise.state, func.count())
            .where(Promise.state.in_((PromiseState.WAITING, PromiseState.DEAD)))
            .group_by(Promise.state)
        )
    }
    dead = db.session.scalars(
        select(Promise).where(Promise.state == PromiseState.DEAD).order_by(Promise.made_at.desc()).limit(50)
    ).all()
    return render_template(
        "staff/start.html",
        present=who(),
        week=week,
        outbox=outbox,
        states=PromiseState,
        dead=dead,
        failed=_failed_refunds(),
        attention=_payments_needing_attention(now),
        mails=list_files(_mail_folder(), 20),
        found=_find(request.args.get("reference")),
        asked=request.args.get("reference", "")[:40],
        is_admin=who().role is Role.ADMIN,
    )


@staff.get("/mail/<name>")
@staff_only(Role.DESK)
def read_mail(name: str) -> str:
    """One letter kept as a file."""
    letter = _letter(name)
    files = [part.get_filename() or "" for part in letter.iter_attachments()]
    text = letter.get_body(("plain",))
    return render_template(
        "staff/mail.html",
        present=who(),
        name=name,
        letter=letter,
        files=files,
        text=text.get_content() if text else "",
    )


@staff.get("/mail/<name>/html")
@staff_only(Role.DESK)
def mail_html(name: str) -> Response:
    """The letter as its reader sees it, in a frame that can do nothing."""
    body = _letter(name).get_body(("html",))
    response = make_response(body.get_content() if body else "")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    return response


@staff.get("/mail/<name>/<int:number>")
@staff_only(Role.DESK)
def mail_file(name: str, number: int) -> Response:
    """One attachment."""
    parts = list(_letter(name).iter_attachments())
    if number >= len(parts):
        abort(404)
    content = parts[number].get_payload(decode=True)
    response = make_response(content if isinstance(content, bytes) else b"")
    response.headers["Content-Type"] = parts[number].get_content_type()
    plain = (parts[number].get_filename() or "file").encode("ascii", "ignore").decode().replace('"', "")
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response


@staff.post("/outbox/<int:promise_id>/again")
@staff_only()
def try_again(promise_id: int) -> ResponseReturnValue:
    """Give a dead letter another chance."""
    with unit_of_work():
        if promises.revive(promise_id, clock.now()):
            note(who().actor, "outbox.again", f"promise:{promise_id}")
    return redirect(url_for("staff.start"), 303)


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
        .where(Refund.state == RefundState.FAILED)
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


def _find(typed: str | None) -> Booking | None:
    reference = read_reference(typed or "")
    return db.session.scalar(select(Booking).where(Booking.reference == reference)) if reference else None


def _mail_folder() -> Path:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return settings_of(app).instance_dir / "mail"


def _letter(name: str) -> EmailMessage:
    letter = read_file(_mail_folder(), name)
    if letter is None:
        abort(404)
    return letter

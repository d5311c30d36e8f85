"""Who may open which address. Denied unless a view says otherwise; asked before every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.settings import settings_of
from booking.staff.models import Role
from booking.staff.sessions import SEEN_EVERY, SESSION_LIVES, Present, note_use, present
from booking.web.languages import speak

P = ParamSpec("P")
R = TypeVar("R")

EVERYBODY = tuple(Role)
STAFF_COOKIE = "staff"
PUBLIC = "public"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Everybody may open this view."""
    view.access = PUBLIC  # type: ignore[attr-defined]  # read by _guard
    return view


def staff(*roles: Role, unsecured: bool = False, largest: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Signed-in staff with one of these roles may open this view; administrators always may.

    `unsecured` opens it, in production too, to those who have yet to set up a password and a second factor.
    `largest`: bytes of its forms, where they carry a file that is larger than any form else.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access = frozenset({Role.ADMIN, *roles})  # type: ignore[attr-defined]  # read by _guard
        view.unsecured = unsecured  # type: ignore[attr-defined]
        view.largest = largest  # type: ignore[attr-defined]
        return view

    return mark


def who() -> Present:
    """The staff member that this request comes from; only in views marked with `staff`."""
    present_now: Present = g.present
    return present_now


def staff_here(*roles: Role) -> Present | None:
    """The member of the staff, with one of these roles or an administrator, who looks at a page that all may open."""
    person = present(request.cookies.get(staff_cookie_name(), ""))
    known = person is not None and person.role in {Role.ADMIN, *roles} and (person.secured or not _is_production())
    return person if known else None


def staff_cookie_name(name: str = STAFF_COOKIE) -> str:
    """Under https the browser itself holds the cookie to this host (`__Host-`)."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def keep_cookie(response: Response, value: str, name: str = STAFF_COOKIE, seconds: int = 0) -> None:
    """Give the browser something to keep, out of reach for scripts and other sites."""
    response.set_cookie(
        staff_cookie_name(name),
        value,
        max_age=seconds or int(SESSION_LIVES.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def drop_cookie(response: Response, name: str = STAFF_COOKIE) -> None:
    """Have the browser forget it."""
    response.delete_cookie(staff_cookie_name(name), secure=current_app.config["SESSION_COOKIE_SECURE"])


def init_app(app: Flask) -> None:
    """Ask before every request."""
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.routing_exception is not None:
        return None  # no such address: Flask answers 404 or 405 itself
    view = current_app.view_functions[request.endpoint]
    allowed = getattr(view, "access", None)
    if allowed == PUBLIC or request.endpoint == "static":
        return None
    if allowed is None:
        abort(403)
    person = present(request.cookies.get(staff_cookie_name(), ""))
    if person is None:
        return redirect(url_for("staff.sign_in"), 303)
    speak(person.lang)
    if person.role not in allowed:
        abort(403)
    if not person.secured and not getattr(view, "unsecured", False) and _is_production():
        return redirect(url_for("staff.secure"), 303)
    now = clock.now()
    if now - person.seen_at > SEEN_EVERY:
        with unit_of_work():
            note_use(person.session, now)
    g.present = person
    if largest := getattr(view, "largest", 0):
        request.max_content_length = largest
    return None


def _is_production() -> bool:
    return settings_of(current_app._get_current_object()).is_production  # type: ignore[attr-defined]

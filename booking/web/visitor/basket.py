"""A visitor's own basket: a cookie with the secret of what they hold, nothing else about them."""

from __future__ import annotations

from flask import Response, current_app, request

from booking.bookings.queries import OwnBasket, basket_of
from booking.kernel import clock
from booking.kernel.codes import is_secret

DAY = 24 * 3600


def cookie_name() -> str:
    """Under https the browser itself holds the cookie to this host."""
    return "__Host-basket" if current_app.config["SESSION_COOKIE_SECURE"] else "basket"


def own_basket() -> OwnBasket | None:
    """The visitor's basket while its time lasts; no statement at all for those without one."""
    secret = request.cookies.get(cookie_name(), "")
    if not is_secret(secret):
        return None
    return basket_of(secret, clock.now())


def remember(response: Response, secret: str) -> Response:
    """Let the browser keep the basket's secret for a day."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=DAY,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def forget(response: Response, secret: str) -> Response:
    """Let the browser forget the basket of this secret; another one, filled meanwhile, is kept."""
    if request.cookies.get(cookie_name(), "") != secret:
        return response
    response.delete_cookie(cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response

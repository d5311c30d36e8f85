"""Pages for the public, each in its reader's language."""

from flask import Blueprint

visitor = Blueprint("visitor", __name__, url_prefix="/<lang>")

from booking.web.visitor import (  # noqa: E402  (the views need the blueprint)
    add,
    booking,
    change,
    checkout,
    closed,
    find,
    free,
    front,
    lobby,
    newsletter,
    pages,
    pay,
    refusals,
    tickets,
    time,
    waiting,
)

__all__ = [
    "add",
    "booking",
    "change",
    "checkout",
    "closed",
    "find",
    "free",
    "front",
    "lobby",
    "newsletter",
    "pages",
    "pay",
    "refusals",
    "tickets",
    "time",
    "visitor",
    "waiting",
]

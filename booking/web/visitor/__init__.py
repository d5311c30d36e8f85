"""Pages for the public, each in its reader's language."""

from booking.web.blueprints import visitor
from booking.web.visitor import (
    add,
    best,
    booking,
    change,
    checkout,
    closed,
    contests,
    find,
    free,
    front,
    lobby,
    newsletter,
    pages,
    pay,
    refusals,
    tickets,
    waiting,
)

__all__ = [
    "add",
    "best",
    "booking",
    "change",
    "checkout",
    "closed",
    "contests",
    "find",
    "free",
    "front",
    "lobby",
    "newsletter",
    "pages",
    "pay",
    "refusals",
    "tickets",
    "visitor",
    "waiting",
]

"""What can be attended and what it costs: the two lists."""

from __future__ import annotations

from flask import render_template

from booking.catalogue import queries
from booking.kernel import clock
from booking.web.admin.registers.activities import kind_names
from booking.web.blueprints import admin
from booking.web.guards.access import staff
from booking.web.languages import centre


@admin.get("/activities")
@staff()
def activities() -> str:
    """Everything that can be attended."""
    return render_template("admin/activities.html", activities=queries.listed_activities(), kinds=kind_names())


@admin.get("/tickets")
@staff()
def tickets() -> str:
    """Every ticket type with what it costs today."""
    today = clock.now().astimezone(centre().zone).date()
    return render_template("admin/tickets.html", types=queries.ticket_types(), prices=queries.prices_on(today))

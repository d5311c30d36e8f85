"""The web: parse, one unit of work, one call, answer."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Join everything that speaks HTTP to the app."""
    from booking.web import addresses, assets, errors, failing, frame, languages, logs, metering, outages, staff_menu
    from booking.web.extensions import babel, compress, csrf, limiter
    from booking.web.guards import access, headers, many_fields

    many_fields.init_app(app)
    addresses.init_app(app)
    logs.init_app(app)
    failing.init_app(app)
    metering.init_app(app)
    babel.init_app(app, locale_selector=languages.chosen, timezone_selector=languages.timezone)
    languages.init_app(app)  # first: who is stopped by what follows is told so in their own language
    access.init_app(app)  # before a form is read: only who may send a large one has it read
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    assets.init_app(app)
    headers.init_app(app)
    staff_menu.init_app(app)
    frame.init_app(app)
    outages.init_app(app)
    errors.init_app(app)
    _join_pages(app)
    _stand_outermost(app)


def _join_pages(app: Flask) -> None:
    from booking.web.admin import admin
    from booking.web.desk import desk
    from booking.web.machine import machine
    from booking.web.payer import payer
    from booking.web.staff import staff
    from booking.web.teacher import teacher
    from booking.web.visitor import visitor

    for blueprint in (visitor, teacher, payer, machine, staff, desk, admin):
        app.register_blueprint(blueprint)


def _stand_outermost(app: Flask) -> None:
    """What must see a request before Flask does, the last one first."""
    from booking.web.guards import slow_bodies, stuck

    stuck.init_app(app)
    slow_bodies.init_app(app)

"""Bestill: timed tickets and class visits for science centres."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from flask import Flask

from booking.kernel import clock
from booking.kernel.private_files import keep_private
from booking.kernel.sealing import seal_by_our_clock
from booking.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "booking" / "translations"


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment (exit 2 when they are wrong)."""
    _must_have_texts(TRANSLATIONS)
    settings = settings or _settings()
    keep_private(Path(settings.instance_dir), _database_file(settings))
    clock.run_ahead(settings.clock_ahead)
    seal_by_our_clock()
    app = Flask(
        __name__,
        instance_path=str(Path(settings.instance_dir).resolve()),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    _configure(app, settings)
    _join_database(app, settings)
    _join_outside(app, settings)
    _join_web(app)
    return app


def _must_have_texts(catalogues: Path) -> None:
    """Without its compiled catalogues a centre would speak English to everybody, and nothing would say so."""
    sources = catalogues.glob("*/LC_MESSAGES/*.po")
    if not all(source.with_suffix(".mo").exists() for source in sources):
        print("The texts of the languages are not compiled: make install", file=sys.stderr)
        raise SystemExit(2)


def _database_file(settings: Settings) -> Path | None:
    """The file that the database is, where it is one."""
    kind, _, path = settings.database_url.partition(":///")
    return Path(path) if kind == "sqlite" else None


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except SettingsError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        raise SystemExit(2) from None


def _configure(app: Flask, settings: Settings) -> None:
    from booking.web.guards import counting, rates
    from booking.web.guards.network import FromProxies
    from booking.web.spoken import Spoken

    secure = settings.public_url.startswith("https://")
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=secure,
        WTF_I18N_ENABLED=False,  # every message is ours; WTForms' own catalogue would be read anew for each form
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=128 * 1024,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=counting.before(settings.redis_url or rates.address_of(settings.instance_dir)),
        COMPRESS_MIMETYPES=["text/html", "application/json", "image/svg+xml", "text/calendar"],
        COMPRESS_MIN_SIZE=500,
    )
    app.jinja_environment = Spoken  # type: ignore[method-assign, assignment]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.trusted_proxies:
        proxied = FromProxies(app.wsgi_app, settings.trusted_proxies, settings.proxy_addresses)
        app.wsgi_app = proxied  # type: ignore[method-assign]


def _join_database(app: Flask, settings: Settings) -> None:
    from booking import tables  # noqa: F401  (makes every table known)
    from booking.kernel.database import db, engine_options, turns, watch

    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url, settings.database_pool)
    db.init_app(app)
    with app.app_context():
        watch(db.engine, settings.waits)
    turns.most = settings.web_threads - 1


def _join_outside(app: Flask, settings: Settings) -> None:
    """The payment provider, the mail server, and who keeps what is promised."""
    from booking.bookings.confirm import tell_before_other_lines, tell_of_other_tickets
    from booking.bookings.purse import purses
    from booking.bookings.store import tell_of_versions
    from booking.contests.take_out import leave_without_ticket
    from booking.mail.connection import flask_mail_config, mail
    from booking.newsletter import left_marks
    from booking.outbox import ranks
    from booking.payments.providers import tills
    from booking.payments.purse import PaidPurse
    from booking.receipts.issue import before_other_lines
    from booking.running.keepers import RANKS
    from booking.wallet.changes import follow

    ranks.use(RANKS)
    left_marks.use(settings.secret_key)
    tills.init_app(app, settings)
    purses.use(PaidPurse())
    tell_of_other_tickets(leave_without_ticket)
    tell_before_other_lines(before_other_lines)
    tell_of_versions(*([follow] if settings.has_wallet else []))
    if settings.mail is not None:
        app.config.update(flask_mail_config(settings.mail, settings.mail_sender))
        mail.init_app(app)


def _join_web(app: Flask) -> None:
    from booking import cli, web
    from booking.web.guards import first_look

    first_look.init_app(app)  # before whatever asks what time it is
    web.init_app(app)
    cli.init_app(app)

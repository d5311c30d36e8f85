"""Commands for operators: `flask --app app COMMAND`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from booking.kernel import clock, schema
from booking.kernel.database import look_at_its_clock, unit_of_work
from booking.kernel.server.patience import Process, become
from booking.machines import fitness, turns
from booking.staff.models import Role


def init_app(app: Flask) -> None:
    """Give the app its commands."""
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        schema.know_migrations(app)  # for `flask db`
    for group in (_demo(), _staff(), _payments(), _privacy()):
        app.cli.add_command(group)
    for command in (_migrate, _accept_key, _worker, _check, _backup, _restore):
        app.cli.add_command(command)


@contextmanager
def _a_database() -> Iterator[None]:
    """Say in a sentence what is wrong with the database, where a command cannot do without it."""
    try:
        look_at_its_clock()
        yield
    except DBAPIError as error:
        try:
            empty = schema.current() is None
        except DBAPIError:
            empty = False
        if empty:
            raise click.ClickException(f"The database has no tables yet: {fitness.MIGRATE}") from error
        raise click.ClickException(f"The database refused: {str(error.orig).splitlines()[0]}") from error
    except fitness.Unfit as error:
        raise click.ClickException(str(error)) from error


def _app() -> Flask:
    """The app itself, where the proxy that stands for it will not do."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def _waits() -> None:
    click.echo("Another start has the database in hand; waiting for it to end.", err=True)


def _demo() -> AppGroup:
    group = AppGroup("demo", help="The demo centres.")

    @group.command("load")
    @click.argument("name", type=click.Choice(["vilvite", "vizium"]), default="vilvite")
    def load_demo(name: str) -> None:
        """Load a whole demo centre into an empty database."""
        from booking.demo.load import load_if_empty
        from booking.settings import settings_of

        if settings_of(current_app).is_production:  # type: ignore[arg-type]  # the proxy stands for the app
            raise click.ClickException("Demo data has no place in production.")
        with _a_database(), turns.alone(_waits):
            fitness.bring_up(_app())
            loaded = load_if_empty(name)
        if not loaded:
            raise click.ClickException("There is a centre in this database already.")
        click.echo(f"Loaded {name}.")

    return group


def _staff() -> AppGroup:
    group = AppGroup("staff", help="Accounts of the staff.")

    @group.command("add")
    @click.argument("email")
    @click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
    @click.option("--name", default="")
    def add(email: str, role: str, name: str) -> None:
        """Make an account and print a one-time link that signs it in; again for a fresh link."""
        from booking.settings import settings_of
        from booking.staff.accounts import AddressTaken, invite
        from booking.staff.sessions import add_account, new_link

        if not re.fullmatch(r"[^@\s]+@[^@\s]+", email.strip()):
            raise click.ClickException(f"“{email}” is no e-mail address.")
        address = email.strip().lower()
        with _a_database(), unit_of_work():
            now = clock.now()
            try:
                account_id = invite(address, name, Role(role), "", actor="command", now=now)
            except AddressTaken:
                account_id = add_account(address, name, Role(role), now)
            secret = new_link(account_id, now)
        public_url = settings_of(current_app).public_url  # type: ignore[arg-type]
        click.echo(f"{public_url}/staff/enter/{secret}")

    return group


def _payments() -> AppGroup:
    group = AppGroup("payments", help="Money.")

    @group.command("sweep")
    def sweep_now() -> None:
        """Ask the provider about everything that has been under way for long."""
        from booking.payments.sweep import sweep

        with _a_database():
            click.echo(f"Looked at {sweep(clock.now())}.")

    @group.command("vipps-news")
    @click.option("--remove", metavar="ID", help="Take this registration away.")
    @click.option("--register", is_flag=True, help="Let Vipps bring its news to PUBLIC_URL; prints the secret, once.")
    def vipps_news(remove: str | None, register: bool) -> None:
        """Where Vipps brings its news; without an option, what is registered."""
        from booking.payments.provider import Rejected, Unreachable
        from booking.payments.vipps import hooks
        from booking.payments.vipps.client import VippsClient
        from booking.settings import settings_of

        settings = settings_of(_app())
        if settings.vipps is None:
            raise click.ClickException("The keys of Vipps are not set (docs/operations.md).")
        client = VippsClient(settings.vipps)
        try:
            if remove:
                hooks.remove(client, remove)
            if register:
                click.echo(f"VIPPS_WEBHOOK_SECRET={hooks.register(client, settings.public_url)}")
            for hook in hooks.registered(client):
                click.echo(f"{hook.ref} {hook.url}", err=register)
        except (Unreachable, Rejected) as error:
            raise click.ClickException(f"Vipps says no, or nothing: {error}.") from error

    return group


def _privacy() -> AppGroup:
    group = AppGroup("privacy", help="Personal data and its end.")

    @group.command("purge")
    def purge_now() -> None:
        """Delete personal data whose time is over; exit 1 when some of it could not be."""
        from booking.running.forgetting import forget_all

        with _a_database():
            done = forget_all(clock.now())
        for name, why in done.failed.items():
            click.echo(f"Not forgotten: {name} ({why})", err=True)
        click.echo(f"Cleared {done.rows}.")
        if done.failed:
            sys.exit(1)

    return group


@click.command("migrate")
@with_appcontext
def _migrate() -> None:
    """Bring the database to the shape that this version needs; one at a time, and nothing when it has it."""
    with _a_database(), turns.alone(_waits):
        before, after = fitness.bring_up(_app())
    moved = f"Migrated from {before or 'nothing'} to {after}." if before != after else f"It stands at {after} already."
    click.echo(moved)


@click.command("accept-key")
@with_appcontext
def _accept_key() -> None:
    """Let this machine's SECRET_KEY be the one from now on; where another was used, nothing starts until it has it."""
    with _a_database():
        changed = fitness.accept_key(_app())
    click.echo("From now on this SECRET_KEY is the one." if changed else "It is the one already.")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and end.")
@with_appcontext
def _worker(once: bool) -> None:
    """Do promised work until stopped; on SIGTERM the piece in hand is finished first."""
    from booking.running.worker import run_once
    from booking.running.working import work_until_told

    app = _app()
    with _a_database():
        if once:
            fitness.join(app)
            click.echo(f"Did {run_once(app)}.")
        else:
            become(Process.WORKER)
            work_until_told(app)


@click.command("check")
@with_appcontext
def _check() -> None:
    """Hold the database against the invariants; exit 1 on a breach."""
    from booking.machines.last_runs import keep_check
    from booking.running.check import breaches

    with _a_database():
        answers = breaches()
    keep_check(answers, clock.now())
    for breach in answers:
        click.echo(breach, err=True)
    if answers:
        sys.exit(1)
    click.echo("All invariants hold.")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def _backup(file: Path) -> None:
    """Write a consistent copy of the database while it is in use."""
    from booking.machines.last_runs import keep_backup
    from booking.running.backup import BackupFailed, backup

    try:
        backup(file)
        keep_backup(clock.now())
    except BackupFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {file}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--despite-breaches", is_flag=True, help="Also a copy in which `flask check` finds something.")
@with_appcontext
def _restore(file: Path, despite_breaches: bool) -> None:
    """Replace the database by a copy, once it has been looked at; stop the server first."""
    from booking.running.backup import BackupFailed
    from booking.running.restore import restore

    try:
        kept = restore(file, _app(), clock.now(), despite_breaches=despite_breaches)
    except BackupFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored. What was there before is {kept}.")

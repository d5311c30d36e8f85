"""Lists and reports as files: at once when they are short, else by the worker with a page to wait at."""

from __future__ import annotations

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from booking.exports import long_lists, sources
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.outbox import long_work
from booking.records.audit import note
from booking.sheets.files import MEDIA, FileManner, Format, csv_chunks
from booking.sheets.sheet import Sheet
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.files import download
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language
from booking.web.typed import one_of

EXPORTERS = (Role.FINANCE,)  # a list of everybody's names is nothing to carry around
# Who may fetch the file of each list, beside administrators.
MAY_FETCH = {
    "bookings": EXPORTERS,
    "letters": EXPORTERS,
    "log": (),
    "feedback": EXPORTERS,
    "invoices": EXPORTERS,
    "receipts": EXPORTERS,
    "subscribers": (),
    "discount_codes": EXPORTERS,
}


def manner() -> FileManner:
    """How files are written for who asks."""
    return FileManner(language(), centre().zone)


def send_sheet(sheet: Sheet, name: str, form: Format) -> Response:
    """A sheet as a file; CSV goes out while it is read."""
    if form is Format.XLSX:
        return download(long_lists.at_once(sheet, manner()), MEDIA[form], f"{name}.{form}")
    response = Response(stream_with_context(csv_chunks(sheet, manner())))
    response.headers["Content-Type"] = MEDIA[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def export_list(source: str, filters: sources.Filters) -> ResponseReturnValue:
    """A list as a file in the form that was asked for; a long one is begun, and its page opened."""
    form = one_of(Format, request.form.get("format")) or Format.CSV
    lang = language()
    if not sources.is_long(source, filters):
        with unit_of_work():
            note(who().actor, f"export.{source}", f"list:{source}", None, {"format": form.value})
        day = centre().local(clock.now()).date()
        return send_sheet(sources.sheet_of(source, filters, lang), f"{source}-{day}", form)
    about = {"filters": dict(filters), "format": form.value, "lang": lang}
    with unit_of_work():
        work_id = long_work.begin(f"{long_lists.KIND}{source}", about, who().account_id)
        note(who().actor, f"export.{source}", f"work:{work_id}", None, {"format": form.value})
    return redirect(url_for("admin.work", work_id=work_id), 303)


@admin.get("/work/<int:work_id>/file")
@staff(*EXPORTERS)
def exported(work_id: int) -> ResponseReturnValue:
    """The file that the worker has written; for a day."""
    work = long_work.read(work_id) if work_id < 10**18 else None
    if work is None or not work.kind.startswith(long_lists.KIND):
        abort(404)
    source = work.kind.removeprefix(long_lists.KIND)
    if who().role not in (Role.ADMIN, *MAY_FETCH.get(source, ())):
        abort(403)
    pieces = long_lists.finished(work, clock.now())
    if pieces is None:
        abort(404)
    form = Format(work.about["format"])
    day = centre().local(work.begun_at).date()
    response = Response(stream_with_context(pieces), mimetype=MEDIA[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{source}-{day}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response

"""Partners: who stands behind the centre, in the strip at the end of the front page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre import partners
from booking.centre.models import Partner
from booking.kernel.database import unit_of_work
from booking.pictures.logo_files import LARGEST, LogoRefused
from booking.web.admin.set_up.centre_fields import WebsiteField
from booking.web.blueprints import admin
from booking.web.forms.fields import Field, TextField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import RowPages, join
from booking.web.guards.access import staff, who
from booking.web.refusals import sentence


@dataclass(frozen=True, slots=True)
class AboutPartner:
    """The name of the partner's picture, "" for none."""

    logo: str


class PartnerRegister(Register[Partner]):
    """One partner a row."""

    key = "partners"
    what = "partner"
    table = Partner
    template = "admin/partner.html"

    def title_of_new(self) -> str:
        """Above the form of a new partner."""
        return str(_("New partner"))

    def title_of(self, row: Partner) -> str:
        """What the partner is called."""
        return row.name

    def home(self, _row: Partner | None) -> str:
        """The partners, in the settings."""
        return url_for("admin.settings", _anchor="partners")

    def saved(self, row_id: int) -> str:
        """The partner's own page, where the logo is."""
        return url_for("admin.partners_one", row_id=row_id)

    def defaults(self) -> Values:
        """At the front of the strip until somebody says otherwise."""
        return {"sort": 0}

    def fields(self, _row: Partner | None) -> list[Field]:
        """What it is called, where it is found, and where it stands in the strip."""
        stands_alone = _("It stands on the front page as it is written here, and is read aloud in place of the logo.")
        return [
            TextField("name", pgettext("of a thing", "Name"), most=80, hint=stands_alone),
            WebsiteField("website", _("Website"), required=False),
            WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
        ]

    def labels_beside(self) -> Mapping[str, str]:
        """The logo, which is a file."""
        return {"logo": _("Logo")}

    def about(self, row: Partner) -> AboutPartner:
        """The logo as it is now."""
        return AboutPartner(row.logo)


PARTNERS = PartnerRegister()
join(PARTNERS)


@admin.post("/partners/<int:row_id>/logo")
@staff()
def save_partner_logo(row_id: int) -> ResponseReturnValue:
    """Another logo of a partner."""
    pages = RowPages(PARTNERS)
    pages.one(row_id)  # 404 where there is none
    file = request.files.get("logo")
    content = file.read(LARGEST + 1) if file is not None else b""
    try:
        with unit_of_work():
            partners.keep_partner_logo(row_id, content, who().actor)
    except LogoRefused as refusal:
        return pages.one(row_id, {"logo": sentence(refusal).text}), 422
    flash(_("The logo has been changed."))
    return redirect(PARTNERS.saved(row_id), 303)


@admin.post("/partners/<int:row_id>/logo/remove")
@staff()
def remove_partner_logo(row_id: int) -> ResponseReturnValue:
    """The partner's name alone."""
    RowPages(PARTNERS).one(row_id)
    with unit_of_work():
        partners.drop_partner_logo(row_id, who().actor)
    return redirect(PARTNERS.saved(row_id), 303)

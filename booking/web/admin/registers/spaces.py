"""Spaces: rooms with a limit of people, and the house around them."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre import queries
from booking.centre.models import Space
from booking.kernel.slugs import new_slug
from booking.web.forms.chosen_fields import YesField
from booking.web.forms.fields import Field, TextsField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join


class SpaceRegister(Register[Space]):
    """One space a row."""

    key = "spaces"
    what = "space"
    table = Space

    def title_of_new(self) -> str:
        """Above the form of a new space."""
        return str(_("New space"))

    def title_of(self, _row: Space) -> str:
        """Above the form of a space, whose name has a field."""
        return str(_("Space"))

    def home(self, _row: Space | None) -> str:
        """The spaces, in the settings."""
        return url_for("admin.settings", _anchor="spaces")

    def defaults(self) -> Values:
        """The first one is the whole house."""
        return {"is_house": not queries.spaces(), "sort": 0}

    def fields(self, _row: Space | None) -> list[Field]:
        """What it is called, how many it takes at once, and whether it is the whole house."""
        safe = _("The safe number, as for the fire limit.")
        around = _("The one space that contains all the others. Everybody counts in it.")
        return [
            TextsField("name", pgettext("of a thing", "Name"), most=120),
            WholeField("capacity", _("Most people at once"), most=100_000, hint=safe),
            YesField("is_house", _("This is the whole house"), hint=around),
            WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
        ]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """A second whole house."""
        if values["is_house"] and queries.is_another_the_house(row_id or 0):
            return {"is_house": _("There is a whole house already.")}
        return {}

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """The name in addresses."""
        return {"slug": new_slug(Space, values["name"])} if row_id is None else {}


join(SpaceRegister())

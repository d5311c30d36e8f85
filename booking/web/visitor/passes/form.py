"""What is asked of whoever buys a pass: which kind, who it is for, and whether it is a present."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from booking.annual_passes.issue import WantedPass
from booking.web.forms.checked import PageForm, WithoutAddress, checked_email, no_address, one_line, tidy_lines
from booking.web.typed import whole_number

MOST_NAME = 80
MOST_NAMES = 10
MOST_CHILDREN = 20
MOST_ID = 10**15


class PassForm(PageForm):
    """A pass as it is ordered; how many it may be for is decided where it is sold."""

    kind = StringField(filters=[one_line])
    names = TextAreaField(filters=[tidy_lines], validators=[Length(max=900, message=lazy_gettext("That is too long."))])
    children = StringField(filters=[one_line])
    recipient_email = StringField(filters=[one_line])
    giver = StringField(
        filters=[one_line],
        validators=[Length(max=80, message=lazy_gettext("At most 80 characters.")), WithoutAddress()],
    )
    greeting = TextAreaField(
        filters=[tidy_lines],
        validators=[Length(max=500, message=lazy_gettext("At most 500 characters.")), WithoutAddress()],
    )

    def validate_kind(self, _field: Field) -> None:
        """WTForms' hook."""
        if self.kind_id is None:
            raise ValidationError(_("Choose a pass."))

    def validate_names(self, _field: Field) -> None:
        """WTForms' hook."""
        if not self.named:
            raise ValidationError(_("Write who the pass is for, one name on each line."))
        if any(len(name) > MOST_NAME for name in self.named):
            raise ValidationError(_("At most 80 characters."))
        if wrong := next((wrong for name in self.named if (wrong := no_address(name))), ""):
            raise ValidationError(wrong)

    def validate_children(self, field: Field) -> None:
        """WTForms' hook."""
        if field.data and self.number is None:
            raise ValidationError(_("Enter a number, in digits."))

    def validate_recipient_email(self, field: Field) -> None:
        """WTForms' hook."""
        if field.data:
            checked_email(field.data)

    @property
    def kind_id(self) -> int | None:
        """Which kind."""
        return whole_number(self.kind.data, 1, MOST_ID)

    @property
    def named(self) -> tuple[str, ...]:
        """Who is named, each on a line."""
        return tuple(name for line in (self.names.data or "").splitlines() if (name := line.strip()))

    @property
    def number(self) -> int | None:
        """How many children come along."""
        return whole_number(self.children.data, 0, MOST_CHILDREN) if self.children.data else 0

    @property
    def wanted(self) -> WantedPass:
        """The pass; once the form is valid."""
        email = checked_email(self.recipient_email.data) if self.recipient_email.data else ""
        return WantedPass(self.named, self.number or 0, email, self.giver.data or "", self.greeting.data or "")

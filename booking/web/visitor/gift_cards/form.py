"""What is asked of whoever gives a card: how much, for whom, a greeting, when it is sent. Plain text, bounded."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from booking.gift_cards.issue import WantedCard
from booking.web.forms.checked import PageForm, WithoutAddress, checked_email, one_line, tidy_lines
from booking.web.typed import Wrong, day_or_wrong, sum_or_wrong


class GiftCardForm(PageForm):
    """A gift card as it is ordered; what it may cost and when it may be sent is decided where it is sold."""

    suggested = StringField(filters=[one_line])
    amount = StringField(filters=[one_line])
    recipient = StringField(
        filters=[one_line],
        validators=[Length(max=80, message=lazy_gettext("At most 80 characters.")), WithoutAddress()],
    )
    recipient_email = StringField(filters=[one_line])
    giver = StringField(
        filters=[one_line],
        validators=[Length(max=80, message=lazy_gettext("At most 80 characters.")), WithoutAddress()],
    )
    greeting = TextAreaField(
        filters=[tidy_lines],
        validators=[Length(max=500, message=lazy_gettext("At most 500 characters.")), WithoutAddress()],
    )
    on = StringField(filters=[one_line])

    def validate_amount(self, _field: Field) -> None:
        """WTForms' hook."""
        try:
            self.minor  # noqa: B018  (reading it is the check)
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from None

    def validate_recipient_email(self, field: Field) -> None:
        """WTForms' hook."""
        if field.data:
            checked_email(field.data)

    def validate_on(self, field: Field) -> None:
        """WTForms' hook."""
        try:
            self.day  # noqa: B018
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from None

    @property
    def minor(self) -> int:
        """How much, in minor units: what is typed goes before what is chosen. Raises Wrong."""
        text = self.amount.data or self.suggested.data
        if not text:
            raise Wrong(_("Choose an amount, or enter another."))
        return sum_or_wrong(text)

    @property
    def day(self) -> date | None:
        """The day that it is to be sent, none for at once. Raises Wrong."""
        return day_or_wrong(self.on.data) if self.on.data else None

    @property
    def wanted(self) -> WantedCard:
        """The card; once the form is valid."""
        return WantedCard(
            amount=self.minor,
            recipient=self.recipient.data or "",
            recipient_email=checked_email(self.recipient_email.data) if self.recipient_email.data else "",
            giver=self.giver.data or "",
            greeting=self.greeting.data or "",
            on=self.day,
        )

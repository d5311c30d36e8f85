"""Fields that check what people type; every message in the reader's language, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    Form,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from booking.bookings.details import Contact

_WHOLE = re.compile(r"[0-9]{1,4}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def whole_number(text: str | None, least: int, most: int) -> int | None:
    """A whole number in range, else None. By pattern first: int() takes "٢" and "1_0" too."""
    text = (text or "").strip()
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def sum_shown(text: str | None) -> int | None:
    """A sum in minor units that one of our own pages carries in its form; None where it carries none."""
    return int(text) if text is not None and re.fullmatch(r"0|[1-9][0-9]{0,9}", text) else None


def identity(text: str | None) -> int | None:
    """An id as it stands in an address or a form; None when it cannot be one."""
    text = text or ""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else None


def tidy(text: str | None) -> str:
    """Typed text on one line, without control characters that could turn letters or headers around."""
    return re.sub(r"\s+", " ", _CONTROL.sub(" ", text or "")).strip()


def tidy_lines(text: str | None) -> str:
    """Typed text that may have paragraphs, without control characters; at most one empty line at a time."""
    lines = re.split(r"\r\n|\r|\n|\u2028|\u2029", text or "")
    words = "\n".join(re.sub(r"[^\S\n]+", " ", _CONTROL.sub(" ", line)).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def checked_email(typed: str) -> str:
    """The address in the form that mail servers take, in small letters. Raises ValidationError with a sentence.

    RFC 5321 lets servers tell KARI@ from kari@, none that people use does, and phones begin with a capital.
    """
    try:
        found = validate_email(typed, allow_smtputf8=False, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError(_("That does not look like an e-mail address. Example: kari@example.org")) from None
    return (found.ascii_email or found.normalized).lower()


def checked_phone(typed: str, country: str) -> str:
    """The number in international form, "" for none. Raises ValidationError with a sentence."""
    if not typed:
        return ""
    import phonenumbers  # the numbering plans of the world take a tenth of a second to load

    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("That does not look like a phone number. Leave it empty or check it."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EmailForm(FlaskForm):
    """A form that asks for an address."""

    email = StringField(filters=[tidy], validators=[DataRequired(lazy_gettext("Write your e-mail address."))])

    def validate_email(self, field: Field) -> None:
        """WTForms' hook. Checks only: a page that is shown again shows what was typed."""
        checked_email(field.data)

    @property
    def address(self) -> str:
        """The address as mail servers take it; once the form is valid."""
        return checked_email(self.email.data)


class ContactForm(EmailForm):
    """Who orders."""

    name = StringField(
        filters=[tidy],
        validators=[
            DataRequired(lazy_gettext("Write your name.")),
            Length(max=120, message=lazy_gettext("At most 120 characters.")),
        ],
    )
    country = "NO"


class CheckboxList(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CheckoutForm(ContactForm):
    """Everything the checkout asks for."""

    phone = StringField(filters=[tidy])
    needs = TextAreaField(filters=[tidy], validators=[Length(max=400, message=lazy_gettext("At most 400 characters."))])
    topics = CheckboxList(choices=[], validate_choice=False)
    terms = BooleanField(validators=[DataRequired(lazy_gettext("Read and accept the terms to go on."))])

    def validate_phone(self, field: Field) -> None:
        """WTForms' hook."""
        checked_phone(field.data or "", self.country)

    @property
    def contact(self) -> Contact:
        """Who orders; once the form is valid."""
        phone = checked_phone(self.phone.data or "", self.country)
        return Contact(self.name.data, self.address, phone, self.needs.data or "")


def errors_of(form: Form) -> Mapping[str, str]:
    """The first message of each field that has one."""
    return {name: str(messages[0]) for name, messages in form.errors.items() if name and messages}

"""Fields that check what people type; every message in the reader's language, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import request
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
from booking.kernel import typed


def one_line(text: str | None) -> str:
    """Typed text on one line, without the characters that nobody sees."""
    return typed.one_line(text)


def tidy_lines(text: str | None) -> str:
    """Typed text that may have paragraphs, without the characters that nobody sees."""
    return typed.lines(text)


def checked_email(text: str) -> str:
    """The address in the form that mail servers take, in small letters. Raises ValidationError with a sentence."""
    try:
        return typed.mail_address(text)
    except ValueError:
        raise ValidationError(_("That does not look like an email address. Example: kari@example.org")) from None


def no_address(name: str) -> str:
    """What is wrong with a name that holds an address, as a sentence; "" for every other name.

    Names stand in letters, also to others than who typed them: a link in one would be a stranger's in our mail.
    """
    if not typed.holds_an_address(name):
        return ""
    return str(_("Please write it without an address of the web or of a mailbox: it stands in our mails."))


def refuse_addresses(typed_texts: Mapping[str, str], names: Iterable[str], errors: dict[str, str]) -> None:
    """Write down what is wrong with each of these fields that holds an address; what is known to be wrong stays."""
    for name in names:
        if wrong := no_address(typed_texts.get(name, "")):
            errors.setdefault(name, wrong)


class WithoutAddress:
    """A name without an address in it; see no_address."""

    def __call__(self, _form: Form, field: Field) -> None:
        """WTForms' hook."""
        if wrong := no_address(field.data or ""):
            raise ValidationError(wrong)


def checked_phone(text: str, country: str) -> str:
    """The number in international form, "" for none. Raises ValidationError with a sentence."""
    if not text:
        return ""
    import phonenumbers  # the numbering plans of the world take a tenth of a second to load

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("That does not look like a phone number. Leave it empty or check it."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PageForm(FlaskForm):
    """A form on one of our pages: text, as a browser sends it, whatever else comes in its place.

    Flask-WTF would also take JSON for a form, whose values may be lists or numbers, and the parts of files, which no
    field here can be made of. Here both are as good as nothing, so that each field says what it misses.
    """

    class Meta(FlaskForm.Meta):
        """What stands between WTForms and Flask."""

        def wrap_formdata(self, _form: Form, formdata: object) -> object:
            """WTForms' hook; None when somebody only opens the page."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if request.method == "POST" else None


class EmailForm(PageForm):
    """A form that asks for an address."""

    email = StringField(filters=[one_line], validators=[DataRequired(lazy_gettext("Enter your email address."))])

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
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Enter your name.")),
            Length(max=120, message=lazy_gettext("At most 120 characters.")),
            WithoutAddress(),
        ],
    )
    country = "NO"


class CheckboxList(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CheckoutForm(ContactForm):
    """Everything the checkout asks for."""

    phone = StringField(filters=[one_line])
    needs = TextAreaField(
        filters=[one_line], validators=[Length(max=400, message=lazy_gettext("At most 400 characters."))]
    )
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

"""What staff fill in."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from booking.kernel import typed
from booking.staff.models import Role
from booking.web.forms.checked import EmailForm, PageForm, one_line
from booking.web.languages import LANGUAGES

PASSWORD_NEEDED = lazy_gettext("Enter your password.")
LONGEST_PASSWORD = Length(max=1000, message=lazy_gettext("That is too long."))


class PasswordSignInForm(PageForm):
    """The first step. The address is not checked for form: an unknown one is answered as a wrong password is."""

    email = StringField(
        filters=[typed.address],
        validators=[
            DataRequired(lazy_gettext("Enter your email address.")),
            Length(max=254, message=lazy_gettext("That is too long.")),
        ],
    )
    password = PasswordField(validators=[InputRequired(PASSWORD_NEEDED), LONGEST_PASSWORD])

    @property
    def address(self) -> str:
        """As accounts keep it."""
        return str(self.email.data).lower()


class CodeForm(PageForm):
    """The second step."""

    code = StringField(
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Enter the code.")),
            Length(max=60, message=lazy_gettext("That is too long.")),
        ],
    )


class PasswordForm(PageForm):
    """A password, chosen for the first time."""

    new = PasswordField(validators=[InputRequired(lazy_gettext("Enter a new password.")), LONGEST_PASSWORD])


class NewPasswordForm(PasswordForm):
    """A password in place of another."""

    old = PasswordField(validators=[InputRequired(PASSWORD_NEEDED), LONGEST_PASSWORD])


class ConfirmForm(PageForm):
    """The password again, before something that weakens the account."""

    password = PasswordField(validators=[InputRequired(PASSWORD_NEEDED), LONGEST_PASSWORD])


class ConfirmedForm(PageForm):
    """What gives power, or a way in, to somebody. Once the account of whoever gives it is secured, that takes its
    password anew: a browser left open must not be enough.
    """

    password = PasswordField(validators=[LONGEST_PASSWORD], default="")


class AddFactorForm(ConfirmedForm):
    """Another way in to one's own account."""


class AppForm(AddFactorForm, CodeForm):
    """Taking an authenticator into use: its secret, sealed, and the first code it shows."""

    sealed = StringField(validators=[DataRequired(), Length(max=1000)])


class PasskeyForm(AddFactorForm):
    """What the browser answered, as JSON, and a name for the key."""

    credential = StringField(validators=[DataRequired(), Length(max=20_000)])
    name = StringField(
        filters=[one_line], validators=[Length(max=60, message=lazy_gettext("At most 60 characters."))], default=""
    )


def language_choices() -> list[tuple[str, str]]:
    """The languages of staff pages."""
    return [("", _("As my browser says")), *LANGUAGES.items()]


def role_names() -> dict[str, str]:
    """What roles are called."""
    return {
        Role.DESK: _("Front desk"),
        Role.EDUCATOR: _("Educator"),
        Role.FINANCE: _("Finance"),
        Role.ADMIN: _("Administrator"),
    }


class NameForm(PageForm):
    """What somebody is called and spoken to in."""

    name = StringField(
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Enter your name.")),
            Length(max=120, message=lazy_gettext("At most 120 characters.")),
        ],
    )
    lang = StringField(filters=[lambda lang: lang if lang in LANGUAGES else ""])


class RoleForm(ConfirmedForm):
    """What somebody may do."""

    role = StringField(validators=[AnyOf([role.value for role in Role], message=lazy_gettext("Choose a role."))])

    @property
    def chosen(self) -> Role:
        """The role; once the form is valid."""
        return Role(self.role.data)


class InvitationForm(EmailForm, NameForm, RoleForm):
    """Somebody new."""

    by_mail = BooleanField()


class LinkForm(ConfirmedForm):
    """A new way in for somebody who has lost theirs."""

    reset = BooleanField()
    by_mail = BooleanField()

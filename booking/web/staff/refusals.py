"""What staff are told of signing in, accounts and second factors when the rules say no."""

from __future__ import annotations

from math import ceil

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from booking.staff.accounts import AccountUnknown, AddressTaken, LastAdministrator
from booking.staff.lockout import Wait
from booking.staff.passkeys import PasskeyRefused, TooManyPasskeys
from booking.staff.passwords import PasswordMissing, PasswordTooLong, TooCommon, TooShort, WrongPassword
from booking.staff.second_factor import LastFactor, TooOld, WrongCode
from booking.staff.sessions import LinkUnknown
from booking.web.refusals import RefusalAnswer, in_words, plain

plain(PasswordMissing, _("Enter your password."), 422)
plain(WrongPassword, _("The password is not right. Check that Caps Lock is off, then try again."), 403)
plain(WrongCode, _("That code is not right, or it has been used. Wait for the next one and try again."), 403)
plain(TooOld, _("That took too long. Please begin again."), 403)
plain(PasskeyRefused, _("That passkey did not work here. Try again, or use another way."), 403)
plain(TooManyPasskeys, _("You have as many passkeys as there is room for. Remove one first."))
plain(LastFactor, _("This is your only second factor. Add another one before you remove it."))
plain(TooCommon, _("That password is easy to guess. Four or five random words do well."), 422)
plain(LinkUnknown, _("This link has been used or is too old. Ask an administrator for a new one."), 403)
plain(AddressTaken, _("Somebody on the staff has this address already."))
plain(LastAdministrator, _("This is the only administrator. Make somebody else one first."))
plain(AccountUnknown, _("There is no such person on the staff any more."), 404)


@in_words.register
def _wait(refusal: Wait) -> RefusalAnswer:
    minutes = ceil(refusal.seconds / 60)
    text = ngettext(
        "Too many wrong tries. Wait %(num)s minute, then try again.",
        "Too many wrong tries. Wait %(num)s minutes, then try again.",
        minutes,
    )
    return RefusalAnswer(text, 429)


@in_words.register
def _too_short(refusal: TooShort) -> RefusalAnswer:
    return RefusalAnswer(
        gettext("Use at least %(least)s characters. Four or five random words do well.", least=refusal.least), 422
    )


@in_words.register
def _password_too_long(refusal: PasswordTooLong) -> RefusalAnswer:
    return RefusalAnswer(gettext("Use at most %(most)s characters.", most=refusal.most), 422)

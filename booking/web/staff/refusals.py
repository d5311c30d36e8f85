"""The one place where a refusal of the staff's rooms becomes a sentence."""

from __future__ import annotations

from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.kernel.refusals import Refusal
from booking.staff.accounts import AccountUnknown, AddressTaken, LastAdministrator
from booking.staff.lockout import Wait
from booking.staff.passkeys import PasskeyRefused, TooManyPasskeys
from booking.staff.passwords import PasswordTooLong, TooCommon, TooShort, WrongPassword
from booking.staff.second_factor import LastFactor, TooOld, WrongCode
from booking.staff.sessions import LinkUnknown
from booking.web.refusals import RefusalAnswer


def sentence(refusal: Refusal) -> RefusalAnswer:
    """What to tell whoever asked."""
    match refusal:
        case Wait(seconds=seconds):
            minutes = ceil(seconds / 60)
            text = ngettext(
                "Too many wrong tries. Wait %(num)s minute, then try again.",
                "Too many wrong tries. Wait %(num)s minutes, then try again.",
                minutes,
            )
            return RefusalAnswer(text, 429)
        case WrongPassword():
            return RefusalAnswer(_("The password is not right. Check that Caps Lock is off, then try again."), 403)
        case WrongCode():
            return RefusalAnswer(
                _("That code is not right, or it has been used. Wait for the next one and try again."), 403
            )
        case TooOld():
            return RefusalAnswer(_("That took too long. Please begin again."), 403)
        case PasskeyRefused():
            return RefusalAnswer(_("That passkey did not work here. Try again, or use another way."), 403)
        case TooManyPasskeys():
            return RefusalAnswer(_("You have as many passkeys as there is room for. Remove one first."), 409)
        case LastFactor():
            return RefusalAnswer(_("This is your only second factor. Add another one before you remove it."), 409)
        case TooShort(least=least):
            return RefusalAnswer(
                _("Use at least %(least)s characters. Four or five random words do well.", least=least), 422
            )
        case PasswordTooLong(most=most):
            return RefusalAnswer(_("Use at most %(most)s characters.", most=most), 422)
        case TooCommon():
            return RefusalAnswer(_("That password is easy to guess. Four or five random words do well."), 422)
        case LinkUnknown():
            return RefusalAnswer(_("This link has been used or is too old. Ask an administrator for a new one."), 403)
        case AddressTaken():
            return RefusalAnswer(_("Somebody on the staff has this address already."), 409)
        case LastAdministrator():
            return RefusalAnswer(_("This is the only administrator. Make somebody else one first."), 409)
        case AccountUnknown():
            return RefusalAnswer(_("There is no such person on the staff any more."), 404)
    return RefusalAnswer(_("That cannot be done."), 409)

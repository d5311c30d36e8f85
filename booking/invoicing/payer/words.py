"""Where an invoice stands, in words: the same for payers, teachers and the letters to them. In the locale in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from booking.centre.wording import Wording
from booking.invoicing.payer.queries import HowItStands, how_it_stands
from booking.invoicing.queries import IssuedFacts


def standing_words(stands: HowItStands) -> str:
    """In one or two words."""
    words = {
        HowItStands.CREDIT: _("Credit note"),
        HowItStands.PAID: _("paid"),
        HowItStands.CREDITED: _("credited"),
        HowItStands.WRITTEN_OFF: _("no longer claimed"),
        HowItStands.PART_PAID: _("part paid"),
        HowItStands.OVERDUE: _("overdue"),
        HowItStands.OPEN: _("to be paid"),
    }
    return str(words[stands])


def bill_words(facts: IssuedFacts, write: Wording, today: date) -> str:
    """A visit's invoice in a sentence."""
    document = facts.document
    return str(
        _(
            "Invoice %(number)s to %(payer)s, issued %(day)s: %(state)s",
            number=document.number,
            payer=document.billed_to.name,
            day=write.full_date(document.issued_on),
            state=standing_words(how_it_stands(facts, today)),
        )
    )


def bill_to_come(sums: Sequence[tuple[str, int]], school: str) -> str:
    """Who will get the bill of a visit, of what each payer owes ("" is the school); "" where nobody owes."""
    payers = [payer or school for payer, owed in sums if owed]
    if not payers:
        return ""
    if len(payers) == 1:
        return str(_("After the visit the invoice goes to %(payer)s.", payer=payers[0]))
    return str(_("After the visit there is an invoice to each: %(payers)s.", payers=", ".join(payers)))

"""Steps of reminders, and the rates of what is claimed of who pays late."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.invoicing.how_to_pay.words import of_reference
from booking.invoicing.reminders.models import LateRate, ReminderStep
from booking.staff.models import Role
from booking.web.forms.chosen_fields import YesField
from booking.web.forms.fields import DayField, Field, LongTextsField, MoneyField, PercentField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import centre, wording

HIGHEST_FEE = 1_000_000  # minor units


class ReminderStepRegister(Register[ReminderStep]):
    """One step a row; without any nobody is reminded."""

    key = "reminder-steps"
    what = "reminder_step"
    table = ReminderStep
    lookers = (Role.FINANCE,)

    def title_of_new(self) -> str:
        """Above the form of a new step."""
        return str(_("New step"))

    def title_of(self, row: ReminderStep) -> str:
        """The step by its number."""
        return str(_("Reminder %(number)s", number=row.number))

    def home(self, _row: ReminderStep | None) -> str:
        """The page of reminders."""
        return url_for("admin.invoice_reminders")

    def defaults(self) -> Values:
        """The first reminder, a week after the invoice was due, with a fortnight to pay."""
        return {"number": 1, "days": 7, "pay_days": 14}

    def fields(self, _row: ReminderStep | None) -> list[Field]:
        """When the step goes out, how long there is to pay, its words, and what it claims beside the invoice."""
        after = _("For the first after the day the invoice was due, for the others after the reminder before.")
        words = of_reference(
            centre().country,
            _("Stand first in the letter, in place of ours; sums, account and KID follow by themselves."),
            _("Stand first in the letter, in place of ours; sums, account and payment reference follow by themselves."),
        )
        law = _("At the rate in force. Ask your accountant what the law allows, and when.")
        return [
            WholeField("number", pgettext("of a reminder", "Number"), least=1, most=9),
            WholeField("days", _("Goes out"), least=1, most=365, unit=_("days after"), hint=after),
            WholeField("pay_days", _("To be paid within"), least=1, most=90, unit=_("days")),
            LongTextsField("words", _("Our own words"), most=600, required=False, hint=words),
            YesField("with_interest", _("Claims interest"), heading=_("Beside the invoice"), hint=law),
            YesField("with_fee", _("Claims a fee"), hint=law),
        ]


class LateRateRegister(Register[LateRate]):
    """What is claimed from a day on."""

    key = "late-rates"
    what = "late_rate"
    table = LateRate
    lookers = (Role.FINANCE,)

    def title_of_new(self) -> str:
        """Above the form of a new rate."""
        return str(_("New rate"))

    def title_of(self, row: LateRate) -> str:
        """The rate by the day it is claimed from."""
        return str(_("Rate from %(day)s", day=wording().full_date(row.from_date)))

    def home(self, _row: LateRate | None) -> str:
        """The page of reminders."""
        return url_for("admin.invoice_reminders")

    def defaults(self) -> Values:
        """Nothing is claimed until somebody says what."""
        return {"interest": 0, "fee": 0}

    def fields(self, _row: LateRate | None) -> list[Field]:
        """From which day, the interest a year, and the fee for each reminder."""
        return [
            DayField("from_date", _("From")),
            PercentField("interest", _("Interest a year"), unit="%"),
            MoneyField("fee", _("Fee for each reminder")),
        ]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """A fee or an interest above what anybody may claim."""
        if values["fee"] > HIGHEST_FEE:
            return {"fee": _("That is more than any reminder may cost.")}
        return {}


join(ReminderStepRegister())
join(LateRateRegister())

"""Every table of the application, imported for migrations and for whoever needs them all known."""

from booking.agreements import holiday_models as school_holidays
from booking.agreements import models as agreements
from booking.bookings import models as bookings
from booking.books import models as books
from booking.capacity import models as capacity
from booking.catalogue import models as catalogue
from booking.centre import models as centre
from booking.closures import models as closures
from booking.contests import models as contests
from booking.courses import models as courses
from booking.discounts import models as discounts
from booking.door import models as door
from booking.exports import models as exports
from booking.failures import models as failures
from booking.feedback import models as feedback
from booking.gift_cards import models as gift_cards
from booking.invoicing import models as invoicing
from booking.invoicing.bank import models as bank
from booking.invoicing.payer import models as payer_links
from booking.invoicing.reminders import models as invoice_reminders
from booking.invoicing.sending import models as sending
from booking.invoicing.write_offs import models as write_offs
from booking.machines import models as machines
from booking.mail import models as mail
from booking.materials import models as materials
from booking.newsletter import models as newsletter
from booking.outbox import long_work
from booking.outbox import models as outbox
from booking.outreach import models as outreach
from booking.payments import models as payments
from booking.pictures import models as pictures
from booking.programmes import models as programmes
from booking.receipts import models as receipts
from booking.records import models as records
from booking.releases import models as releases
from booking.staff import models as staff
from booking.visit_waiting import models as visit_waiting
from booking.visits import models as visits
from booking.wallet import models as wallet
from booking.withdrawals import models as withdrawals

__all__ = [
    "agreements",
    "bank",
    "bookings",
    "books",
    "capacity",
    "catalogue",
    "centre",
    "closures",
    "contests",
    "courses",
    "discounts",
    "door",
    "exports",
    "failures",
    "feedback",
    "gift_cards",
    "invoice_reminders",
    "invoicing",
    "long_work",
    "machines",
    "mail",
    "materials",
    "newsletter",
    "outbox",
    "outreach",
    "payer_links",
    "payments",
    "pictures",
    "programmes",
    "receipts",
    "records",
    "releases",
    "school_holidays",
    "sending",
    "staff",
    "visit_waiting",
    "visits",
    "wallet",
    "withdrawals",
    "write_offs",
]

"""Every table of the application, imported for migrations and for whoever needs them all known."""

from booking.bookings import models as bookings
from booking.capacity import models as capacity
from booking.catalogue import models as catalogue
from booking.centre import models as centre
from booking.closures import models as closures
from booking.courses import models as courses
from booking.door import models as door
from booking.mail import models as mail_texts
from booking.outbox import long_work
from booking.outbox import models as outbox
from booking.outreach import models as outreach
from booking.payments import models as payments
from booking.schools import day_models as school_days
from booking.schools import feedback_models as feedback
from booking.schools import holiday_models as school_holidays
from booking.schools import link_models as visit_links
from booking.schools import models as schools
from booking.schools import release_models as releases
from booking.schools import waiting_models as visit_waiting
from booking.staff import models as staff

__all__ = [
    "bookings",
    "capacity",
    "catalogue",
    "centre",
    "closures",
    "courses",
    "door",
    "feedback",
    "long_work",
    "mail_texts",
    "outbox",
    "outreach",
    "payments",
    "releases",
    "school_days",
    "school_holidays",
    "schools",
    "staff",
    "visit_links",
    "visit_waiting",
]

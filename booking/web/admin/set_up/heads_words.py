"""By which number a class is billed, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from booking.agreements.heads import HeadsRule


def heads_rule_names() -> list[tuple[str, str]]:
    """Each rule with its words, the usual one first."""
    return [
        (HeadsRule.BOOKED, _("as booked at the deadline")),
        (HeadsRule.COUNTED, _("as counted at the door")),
        (HeadsRule.FLOOR, _("as counted, but at least a share of the booked")),
    ]

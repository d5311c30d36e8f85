"""What the blocks of an issue are called, and what the form of each asks."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.catalogue import queries
from booking.newsletter.models import BlockKind
from booking.web.admin.registers.prices import choices_of
from booking.web.admin.set_up.centre_fields import WebsiteField
from booking.web.forms.chosen_fields import NumberChoiceField
from booking.web.forms.fields import Field, LongTextsField, TextsField

LONGEST_HEADING, LONGEST_WORDS, LONGEST_BUTTON, LONGEST_ADDRESS = 120, 4000, 60, 500


def block_kinds() -> dict[BlockKind, str]:
    """What each kind of block is called."""
    return {
        BlockKind.HEADING: pgettext("block", "Heading"),
        BlockKind.WORDS: pgettext("block", "Text"),
        BlockKind.PICTURE: pgettext("block", "Picture"),
        BlockKind.EVENT: pgettext("block", "From the programme"),
        BlockKind.BUTTON: pgettext("block", "Button"),
    }


def fields_of(kind: BlockKind) -> list[Field]:
    """What the form of a block asks; a picture's is a page of its own."""
    if kind is BlockKind.HEADING:
        return [TextsField("words", _("Heading"), most=LONGEST_HEADING)]
    if kind is BlockKind.WORDS:
        hint = _(
            "Plain text. An empty line begins a new paragraph; an address such as https://example.org becomes a link."
        )
        return [LongTextsField("words", pgettext("block", "Text"), most=LONGEST_WORDS, hint=hint)]
    if kind is BlockKind.EVENT:
        activities = choices_of(queries.active_first(queries.titled_activities()))
        shown = _("The letter says what it is called, when it is next, and links to its times.")
        own = _("Empty: the words of the programme.")
        return [
            NumberChoiceField("activity_id", _("Activity"), choices=activities, hint=shown),
            LongTextsField("words", _("In your own words"), most=LONGEST_WORDS, hint=own, required=False),
        ]
    return [
        TextsField("words", _("What stands on the button"), most=LONGEST_BUTTON),
        WebsiteField(
            "address", _("Leads to"), most=LONGEST_ADDRESS, hint=_("A whole address that begins with https://.")
        ),
    ]

"""What the ways of documents are called, their states, reasons and answers, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.invoicing.sending.states import BuyerResponse, DeliveryState, ReportState, SendingChannel, WhyPerson


def delivery_states() -> dict[DeliveryState, str]:
    """Where a document is on its way."""
    return {
        DeliveryState.WAITING: _("Waiting to be sent"),
        DeliveryState.LOOKING_UP: _("Looking up whether the payer can receive"),
        DeliveryState.SENDING: pgettext("invoice", "Being sent"),
        DeliveryState.SENT: pgettext("invoice", "Sent"),
        DeliveryState.DELIVERED: pgettext("invoice", "Delivered"),
        DeliveryState.REFUSED: pgettext("invoice", "Refused"),
        DeliveryState.UNKNOWN: _("Outcome unknown"),
        DeliveryState.NEEDS_PERSON: _("Needs attention"),
        DeliveryState.BY_MAIL: _("By mail instead"),
        DeliveryState.OUTSIDE: _("Sent in another way"),
        DeliveryState.KEPT_BACK: _("Not sent"),
    }


def buyer_responses() -> dict[BuyerResponse, str]:
    """What the buyer said."""
    return {
        BuyerResponse.NONE: _("No answer from the buyer yet"),
        BuyerResponse.IN_PROCESS: _("The buyer is at work on it"),
        BuyerResponse.QUERY: _("The buyer asks for something"),
        BuyerResponse.CONDITIONAL: _("The buyer accepts it on a condition"),
        BuyerResponse.REJECTED: _("The buyer rejects it"),
        BuyerResponse.ACCEPTED: _("The buyer accepts it"),
        BuyerResponse.PAID: _("The buyer says it is paid"),
    }


def sending_channels() -> dict[SendingChannel, str]:
    """The ways out."""
    return {
        SendingChannel.ACCESS_POINT: _("Access point"),
        SendingChannel.FOLDER: _("Folder"),
        SendingChannel.MAIL: _("Mail with PDF"),
    }


def delivery_whys() -> dict[WhyPerson, str]:
    """Why it waits for somebody, stays here or went by mail; "" where somebody chose it."""
    return {
        WhyPerson.NOTHING: "",
        WhyPerson.CHOSEN: "",
        WhyPerson.NOT_SET_UP: _("Nobody has said yet how invoices are sent."),
        WhyPerson.NO_ACCESS_POINT: _("The access point is not set up on this machine."),
        WhyPerson.NOT_FOUND: _("The payer cannot receive electronic invoices."),
        WhyPerson.NOT_KNOWN: _("For a day nobody could say whether the payer can receive it."),
        WhyPerson.NO_XML: _("There is no electronic form of it."),
        WhyPerson.NO_EMAIL: _("The payer has no email address."),
        WhyPerson.MAIL_REFUSED: _("The email could not be delivered."),
        WhyPerson.INVOICE_NOT_SENT: _("The invoice that it takes back has not reached the payer."),
        WhyPerson.NEVER_ARRIVED: _("The invoice that it takes back never reached the payer."),
        WhyPerson.CREDITED: _("All of it was credited before it went out."),
    }


def delivery_steps() -> dict[str, str]:
    """What a step is called: a state, an answer, or that the tax authority was told."""
    words = {str(state): name for state, name in delivery_states().items()}
    words |= {str(response): name for response, name in buyer_responses().items()}
    return words | {str(ReportState.REPORTED): _("Reported to the tax authority")}

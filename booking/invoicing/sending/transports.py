"""The ways out that are set up here."""

from __future__ import annotations

from booking.invoicing.sending.states import SendingChannel
from booking.invoicing.sending.transport import Transport
from booking.settings import Settings


class NoTransport(Exception):
    """It is not set up on this machine."""


def transport_of(channel: SendingChannel, settings: Settings) -> Transport:
    """The way out of a channel that takes files. Raises NoTransport; mail is a letter, and none."""
    if channel is SendingChannel.FOLDER:
        from booking.invoicing.sending.folder import FolderTransport

        return FolderTransport(settings.invoice_folder)
    if channel is SendingChannel.ACCESS_POINT and settings.access_point is not None:
        from booking.invoicing.sending.access_point import AccessPoint  # loads a client that no page needs

        return AccessPoint(settings.access_point)
    raise NoTransport(channel)

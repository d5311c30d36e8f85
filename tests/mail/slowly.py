"""A letter put together by the library alone, which `wire.compose` must not differ from to whoever reads it."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

from booking.mail import wire
from booking.mail.letter import Letter


def composed_slowly(letter: Letter, from_name: str, sender: str, reply_to: str) -> EmailMessage:
    """The same letter by the library alone."""
    message = EmailMessage(policy=wire.WIRE)
    message["From"] = Address(display_name=wire._as_name(from_name), addr_spec=sender)
    message["To"] = letter.recipient
    message["Subject"] = wire._one_line(letter.subject)
    message["Reply-To"] = reply_to
    message["Date"] = formatdate()
    message["Message-ID"] = letter.message_id
    # RFC 3834, section 5, and what Exchange asks for: nobody's holiday answer comes back to us.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.list_unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.list_unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.list_id:
        message["List-Id"] = letter.list_id
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    html = message.get_body(("html",))
    for picture in letter.pictures:
        main, sub = picture.kind.split("/", 1)
        if html is not None:
            html.add_related(
                picture.content,
                maintype=main,
                subtype=sub,
                cid=f"<{picture.name}>",
                filename=picture.name,
                disposition="inline",
            )
    if html is not None and letter.pictures:
        html.set_param("type", "text/html")  # of the part that is looked at first (RFC 2387, section 3.1)
    for attachment in letter.attachments:
        media, *more = attachment.kind.split("; ")
        main, sub = media.split("/", 1)
        params = dict(parameter.split("=", 1) for parameter in more)
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=params or None
        )
    return message

"""QR codes, and what they say at the door."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

import segno
from segno.helpers import make_epc_qr

from booking.kernel.codes import is_secret

# Codes use the letters and digits of QR's alphanumeric mode, so the squares stay large and quick to scan.
MARK = "BST1."

# Dark on light with a quiet zone of four squares (ISO/IEC 18004), in the picture itself: a page in dark colours, one
# whose styles did not come, or a printer that leaves backgrounds out must not keep anybody from being read.
DARK, LIGHT, QUIET = "#000", "#fff", 4


@dataclass(frozen=True, slots=True)
class Transfer:
    """A SEPA credit transfer that a bank's app can fill in: cents of euro, an RF reference (ISO 11649), `bic` or ""."""

    name: str
    iban: str
    bic: str
    cents: int
    reference: str


def door_text(code: str) -> str:
    """What the QR code of a ticket or a party says."""
    return MARK + code


def read_door_text(text: str) -> str | None:
    """The code in what a scanner read, bare codes included; None for anything foreign."""
    code = text.strip().upper().removeprefix(MARK)
    return code if is_secret(code) else None


def qr_svg(code: str, words: str) -> str:
    """An SVG image of the code with `words` as its name for those who do not see it; nothing a strict CSP blocks."""
    return _named_svg(_make(code), words)


def qr_link_svg(address: str, words: str) -> str:
    """As `qr_svg`, of an address that a phone opens."""
    return _named_svg(segno.make(address, error="m", micro=False), words)


def _named_svg(made: segno.QRCode, words: str) -> str:
    out = io.BytesIO()
    made.save(
        out, kind="svg", xmldecl=False, svgns=True, border=QUIET, scale=1, omitsize=True, title=words, svgclass="qr",
        lineclass=None, dark=DARK, light=LIGHT,
    )  # fmt: skip
    return out.getvalue().decode("utf-8").replace("<svg ", '<svg role="img" ', 1)


def qr_plain_svg(code: str) -> str:
    """The image alone, for documents that carry their own description."""
    out = io.BytesIO()
    _make(code).save(out, kind="svg", xmldecl=False, border=QUIET, scale=4, dark=DARK, light=LIGHT)
    return out.getvalue().decode("utf-8")


def qr_plain_link_svg(address: str) -> str:
    """As `qr_plain_svg`, of an address that a phone opens."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, border=QUIET, scale=4, dark=DARK, light=LIGHT
    )
    return out.getvalue().decode("utf-8")


def qr_transfer_svg(transfer: Transfer, words: str) -> str:
    """The code that fills a transfer in (EPC069-12, version 002, UTF-8, reference structured), named with `words`."""
    return _named_svg(_epc(transfer), words)


def qr_plain_transfer_svg(transfer: Transfer) -> str:
    """As `qr_transfer_svg`, for documents that carry their own description."""
    out = io.BytesIO()
    _epc(transfer).save(out, kind="svg", xmldecl=False, border=QUIET, scale=4, dark=DARK, light=LIGHT)
    return out.getvalue().decode("utf-8")


def _epc(transfer: Transfer) -> segno.QRCode:
    amount = Decimal(transfer.cents).scaleb(-2)
    bic = transfer.bic or None
    return make_epc_qr(
        transfer.name, transfer.iban, amount, reference=transfer.reference, bic=bic, encoding="utf-8"
    )  # fmt: skip


def _make(code: str) -> segno.QRCode:
    # Which of the eight masks is best matters for texts with long runs; ours are random, and weighing takes a while.
    return segno.make(door_text(code), error="q", micro=False, mask=4)

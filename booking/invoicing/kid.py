"""What a payment says which document it is for: a KID where banks know it, elsewhere an RF reference (ISO 11649).

A KID is the payment reference of Norwegian banks, text of digits whose last one is a check digit (mod 10). Ours: seven
digits for the payer, seven for the document, one to check: one KID a document, all of one length, as the bank's
agreement wants it. Mod 10 and not 11: mod 11 has no digit for a ninth of all numbers.
"""

from __future__ import annotations

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

PAYER_DIGITS = 7
DOCUMENT_DIGITS = 7
LENGTH = PAYER_DIGITS + DOCUMENT_DIGITS + 1


def kid_of(payer: int, document: int) -> str:
    """The KID of a document. Raises ValueError for numbers that do not fit: a KID is never cut."""
    if not (0 < payer < 10**PAYER_DIGITS and 0 < document < 10**DOCUMENT_DIGITS):
        raise ValueError(f"payer {payer} or document {document} is not of {PAYER_DIGITS} digits")
    digits = f"{payer:0{PAYER_DIGITS}}{document:0{DOCUMENT_DIGITS}}"
    return digits + check_digit(digits)


def rf_of(document: int) -> str:
    """The RF reference of a document: its number, with two check digits that every bank of the euro area knows."""
    if document <= 0:
        raise ValueError(f"{document} is no number of a document")
    return f"RF{mod_97_10.calc_check_digits(f'{document}RF')}{document}"


def payment_reference(country: str, payer: int, document: int) -> str:
    """How payments name a document of a seller in this country (ISO 3166 alpha-2): by KID in Norway, else by RF."""
    return kid_of(payer, document) if knows_kid(country) else rf_of(document)


def knows_kid(country: str) -> bool:
    """Whether banks of this country (ISO 3166 alpha-2) take a KID."""
    return country == "NO"


def is_rf(typed: str) -> bool:
    """Whether it is an RF reference by form, as banks write it: capitals, no blanks, the check digits right."""
    return typed.isascii() and typed.isalnum() and typed == typed.upper() and bool(iso11649.is_valid(typed))


def check_digit(digits: str) -> str:
    """The mod 10 digit (Luhn) that comes after these digits: every second one from the right counts twice."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def is_kid(typed: str) -> bool:
    """Whether it is one of ours by form: the length, digits of ASCII alone, and the check digit."""
    return len(typed) == LENGTH and typed.isascii() and typed.isdecimal() and check_digit(typed[:-1]) == typed[-1]

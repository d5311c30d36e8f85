"""Numbers that schools type and that must be right: organisation numbers, and references on invoices.

A payer's pattern is written as people write it: `9` is a digit, `a` a letter, `x` a letter or a digit; capitals, other
digits and signs stand for themselves; `\\` before a sign takes its meaning away; `|` stands between two patterns of
which either will do. "99999", "aaa-99", "B999999", "99999|B999999". No pattern can repeat anything, so checking takes
a time that grows with the length of pattern and no faster: regular expressions, which can be made to take years, are
not offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.lv import pvn
from stdnum.no import orgnr

from booking.kernel.refusals import Refusal

LONGEST_PATTERN = 60
LONGEST_REFERENCE = 60
_EXAMPLE_LETTERS, _EXAMPLE_DIGITS = "abcdefghijklm", "1234567890"


class OrgNumberWrong(Refusal):
    """No organisation number of that country. `digits` is how many it has; `misprint` that only the check is wrong."""

    def __init__(self, typed: str, digits: int, misprint: bool) -> None:
        super().__init__(f"{typed!r} is no organisation number")
        self.typed = typed
        self.digits = digits
        self.misprint = misprint


class ReferenceMissing(Refusal):
    """The payer asks for a reference. `example` is one of the right form."""

    def __init__(self, example: str) -> None:
        super().__init__(f"a reference such as {example} is asked for")
        self.example = example


class ReferenceWrong(Refusal):
    """The reference has not the form that the payer asks for. `example` is one of the right form."""

    def __init__(self, typed: str, pattern: str, example: str) -> None:
        super().__init__(f"{typed!r} is not of the form {pattern}")
        self.typed = typed
        self.pattern = pattern
        self.example = example


class PatternWrong(Refusal):
    """The pattern cannot be read; `position` says from which sign on, counted from 0."""

    def __init__(self, pattern: str, position: int) -> None:
        super().__init__(f"{pattern!r} cannot be read from {position}")
        self.pattern = pattern
        self.position = position


@dataclass(frozen=True, slots=True)
class Sign:
    """One place of a pattern: a kind of sign ("9", "a", "x"), or a sign that stands for itself."""

    sign: str
    is_itself: bool

    def accepts(self, typed: str) -> bool:
        """Whether a typed sign may stand here; capitals and small letters are the same."""
        if self.is_itself:
            return typed.casefold() == self.sign.casefold()
        is_digit, is_letter = typed in "0123456789", typed.isalpha()
        return {"9": is_digit, "a": is_letter, "x": is_digit or is_letter}[self.sign]


# Latvia's personal codes since 2017 are "3", a digit from "2" to "9", and nine random ones: there is nothing to check
# in them (pmlp.gov.lv, "Personas koda maiņa").
_NEW_PERSONAL_CODE = re.compile(r"3[2-9]\d{9}", re.ASCII)


def read_org_number(typed: str, country: str = "NO") -> str:
    """The nine (Norway) or eleven (Latvia) digits of an organisation number, its check digit right.

    In Latvia it may be the personal code of whoever trades in their own name. Forgives blanks, stops and dashes, and
    what makes a VAT number of it: "NO 974 760 673 MVA". Other countries' numbers are not checked, only cleared of
    blanks and the like. Raises OrgNumberWrong.
    """
    plain = re.sub(r"[\s.\-–]", "", typed).upper()
    if country == "LV" and _NEW_PERSONAL_CODE.fullmatch(plain.removeprefix(country)):
        return plain.removeprefix(country)
    checks = {"NO": (orgnr.validate, 9), "LV": (pvn.validate, 11)}
    if country not in checks:
        return plain
    validate, digits = checks[country]
    try:
        return validate(plain.removeprefix(country).removesuffix("MVA"))
    except (InvalidLength, InvalidFormat) as error:
        raise OrgNumberWrong(typed, digits, misprint=False) from error
    except (InvalidChecksum, ValidationError) as error:
        raise OrgNumberWrong(typed, digits, misprint=True) from error


def read_pattern(pattern: str) -> list[list[Sign]]:
    """The alternatives of a pattern, each a row of signs. Raises PatternWrong."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternWrong(pattern, LONGEST_PATTERN)
    rows: list[list[Sign]] = [[]]
    escaped = False
    for position, sign in enumerate(pattern):
        if escaped:
            rows[-1].append(Sign(sign, is_itself=True))
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "|":
            rows.append([])
        elif sign in "9ax":
            rows[-1].append(Sign(sign, is_itself=False))
        elif sign.islower() or not sign.isprintable():  # a small letter that means nothing is a mistake
            raise PatternWrong(pattern, position)
        else:
            rows[-1].append(Sign(sign, is_itself=True))
    rows = [_trimmed(row) for row in rows]
    if escaped or not all(rows):
        raise PatternWrong(pattern, len(pattern))
    return rows


def example_of(pattern: str) -> str:
    """A reference that fits the pattern, to show in the form: "12345", "abc-12"."""
    signs, digits, letters = [], 0, 0
    for sign in read_pattern(pattern)[0]:
        if sign.is_itself:
            signs.append(sign.sign)
        elif sign.sign == "9":
            signs.append(_EXAMPLE_DIGITS[digits % 10])
            digits += 1
        else:
            signs.append(_EXAMPLE_LETTERS[letters % 13])
            letters += 1
    return "".join(signs)


def read_invoice_reference(typed: str, pattern: str) -> str:
    """The reference as the payer wants it: capitals of the pattern as there, no blanks that it does not have.

    Without a pattern anything up to sixty signs will do, nothing too. Raises ReferenceMissing or ReferenceWrong.
    """
    plain = " ".join(typed.split())
    if not pattern:
        if len(plain) > LONGEST_REFERENCE or not plain.isprintable():
            raise ReferenceWrong(plain[:LONGEST_REFERENCE], "", "")
        return plain
    rows = read_pattern(pattern)
    if not plain:
        raise ReferenceMissing(example_of(pattern))
    for row in rows:
        signs = plain if any(place.sign.isspace() for place in row) else plain.replace(" ", "")
        if len(signs) == len(row) and all(place.accepts(sign) for place, sign in zip(row, signs, strict=True)):
            return "".join(place.sign if place.is_itself else sign for place, sign in zip(row, signs, strict=True))
    raise ReferenceWrong(plain, pattern, example_of(pattern))


def _trimmed(row: list[Sign]) -> list[Sign]:
    """Without the blanks that may stand around a `|`."""
    while row and row[0].sign.isspace():
        row = row[1:]
    while row and row[-1].sign.isspace():
        row = row[:-1]
    return row

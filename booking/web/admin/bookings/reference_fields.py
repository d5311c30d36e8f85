"""Fields that schools and agreements share: organisation numbers, and how a payer's invoice references look."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.agreements.references import (
    LONGEST_PATTERN,
    LONGEST_REFERENCE,
    OrgNumberWrong,
    PatternWrong,
    ReferenceMissing,
    ReferenceWrong,
    Sign,
    example_of,
    read_invoice_reference,
    read_org_number,
    read_pattern,
)
from booking.web.forms.fields import Field, FieldKind, Filled
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import Wrong

ANY, OWN = "any", "own"
COMMON = ("99999", "xxx-xx", "B999999", "9999999999")


def org_number_field() -> Field:
    """The number of a school or a payer, its check digit right."""
    return Field("org_number", _("Organisation number"), most=30, required=False, convert=_org_number)


def pattern_fields() -> list[Field]:
    """A common pattern or one's own, and a reference to try it with."""
    common = [(pattern, pattern_words(pattern)) for pattern in COMMON]
    return [
        Field(
            "pattern",
            _("What its invoice references look like"),
            FieldKind.CHOICE,
            choices=[(ANY, _("Anything, also nothing")), *common, (OWN, _("Another pattern, written below"))],
            heading=_("Invoices"),
            hint=_("Teachers are told at once when they type something else."),
            stored=False,
        ),
        Field(
            "reference_pattern",
            _("Another pattern"),
            most=LONGEST_PATTERN,
            required=False,
            convert=_pattern,
            hint=_(
                "9 is a digit, a is a letter, x is either; capitals, other digits and signs stand for themselves; "
                "| stands between two patterns of which either will do. Such as B999999 or aaa-99."
            ),
        ),
        Field(
            "try_reference",
            _("Try a reference"),
            most=LONGEST_REFERENCE,
            required=False,
            stored=False,
            hint=_("Nothing is saved when you try."),
        ),
    ]


def chosen_pattern(values: Mapping[str, Any]) -> str:
    """The pattern that the form says."""
    choice = values.get("pattern") or ANY
    if choice == ANY:
        return ""
    return str(values.get("reference_pattern") or "") if choice == OWN else str(choice)


def pattern_beside(pattern: str) -> dict[str, Any]:
    """How a pattern stands in the form."""
    if not pattern:
        return {"pattern": ANY}
    return {"pattern": pattern, "reference_pattern": ""} if pattern in COMMON else {"pattern": OWN}


def pattern_wrong(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the two fields together."""
    if values.get("pattern") == OWN and not values.get("reference_pattern"):
        return {"reference_pattern": _("Write the pattern, or choose one above.")}
    return {}


def tried(filled: Filled) -> tuple[bool, str]:
    """What comes of the reference that was typed to try the pattern: whether it would do, and the sentence."""
    if "reference_pattern" in filled.errors:
        return False, filled.errors["reference_pattern"]
    pattern, typed = chosen_pattern(filled.values), str(filled.values.get("try_reference") or "")
    about = pattern_said(pattern)
    if not typed:
        return True, about
    try:
        kept = read_invoice_reference(typed, pattern)
    except (ReferenceMissing, ReferenceWrong):
        refused = _("“%(typed)s” is refused.", typed=typed)
        return False, f"{refused} {about}"
    taken = _("“%(typed)s” is taken, and kept as “%(kept)s”.", typed=typed, kept=kept)
    return True, f"{taken} {about}"


def pattern_said(pattern: str) -> str:
    """A pattern in a plain sentence with an example."""
    if not pattern:
        return str(_("Teachers may type any reference, or none."))
    return str(_("Teachers are asked for: %(what)s.", what=pattern_words(pattern)))


def pattern_words(pattern: str) -> str:
    """A pattern in words: "99999" is "5 digits, such as 12345"."""
    alternatives = str(_(" or ")).join(_row_words(row) for row in read_pattern(pattern))
    return str(_("%(what)s, such as %(example)s", what=alternatives, example=example_of(pattern)))


def _row_words(row: list[Sign]) -> str:
    parts = []
    for (is_itself, kind), signs in groupby(
        row, key=lambda sign: (sign.is_itself, "" if sign.is_itself else sign.sign)
    ):
        some = list(signs)
        if is_itself:
            parts.append(f"“{''.join(one.sign for one in some)}”")
        elif kind == "9":
            parts.append(ngettext("%(num)s digit", "%(num)s digits", len(some)))
        elif kind == "a":
            parts.append(ngettext("%(num)s letter A–Z", "%(num)s letters A–Z", len(some)))
        else:
            parts.append(ngettext("%(num)s letter or digit", "%(num)s letters or digits", len(some)))
    return ", ".join(parts)


def _org_number(said: str) -> str:
    if not said:
        return ""
    try:
        return read_org_number(said, centre().country)[:20]
    except OrgNumberWrong as refusal:
        raise Wrong(sentence(refusal).text) from None


def _pattern(said: str) -> str:
    if not said:
        return ""
    try:
        read_pattern(said)
    except PatternWrong as refusal:
        raise Wrong(sentence(refusal).text) from None
    return said

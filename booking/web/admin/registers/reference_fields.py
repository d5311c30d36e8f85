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
from booking.web.forms.chosen_fields import ChoiceField
from booking.web.forms.entry import Trial
from booking.web.forms.fields import Field, TextField
from booking.web.forms.filled import Filled
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import Wrong

ANY, OWN = "any", "own"
COMMON = ("99999", "xxx-xx", "B999999", "9999999999")


class OrgNumberField(TextField):
    """An organisation number of the centre's country, its check digit right; "" for none."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """The digits alone; "" for none. Raises Wrong."""
        try:
            return read_org_number(text, centre().country)[:20] if text else ""
        except OrgNumberWrong as refusal:
            raise Wrong(sentence(refusal).text) from None


class PatternField(TextField):
    """A pattern of invoice references; "" for none."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """A pattern that references can be read by; "" for none. Raises Wrong."""
        try:
            if text:
                read_pattern(text)
        except PatternWrong as refusal:
            raise Wrong(sentence(refusal).text) from None
        return text


def org_number_field() -> Field:
    """The number of a school or a payer, its check digit right."""
    return OrgNumberField("org_number", _("Organisation number"), most=30, required=False)


def pattern_fields() -> list[Field]:
    """A common pattern or one's own, and a reference to try it with."""
    return [_common_pattern(), _own_pattern(), _trial()]


def _common_pattern() -> Field:
    common = [(pattern, pattern_words(pattern)) for pattern in COMMON]
    return ChoiceField(
        "pattern",
        _("What its invoice references look like"),
        choices=[(ANY, _("Anything, also nothing")), *common, (OWN, _("Another pattern, written below"))],
        heading=_("Invoices"),
        hint=_("Teachers are told at once when they type something else."),
        stored=False,
    )


def _own_pattern() -> Field:
    hint = _(
        "9 is a digit, a is a letter, x is either; capitals, other digits and other characters stand for themselves; "
        "| stands between two patterns of which either will do. Such as B999999 or aaa-99."
    )
    return PatternField("reference_pattern", _("Another pattern"), most=LONGEST_PATTERN, required=False, hint=hint)


def _trial() -> Field:
    hint = _("Nothing is saved when you try.")
    return TextField(
        "try_reference", _("Try a reference"), most=LONGEST_REFERENCE, required=False, stored=False, hint=hint
    )


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
        return {"reference_pattern": _("Enter the pattern, or choose one above.")}
    return {}


def tried(filled: Filled) -> Trial:
    """What comes of the reference that was typed to try the pattern."""
    if "reference_pattern" in filled.errors:
        return Trial(False, filled.errors["reference_pattern"])
    pattern, typed = chosen_pattern(filled.values), str(filled.values.get("try_reference") or "")
    about = pattern_said(pattern)
    if not typed:
        return Trial(True, about)
    try:
        kept = read_invoice_reference(typed, pattern)
    except (ReferenceMissing, ReferenceWrong):
        refused = _("“%(typed)s” is refused.", typed=typed)
        return Trial(False, f"{refused} {about}")
    taken = _("“%(typed)s” is taken, and kept as “%(kept)s”.", typed=typed, kept=kept)
    return Trial(True, f"{taken} {about}")


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
        row_of_a_kind = list(signs)
        if is_itself:
            parts.append(f"“{''.join(sign.sign for sign in row_of_a_kind)}”")
        elif kind == "9":
            parts.append(ngettext("%(num)s digit", "%(num)s digits", len(row_of_a_kind)))
        elif kind == "a":
            parts.append(ngettext("%(num)s letter A–Z", "%(num)s letters A–Z", len(row_of_a_kind)))
        else:
            parts.append(ngettext("%(num)s letter or digit", "%(num)s letters or digits", len(row_of_a_kind)))
    return ", ".join(parts)

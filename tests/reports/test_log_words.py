"""Everything that the log, histories and the outbox keep is said in words, in every language, with sums as money."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.history.fact_words import fact_names, values_in_words
from booking.history.sentences import act, acts, log_sentence, subject, things
from booking.reports import names
from booking.running.keepers import KEEPS
from booking.web.admin.staff.log_fields import names_for
from booking.web.forms.filled import FORMS
from tests.builders import a_centre

ROOT = Path(__file__).parents[2] / "booking"
LANGUAGES = ("nb", "nn", "en", "lv")
# Acts whose name is not written out where they are noted, with what they may be there.
PARTS = {
    "agreement.{what}": ("agreement.code", "agreement.link"),
    "person.{how}": ("person.show", "person.file"),
    "export.{source}": ("export.bookings", "export.letters", "export.log", "export.feedback"),
    "invoice.{kind}": ("invoice.collector", "invoice.disputed"),
    "invoice.{kind}_ended": ("invoice.collector_ended", "invoice.disputed_ended"),
    "{what}.add": (),
    "{what}.change": (),
    "{what}.remove": (),
    "action": (
        "slot.change",
        "slot.open",
        "slot.closed",
        "slot.cancelled",
        "booking.change",
        "booking.part_back",
    ),
    "act": ("invoice.send_again", "invoice.arrived", "invoice.by_mail", "invoice.outside"),
    "news[0]": ("charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"),
}


def notes() -> Iterator[ast.Call]:
    """Every place that writes into the log."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = getattr(node, "func", None)
            if isinstance(node, ast.Call) and len(node.args) > 2 and getattr(named, "id", "") == "note":
                yield node


def actions() -> set[str]:
    """Every act that the code can note."""
    acts = set()
    for call in notes():
        name = call.args[1]
        text = name.value if isinstance(name, ast.Constant) else ast.unparse(name).removeprefix("f").strip("'\"")
        acts |= {str(text)} if isinstance(name, ast.Constant) else set(PARTS[str(text)])
    return acts


def fact_names_in_code() -> set[str]:
    """The names of facts that are written out where they are noted."""
    return {
        str(key.value)
        for call in notes()
        for argument in call.args[3:]
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant)
    }


def test_every_act_that_the_code_notes_has_a_sentence(app: Flask) -> None:
    with force_locale("en"):
        assert sorted(actions() - set(acts())) == []


def test_every_fact_that_the_code_notes_has_a_name(app: Flask) -> None:
    with force_locale("en"):
        assert sorted(fact_names_in_code() - set(fact_names())) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_entry_of_each_kind_is_a_sentence_in_every_language(app: Flask, lang: str) -> None:
    a_centre()
    with app.test_request_context(f"/{lang}/"), force_locale(lang):
        wording = Wording.of(lang, the_centre())
        for action in actions():
            for facts in ({"amount": 10050, "left": 81000}, {"starts_at": "2027-03-09T09:00:00+00:00"}, {}):
                entry = log_sentence(action, None, facts, wording, names_for(action, wording))
                for text in (entry.act, *entry.facts):
                    assert text
                    assert not re.search(r"[a-z]\.[a-z]|_|10050|81000|T09:00", text), text
        for what in FORMS:
            for verb in ("add", "change", "remove"):
                assert "." not in act(f"{what}.{verb}")
            assert what in things()
        assert subject("booking:17", {}).endswith("17")


@pytest.mark.parametrize("lang", ["nb", "nn", "lv"])
def test_no_english_is_left_on_staff_pages(app: Flask, lang: str) -> None:
    with force_locale("en"):
        english = (acts(), things(), names.promises())
    with force_locale(lang):
        for there, here in zip(english, (acts(), things(), names.promises()), strict=True):
            assert [key for key in there if there[key] == here[key] and key not in ALIKE] == []


ALIKE = {"release"}  # nothing else is written alike by chance


def test_weekdays_sums_and_states_are_written_as_a_reader_knows_them(app: Flask) -> None:
    a_centre()
    with app.test_request_context("/nb/"), force_locale("nb"):
        wording = Wording.of("nb", the_centre())
        pattern = log_sentence(
            "pattern.change", {"weekdays": 127}, {"weekdays": 31}, wording, names_for("pattern.change", wording)
        )
        assert pattern.act == "Endret: Faste tider"
        assert "mandag, tirsdag, onsdag, torsdag, fredag, lørdag, søndag → mandag, tirsdag" in pattern.facts[0]
        refund = log_sentence("refund.by_staff", {"left": 81000}, {"amount": 10050, "reason": "Sykdom"}, wording)
        assert refund.act == "Penger gitt tilbake av ansatte"
        assert [fact.replace("\xa0", " ") for fact in refund.facts] == [
            "Igjen: 810 kr", "Beløp: 100,50 kr", "Grunn: Sykdom",
        ]  # fmt: skip
        state = log_sentence("booking.cancel", {"state": "confirmed"}, {"state": "cancelled"}, wording)
        assert state.facts == ("Status: Bekreftet → Avbestilt",)
        same = log_sentence("booking.change", {"people": 2, "total": 71000}, {"people": 2, "total": 59000}, wording)
        assert len(same.facts) == 1  # what stayed as it was is not said to be other than before
        quiet = log_sentence(
            "centre.change", {"email": "…"}, {"email": "…"}, wording, names_for("centre.change", wording)
        )
        assert quiet.facts[0].endswith(": annerledes enn før")


def test_every_promise_has_a_name(app: Flask) -> None:
    kinds = set(KEEPS)
    promised = {
        str(node.args[0].value)
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "promise" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    with force_locale("en"):
        assert sorted((kinds | promised) - set(names.promises())) == []


def test_every_state_that_is_kept_has_a_word(app: Flask) -> None:
    from booking.bookings.models import State
    from booking.capacity.closed_hours import ClosedReason
    from booking.capacity.models import SlotStatus
    from booking.door.rules import DoorVerdict
    from booking.releases.models import ReleaseWay as ReleaseWay
    from booking.staff.models import Role, SignInWay

    with force_locale("en"):
        for name, states in (
            ("state", (*State, *SlotStatus)), ("verdict", DoorVerdict), ("why", ClosedReason),
            ("way", (*SignInWay, *ReleaseWay)),
            ("role", Role),
        ):  # fmt: skip
            assert sorted({state.value for state in states} - set(values_in_words(name))) == []

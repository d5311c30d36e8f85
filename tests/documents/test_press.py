"""The press: one paper at a time, few kept; what the typesetter breaks of stops no worker and loses no letter."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pypdf
import pytest
import time_machine
import typst
from flask import Flask
from sqlalchemy import select

from booking.documents import pdf as press
from booking.documents.looks import plain_look
from booking.documents.paper import CertificatePaper
from booking.documents.pdf import certificate_pdf
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db
from booking.mail.sending import list_files
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import LEASE
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.builders import a_confirmed_booking, a_sale

KARI, ANNA = "Kari Nordmann", "Άννα Παππά"  # both can be drawn; hers is not of plain Latin letters
typesetter = press._typesetter


class PanicException(BaseException):
    """Called as the typesetter's own, which is no Exception either."""


def a_certificate(name: str) -> CertificatePaper:
    return CertificatePaper(
        lang="nb", title="Kursbevis", centre="Senteret", seller=("Senteret AS",), reference="4BKC9RC7", name=name,
        was_there="har deltatt på", course="Kurs", held_on="4. november", hours="3 timer", check="Se",
        code="https://example.org/c/1", look=plain_look("#0b5"),
        words={"date": "Dato", "hours": "Varighet", "place": "Sted", "qr": "QR-kode"},
    )  # fmt: skip


class Panicking:
    """A typesetter that panics of this name, and sets all others."""

    def __init__(self, of: str) -> None:
        self.of = of.encode("ascii", "backslashreplace").replace(b"\\", b"\\\\")  # as JSON, within a string

    def compile(self, *, input: bytes, format: str, pdf_standards: str) -> object:
        if self.of in input:
            raise PanicException(self.of)
        return typesetter().compile(input=input, format="pdf", pdf_standards="ua-1")


class Counting:
    """A typesetter that counts its papers, and how many it had in hand at once."""

    def __init__(self) -> None:
        self.made = self.in_hand = self.most = 0
        self.guard = threading.Lock()

    def compile(self, **_more: object) -> bytes:
        with self.guard:
            self.made += 1
            self.in_hand += 1
            self.most = max(self.most, self.in_hand)
        time.sleep(0.02)
        with self.guard:
            self.in_hand -= 1
        return b"%PDF"


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """In the typesetter's place."""
    there = Counting()
    monkeypatch.setattr(press, "_typesetter", lambda: there)
    return there


def promises() -> list[tuple[PromiseState, int]]:
    db.session.rollback()
    return [
        (state, tries)
        for state, tries in db.session.execute(select(Promise.state, Promise.attempts).order_by(Promise.id))
    ]


def tickets_of(app: Flask, recipient: str) -> str:
    """What the tickets in the letter to somebody say."""
    folder = settings_of(app).instance_dir / "mail"
    (file,) = [file.name for file in list_files(folder) if file.recipient == recipient]
    for part in message_from_bytes((folder / file).read_bytes(), policy=SMTP).walk():
        if part.get_content_type() == "application/pdf":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    raise AssertionError("no tickets in the letter")


def test_papers_that_many_want_at_once_are_set_one_after_the_other(counting: Counting) -> None:
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(certificate_pdf, [a_certificate(new_secret()) for _ in range(8)])) == {b"%PDF"}
    assert (counting.made, counting.most) == (8, 1)


def test_one_paper_that_many_want_at_once_is_set_once(counting: Counting) -> None:
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(certificate_pdf, [a_certificate(new_secret())] * 8)) == {b"%PDF"}
    assert counting.made == 1


def test_of_the_papers_just_made_the_last_few_are_kept_and_no_more(counting: Counting) -> None:
    papers = [a_certificate(new_secret()) for _ in range(press.KEPT + 1)]
    for paper in papers:
        certificate_pdf(paper)
    assert len(press._kept) == press.KEPT
    certificate_pdf(papers[1])
    assert counting.made == press.KEPT + 1
    certificate_pdf(papers[0])  # the oldest went
    assert counting.made == press.KEPT + 2


def test_the_press_is_free_again_after_what_is_no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "_typesetter", lambda: Panicking("Senteret"))
    for _ in range(2):  # the second would wait for ever
        with pytest.raises(press.TypesettingRefused):
            certificate_pdf(a_certificate(KARI))


def test_a_name_that_the_typesetter_panics_of_is_squares_on_the_ticket(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(press, "_typesetter", lambda: Panicking(ANNA))
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 1, name=ANNA, email="anna@example.org")
    run_once(app)
    assert promises() == [(PromiseState.DONE, 1)]
    tickets = tickets_of(app, "anna@example.org")
    assert "□□□□ □□□□□" in tickets and ANNA not in tickets
    assert ANNA not in "".join(capfd.readouterr())


def test_a_panic_that_squares_do_not_help_against_is_tried_again_and_stops_no_other_letter(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 1, name=KARI, email="kari@example.org")
    a_confirmed_booking(slot, adult, 1, name="Ola Nordmann", email="ola@example.org")
    with monkeypatch.context() as broken:
        broken.setattr(press, "_typesetter", lambda: Panicking(KARI))
        run_once(app)
    assert promises() == [(PromiseState.WAITING, 1), (PromiseState.DONE, 1)]
    assert "Ola Nordmann" in tickets_of(app, "ola@example.org")
    with time_machine.travel(clock.now() + LEASE, tick=True):
        run_once(app)
    assert promises() == [(PromiseState.DONE, 2), (PromiseState.DONE, 1)]
    assert KARI in tickets_of(app, "kari@example.org")


DYING = """
import os, signal
from booking import create_app
from booking.documents import pdf
pdf._typesetter = lambda: os.kill(os.getpid(), signal.SIGKILL)
from booking.settings import Settings
from booking.running.worker import run_once
run_once(create_app(Settings.from_environment(os.environ)))
"""


def test_a_worker_that_is_killed_while_it_sets_a_ticket_leaves_the_letter_to_the_next(
    app: Flask, tmp_path: Path
) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 1, name=KARI, email="kari@example.org")
    own = {"DATABASE_URL": db.engine.url.render_as_string(hide_password=False), "INSTANCE_DIR": str(tmp_path)}
    db.session.remove()
    died = subprocess.run([sys.executable, "-c", DYING], env=os.environ | own, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL
    assert (promises(), list(tmp_path.glob("mail/*"))) == ([(PromiseState.WAITING, 1)], [])
    assert run_once(app) == 0  # still leased
    with time_machine.travel(clock.now() + LEASE, tick=True):
        run_once(app)
    assert promises() == [(PromiseState.DONE, 2)]
    assert KARI in tickets_of(app, "kari@example.org")


# What would end a string, a line or a sheet, and what a string would read as something else.
TRICKY = ['" , panic("x")', "\\", '\\"', '\\\\"', "\\u{22}", "\\n", "#panic()", "\n", "`", "é", "\U0001f39f", ")] #x"]


@pytest.mark.parametrize("name", TRICKY)
def test_what_stands_on_a_paper_reaches_the_typesetter_letter_for_letter(name: str) -> None:
    call = f"#metadata({press._as_data({'name': name})})<said>"
    assert json.loads(typst.query(call.encode(), "<said>", field="value", one=True)) == {"name": name}


def test_hundreds_of_papers_fill_no_memory() -> None:
    def megabytes() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

    def print_some(number: int) -> None:
        for _ in range(number):
            certificate_pdf(a_certificate(new_secret()))

    print_some(60)  # what is kept is kept by then
    before = megabytes()
    print_some(400)
    assert megabytes() - before < 20


def test_a_word_without_a_place_to_break_is_looked_for_only_where_there_is_one() -> None:
    assert press.long_words({"name": "Kari Nordmann", "code": "x" * 40, "words": {"qr": "QR-kode"}}) == ""
    pattern = press.long_words({"lines": [{"title": "undervisningsopplegg, undervisningsoppleggene"}, "a.b" * 9]})
    assert re.findall(pattern, "undervisningsoppleggene undervisningsopplegg, axb" * 9) == [
        "undervisningsoppleggene", "undervisningsopplegg,"
    ] * 9  # fmt: skip
    assert re.fullmatch(pattern, "A.B" * 9)

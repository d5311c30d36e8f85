"""Into a folder: whole or not at all, and never twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from booking.invoicing.sending import folder as folders
from booking.invoicing.sending.look import look, promise_looks
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.send import SendLater, carry
from booking.invoicing.sending.states import DeliveryState, SendingChannel
from booking.invoicing.sending.transport import TransportStatus
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.invoicing.sending.sent import an_issued_invoice, begun_long_ago, delivery, number_of, the_way

D = DeliveryState


@pytest.fixture
def invoice_id(app: Flask) -> int:
    """An invoice on its way to the folder, which a demo has without any setting."""
    return an_issued_invoice(settings_of(app))


@pytest.fixture
def folder(app: Flask) -> Path:
    """Where it comes."""
    return settings_of(app).invoice_folder


def names(folder: Path) -> list[str]:
    """What whoever fetches from it sees."""
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def test_paper_and_xml_come_under_the_number(app: Flask, invoice_id: int, folder: Path) -> None:
    carry(invoice_id, settings_of(app))
    carry(invoice_id, settings_of(app))
    number = number_of(invoice_id)
    assert (names(folder), delivery().state) == ([f"{number}.pdf", f"{number}.xml"], D.SENT)
    assert (folder / f"{number}.xml").read_bytes().startswith(b"<?xml")


def test_what_is_fetched_is_delivered_and_what_is_refused_says_why(app: Flask, invoice_id: int, folder: Path) -> None:
    carry(invoice_id, settings_of(app))
    look(invoice_id, settings_of(app))
    assert delivery().state is D.SENT
    (folder / delivery().their_ref).unlink()
    look(invoice_id, settings_of(app))
    assert delivery().state is D.DELIVERED
    (folder / f"{number_of(invoice_id)}.refused").write_text("Ukjent mottaker\n", encoding="utf-8")
    with unit_of_work():
        due = InvoiceDelivery.look_at.is_not(None)
        db.session.execute(update(InvoiceDelivery).where(due).values(look_at=clock.now()))
    promise_looks(clock.now())
    run_once(app)
    assert (delivery().state, delivery().said, delivery().look_at) == (D.REFUSED, "Ukjent mottaker", None)


def test_what_was_seen_of_an_earlier_try_is_not_said_of_the_next(
    app: Flask, invoice_id: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(invoice_id, settings_of(app))
    (folder / f"{number_of(invoice_id)}.refused").write_text("Ukjent mottaker", encoding="utf-8")
    look_there = folders.FolderTransport.look

    def meanwhile(transport: folders.FolderTransport, ref: str) -> TransportStatus:
        status = look_there(transport, ref)
        with unit_of_work():
            db.session.execute(update(InvoiceDelivery).values(attempt=2))
        return status

    monkeypatch.setattr(folders.FolderTransport, "look", meanwhile)
    look(invoice_id, settings_of(app))
    assert (delivery().state, delivery().look_at is None) == (D.SENT, False)


def test_a_folder_that_is_no_folder_is_tried_again(app: Flask, invoice_id: int, folder: Path) -> None:
    folder.write_text("in the way")
    with pytest.raises(SendLater, match="folder"):
        carry(invoice_id, settings_of(app))
    assert delivery().state is D.WAITING
    folder.unlink()
    carry(invoice_id, settings_of(app))
    assert delivery().state is D.SENT


@pytest.mark.parametrize("step", ["first", "mark", "name"])
def test_killed_at_any_step_it_is_there_once_or_a_person_decides(
    app: Flask, invoice_id: int, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_given: object) -> None:
        raise Killed

    if step == "name":
        monkeypatch.setattr(Path, "replace", kill)
    else:
        write = folders._write
        monkeypatch.setattr(
            folders,
            "_write",
            lambda file, content: kill() if step == "first" or file.parent.name == ".begun" else write(file, content),
        )
    with pytest.raises(Killed):
        carry(invoice_id, settings_of(app))
    monkeypatch.undo()
    assert (names(folder), delivery().state) == ([], D.SENDING)
    begun_long_ago()
    carry(invoice_id, settings_of(app))
    assert delivery().state is (D.UNKNOWN if step == "name" else D.SENT)
    assert len(names(folder)) == (0 if step == "name" else 2)


@pytest.mark.parametrize("fetched", [False, True], ids=["still there", "fetched meanwhile"])
def test_a_disk_that_fails_after_the_last_name_is_a_lost_answer_and_nothing_comes_twice(
    app: Flask, invoice_id: int, folder: Path, monkeypatch: pytest.MonkeyPatch, fetched: bool
) -> None:
    to_the_disk = folders._to_the_disk

    def fail(written: Path) -> None:
        if written == folder and names(folder):
            raise OSError(5, "Input/output error")
        to_the_disk(written)

    monkeypatch.setattr(folders, "_to_the_disk", fail)
    with pytest.raises(SendLater, match="folder"):
        carry(invoice_id, settings_of(app))
    monkeypatch.undo()
    assert (delivery().state, len(names(folder))) == (D.SENDING, 2)
    if fetched:
        for name in names(folder):
            (folder / name).unlink()
    begun_long_ago()
    carry(invoice_id, settings_of(app))
    assert (delivery().state, len(names(folder))) == ((D.UNKNOWN, 0) if fetched else (D.SENT, 2))


def test_a_last_name_that_cannot_be_given_is_no_lost_answer(app: Flask, invoice_id: int, folder: Path) -> None:
    in_the_way = folder / f"{number_of(invoice_id)}.xml"
    (in_the_way / "full").mkdir(parents=True)
    with pytest.raises(SendLater, match="folder"):
        carry(invoice_id, settings_of(app))
    with pytest.raises(SendLater, match="folder"):
        carry(invoice_id, settings_of(app))
    assert delivery().state is D.WAITING
    (in_the_way / "full").rmdir()
    in_the_way.rmdir()
    carry(invoice_id, settings_of(app))
    assert (delivery().state, len(names(folder))) == (D.SENT, 2)


def test_a_disk_that_is_not_there_says_nothing_of_what_was_begun(app: Flask, invoice_id: int, folder: Path) -> None:
    carry(invoice_id, settings_of(app))
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=D.SENDING, their_ref=""))
    begun_long_ago()
    folder.rename(folder.with_name("elsewhere"))
    folder.mkdir()
    carry(invoice_id, settings_of(app))
    assert (delivery().state, names(folder)) == (D.UNKNOWN, [])


def test_nor_that_anybody_has_fetched_it(app: Flask, invoice_id: int, folder: Path) -> None:
    carry(invoice_id, settings_of(app))
    folder.rename(folder.with_name("elsewhere"))
    folder.mkdir()
    with pytest.raises(SendLater, match="folder"):
        look(invoice_id, settings_of(app))
    assert delivery().state is D.SENT


def test_killed_before_it_was_written_down_it_is_found(app: Flask, invoice_id: int, folder: Path) -> None:
    carry(invoice_id, settings_of(app))
    before = names(folder)
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=D.SENDING, their_ref=""))
    begun_long_ago()
    carry(invoice_id, settings_of(app))
    assert (delivery().state, names(folder)) == (D.SENT, before)


def test_a_house_may_choose_the_folder_by_name(app: Flask) -> None:
    the_way(SendingChannel.FOLDER)
    carry(an_issued_invoice(settings_of(app)), settings_of(app))
    assert delivery().channel is SendingChannel.FOLDER

"""Two workers at once send once, and a worker that is killed anywhere leaves nothing that goes twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from booking.invoicing.sending.begin import begin_sending
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.send import SendLater, carry
from booking.invoicing.sending.states import DeliveryState, SendingChannel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.settings import Settings
from tests.access_point_double.client import AccessPointProcess
from tests.invoicing.sending.sent import an_issued_invoice, begun_long_ago, delivery, the_way

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
D = DeliveryState


@pytest.mark.parametrize("lost", [False, True], ids=["from the start", "after a lost answer"])
def test_many_workers_send_it_once(
    app: Flask, through_it: Settings, access_point: AccessPointProcess, lost: bool
) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    invoice_id = an_issued_invoice(through_it)
    access_point.pull("keys", known=lost)  # one that would take it twice, where it is sent for the first time
    if lost:
        access_point.fault("500", path="/documents", method="POST", after=False)
        with pytest.raises(SendLater):
            carry(invoice_id, through_it)
        begun_long_ago()
    db.session.remove()

    def work(_worker: int) -> None:
        with app.app_context():
            try:
                carry(invoice_id, through_it)
            except SendLater:
                pass
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (delivery().state, len(access_point.held())) == (D.SENT, 1)
    assert len(access_point.asked("POST /documents")) == (2 if lost else 1)


def test_a_killed_worker_leaves_nothing_that_goes_twice(through_it: Settings, access_point: AccessPointProcess) -> None:
    """Killed before, while and after it sends; each second sending would show as a second question to take it."""
    the_way(SendingChannel.ACCESS_POINT)
    invoice_id = an_issued_invoice(through_it)
    draw = random.Random(7)
    for _time in range(EXAMPLES):
        access_point.pull("reset")
        access_point.fault("hang", path="/documents", method="POST", after=draw.random() < 0.7, seconds=0.05)
        with unit_of_work():
            db.session.execute(delete(InvoiceDelivery))
            db.session.execute(delete(Promise))
        begin_sending(invoice_id, through_it)
        db.session.remove()
        _kill_a_worker_after(draw.uniform(0.0, 0.25), through_it, access_point)
        access_point.pull("calm")  # what the killed one never asked for is not for the next
        with unit_of_work():
            lost = InvoiceDelivery.state == D.SENDING
            db.session.execute(update(InvoiceDelivery).where(lost).values(begun_at=clock.now().replace(year=2020)))
            db.session.execute(update(Promise).values(due_at=clock.now()))
        db.session.remove()
        taken = len(access_point.held())
        sent_before = len(access_point.asked("POST /documents"))
        carry(invoice_id, through_it)
        assert (delivery().state, len(access_point.held())) == (D.SENT, 1)
        assert len(access_point.asked("POST /documents")) == sent_before + (1 - taken)


def _kill_a_worker_after(seconds: float, settings: Settings, access_point: AccessPointProcess) -> None:
    """A process of its own; time begins when it is about to work."""
    environment = {
        **os.environ, "DATABASE_URL": settings.database_url, "INSTANCE_DIR": str(settings.instance_dir),
        "RATE_LIMITS": "off", **access_point.environment,
    }  # fmt: skip
    code = (
        "from booking import create_app\n"
        "from booking.running.worker import Worker\n"
        "worker = Worker(create_app())\n"
        "print('ready', flush=True)\n"
        "while True: worker.round()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "ready":
            assert process.poll() is None
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)

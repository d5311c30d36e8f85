"""The end of letters: those asked for by an address alone, and those that the demo keeps as files."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Select, select

from booking.bookings.forgetting import CONTACT_KEPT
from booking.kernel import forgetting
from booking.kernel.forgetting import Forgetting, Keys, Remove, Rows
from booking.mail.models import MailCount
from booking.outbox.models import Promise, PromiseState
from booking.payments.providers import tills

ASKED_KEPT = timedelta(days=7)
COUNTS_KEPT = timedelta(days=2)  # a day is counted
# Their promise holds the address itself: they are about no booking.
BY_ADDRESS = (
    "mail.find", "mail.my_visits", "mail.visit_copy", "mail.payer_link", "mail.news_link", "mail.withdraw_link",
)  # fmt: skip


def _asked_for(before: datetime) -> Select[int]:
    return select(Promise.id).where(
        Promise.kind.in_(BY_ADDRESS), Promise.made_at < before, Promise.state != PromiseState.WAITING
    )


def _counts(before: datetime) -> Select[int]:
    return select(MailCount.promise_id).where(MailCount.at < before)


def folder() -> Path:
    """Where letters are kept as files while there is no mail server."""
    return tills.settings.instance_dir / "mail"


def _files(before: datetime) -> Keys:
    old = [file for file in folder().glob("*.eml") if _written(file) < before.timestamp()]
    return old[: forgetting.BATCH]


def _written(file: Path) -> float:
    return file.stat().st_mtime


def forget_files(keys: Keys) -> None:
    """Take these files away."""
    for file in keys:
        file.unlink(missing_ok=True)


forget_asked = Remove(Promise.id)

FORGETTINGS = (
    Forgetting("letters asked for by an address", ASKED_KEPT, Rows(_asked_for), forget_asked),
    Forgetting("how many letters went to whom", COUNTS_KEPT, Rows(_counts), Remove(MailCount.promise_id)),
    Forgetting("letters kept as files", CONTACT_KEPT, _files, forget_files),
)

"""One class whose session is cancelled because somebody is ill, and a note for the desk: so that both can be seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel, Claim, Slot
from booking.catalogue.models import Activity, Kind
from booking.closures import close, letters
from booking.closures.models import ClosedReason
from booking.demo.crowd import Crowd
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work

WORDS = {
    "nb": "Formidleren som skulle ta imot klassen, er syk.",
    "nn": "Formidlaren som skulle ta imot klassen, er sjuk.",
    "en": "The educator who was to receive the class is ill.",
    "lv": "Nodarbības vadītājs, kuram bija jāsagaida klase, ir saslimis.",
}
NOTE = {
    "nb": "Heisen er ute av drift. Bruk rampen ved verkstedet til rullestoler.",
    "lv": "Lifts nedarbojas. Ratiņkrēsliem izmantojama rampa pie laboratorijām.",
}


def cancel_a_session(crowd: Crowd) -> None:
    """Cancel the last session of the fortnight that a class has booked; note something on today's first."""
    sessions = (
        select(Slot.id, Slot.starts_at, Slot.ends_at)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Activity.kind == Kind.PROGRAMME, Booking.state == State.CONFIRMED, Booking.channel == Channel.SCHOOL)
    )
    last = db.session.execute(
        sessions.where(Slot.starts_at > crowd.now + timedelta(days=2)).order_by(Slot.starts_at.desc(), Slot.id).limit(1)
    ).first()
    first = db.session.execute(sessions.order_by(Slot.starts_at, Slot.id).limit(1)).first()
    db.session.rollback()
    if first is not None:
        with unit_of_work():
            db.session.execute(update(Slot).where(Slot.id == first.id).values(note=NOTE[crowd.centre.languages[0]]))
    if last is not None:
        words = {lang: WORDS[lang] for lang in crowd.centre.languages if lang in WORDS}
        wish = close.ClosureRequest(last.starts_at, last.ends_at, ClosedReason.ILLNESS, words, slot_id=last.id)
        with unit_of_work():
            closure_id = close.close_down(wish, now=crowd.now, account_id=None, actor="demo")
        for work in long_work.latest():
            if work.about.get("closure_id") == closure_id:
                db.session.rollback()
                long_work.go_on(work.id, {"closure.letters": letters.write_letters})

"""Two release days of the demo centre, some days ahead, with wishes of made-up teachers for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.capacity.models import Slot
from booking.capacity.timetable import at
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.school.values import DemoRelease
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.outbox.models import Promise
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.releases import edits, openings
from booking.releases.edits import ReleaseWanted
from booking.visits.book import VisitOrder, wants_of
from booking.wishes import wishes

FIRST_DAY, LAST_DAY = 80, 119  # days from today


def write_releases(releases: Sequence[DemoRelease], today: date) -> None:
    """Publish them and let their wishes be prepared."""
    centre, now = the_centre(), clock.now()
    for release in releases:
        _release(release, centre, now, today)
    with unit_of_work():
        run(delete(Promise).where(Promise.kind == "mail.wish"))  # history: nobody waits for these letters


def _release(demo: DemoRelease, centre: CentreFacts, now: datetime, today: date) -> None:
    ids = tuple(run(select(Activity.id).where(Activity.slug.in_(demo.slugs)).order_by(Activity.sort)).scalars())
    first, last = today + timedelta(days=FIRST_DAY), today + timedelta(days=LAST_DAY + 1)
    from_at, to_at = at(first, time(0), centre.zone), at(last, time(0), centre.zone)
    if not ids or not edits.count_places(ids, from_at, to_at):
        return
    opens_at = at(today + timedelta(days=demo.opens_in), time(9), centre.zone)
    wanted = ReleaseWanted(
        way=demo.way,
        activity_ids=ids,
        from_at=from_at,
        to_at=to_at,
        prepare_from=at(today - timedelta(days=7), time(0), centre.zone),
        opens_at=opens_at,
        until=opens_at + timedelta(days=7),
        kept_percent=30,
        most_per_school=3,
        lately_since=at(today - timedelta(days=365), time(0), centre.zone),
    )
    with unit_of_work():
        release_id = edits.write(None, wanted, "worker")
    with unit_of_work():
        edits.publish(release_id, now, "worker")
    release = openings.release_with_id(release_id)
    chosen = select(Slot.id).where(Slot.activity_id.in_(ids), Slot.starts_at >= from_at, Slot.starts_at < to_at)
    slots = list(run(chosen.order_by(Slot.starts_at, Slot.id)).scalars())
    for number, teacher in enumerate(demo.teachers):
        if release is None:
            continue
        email = f"{teacher.name.split()[0].lower()}@example.org"
        plans = [_plan(slots[(number * 3 + choice) % len(slots)], teacher.group) for choice in range(1 + number % 3)]
        who, (school, *_) = Contact(teacher.name, email, "+4790000000"), find_schools(teacher.school)
        order = VisitOrder(
            plans[0], school=school, contact=who, lang=centre.languages[0], on_the_day=who.name, mobile=who.phone
        )
        with unit_of_work():
            secret = wishes.prepare(order, release, now)
        for plan in plans[1:]:
            with unit_of_work():
                wishes.add_option(secret, plan, now)


def _plan(slot_id: int, group: Group) -> Plan:
    slot = db.session.get_one(Slot, slot_id)
    part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
    timetables = (Timetable(group, (part,), 0, (slot.id,)),)
    arrives, leaves = slot.starts_at - timedelta(minutes=15), slot.ends_at + timedelta(minutes=15)
    return Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)

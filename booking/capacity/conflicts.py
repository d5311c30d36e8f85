"""What is wrong with a day's programme: two in one room, or more sessions than educators. Pure decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from booking.capacity.planning import RoomUse, Staffing


def clashing(sessions: Mapping[int, RoomUse]) -> set[int]:
    """The slots that share a space with another at the same time although they need it for themselves."""
    slot_ids: set[int] = set()
    by_space: dict[int, list[tuple[int, RoomUse]]] = {}
    for slot_id, session in sessions.items():
        if session.space_id is not None:
            by_space.setdefault(session.space_id, []).append((slot_id, session))
    for in_space in by_space.values():
        for n, (slot_id, session) in enumerate(in_space):
            for other_id, other in in_space[n + 1 :]:
                if session.meets(other):
                    slot_ids |= {slot_id, other_id}
    return slot_ids


def understaffed(sessions: Mapping[int, RoomUse], staffing: Staffing) -> set[int]:
    """The slots that go on at a moment with more sessions than educators; none where enough are said to be there."""
    led = {slot_id: session for slot_id, session in sessions.items() if session.is_led}
    moments = {session.starts_at for session in led.values()}
    if led and staffing.duties:
        moments.update(staffing.turns(min(moments), max(session.free_again for session in led.values())))
    slot_ids: set[int] = set()
    for moment in moments:
        running, educators = _at(led, moment), staffing.at(moment)
        if educators is not None and len(running) > educators:
            slot_ids |= set(running)
    return slot_ids


def _at(sessions: Mapping[int, RoomUse], moment: datetime) -> Sequence[int]:
    return [slot_id for slot_id, session in sessions.items() if session.starts_at <= moment < session.free_again]

"""What staff do with campaigns beside their form: the code, many single ones, the end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, literal, select, update

from booking.centre.models import Centre
from booking.discounts.codes import in_groups, key_of, new_code
from booking.discounts.models import Campaign, DiscountCode, DiscountUse, living_uses
from booking.discounts.refusals import CodeInUse, OddCode
from booking.kernel.database import run
from booking.kernel.writing import write
from booking.records.audit import note

MOST_AT_ONCE = 10_000
RETIRED = "-"  # begins the key of a code that has been replaced; nothing that is typed does


def give_code(campaign_id: int, typed: str) -> None:
    """Let a campaign have this code for everybody, in place of another; "" for none. Call inside a unit of work that
    has the campaign locked.

    One that was ever used stays, with what it was printed as, but gives up its key: nobody finds it any more, also
    when an order that had it is cancelled. Raises OddCode, CodeInUse.
    """
    run(update(Centre).values(has_campaigns=True))
    key = key_of(typed) if typed else None
    if typed and key is None:
        raise OddCode
    others = (*_of_everybody(campaign_id), DiscountCode.key != (key or ""))
    run(delete(DiscountCode).where(*others, ~exists().where(DiscountUse.code_id == DiscountCode.id)))
    run(update(DiscountCode).where(*others).values(key=literal(RETIRED) + cast(DiscountCode.id, String)))
    if key is None:
        return
    owner = run(select(DiscountCode.campaign_id, DiscountCode.most_uses).where(DiscountCode.key == key)).first()
    if owner is not None and (owner[0] != campaign_id or owner[1] == 1):
        raise CodeInUse
    if owner is None:
        write(DiscountCode, [{"campaign_id": campaign_id, "code": typed, "key": key, "most_uses": None}])
    else:
        run(update(DiscountCode).where(DiscountCode.key == key).values(code=typed))


def _of_everybody(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """The code of a campaign that everybody has."""
    still = ~DiscountCode.key.startswith(RETIRED)
    return DiscountCode.campaign_id == campaign_id, DiscountCode.most_uses.is_(None), still


def make_codes(campaign_id: int, number: int, actor: str) -> None:
    """So many single codes more; call inside a unit of work."""
    codes = {new_code() for _code in range(number)}
    rows = [
        {"campaign_id": campaign_id, "code": in_groups(code), "key": code, "most_uses": 1} for code in sorted(codes)
    ]
    write(DiscountCode, rows, once="key")
    note(actor, "campaign.codes", f"campaign:{campaign_id}", None, {"codes": len(rows)})


def stop(campaign_id: int, actor: str, now: datetime) -> None:
    """Nobody can have it any more who has not; call inside a unit of work."""
    stopped = update(Campaign).where(Campaign.id == campaign_id, Campaign.stopped_at.is_(None)).values(stopped_at=now)
    if run(stopped).rowcount:
        note(actor, "campaign.stop", f"campaign:{campaign_id}")


def go_on(campaign_id: int, actor: str) -> None:
    """It can be had again; call inside a unit of work."""
    going = update(Campaign).where(Campaign.id == campaign_id, Campaign.stopped_at.is_not(None)).values(stopped_at=None)
    if run(going).rowcount:
        note(actor, "campaign.go_on", f"campaign:{campaign_id}")


def code_for_everybody(campaign_id: int) -> str:
    """The code of a campaign that everybody has; "" where there is none. One statement."""
    return run(select(DiscountCode.code).where(*_of_everybody(campaign_id)).limit(1)).scalar() or ""


def is_of_another(key: str, than: int | None) -> bool:
    """Whether a campaign other than this one has a code with this key; one statement."""
    query = select(func.count()).where(DiscountCode.key == key, DiscountCode.campaign_id != (than or 0))
    return bool(run(query).scalar())


def uses_at_least(campaign_id: int) -> int:
    """How often it was used, so far as was read; one statement."""
    return int(run(select(living_uses(DiscountUse.campaign_id == campaign_id))).scalar_one())


def count_before_a_limit(campaign_id: int) -> None:
    """Let the counter of a campaign without a limit be what orders have, as it may get a limit now; call inside a unit
    of work. No order takes or gives back a use of it until that ends.
    """
    run(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    uses = living_uses(DiscountUse.campaign_id == campaign_id)
    unlimited = update(Campaign).where(Campaign.id == campaign_id, Campaign.most_uses.is_(None))
    run(unlimited.values(used=uses).execution_options(synchronize_session=False))

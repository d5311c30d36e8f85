"""Letters about a wish for a release day: that it is kept, and what came of it where no confirmation says so."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.kernel import clock
from booking.mail.letter import Letter
from booking.mail.promised import PromisedOfWish
from booking.mail.writing import Desk, compose
from booking.releases import openings
from booking.releases.models import ReleaseWay, Stage, WishState
from booking.releases.openings import ReleaseFacts
from booking.wishes import wish_facts
from booking.wishes.wish_facts import WishFacts


def kept_letter(desk: Desk, about: PromisedOfWish) -> Letter | None:
    """That the wish is kept, when it opens, and the link to it; none for one that is withdrawn or answered."""
    pair = _wish_and_release(about)
    if pair is None or pair[0].state is not WishState.PREPARED:
        return None
    wish, release = pair
    with force_locale(LOCALES[wish.lang]):
        write = Wording.of(wish.lang, desk.centre)
        return compose(
            desk,
            wish.contact.email,
            _("Your wish for %(when)s", when=write.moment(release.opens_at)),
            "wish",
            write,
            wish=wish,
            release=release,
            is_drawing=release.way is ReleaseWay.DRAWING,
            address=desk.link(wish.lang, f"school/wish/{wish.secret}"),
            rules=desk.link(wish.lang, f"school/release/{release.id}"),
        )


def answer_letter(desk: Desk, about: PromisedOfWish) -> Letter | None:
    """That the wish could not be met and why, with what is still free; or that there is no such day after all."""
    pair = _wish_and_release(about)
    if pair is None or pair[0].state is WishState.GRANTED:
        return None
    wish, release = pair
    with force_locale(LOCALES[wish.lang]):
        write = Wording.of(wish.lang, desk.centre)
        return compose(
            desk,
            wish.contact.email,
            _("About your wish for a visit"),
            "wish_answer",
            write,
            wish=wish,
            release=release,
            called_off=release.stage is Stage.WITHDRAWN,
            states=WishState,
            free=wish_facts.still_free(wish, release, clock.now()),
            address=desk.link(wish.lang, f"school/wish/{wish.secret}"),
            plan=desk.link(wish.lang, "school/visit"),
        )


def _wish_and_release(about: PromisedOfWish) -> tuple[WishFacts, ReleaseFacts] | None:
    wish = wish_facts.by_id(about.wish_id)
    release = openings.release_with_id(wish.release_id) if wish is not None and wish.contact.email else None
    return None if wish is None or release is None else (wish, release)

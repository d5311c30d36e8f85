"""The demo's newsletter: some forty readers in several languages, one issue sent, one scheduled, one begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.newsletter import consents, issues, sending, subscribers
from booking.newsletter.consents import AskedBy
from booking.newsletter.models import BlockKind, ConsentPlace, NewsFate, NewsIssue, Subscriber
from booking.outbox.models import Promise, PromiseState

READERS = 40
HISTORY = ("mail.newsletter", "mail.news", "news.portion")
SENT_AGO, AHEAD = timedelta(days=6), timedelta(days=5)
ACTOR = "account:1"
WORDS = {
    "nb": "Vil du ha nyhetsbrevet vårt?",
    "nn": "Vil du ha nyheitsbrevet vårt?",
    "en": "Would you like our newsletter?",
    "lv": "Vai vēlaties saņemt mūsu jaunumus?",
}
HOLIDAY = {
    "nb": "Høstferien hos oss",
    "nn": "Haustferien hos oss",
    "en": "The autumn holidays with us",
    "lv": "Rudens brīvlaiks pie mums",
}
HOLIDAY_TEXT = {
    "nb": "I høstferien har vi åpent hver dag.\n\nKom og bygg, prøv og se show sammen med oss. Husk å bestille tid.",
    "nn": "I haustferien har vi ope kvar dag.\n\nKom og bygg, prøv og sjå show saman med oss. Hugs å bestille tid.",
    "en": "We are open every day of the autumn holidays.\n\nCome and build, and see shows with us. Remember to book.",
    "lv": "Rudens brīvlaikā esam atvērti katru dienu.\n\nNāciet būvēt un skatīties šovus. Laiku rezervējiet iepriekš.",
}
WINTER = {
    "nb": "Dette skjer i vinter",
    "nn": "Dette skjer i vinter",
    "en": "What is on this winter",
    "lv": "Kas notiek šoziem",
}
WINTER_TEXT = {
    "nb": "Vinteren er full av lys, lyn og snø. Her er det vi gleder oss mest til.",
    "nn": "Vinteren er full av lys, lyn og snø. Her er det vi gler oss mest til.",
    "en": "Winter is full of light, lightning and snow. Here is what we look forward to most.",
    "lv": "Ziema ir pilna gaismas, zibens un sniega. Lūk, ko gaidām visvairāk.",
}
BUTTON = {
    "nb": "Se hele programmet",
    "nn": "Sjå heile programmet",
    "en": "See the whole programme",
    "lv": "Skatīt visu programmu",
}


def write_newsletter() -> None:
    """All of it, by the functions that pages call."""
    centre, now = the_centre(), clock.now()
    _sign_up(centre, now - SENT_AGO - timedelta(days=1))
    _send(_issue(centre, HOLIDAY, HOLIDAY_TEXT, [], now - SENT_AGO), now - SENT_AGO)
    scheduled = _issue(centre, WINTER, WINTER_TEXT, [], now)
    with unit_of_work():
        sending.schedule(scheduled, now + AHEAD, now, ACTOR)
    # The draft is not whole yet: what a language misses is said before it goes.
    first = centre.languages[0]
    _issue(centre, {first: WINTER[first]}, {first: WINTER_TEXT[first]}, list(centre.newsletter_topics)[:1], now)
    with unit_of_work():
        # These letters are history: nobody waits for them.
        run(delete(Promise).where(Promise.state == PromiseState.WAITING, Promise.kind.in_(HISTORY)))


def _sign_up(centre: CentreFacts, now: datetime) -> None:
    """Most have said yes, some not yet, and some have left since."""
    topics, places = list(centre.newsletter_topics), list(ConsentPlace)[:3]
    for number in range(READERS):
        lang = centre.languages[0 if number % 3 == 0 else number % len(centre.languages)]
        email, wanted = f"reader{number + 1}@example.org", topics[number % len(topics) :] or topics
        with unit_of_work():
            asked_by = AskedBy(places[number % 3], lang, consents.keep_wording(lang, WORDS.get(lang, ""), now))
            subscribers.ask(email, wanted, lang, now, asked_by, once="demo")
            secret = db.session.scalars(select(Subscriber.secret).where(Subscriber.email == email)).one()
            if number % 13 != 12:
                subscribers.confirm(secret, now)
            if number % 17 == 16:
                subscribers.leave(secret, now + timedelta(hours=1))


def _issue(
    centre: CentreFacts, subject: Mapping[str, str], text: Mapping[str, str], topics: Sequence[str], now: datetime
) -> int:
    langs = set(centre.languages)
    shows = [Kind.SHOW, Kind.WORKSHOP]
    activity = run(
        select(Activity.id).where(Activity.kind.in_(shows), Activity.active).order_by(Activity.sort)
    ).scalar()
    blocks: list[tuple[BlockKind, dict[str, Any]]] = [(BlockKind.WORDS, {"words": _spoken(text, langs)})]
    if activity is not None:
        blocks.append((BlockKind.EVENT, {"activity_id": activity}))
    if len(subject) > 1:
        address = centre.website or "https://example.org"
        blocks.append((BlockKind.BUTTON, {"words": _spoken(BUTTON, langs), "address": address}))
    with unit_of_work():
        issue_id = issues.new_issue(now, ACTOR)
        values = {"subject": _spoken(subject, langs), "topics": list(topics)}
        run(update(NewsIssue).where(NewsIssue.id == issue_id).values(values))
        for kind, filled in blocks:
            issues.add_block(issue_id, kind, filled, ACTOR)
    return issue_id


def _spoken(texts: Mapping[str, str], langs: set[str]) -> dict[str, str]:
    return {lang: words for lang, words in texts.items() if lang in langs}


def _send(issue_id: int, at: datetime) -> None:
    """As the worker would have, without the letters themselves; some mailboxes were not there."""
    with unit_of_work():
        sending.schedule(issue_id, at, at, ACTOR)
    with unit_of_work():
        sending.begin_due(at)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
        for subscriber_id in list(run(select(Subscriber.id).order_by(Subscriber.id)).scalars()):
            if sending.take(issue_id, subscriber_id) is not None:
                fate = NewsFate.REFUSED if subscriber_id % 19 == 0 else NewsFate.SENT
                sending.note_fate(issue_id, subscriber_id, fate)
    with unit_of_work():
        sending.end_done(at + timedelta(minutes=2))

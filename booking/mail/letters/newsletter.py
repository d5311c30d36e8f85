"""Letters to those who read the newsletter, or may want to: the question, and the link to their own page."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.mail.letter import Letter
from booking.mail.promised import PromisedToAddress, PromisedToSubscriber
from booking.mail.writing import Desk, compose
from booking.newsletter import queries
from booking.newsletter.models import SubscriberState


def question_letter(desk: Desk, about: PromisedToSubscriber) -> Letter | None:
    """The question whether news are wanted; none for those who have answered it."""
    subscriber = queries.by_id(about.subscriber_id)
    if subscriber is None or not subscriber.unconfirmed:
        return None  # answered meanwhile
    lang = subscriber.lang
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        address = desk.link(lang, f"newsletter/{subscriber.secret}")
        subject = _("Would you like news from %(centre)s?", centre=desk.centre.name)
        topics = named(subscriber.unconfirmed, desk, write)
        return compose(desk, subscriber.email, subject, "newsletter", write, address=address, topics=topics)


def link_letter(desk: Desk, to: PromisedToAddress) -> Letter | None:
    """The link to the own page of who is on the list; none for anybody else."""
    subscriber = queries.by_email(to.email)
    if subscriber is None or subscriber.state is not SubscriberState.CONFIRMED:
        return None
    with force_locale(LOCALES[to.lang]):
        write = Wording.of(to.lang, desk.centre)
        address = desk.link(to.lang, f"newsletter/{subscriber.secret}")
        topics = named(subscriber.topics, desk, write)
        subject = _("Your newsletter from %(centre)s", centre=desk.centre.name)
        return compose(desk, subscriber.email, subject, "news_link", write, address=address, topics=topics)


def named(topics: Iterable[str], desk: Desk, write: Wording) -> list[str]:
    """What the topics are called; those that the centre has no more are left out."""
    called = desk.centre.newsletter_topics
    return [write.words(called[topic]) for topic in topics if topic in called]

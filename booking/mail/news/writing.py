"""An issue as a letter, block by block, in HTML and in plain text that is written and not stripped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from booking.centre.wording import LOCALES, Wording
from booking.kernel import clock
from booking.mail.letter import Letter
from booking.mail.letters.newsletter import named
from booking.mail.own_words import Added, paragraphs
from booking.mail.promised import PromisedNewsTrial
from booking.mail.writing import Desk, set_out
from booking.newsletter import content, issues
from booking.newsletter.content import IssueEvent
from booking.newsletter.issues import BlockFacts, IssueFacts
from booking.newsletter.models import BlockKind
from booking.newsletter.sending import Reader
from booking.staff import accounts

WIDEST = 640  # pixels that a picture is shown at; it is fetched a size larger, for sharp screens
TRIED_SECRET = "0" * 26


@dataclass(frozen=True, slots=True)
class WrittenBlock:
    """One block in the reader's language. `when` is the next time of an event, in words."""

    kind: BlockKind
    words: str
    address: str = ""
    title: str = ""
    when: str = ""
    source: str = ""
    credit: str = ""

    kinds: ClassVar = BlockKind

    @property
    def paragraphs(self) -> list[Markup]:
        """The words as paragraphs of HTML; addresses in them are links."""
        return paragraphs(self.words)


@dataclass(frozen=True, slots=True)
class WholeIssue:
    """An issue with all that is in it, read once for however many letters."""

    issue: IssueFacts
    blocks: Sequence[BlockFacts]
    events: Mapping[int, IssueEvent]


def whole_issue(issue_id: int) -> WholeIssue | None:
    """The issue of this number as it is now, or as it was when it began to go out."""
    issue = issues.issue_of(issue_id)
    if issue is None:
        return None
    blocks = issues.blocks_of(issue_id)
    return WholeIssue(issue, blocks, content.events_of(issue, blocks, clock.now()))


def issue_letter(desk: Desk, whole: WholeIssue, reader: Reader) -> Letter:
    """The issue for one reader, with the ways to leave that a mail program knows (RFC 8058, RFC 2369, RFC 2919)."""
    lang = reader.lang
    own = desk.link(lang, f"newsletter/{reader.secret}")
    leave = f"{own}/leave/{whole.issue.id}"
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        subject = write.words(whole.issue.subject) or _("Newsletter")
        topics = [topic for topic in reader.topics if not whole.issue.topics or topic in whole.issue.topics]
        letter = set_out(
            desk,
            reader.email,
            subject,
            "news",
            write,
            Added(),
            blocks=[_written(block, whole, desk, write) for block in whole.blocks],
            topics=named(topics, desk, write),
            address=own,
            leave=leave,
        )
    host = desk.settings.mail_sender.rpartition("@")[2]
    return replace(letter, list_unsubscribe=leave, list_id=f"<newsletter.{host}>")


def trial_letter(desk: Desk, about: PromisedNewsTrial) -> Letter | None:
    """An issue to one of the staff, as a reader of a language will get it; its links lead to nobody's page."""
    whole = whole_issue(about.issue_id)
    if whole is None:
        return None
    email = accounts.person(about.account_id).email
    letter = issue_letter(desk, whole, reader_made_up(whole, about.lang, email, desk))
    with force_locale(LOCALES[about.lang]):
        subject = _("Test: %(subject)s", subject=letter.subject)
    return replace(letter, subject=subject, list_unsubscribe="")


def reader_made_up(whole: WholeIssue, lang: str, email: str, desk: Desk) -> Reader:
    """Somebody who reads about all that the issue is about."""
    topics = list(whole.issue.topics or desk.centre.newsletter_topics)
    return Reader(0, email, TRIED_SECRET, lang, topics)


def _written(block: BlockFacts, whole: WholeIssue, desk: Desk, write: Wording) -> WrittenBlock:
    words, base = write.words(block.words), desk.settings.public_url
    if block.kind is BlockKind.PICTURE and block.picture is not None:
        picture = block.picture
        source = f"{base}/picture/{picture.file(picture.fallback, 'jpg')}"
        return WrittenBlock(block.kind, write.words(picture.alt), source=source, credit=picture.credit)
    event = whole.events.get(block.activity_id or 0)
    if block.kind is not BlockKind.EVENT or event is None:
        return WrittenBlock(block.kind, words, block.address)
    page = f"tickets?slot={event.slot_id}" if event.slot_id else "tickets"
    return WrittenBlock(
        block.kind,
        words or write.words(event.summary),
        address=desk.link(write.lang, page),
        title=write.words(event.title),
        when=write.moment(event.starts_at) if event.starts_at else "",
    )

"""An issue as staff look at it: its blocks, its letter in a language, to whom it goes, and what became of that."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, g

from booking.mail.letter import Letter
from booking.mail.news.writing import WholeIssue, issue_letter, reader_made_up, whole_issue
from booking.mail.writing import Desk
from booking.newsletter import audience, content, sending
from booking.newsletter.content import IssueEvent, Untold
from booking.newsletter.issues import BlockFacts, IssueFacts
from booking.newsletter.models import BlockKind, NewsFate
from booking.settings import settings_of
from booking.web.admin.newsletter.block_words import block_kinds
from booking.web.admin.newsletter.refusals import lack_in_words, topic_gone
from booking.web.languages import LANGUAGES, centre, topics_in_words, wording

FROM_WHERE = "somebody@example.org"


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One block in the list of an issue's."""

    block: BlockFacts
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """How many read an issue in a language, and what of it they would get in another."""

    lang: str
    name: str
    readers: int
    untold: Untold | None


@dataclass(frozen=True, slots=True)
class IssueLook:
    """All that the page of an issue shows. `lang` is the language of the letter beside it, `html` that for a frame."""

    issue: IssueFacts
    lines: Sequence[BlockLine]
    kinds: Mapping[BlockKind, str]
    gaps: Sequence[str]
    shares: Sequence[LanguageShare]
    topics: Sequence[str]
    lang: str
    letter: Letter
    html: str
    figures: Mapping[NewsFate, int]

    @property
    def readers(self) -> int:
        """How many it goes to, or went to."""
        return self.issue.audience or sum(share.readers for share in self.shares)


def look_at(issue: IssueFacts, lang: str) -> IssueLook:
    """The issue as it stands; in the centre's first language unless asked otherwise."""
    whole = whole_issue(issue.id)
    assert whole is not None
    lang = lang if lang in centre().languages else centre().languages[0]
    letter = _letter(whole, lang)
    g.style_nonce = secrets.token_urlsafe(16)
    called = topics_in_words()
    return IssueLook(
        issue=issue,
        lines=[_line(block, whole.events) for block in whole.blocks],
        kinds=block_kinds(),
        gaps=[lack_in_words(gap) for gap in content.lacking(issue, whole.blocks, whole.events)],
        shares=_shares(issue, whole.blocks),
        topics=[called.get(topic) or topic_gone(topic) for topic in issue.topics],
        lang=lang,
        letter=letter,
        html=_framed(letter, g.style_nonce),
        figures=sending.figures([issue]).get(issue.id, {}),
    )


def _letter(whole: WholeIssue, lang: str) -> Letter:
    settings = settings_of(current_app._get_current_object())  # type: ignore[attr-defined]
    desk = Desk(settings, centre(), 0)
    return issue_letter(desk, whole, reader_made_up(whole, lang, FROM_WHERE, desk))


def _line(block: BlockFacts, events: Mapping[int, IssueEvent]) -> BlockLine:
    event = events.get(block.activity_id or 0)
    texts = block.picture.alt if block.picture is not None else block.words
    words = wording().words(event.title) if event is not None else wording().words(texts)
    return BlockLine(block, block_kinds()[block.kind], words)


def _shares(issue: IssueFacts, blocks: Sequence[BlockFacts]) -> list[LanguageShare]:
    counts = audience.count_by_language(issue.topics, issue.langs)
    langs = list(
        dict.fromkeys((*(lang for lang in centre().languages if not issue.langs or lang in issue.langs), *counts))
    )
    missing = content.untold(issue, blocks, langs)
    return [LanguageShare(lang, LANGUAGES.get(lang, lang), counts.get(lang, 0), missing.get(lang)) for lang in langs]


def _framed(letter: Letter, nonce: str) -> str:
    """Its HTML for a frame that fetches nothing but our own pictures; the letter's one style sheet may be used."""
    html = letter.html.replace("<style>", f'<style nonce="{nonce}">', 1)
    for picture in letter.pictures:
        address = f"data:{picture.kind};base64,{base64.b64encode(picture.content).decode()}"
        html = html.replace(f'src="cid:{picture.name}"', f'src="{address}"')
    base = settings_of(current_app._get_current_object()).public_url  # type: ignore[attr-defined]
    return html.replace(f'src="{base}/picture/', 'src="/picture/')

"""What those who write the newsletter are told when the rules say no."""

from __future__ import annotations

from flask_babel import gettext, pgettext
from flask_babel import lazy_gettext as _

from booking.newsletter.content import Lack, Lacking
from booking.newsletter.issues import MOST_BLOCKS, IssueStands, TooManyBlocks
from booking.newsletter.models import IssueState
from booking.newsletter.sending import IssueLacks, NoReaders, OddMoment
from booking.newsletter.topics import TopicGone, TopicNamed
from booking.web.languages import topics_in_words
from booking.web.refusals import RefusalAnswer, in_words, plain

plain(NoReaders, _("Nobody reads about these topics in these languages, so there is nobody to send it to."), 422)
plain(OddMoment, _("Choose a moment from now on, within a year."), 422)
plain(TopicGone, _("One of these topics is no longer there. Take the tick away."), 422)
plain(TooManyBlocks, _("An issue has at most %(most)s blocks.", most=MOST_BLOCKS), 422)


def topic_gone(topic: str) -> str:
    """What a topic is called that the centre no longer writes about."""
    words: str = gettext("%(topic)s (no longer there)", topic=topic)
    return words


def issue_states() -> dict[IssueState, str]:
    """Where an issue stands."""
    return {
        IssueState.DRAFT: gettext("Draft"),
        IssueState.SCHEDULED: gettext("Scheduled"),
        IssueState.SENDING: gettext("Being sent"),
        IssueState.HALTED: gettext("Halted"),
        IssueState.SENT: pgettext("issue", "Sent"),
    }


def lack_in_words(gap: Lacking) -> str:
    """What an issue lacks, as a sentence."""
    sentences: dict[Lack, str] = {
        Lack.SUBJECT: gettext("It has no subject."),
        Lack.BLOCKS: gettext("There is nothing in it."),
        Lack.WORDS: gettext("Block %(number)s has no words.", number=gap.place),
        Lack.PICTURE: gettext("Block %(number)s has no picture.", number=gap.place),
        Lack.EVENT: gettext("Block %(number)s names no activity.", number=gap.place),
        Lack.ADDRESS: gettext("The button of block %(number)s leads nowhere.", number=gap.place),
    }
    return sentences[gap.lack]


@in_words.register
def _stands(refusal: IssueStands) -> RefusalAnswer:
    words = issue_states()[refusal.state]
    return RefusalAnswer(gettext("That cannot be done with this issue as it stands now: %(state)s.", state=words), 409)


@in_words.register
def _named(refusal: TopicNamed) -> RefusalAnswer:
    names = topics_in_words()
    listed = ", ".join(names.get(topic, topic) for topic in refusal.topics)
    words = gettext(
        "An issue that is not sent yet is about this: %(topics)s. Change or send the issue first.", topics=listed
    )
    return RefusalAnswer(words, 409)


@in_words.register
def _lacks(refusal: IssueLacks) -> RefusalAnswer:
    return RefusalAnswer(" ".join(lack_in_words(gap) for gap in refusal.gaps), 422)

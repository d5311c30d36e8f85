"""The words that people are asked by whether they want the newsletter: shown, and kept with their yes."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from booking.kernel import clock
from booking.newsletter import consents
from booking.newsletter.consents import AskedBy
from booking.newsletter.models import ConsentPlace
from booking.web.blueprints import visitor
from booking.web.languages import centre, language, topics_in_words


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """The question as it is shown in the reader's language: the topics by their keys, and what follows from a yes."""

    title: str
    question: str
    topics: dict[str, str]
    promise: str

    @property
    def whole(self) -> str:
        """All of it, as it is kept."""
        return "\n".join((self.title, self.question, *(f"– {name}" for name in self.topics.values()), self.promise))


def news_question() -> NewsQuestion:
    """The question at the foot of every page and on the page of its own."""
    return NewsQuestion(
        title=_("A newsletter from %(centre)s?", centre=centre().name),
        question=_("What would you like to hear about?"),
        topics=topics_in_words(),
        promise=_(
            "We write now and then. First we send one email, and nothing more unless you say yes there. Every email "
            "has a link to unsubscribe."
        ),
    )


def checkout_question() -> NewsQuestion:
    """The question among those of the checkout."""
    return NewsQuestion(
        title=_("Newsletter: what would you like to hear about?"),
        question="",
        topics=topics_in_words(),
        promise=_("After you have paid we send one email, and nothing more unless you say yes there."),
    )


def asked_by(place: ConsentPlace, shown: NewsQuestion) -> AskedBy:
    """That somebody was asked by these words here; call inside a unit of work."""
    return AskedBy(place, language(), consents.keep_wording(language(), shown.whole, clock.now()))


visitor.add_app_template_global(news_question)
visitor.add_app_template_global(checkout_question, "news_question_of_checkout")

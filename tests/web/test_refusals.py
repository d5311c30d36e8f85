"""Whatever the rules do not allow is told in words of its own."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from flask import Flask

import booking
from booking.kernel.refusals import Refusal
from booking.web.refusals import in_words, sentence


def refusals(above: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every way to say no that this house has; one with an underscore is caught in the module that raises it.

    A dataclass with slots is made twice, and only the second can be reached by its name.
    """
    for refusal in above.__subclasses__():
        is_ours = (
            refusal.__module__.startswith("booking.")
            and getattr(sys.modules[refusal.__module__], refusal.__name__, 0) is refusal
        )
        if is_ours and not refusal.__name__.startswith("_"):
            yield refusal
        yield from refusals(refusal)


def test_every_refusal_has_words_of_its_own(app: Flask) -> None:
    for module in pkgutil.walk_packages(booking.__path__, "booking."):
        importlib.import_module(module.name)
    every = set(refusals())
    assert len(every) > 90
    assert sorted(f"{refusal.__module__}.{refusal.__name__}" for refusal in every - set(in_words.registry)) == []


def test_a_refusal_that_nobody_has_words_for_is_still_answered(app: Flask) -> None:
    class Odd(Refusal):
        """One that came without."""

    with app.test_request_context("/en/"):
        answer = sentence(Odd())
    assert (answer.text, answer.status) == ("That cannot be done.", 409)

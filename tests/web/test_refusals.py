"""Whatever the rules do not allow is told in words of its own."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from flask import Flask

import booking
from booking.kernel.refusals import Refusal
from booking.web.refusals import sentence


def refusals(above: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every way to say no that this house has; one with an underscore is caught in the module that raises it.

    A dataclass with slots is made twice, and only the second can be reached by its name.
    """
    for one in above.__subclasses__():
        is_ours = one.__module__.startswith("booking.") and getattr(sys.modules[one.__module__], one.__name__, 0) is one
        if is_ours and not one.__name__.startswith("_"):
            yield one
        yield from refusals(one)


def test_every_refusal_has_words_of_its_own(app: Flask) -> None:
    for module in pkgutil.walk_packages(booking.__path__, "booking."):
        importlib.import_module(module.name)
    found = set(refusals())
    assert len(found) > 90
    assert sorted(f"{one.__module__}.{one.__name__}" for one in found - set(sentence.registry)) == []


def test_a_refusal_that_nobody_has_words_for_is_still_answered(app: Flask) -> None:
    class Odd(Refusal):
        """One that came without."""

    with app.test_request_context("/en/"):
        answer = sentence(Odd())
    assert (answer.text, answer.status) == ("That cannot be done.", 409)

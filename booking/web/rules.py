"""Addresses are told how to be built when somebody first wants one of them built.

Werkzeug writes two functions for each rule as soon as it is added, and compiles them: for our four hundred that is a
seventh of the time in which the app is made, and a process needs few of them.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

BuiltAddress = tuple[str, str]  # domain and path


class LateRule(Rule):
    """A rule that writes its two functions late. They are Werkzeug's own, and stand where it would have put them."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., BuiltAddress]:
        """Werkzeug's hook: a function of the rule, here one that puts the real one in its place."""
        write = super()._compile_builder

        def build(rule: LateRule, *args: object, **values: object) -> BuiltAddress:
            function: Callable[..., BuiltAddress] = write(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", function)
            return function(*args, **values)

        return build

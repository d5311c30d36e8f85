"""Addresses whose rule is made ready late are those that Werkzeug builds."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Map, Rule

from booking.web.rules import LateRule

OF_A_KIND = {
    "int": 7,
    "default": "a b/ø",
    "string": "a b/ø",
    "path": "a/b ø",
    "uuid": "0" * 32,
    "float": 1.5,
    "any": "x",
}


def values_of(rule: Rule) -> dict[str, object]:
    """Something for each place in an address."""
    assert rule.map is not None
    names = {cls: name for name, cls in rule.map.converters.items()}
    return {
        name: OF_A_KIND.get(names.get(type(converter), "default"), "nb") for name, converter in rule._converters.items()
    } | dict(rule.defaults or {})


def test_every_address_is_built_as_werkzeug_builds_it(app: Flask) -> None:
    late = [rule for rule in app.url_map.iter_rules() if isinstance(rule, LateRule)]
    assert len(late) > 300
    for rule in late:
        ready = Map(
            [Rule(rule.rule, endpoint=rule.endpoint, defaults=rule.defaults)], converters=app.url_map.converters
        )
        (known,) = ready.iter_rules()
        values = values_of(rule)
        for more in ({}, {"besides": "æ&"}):
            for append_unknown in (True, False):
                given = values | more
                assert rule.build(given, append_unknown) == known.build(given, append_unknown), rule
                assert rule.build(given, append_unknown) == known.build(given, append_unknown), rule  # by now for good


def test_a_rule_is_made_ready_by_the_first_who_asks() -> None:
    rule = LateRule("/<lang>/b/<secret>", endpoint="b")
    Map([rule])
    before = rule._build
    assert rule.build({"lang": "nb", "secret": "x"}, append_unknown=False) == ("", "/nb/b/x")
    assert rule._build is not before

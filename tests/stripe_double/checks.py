"""Check each request against the types that Stripe generates for its own SDK: misspelt or retired parameters stand out.

The generated types are wider than Stripe itself: they allow any text beside a list of literals, and any further key.
Both escapes are taken out here before pydantic builds its validators from them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from stripe import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import TypedDict, is_typeddict

from tests.stripe_double.problems import Json, Problem

# The functional form of TypedDict; checkers know it only with a literal name.
_make_typed_dict: Callable[[str, dict[str, Any]], Any] = TypedDict  # type: ignore[assignment]


def check(kind: str, params: Json) -> Json:
    """The parameters with their types, for a kind like "checkout._session_create_params". Raises Problem."""
    try:
        checked: Json = adapter(kind).validate_python(params)
    except ValidationError as error:
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        path = [str(step) for step in first["loc"]]
        name = path[0] + "".join(f"[{step}]" for step in path[1:])
        if first["type"] == "extra_forbidden":
            raise Problem(f"Received unknown parameter: {name}", code="parameter_unknown", param=name) from error
        if first["type"] == "missing":
            raise Problem(f"Missing required param: {name}.", code="parameter_missing", param=name) from error
        raise Problem(f"Invalid {name}: {first['msg']}", code="parameter_invalid", param=name) from error
    return checked


@cache
def adapter(kind: str) -> TypeAdapter[Json]:
    """The validator for one of the SDK's parameter modules."""
    module = import_module(f"stripe.params.{kind}")
    name = "".join(part.capitalize() for part in kind.rpartition(".")[2].split("_"))
    return TypeAdapter(_strict(getattr(module, name)))


@cache
def _strict(loose: type) -> Any:  # noqa: ANN401  (a type made at run time)
    """The same TypedDict with every key known and every literal meant."""
    own = {name: hint for name, hint in loose.__annotations__.items() if name not in RequestOptions.__annotations__}
    holder = type(loose.__name__, (), {"__annotations__": own, "__module__": loose.__module__})
    hints = get_type_hints(holder, include_extras=True)
    strict = _make_typed_dict(loose.__name__, {name: _narrow(hint) for name, hint in hints.items()})
    strict.__pydantic_config__ = ConfigDict(extra="forbid")
    return strict


def _narrow(hint: Any) -> Any:  # noqa: ANN401  (type hints have no better type)
    origin, inner = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        return _strict(hint)
    if origin is NotRequired:
        return NotRequired[_narrow(inner[0])]
    if origin is Required:
        return Required[_narrow(inner[0])]
    if origin is list:
        return list[_narrow(inner[0])]  # type: ignore[misc]  # made at run time
    if origin is dict:
        return dict[inner[0], _narrow(inner[1])]  # type: ignore[misc,valid-type]  # made at run time
    if origin is not Literal and len(inner) > 1:
        return Union[tuple(_narrow(part) for part in inner if not _is_escape(part, inner))]  # noqa: UP007
    return hint


def _is_escape(part: object, beside: tuple[object, ...]) -> bool:
    """Whether one part of a union only loosens it: text beside literals that mean something, the SDK's own objects."""
    if get_origin(part) is UntypedStripeObject:
        return True
    named = any(get_origin(other) is Literal and any(get_args(other)) for other in beside)
    return part is str and named

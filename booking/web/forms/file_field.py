"""A file among the questions of a form: read once, no further than it may be long. A page cannot keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from booking.web.forms.fields import Field, FieldKind, Form, Inputs
from booking.web.typed import Wrong


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file as the browser sent it, cut one byte beyond what it may have."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField(Field):
    """One file, which is no column of its own. A kind of file is a class that says its `value_of`.

    `accept` is what the browser offers to choose from; `most` bytes.
    """

    accept: str = ""
    most: int

    sort = FieldKind.FILE

    def typed(self, _form: Form, _langs: Sequence[str]) -> Inputs:
        """The file that was chosen; None for none."""
        file = request.files.get(self.name)
        if file is None or not file.filename:
            return {self.name: None}
        return {self.name: BroughtFile(file.filename, file.read(self.most + 1))}

    def value(self, inputs: Inputs, _langs: Sequence[str]) -> Any:  # noqa: ANN401  (whatever becomes of it)
        """What has become of the file; None for none. Raises Wrong."""
        brought: BroughtFile | None = inputs[self.name]
        if brought is None:
            if self.required:
                raise Wrong(_("Choose a file."))
            return None
        if not brought.content:
            raise Wrong(_("The file is empty."))
        return self.value_of(brought)

    def value_of(self, brought: BroughtFile) -> Any:  # noqa: ANN401  (whatever becomes of it)
        """What becomes of a file that is there. Raises Wrong."""
        return brought

    def shown(self, _value: object, _langs: Sequence[str]) -> Inputs:
        """No browser shows a file in its input."""
        return {self.name: None}

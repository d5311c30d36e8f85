"""What a deliberate fault is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: in `file` the piece of `code`, which stands there once, `becomes` another.

    `caught_by` is the test that fails of it, by its node id, on the database where it costs least.
    """

    name: str
    wrong: str
    file: str
    code: str
    becomes: str
    caught_by: str

    @property
    def room(self) -> str:
        """Where it is: the room of the code, or what is beside the code."""
        first, second, *_rest = Path(self.file).parts
        return second if first == "booking" else first

    def put_into(self, tree: Path) -> None:
        """Make the fault in a copy of the repository. Raises ValueError where the code does not stand there once."""
        path = tree / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.code) != 1:
            raise ValueError(f"{self.name}: the code stands {text.count(self.code)} times in {self.file}")
        path.write_text(text.replace(self.code, self.becomes), encoding="utf-8")

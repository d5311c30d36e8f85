"""Many who ask for the same thing at the same moment are answered by one transaction instead of one each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")


@dataclass(slots=True, eq=False)
class _Call(Generic[Asked, Given]):
    request: Asked
    given: Given | None = None
    error: Exception | None = None
    done: bool = False


class Batched(Generic[Asked, Given]):
    """A function that takes many, to be called by each thread for itself.

    While one batch is at work the others who come gather; the first of them then does it for all of them, in the order
    in which they came. So they share one write to the disk, and nobody waits for more than the batch before their own.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Sequence[Given]]) -> None:
        self._do = do
        self._gathering = Lock()
        self._working = Lock()
        self._waiting: list[_Call[Asked, Given]] = []

    def __call__(self, request: Asked) -> Given:
        """What `do` gives for this one; raises what it raises."""
        call: _Call[Asked, Given] = _Call(request)
        with self._gathering:
            self._waiting.append(call)
        with self._working:
            if not call.done:
                with self._gathering:
                    batch, self._waiting = self._waiting, []
                self._work(batch)
        if call.error is not None:
            raise call.error
        return call.given  # type: ignore[return-value]  # done, and without an error: it is there

    def _work(self, batch: Sequence[_Call[Asked, Given]]) -> None:
        try:
            for call, given in zip(batch, self._do([call.request for call in batch]), strict=True):
                call.given = given
        except Exception as error:
            if len(batch) > 1:  # one who cannot be answered must not spoil it for the others
                for call in batch:
                    self._work([call])
            else:
                batch[0].error = error
        finally:
            for call in batch:
                call.done = True

"""The domain's way of saying no: an exception that carries values, which the web turns into a sentence."""

from __future__ import annotations


class Refusal(Exception):
    """Something asked for that the rules do not allow. Nothing has changed when it is raised out of a unit of work."""

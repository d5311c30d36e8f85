"""A drawing as a picture for those who show no drawings: mail programs."""

from __future__ import annotations

from functools import lru_cache

import typst

_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", height: 48pt)
"""
SHARP = 144.0  # dots an inch: twice what is shown


class Undrawable(Exception):
    """The drawing cannot be made a picture."""


@lru_cache(maxsize=4)
def png_of(svg: bytes) -> bytes:
    """The drawing as a PNG on nothing, 48 points high. Raises Undrawable."""
    try:
        said = svg.decode()
        picture: bytes = typst.compile(_PAGE, sys_inputs={"svg": said}, format="png", ppi=SHARP)
    except (UnicodeDecodeError, typst.TypstError, RuntimeError) as error:
        raise Undrawable from error
    return picture

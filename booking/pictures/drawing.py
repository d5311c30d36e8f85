"""Make a drawing a picture, as a process of its own: `python -I drawing.py 48 < logo.svg > logo.png`, 48 points high.

Started by `drawn.py` and by nobody else; imports nothing of ours, so that it starts fast and has nothing to lose.
What a drawing can do to the library that draws it (use a picture of pictures of pictures, ask for a canvas of
kilometres) ends with this process: it has so much time and memory, and writes no file.
"""

from __future__ import annotations

import os
import resource
import sys

SECONDS = 5  # of processor
MEMORY = 1 << 30  # bytes of address space, of which the library with its letters takes a quarter
SHARP = 144.0  # dots an inch: twice what is shown

_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", height: %dpt, width: auto)
"""


def main(points: int = 48) -> None:
    """Read, draw, write; ends with 1 where that is not possible, whatever the reason."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = 1
    try:
        import typst

        svg = sys.stdin.buffer.read().decode()
        picture = typst.compile(_PAGE % points, sys_inputs={"svg": svg}, format="png", ppi=SHARP)
        sys.stdout.buffer.write(picture)
        sys.stdout.buffer.flush()
        code = 0
    except BaseException as error:  # the library panics with one that is no Exception
        sys.stderr.write(type(error).__name__)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]))

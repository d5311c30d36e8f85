"""Templates compiled once for all test processes, in each language; anew when one of them or its texts change."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

ROOT = Path(__file__).parents[2]


class CompiledTemplates(FileSystemBytecodeCache):
    """A cache on disk that tells languages apart."""

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Jinja's hook: where the code of a template is kept."""
        locale = getattr(environment, "locale", "")
        return super().get_bucket(environment, name, f"{filename}:{locale}:{_texts()}", source)


def compiled_templates() -> CompiledTemplates:
    """The one cache of this machine."""
    folder = ROOT / ".pytest_cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return CompiledTemplates(str(folder))


@cache
def _texts() -> str:
    """A digest of all that is written into templates when they are compiled, and of what writes it."""
    digest = hashlib.sha256((ROOT / "booking" / "web" / "spoken.py").read_bytes())
    for catalogue in sorted((ROOT / "booking" / "translations").rglob("*.mo")):
        digest.update(catalogue.read_bytes())
    return digest.hexdigest()

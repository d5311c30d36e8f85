"""Static files: one hash over all of them in their address, cached for a year; style sheets bundled per audience."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from flask import Flask, Response, abort
from whitenoise import WhiteNoise

from booking.web.guards.access import public

BUNDLES = {
    "visitor.css": ("base", "visitor"),
    "staff.css": ("base", "visitor", "staff", "desk", "admin"),
}


def init_app(app: Flask) -> None:
    """Serve static/ under an address that changes with its content; give templates `static_url`."""
    source = Path(app.root_path).parent / "static"
    bundles = {name: _bundle(source, folders) for name, folders in BUNDLES.items()}
    mark = _mark(source)
    prefix = f"/static/{mark}"
    built = Path(app.instance_path) / "static" / mark
    _write(built, bundles)
    served = WhiteNoise(app.wsgi_app, prefix=prefix, max_age=31_536_000, immutable_file_test=lambda *_: True)
    served.add_files(str(source), prefix=prefix)
    served.add_files(str(built), prefix=prefix)
    app.wsgi_app = served  # type: ignore[method-assign]

    @app.template_global()
    def static_url(path: str) -> str:
        return f"{prefix}/{path}"

    _serve_other_versions(app, served, prefix)

    @app.get("/favicon.ico")
    @public
    def favicon() -> tuple[str, int]:
        return "", 204


def _serve_other_versions(app: Flask, served: WhiteNoise, prefix: str) -> None:
    @app.get("/static/<mark>/<path:name>")
    @public
    def of_another_version(mark: str, name: str) -> Response:
        """While machines are restarted one after the other, a page of one version asks another for its styles."""
        ours = served.files.get(f"{prefix}/{name}")
        if ours is None or len(mark) != len(prefix.rpartition("/")[2]):
            abort(404)
        answer = ours.get_response("GET", {})
        response = Response(answer.file, answer.status, answer.headers)
        response.headers["Cache-Control"] = "no-store"
        return response


def _bundle(source: Path, folders: tuple[str, ...]) -> str:
    files = [file for folder in folders for file in sorted((source / "css" / folder).glob("*.css"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _mark(source: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(source.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(source)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _write(built: Path, bundles: dict[str, str]) -> None:
    """Bundles are written once per content, each beside its compressed forms, of which a browser gets what it takes.

    Each process writes where no other does and puts the bundle in its place last: two that start at once find the same
    files, and whoever finds a bundle finds its forms whole.
    """
    (built / "css").mkdir(parents=True, exist_ok=True)
    for name, css in bundles.items():
        if (built / "css" / name).exists():
            continue
        with tempfile.TemporaryDirectory(dir=built) as folder:
            bundle = Path(folder) / name
            bundle.write_text(css, encoding="utf-8")
            for form in (*_compressed(bundle), bundle):
                form.replace(built / "css" / form.name)


def _compressed(file: Path) -> list[Path]:
    from whitenoise.compress import Compressor  # brotli comes with it, which no later request needs

    return [Path(written) for written in Compressor(quiet=True).compress(str(file))]

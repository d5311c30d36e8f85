"""One code, one answer: by camera, by scanner, typed; and what a device sends when its network is back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from flask import Response, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue

from booking.centre.queries import SpaceFacts, spaces
from booking.documents.qr import read_door_text
from booking.documents.qr_seen import Picture, code_in
from booking.door import admit, day_list, passes
from booking.door import board as boards
from booking.door.admit import Admitting, DoorAnswer
from booking.door.board import TroubleToday
from booking.door.models import EntryWay
from booking.door.passes import PassUsedMeanwhile
from booking.door.refusals import MarkTaken
from booking.door.rules import DoorVerdict, Post
from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.kernel.codes import is_secret, new_secret, read_reference, secret_from
from booking.kernel.database import unit_of_work
from booking.web.blueprints import desk
from booking.web.desk.sent import AT_THE_DOOR, how_sent, post_sent, today
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language
from booking.web.typed import a_moment, whole_number

STATUSES = {
    DoorVerdict.WELCOME: HTTPStatus.OK,
    DoorVerdict.ASK: HTTPStatus.OK,
    DoorVerdict.UNKNOWN: HTTPStatus.NOT_FOUND,
    DoorVerdict.FOREIGN: HTTPStatus.UNPROCESSABLE_ENTITY,
}
LONGEST_CODE = 300
MOST_PIXELS = 200_000
LONGEST_SIDE = 2000  # pixels; the reader itself refuses from 65,536
MOST_LATER = 200
TRIES = 2
KEPT_OFFLINE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The answer to a code alone, for the scanner that is open already."""

    answer: DoorAnswer
    verdicts: ClassVar = DoorVerdict


@dataclass(frozen=True, slots=True)
class ScanPage:
    """The scanner, with the answer to the last code."""

    answer: DoorAnswer | None
    verdicts: ClassVar = DoorVerdict
    post: Post
    ask: bool
    spaces: list[SpaceFacts]
    troubles: list[TroubleToday]
    mark: str


@desk.get("/scan")
@staff(*AT_THE_DOOR)
def scanner() -> str:
    """The page that stays open at the door."""
    return _page(None)


@desk.post("/scan")
@staff(*AT_THE_DOOR)
def scan() -> ResponseReturnValue:
    """Answer one code. With `part=answer` the answer alone, for the page that is open already."""
    text = request.form.get("code", "")
    ask = request.form.get("ask") == "1"
    code = (read_door_text(text) or read_reference(text)) if len(text) <= LONGEST_CODE else None
    answer = DoorAnswer(DoorVerdict.FOREIGN) if code is None else _scanned(code, ask)
    status = STATUSES.get(answer.verdict, HTTPStatus.CONFLICT)
    if request.form.get("part") == "answer":
        return render_template("desk/answer.html", page=AnswerPage(answer)), status
    return _page(answer), status


def _scanned(code: str, ask: bool) -> DoorAnswer:
    """Another code on a page that was sent before, as after going back in a browser, is an admission of its own.

    Its mark follows from both, so that sent twice it counts once and is answered alike.
    """
    how = how_sent()
    for _time in range(TRIES):
        try:
            with unit_of_work():
                return passes.scan(code, post_sent(), how, centre(), ask=ask)
        except MarkTaken:
            how = replace(how, mark=secret_from(how.mark, code))
        except PassUsedMeanwhile:
            continue
    with unit_of_work():
        return passes.scan(code, post_sent(), how, centre(), ask=ask)


@desk.post("/read")
@staff(*AT_THE_DOOR)
def read_picture() -> ResponseReturnValue:
    """What the QR code nearest the middle of a picture says; the picture is `width` bytes of grey a row.

    {"text": null} without one.
    """
    width = whole_number(request.args.get("width"), 1, LONGEST_SIDE)
    pixels = request.get_data(cache=False)
    if width is None or len(pixels) > MOST_PIXELS:
        return {"text": None}, HTTPStatus.UNPROCESSABLE_ENTITY
    rows, rest = divmod(len(pixels), width)
    if rest or not 0 < rows <= LONGEST_SIDE:
        return {"text": None}, HTTPStatus.UNPROCESSABLE_ENTITY
    return {"text": code_in(Picture(pixels, width))}, HTTPStatus.OK


@desk.get("/worker.js")
@staff(*AT_THE_DOOR)
def service_worker() -> Response:
    """What lets the scan page be opened again without the network. Here, since it rules over its own folder only."""
    file = Path(current_app.root_path).parent / "static" / "js" / "desk" / "worker.js"
    response = send_file(file, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@desk.get("/list.json")
@staff(*AT_THE_DOOR)
def offline_list() -> ResponseReturnValue:
    """The day's tickets for a browser to keep: hashes and numbers, nobody's name.

    With the centre's clock and day, in milliseconds: the device's own may be wrong, or of another zone.
    """
    begin, end = today()
    facts = centre()
    listed = day_list.day_list(begin, end, language())
    return {
        "now": milliseconds(clock.now()),
        "begins": milliseconds(begin),
        "ends": milliseconds(end),
        "early": facts.door_early_minutes,
        "late": facts.door_late_minutes,
        **listed,
    }


@desk.post("/later")
@staff(*AT_THE_DOOR)
def later() -> ResponseReturnValue:
    """Admissions made while the network was gone: [{"mark", "code", "people", "at", "post"}]; each counts once.

    Answers for each what became of it; what cannot be read is answered "foreign", so that the device can let it go.
    """
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # a thousand brackets in each other
        sent = None
    if not isinstance(sent, list) or len(sent) > MOST_LATER:
        return {"error": "a list of admissions is needed"}, HTTPStatus.UNPROCESSABLE_ENTITY
    device = request.headers.get("X-Device", "")
    answers = [_later(admission, device if is_secret(device) else "") for admission in sent]
    return {"answers": answers}, HTTPStatus.OK


def _later(admission: Any, device: str) -> dict[str, object]:  # noqa: ANN401  (whatever a device sends)
    kept = _kept(admission, device)
    if kept is None:
        return {"mark": admission.get("mark") if isinstance(admission, dict) else None, "verdict": DoorVerdict.FOREIGN}
    code, people, how, post = kept
    try:
        with unit_of_work():
            answer = admit.admit_later(code, people, how, post)
    except MarkTaken:  # no page of ours sends it: the others in the list must not wait behind it for ever
        return {"mark": how.mark, "verdict": DoorVerdict.FOREIGN}
    reference = answer.party.reference if answer.party else ""
    return {"mark": how.mark, "verdict": answer.verdict, "reference": reference, "heads": answer.heads}


def _kept(admission: Any, device: str) -> tuple[str, int, Admitting, Post] | None:  # noqa: ANN401
    """One admission as the device kept it; None for what no page of ours wrote."""
    if not isinstance(admission, dict):
        return None
    mark, people, post = admission.get("mark"), admission.get("people"), admission.get("post")
    code = str(admission.get("code"))[:LONGEST_CODE]
    read = read_door_text(code) or read_reference(code)
    if not isinstance(mark, str) or not is_secret(mark) or read is None:
        return None
    if not isinstance(people, int) or isinstance(people, bool) or not 0 < people <= 500:
        return None
    space = post if isinstance(post, int) and not isinstance(post, bool) and 0 < post < 10**18 else None
    more = admission.get("more")
    agreed = min(max(more, 0), 500) if isinstance(more, int) else 0
    how = Admitting(mark, _moment(admission.get("at")), EntryWay.SCANNER, who().account_id, device, "offline", agreed)
    return read, people, how, Post(space)


def _moment(text: object) -> datetime:
    """When it was, by the device's clock, as far as that can be believed: not in the future, not days ago."""
    now = clock.now()
    at = a_moment(text)
    return min(max(at, now - KEPT_OFFLINE), now) if at is not None else now


def _page(answer: DoorAnswer | None) -> str:
    begin, _end = today()
    return render_template(
        "desk/scan.html",
        page=ScanPage(
            answer=answer,
            post=post_sent(),
            ask=request.values.get("ask") == "1",
            spaces=[space for space in spaces() if not space.is_house],
            troubles=boards.troubles_today(begin),
            mark=new_secret(),
        ),
        present=who(),
    )

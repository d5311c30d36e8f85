"""Letters that came back: what a server says at once, and what its reports say later."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from booking.kernel.database import db, unit_of_work
from booking.newsletter import queries
from booking.newsletter.bounces import MOST_BOUNCES, Bounce, judge, note_bounce
from booking.newsletter.models import SubscriberState
from booking.newsletter.returned import note_returned, read_report, read_text
from tests.builders import a_centre
from tests.newsletter.made import ACTOR, a_reader

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: post@example.org
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it to innocent@example.org.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Original-Recipient: rfc822;Kari@Example.org
Final-Recipient: rfc822; kari.n@mail.example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

Final-Recipient: rfc822; full@example.org
Action: failed
Status: 5.2.2

Final-Recipient: rfc822; slow@example.org
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; blocked@example.org
Action: failed
Status: 5.7.1

Final-Recipient: rfc822; fine@example.org
Action: delivered
Status: 2.0.0
--b--
"""


@pytest.mark.parametrize(
    ("code", "reply", "bounce"),
    [
        (550, "5.1.1 No such user", Bounce.GONE),
        (550, "no such user here", Bounce.GONE),
        (550, "5.7.1 your network is on a list", Bounce.OURS),
        (552, "5.2.2 mailbox full", Bounce.AWAY),
        (554, "transaction failed", Bounce.OURS),
        (451, "try later", Bounce.AWAY),
        (0, "5.2.1 disabled", Bounce.GONE),
        (550, "see http://10.5.1.1/why", Bounce.GONE),
    ],
)
def test_only_an_address_that_does_not_exist_is_gone(code: int, reply: str, bounce: Bounce) -> None:
    assert judge(code, reply) is bounce


def test_a_report_is_read_by_its_fields_and_not_by_its_words() -> None:
    read = {each.email: (each.bounce, each.code) for each in read_report(REPORT.encode())}
    assert read == {
        "kari@example.org": (Bounce.GONE, "5.1.1"),
        "full@example.org": (Bounce.AWAY, "5.2.2"),
        "slow@example.org": (Bounce.AWAY, "4.4.1"),
        "blocked@example.org": (Bounce.OURS, "5.7.1"),
    }


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"Content-Type: multipart/report; boundary=", REPORT.encode()[:400], b"a@b" * 1000]
)
def test_what_is_no_report_says_nothing(content: bytes) -> None:
    assert read_report(content) == []


def test_addresses_are_found_in_whatever_is_pasted() -> None:
    text = "Kari <Kari@Example.org>; ola@example.org,\n kari@example.org  ikke-en-adresse @ x@y"
    assert [each.email for each in read_text(text)] == ["kari@example.org", "ola@example.org"]


def test_who_does_not_exist_is_off_the_list_and_who_is_away_after_some_times(app: Flask, now: datetime) -> None:
    a_centre()
    for name in ("kari", "full", "slow", "blocked"):
        a_reader(f"{name}@example.org", now)
    with unit_of_work():
        outcome = note_returned(read_report(REPORT.encode()), now, ACTOR)
    assert (outcome.off, outcome.counted, outcome.ours, outcome.unknown) == (1, 2, 1, 0)
    for _ in range(MOST_BOUNCES - 1):
        with unit_of_work():
            note_bounce("full@example.org", Bounce.AWAY, "5.2.2", now)
    db.session.rollback()
    states = {name: queries.by_email(f"{name}@example.org") for name in ("kari", "full", "slow", "blocked")}
    assert {name: reader.state for name, reader in states.items() if reader} == {
        "kari": SubscriberState.BOUNCED,
        "full": SubscriberState.BOUNCED,
        "slow": SubscriberState.CONFIRMED,
        "blocked": SubscriberState.CONFIRMED,
    }

"""The screen for the lobby and the feed for the centre's own pages: what is on today."""

from __future__ import annotations

from flask import Flask

from tests.builders import a_centre, a_slot, a_ticket_type, an_activity
from tests.door.doors import soon
from tests.web.browsing import Visitor, words


def test_the_lobby_and_the_feed_show_what_is_on(app: Flask, visitor: Visitor) -> None:
    a_centre()
    activity = an_activity(title="Inngang")
    a_slot(activity, 20, soon(30)), a_ticket_type(activity)
    feed = visitor.client.get("/api/v1/today?lang=en")
    assert feed.headers["Access-Control-Allow-Origin"] == "*"
    shown = feed.get_json()
    if shown["times"]:  # half an hour before midnight it is tomorrow's
        assert (shown["times"][0]["title"], shown["times"][0]["free"]) == ("Inngang", 20)
        assert "20 places" in words(visitor.get("/en/today"))
    assert visitor.client.get("/api/v1/today?lang=xx").get_json()["lang"] == "nb"

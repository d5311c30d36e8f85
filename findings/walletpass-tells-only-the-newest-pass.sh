#!/usr/bin/env bash
# django-walletpass 5.0.1, the one maintained web service for Apple's passes on PyPI. A phone that was pushed asks which
# of its passes changed since the tag it had last (GET v1/devices/…/registrations/…?passesUpdatedSince=tag) and takes the
# answer's `lastUpdated` as its next tag. The list names only passes that share the very newest moment of change: of two
# tickets that changed one after the other only the later is told, and the tag goes past the earlier, which that phone
# is never told of again. Of a party whose three tickets are moved to another time, two stay at the old one.
# The pass itself has `Last-Modified` in whole seconds: changed twice within a second, and fetched between, the second
# change is answered "304 Not Modified" until the next change. And a phone that registers anew with another push token
# (they change) is answered 200, and the old token stays.
# What follows from it: our tag is a number of each pass that rises with each change, all passes above it are named, it
# goes into Last-Modified as a second of its own, and registering again writes the token.
# Seen, on Django 5.2.19, djangorestframework 3.18.3, python-dateutil 4.0.0, each asked as Apple's documents have it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install django-walletpass==5.0.1 Django==5.2.19 djangorestframework==3.18.3 \
  python-dateutil==4.0.0
cat > seen.py <<'PY'
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "django_walletpass"],
    ROOT_URLCONF="django_walletpass.urls", SECRET_KEY="of no use", ALLOWED_HOSTS=["*"], USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", WALLETPASS={"PASS_TYPE_ID": "pass.org.example"},
    STORAGES={"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}},
)
django.setup()
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django_walletpass.models import Pass, Registration

call_command("migrate", verbosity=0)
phone, kind, token = Client(), "pass.org.example", {"HTTP_AUTHORIZATION": "ApplePass of-this-pass"}
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
TICKETS = ("one", "two", "three")


def change(serial: str, after: float) -> None:
    """As at so many seconds after noon."""
    Pass.objects.filter(serial_number=serial).update(updated_at=NOON + timedelta(seconds=after))


def register(serial: str, push: str) -> int:
    where = f"/v1/devices/phone/registrations/{kind}/{serial}"
    return phone.post(where, {"pushToken": push}, content_type="application/json", **token).status_code


def changed(tag: str) -> tuple[list[str], str]:
    answer = phone.get(f"/v1/devices/phone/registrations/{kind}", {"passesUpdatedSince": tag})
    return (sorted(answer.json()["serialNumbers"]), answer.json()["lastUpdated"]) if answer.status_code == 200 else ([], tag)


for serial in TICKETS:
    ticket = Pass(pass_type_identifier=kind, serial_number=serial, authentication_token="of-this-pass")
    ticket.data.save(f"{serial}.pkpass", ContentFile(b"a pass"))
    assert register(serial, "push-1") == 201
    change(serial, 0)

tag = NOON.isoformat()
assert changed(tag) == ([], tag)
for after, serial in enumerate(TICKETS, start=1):
    change(serial, after)
told, tag = changed(tag)
print("three have changed, told of:", told)
assert told == ["three"], told
print("asked again with the tag of that answer:", changed(tag)[0])
assert changed(tag)[0] == []

fetch = f"/v1/passes/{kind}/one"
change("one", 10.2)
first = phone.get(fetch, **token)
change("one", 10.7)
second = phone.get(fetch, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"], **token)
print("changed half a second after it was fetched:", second.status_code)
assert (first.status_code, second.status_code) == (200, 304)

assert register("one", "push-2") == 200
kept = Registration.objects.get(pazz__serial_number="one").push_token
print("registered anew with push-2, kept:", kept)
assert kept == "push-1"
print("as found: django-walletpass", version("django-walletpass"))
PY
v/bin/python seen.py

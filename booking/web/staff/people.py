"""The people who work here, for administrators: invite, give another role, a new way in, end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.collation import Key, order_key
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff import accounts, sessions
from booking.staff.accounts import AccountUnknown, StaffMember
from booking.web.blueprints import staff
from booking.web.forms.checked import errors_of
from booking.web.guards.access import staff as staff_only
from booking.web.guards.access import who
from booking.web.languages import language
from booking.web.refusals import sentence
from booking.web.staff.browser import settings, vault
from booking.web.staff.confirming import NOT_CONFIRMED, confirm_if_secured
from booking.web.staff.forms import ConfirmedForm, InvitationForm, LinkForm, RoleForm, language_choices, role_names


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody with an account, and the form for one more."""

    people: list[StaffMember]
    roles: dict[str, str]
    languages: list[tuple[str, str]]
    form: InvitationForm
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The account of one on the staff."""

    colleague: StaffMember
    roles: dict[str, str]
    link: str
    errors: Mapping[str, str]
    refused: str


@staff.get("/people")
@staff_only()
def people() -> str:
    """Everybody, and a form for somebody new."""
    return _people_page(InvitationForm(formdata=None))


@staff.post("/people")
@staff_only()
def invite() -> ResponseReturnValue:
    """An account for somebody new; the way in goes by mail or is shown once."""
    form, link = InvitationForm(), ""
    if not form.validate():
        return _people_page(form), 422
    now = clock.now()
    try:
        confirm_if_secured(form)
        with unit_of_work():
            account_id = accounts.invite(
                form.address, form.name.data, form.chosen, form.lang.data, actor=who().actor, now=now
            )
            if form.by_mail.data:
                accounts.send_link(account_id, new_secret(), vault(), reset=False, actor=who().actor, now=now)
            else:
                link = accounts.fresh_link(account_id, reset=False, actor=who().actor, now=now)
    except Refusal as refusal:
        answer = sentence(refusal)
        field = "password" if isinstance(refusal, NOT_CONFIRMED) else "email"
        return _people_page(form, {field: answer.text}), answer.status
    return _person_page(_known(account_id), link=link) if link else _back(account_id, _("The link is on its way."))


@staff.get("/people/<int:account_id>")
@staff_only()
def person(account_id: int) -> str:
    """One of them."""
    return _person_page(_known(account_id))


@staff.post("/people/<int:account_id>/role")
@staff_only()
def change_role(account_id: int) -> ResponseReturnValue:
    """Another role, from their next page on."""
    form, staff_member = RoleForm(), _known(account_id)
    if not form.validate():
        return _person_page(staff_member, errors=dict(errors_of(form))), 422
    try:
        confirm_if_secured(form)
        with unit_of_work():
            accounts.change_role(account_id, form.chosen, actor=who().actor)
    except Refusal as refusal:
        return _refused(staff_member, refusal)
    if account_id == who().account_id:
        return redirect(url_for("staff.start"), 303)  # who is no administrator any more cannot see this page
    return _back(account_id, _("The role has been changed."))


@staff.post("/people/<int:account_id>/link")
@staff_only()
def give_link(account_id: int) -> ResponseReturnValue:
    """A new way in: for a forgotten password, and with `reset` for a lost phone."""
    form, staff_member, link, now = LinkForm(), _known(account_id), "", clock.now()
    reset = bool(form.reset.data)
    if not form.validate():
        return _person_page(staff_member, errors=dict(errors_of(form))), 422
    try:
        confirm_if_secured(form)
        with unit_of_work():
            if form.by_mail.data:
                accounts.send_link(account_id, new_secret(), vault(), reset=reset, actor=who().actor, now=now)
            else:
                link = accounts.fresh_link(account_id, reset=reset, actor=who().actor, now=now)
            if reset:
                sessions.end_all(account_id, now, but=who().session)
    except Refusal as refusal:
        return _refused(staff_member, refusal)
    return _person_page(_known(account_id), link=link) if link else _back(account_id, _("The link is on its way."))


@staff.post("/people/<int:account_id>/end")
@staff_only()
def end_account(account_id: int) -> ResponseReturnValue:
    """Somebody stops working here; everything they have open ends at once."""
    form, staff_member = ConfirmedForm(), _known(account_id)
    try:
        confirm_if_secured(form)
        with unit_of_work():
            accounts.end(account_id, actor=who().actor, now=clock.now())
    except Refusal as refusal:
        return _refused(staff_member, refusal)
    flash(_("The account has been ended."))
    return redirect(url_for("staff.people"), 303)


def _known(account_id: int) -> StaffMember:
    try:
        return accounts.person(account_id)
    except AccountUnknown:
        abort(404)


def _back(account_id: int, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("staff.person", account_id=account_id), 303)


def _refused(staff_member: StaffMember, refusal: Refusal) -> ResponseReturnValue:
    answer = sentence(refusal)
    return _person_page(staff_member, refused=answer.text), answer.status


def _people_page(form: InvitationForm, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "staff/people.html",
        page=PeoplePage(
            people=sorted(accounts.people(), key=_by_name),
            roles=role_names(),
            languages=language_choices(),
            form=form,
            errors=errors or dict(errors_of(form)),
        ),
    )


def _person_page(
    staff_member: StaffMember, *, link: str = "", errors: dict[str, str] | None = None, refused: str = ""
) -> str:
    return render_template(
        "staff/person.html",
        page=PersonPage(
            colleague=staff_member,
            roles=role_names(),
            link=f"{settings().public_url}/staff/enter/{link}" if link else "",
            errors=errors or {},
            refused=refused,
        ),
    )


def _by_name(staff_member: StaffMember) -> tuple[bool, Key]:
    """Those who work here first, by name as the reader's language sorts."""
    return staff_member.ended_at is not None, order_key(staff_member.name or staff_member.email, language())

"""What a web process has in memory after ordinary pages: nothing that only the worker or a rare page needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each some megabytes: they set type, read and write workbooks, solve and check.
HEAVY = ("lxml", "numpy", "openpyxl", "ortools", "saxonche", "typst")
NOT_OF_THIS_DATABASE = ("psycopg",)  # 6 MB, which a server on SQLite need not have
FOR_THE_WORKER = ("booking.invoicing.ubl",)
PAGES = (
    "/nb/", "/nb/tickets", "/staff/", "/staff/bookings", "/staff/invoices",
    "/staff/invoices/issued", "/staff/invoices/bank", "/staff/invoices/payers", "/staff/invoices/sending",
    "/staff/invoices/reminders", "/staff/invoices/collector", "/staff/books", "/staff/books/payouts",
)  # fmt: skip
PROCESS = """
import json, sys
import booking.tables
from booking import create_app
from booking.kernel.database import Model, db
from booking.settings import Settings
from booking.staff.models import Role
from tests.builders import a_sale
from tests.web.staffing import a_colleague

app = create_app(Settings.from_environment())
app.config["WTF_CSRF_ENABLED"] = False
with app.app_context():
    Model.metadata.create_all(db.engine)
    a_sale()
    boss = a_colleague(app, Role.ADMIN)
    answers = {page: boss.get(page).status_code for page in json.loads(sys.argv[1])}
print(json.dumps([answers, sorted(sys.modules)]))
"""


def test_ordinary_pages_load_nothing_that_only_the_worker_or_a_rare_page_needs(tmp_path: Path) -> None:
    settings = {"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/bestill.db"}
    command = [sys.executable, "-c", PROCESS, json.dumps(PAGES)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True)
    answers, modules = json.loads(done.stdout.splitlines()[-1])
    assert {page: status for page, status in answers.items() if status != 200} == {}
    loaded = {name for module in modules for name in (module, module.partition(".")[0])}
    assert sorted(loaded & {*HEAVY, *NOT_OF_THIS_DATABASE, *FOR_THE_WORKER}) == []

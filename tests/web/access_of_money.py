"""Who opens what of invoices and the bank: each address and method, with the roles that may."""

from __future__ import annotations

OF_MONEY: dict[str, str] = {
    "GET /staff/invoices": "finance admin",
    "GET /staff/invoices/<int:invoice_id>": "finance admin",
    "GET /staff/invoices/<int:invoice_id>/as/<kind>": "finance admin",
    "GET /staff/invoices/<int:invoice_id>/credit": "finance admin",
    "POST /staff/invoices/<int:invoice_id>/credit": "finance admin",
    "POST /staff/invoices/<int:invoice_id>/link": "finance admin",
    "POST /staff/invoices/<int:invoice_id>/link/close": "finance admin",
    "POST /staff/invoices/<int:invoice_id>/link/replace": "finance admin",
    "GET /staff/invoices/bank": "finance admin",
    "POST /staff/invoices/bank": "finance admin",
    "POST /staff/invoices/bank/<int:row_id>/aside": "finance admin",
    "POST /staff/invoices/bank/<int:row_id>/match": "finance admin",
    "POST /staff/invoices/bank/<int:row_id>/took-back": "finance admin",
    "POST /staff/invoices/bank/<int:row_id>/undo": "finance admin",
    "POST /staff/invoices/bank/<int:row_id>/use": "finance admin",
    "GET /staff/invoices/payers": "finance admin",
    "POST /staff/invoices/payers": "finance admin",
    "GET /staff/invoices/payers/<int:payer_id>": "finance admin",
    "POST /staff/invoices/payers/<int:payer_id>": "finance admin",
    "POST /staff/invoices/batch": "finance admin",
    "POST /staff/invoices/issue": "finance admin",
    "GET /staff/visits/<int:booking_id>/heads": "desk finance admin",
    "POST /staff/visits/<int:booking_id>/heads": "finance admin",
    "POST /staff/visits/<int:booking_id>/heads/count": "desk finance admin",
    "GET /staff/invoices/rules": "finance admin",
    "POST /staff/invoices/rules": "admin",
}

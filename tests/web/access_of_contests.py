"""Who opens what of contests, for the one table of all addresses."""

from __future__ import annotations

PUBLIC = {
    "GET /<lang>/b/<secret>/entries/<int:entry_id>",
    "POST /<lang>/b/<secret>/entries/<int:entry_id>",
    "POST /<lang>/b/<secret>/entries/<int:entry_id>/withdraw",
    "GET /<lang>/b/<secret>/entries/new/<int:activity_id>",
    "POST /<lang>/b/<secret>/entries/new/<int:activity_id>",
}
STAFF = {
    "GET /staff/contests": "desk educator admin",
    "GET /staff/contests/<int:slot_id>": "desk educator admin",
    "GET /staff/contests/<int:slot_id>/list": "desk educator admin",
    "POST /staff/contests/<int:slot_id>/file": "desk admin",
    "GET /staff/contests/<int:slot_id>/entries/<int:entry_id>": "desk admin",
    "POST /staff/contests/<int:slot_id>/entries/<int:entry_id>": "desk admin",
    "POST /staff/contests/<int:slot_id>/entries/<int:entry_id>/out": "admin",
    "GET /staff/contests/<int:slot_id>/bookings/<int:booking_id>": "desk admin",
    "POST /staff/contests/<int:slot_id>/bookings/<int:booking_id>": "desk admin",
    "GET /staff/contest-rules/<int:activity_id>": "admin",
    "POST /staff/contest-rules/<int:activity_id>": "admin",
    "GET /staff/contest-fields/new": "admin",
    "POST /staff/contest-fields/new": "admin",
    "GET /staff/contest-fields/<int:row_id>": "admin",
    "POST /staff/contest-fields/<int:row_id>": "admin",
    "POST /staff/contest-fields/<int:row_id>/remove": "admin",
}

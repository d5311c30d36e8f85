"""Who opens what of courses and outreach, for the one table of all addresses."""

from __future__ import annotations

PUBLIC = {
    "GET /<lang>/certificate/<secret>",
    "POST /<lang>/certificate/<secret>",
    "GET /<lang>/course/<secret>",
    "POST /<lang>/course/<secret>/names",
    "GET /<lang>/course/<secret>/cancel",
    "POST /<lang>/course/<secret>/cancel",
    "GET /<lang>/course/<secret>/certificate/<int:participant_id>.pdf",
    "GET /<lang>/outreach/<secret>",
    "POST /<lang>/outreach/<secret>",
    "GET /<lang>/school/courses",
    "GET /<lang>/school/courses/<slug>",
    "GET /<lang>/school/courses/<slug>/places",
    "POST /<lang>/school/courses/<slug>/places",
    "GET /<lang>/school/courses/<slug>/waiting-list",
    "POST /<lang>/school/courses/<slug>/waiting-list",
    "GET /<lang>/school/outreach",
    "GET /<lang>/school/outreach/<slug>",
    "POST /<lang>/school/outreach/<slug>",
}
STAFF = {
    "GET /staff/courses": "desk educator admin",
    "POST /staff/courses/rules": "admin",
    "GET /staff/courses/<int:slot_id>": "desk educator admin",
    "POST /staff/courses/<int:slot_id>/present": "desk educator admin",
    "POST /staff/courses/<int:slot_id>/name": "desk admin",
    "POST /staff/courses/<int:slot_id>/certificates": "desk educator admin",
    "GET /staff/courses/<int:slot_id>/list": "desk educator admin",
    "POST /staff/courses/<int:slot_id>/file": "desk finance admin",
}

"""The addresses of release days, for the table of who opens what."""

from __future__ import annotations

PUBLIC = (
    "GET /<lang>/school/release/<int:release_id>",
    "GET /<lang>/school/release/<int:release_id>/list.txt",
    "GET /<lang>/school/wish/<secret>",
    "GET /<lang>/school/wish/<secret>/standing",
    "POST /<lang>/school/wish/<secret>/send",
    "POST /<lang>/school/wish/<secret>/option",
    "POST /<lang>/school/wish/<secret>/order",
    "POST /<lang>/school/wish/<secret>/contact",
    "POST /<lang>/school/wish/<secret>/withdraw",
)
ADMINS = (
    "GET /staff/releases",
    "GET /staff/releases/new",
    "POST /staff/releases/new",
    "GET /staff/releases/<int:release_id>",
    "GET /staff/releases/<int:release_id>/change",
    "POST /staff/releases/<int:release_id>/change",
    "POST /staff/releases/<int:release_id>/publish",
    "POST /staff/releases/<int:release_id>/withdraw",
    "POST /staff/releases/<int:release_id>/go-on",
)

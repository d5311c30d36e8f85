"""Who opens the newsletter's pages, for the one table of all addresses."""

PUBLIC = {
    "GET /<lang>/newsletter",
    "POST /<lang>/newsletter",
    "POST /<lang>/newsletter/link",
    "GET /<lang>/newsletter/<secret>",
    "POST /<lang>/newsletter/<secret>",
    "POST /<lang>/newsletter/<secret>/end",
    "POST /<lang>/newsletter/<secret>/choose",
    "POST /<lang>/newsletter/<secret>/back",
    "GET /<lang>/newsletter/<secret>/leave",
    "POST /<lang>/newsletter/<secret>/leave",
    "GET /<lang>/newsletter/<secret>/leave/<int:issue_id>",
    "POST /<lang>/newsletter/<secret>/leave/<int:issue_id>",
}

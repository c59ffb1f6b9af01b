"""The city of tests/app/servizi_pagine/citta.py."""

from tests.app.servizi_pagine.citta import (
    browse,
    chromium,
    city,
    db_session,
    enter,
    environ,
    laid,
    maker,
    storie,
    web,
)

__all__ = ["browse", "chromium", "city", "db_session", "enter", "environ", "laid", "maker", "storie", "web"]

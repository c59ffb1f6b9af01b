"""Reading pages as a person does."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.accounts.fixtures import PASSWORD


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    return found[1]


def field_in(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def textarea_in(page: TestResponse, name: str) -> str:
    found = re.search(rf'<textarea name="{name}" hidden>\n(.*?)</textarea>', page.text, re.S)
    assert found, page.text
    return unescape(found[1])


def log_in(
    browser: FlaskClient, nome_utente: str = "giulia.parodi", password: str = PASSWORD, **more: str
) -> TestResponse:
    """Open the login page, fill it in, send it."""
    page = browser.get("/accesso", query_string=more)
    fields = {"csrf_token": token_in(page), "nome_utente": nome_utente, "password": password, **more}
    return browser.post("/accesso", data=fields)


def session_cookie(browser: FlaskClient) -> str | None:
    cookie = browser.get_cookie("percorsi")
    return cookie.value if cookie else None


def form_token(browser: FlaskClient) -> str:
    """A form token of the logged-in browser, as the change-of-password page has it."""
    return token_in(browser.get("/password"))

"""What protects every answer and every form: headers, form tokens, the origin check, the request's name.

The gate (app/accounts/gate.py) calls the checks in order; nothing here knows about accounts.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app import logs

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS_POLICY: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
ONE_YEAR: Final = 31_536_000  # seconds
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
API_PREFIX: Final = "/api/"
TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 - the name of a form field
TOKEN_HEADER: Final = "X-CSRF-Token"  # noqa: S105 - the name of a header
_SALT_LENGTH = 16
_SIGNATURE_LENGTH = 64
# As proxies make them, and nothing that a person could be called by: hexadecimal, too long for a codice fiscale
# that happens to be, with a letter so that it is no telephone or card number.
_REQUEST_ID = re.compile(r"(?=[0-9-]*[A-Fa-f])[0-9A-Fa-f-]{16,64}")


@dataclass(eq=False)
class CrossSite(Exception):
    """An unsafe request that another site sent with our operator's browser."""

    origin: str


@dataclass(eq=False)
class FormExpired(Exception):
    """The form's token is not of this session, or there is none."""


def init_app(app: Flask, *, production: bool) -> None:
    """Put headers on every answer, `csrf_token()` in every template, `g.request_id` on every request."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-percorsi_avvisi" if production else "percorsi_avvisi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_PATH="/",
    )
    app.extensions["percorsi_production"] = production
    app.session_interface = _OfPages()
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.before_request(_name_request)
    app.after_request(_protect)


class _OfPages(SecureCookieSessionInterface):
    """The signed cookie of pages: programs bring none, and nothing is read from it or kept in it for them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(API_PREFIX):
            return self.make_null_session(app)
        return super().open_session(app, request)


def is_production() -> bool:
    return bool(current_app.extensions.get("percorsi_production", True))


def is_api() -> bool:
    """The API answers to bearer tokens alone: a cookie opens nothing there, so no form can abuse it."""
    return request.path.startswith(API_PREFIX)


def session_cookie_name() -> str:
    return "__Host-percorsi" if is_production() else "percorsi"


def require_same_origin() -> None:
    """Raise CrossSite when the browser itself says that another site began this unsafe request."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite(origin or site)
    # compared by host and port only: behind a proxy that ends TLS the scheme we see is not the browser's
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CrossSite(origin)


def csrf_token() -> str:
    """A token for a form of this page, different each time so that compression reveals nothing (BREACH).

    After it comes what the gate wants to know again of the form: `g.form_mark`, made with the token's salt.
    """
    salt = secrets.token_hex(_SALT_LENGTH)
    mark: Callable[[str], str] | None = g.get("form_mark")
    return salt + _signature(salt) + (mark(salt) if mark else "")


def csrf_is_valid() -> bool:
    """True when the request brings a token made for this session, in the form or in the header."""
    salt, signature, _ = _parts()
    return hmac.compare_digest(signature.encode(), _signature(salt).encode())


def form_mark() -> tuple[str, str]:
    """The salt of the form's token and what the gate wrote after it; the gate believes it, or not."""
    salt, _, mark = _parts()
    return salt, mark


def _parts() -> tuple[str, str, str]:
    token = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD) or ""
    ends = 2 * _SALT_LENGTH, 2 * _SALT_LENGTH + _SIGNATURE_LENGTH
    return token[: ends[0]], token[ends[0] : ends[1]], token[ends[1] :]


def _signature(salt: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"csrf:{salt}:{_seed()}".encode(), hashlib.sha256).hexdigest()


def _seed() -> str:
    """What ties the token to a browser: its login, or before the login a random value in a signed cookie."""
    cookie = request.cookies.get(session_cookie_name())
    if cookie:
        return cookie
    if "seme" not in session:
        session["seme"] = secrets.token_urlsafe(24)
    return str(session["seme"])


def _name_request() -> None:
    """A name for logs and support. What comes from a proxy is taken only if it is plain."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else logs.new_name()
    logs.begin(request_id=g.request_id)


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["X-Request-ID"] = g.get("request_id", "")
    if is_production():
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response

"""The gate before every page: who is asking, may the form be believed, and nothing typed is lost.

Closed by default: a page is for logged-in operators unless its view is marked `@public`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from app import security
from app.accounts import operators, pending, sessions, tokens, voucher
from app.accounts.operator import Operator
from app.accounts.sessions import FoundSession, SessionLimits
from app.accounts.tokens import ApiClient, ScopeMissing
from app.accounts.voucher import Owner
from app.audit import reads
from app.database import db
from app.database.context import ente_context
from app.database.transaction import beginning

View = TypeVar("View", bound=Callable[..., Any])

_EXTENSION: Final = "percorsi_session_limits"
# Who must choose a new password can do nothing else.
_BEFORE_NEW_PASSWORD: Final = frozenset({"accounts.change_password", "accounts.log_out"})


def public(view: View) -> View:
    """Mark a view as open to who has not logged in."""
    view.public = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask, limits: SessionLimits | None = None) -> None:
    """Close the pages of `app` to strangers, and let none leave unrecorded. Call after security.init_app."""
    app.extensions[_EXTENSION] = limits or SessionLimits()
    app.before_request(_enter)
    app.after_request(reads.write)
    app.teardown_request(_leave)


def limits() -> SessionLimits:
    found: SessionLimits = current_app.extensions[_EXTENSION]
    return found


def current_operator() -> Operator:
    """The operator of this request. Raises Unauthorized on a public page visited by a stranger."""
    operator: Operator | None = g.get("operator")
    if operator is None:
        raise Unauthorized
    return operator


def current_client() -> ApiClient:
    """The program behind this request of the API. Raises Unauthorized."""
    client: ApiClient | None = g.get("api_client")
    if client is None:
        raise Unauthorized
    return client


def require_scope(scope: str) -> ApiClient:
    """The program behind this request, which must have the scope. Raises Unauthorized, ScopeMissing."""
    client = current_client()
    if scope not in client.scopes:
        raise ScopeMissing(scope)
    return client


def set_session_cookie(response: Response, token: str) -> Response:
    """Give the browser its new token: no script sees it, no other site sends it."""
    response.set_cookie(
        security.session_cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=security.is_production(),
        path="/",
        max_age=limits().absolute,
    )
    return response


def drop_session_cookie(response: Response) -> Response:
    response.delete_cookie(
        security.session_cookie_name(),
        httponly=True,
        samesite="Lax",
        secure=security.is_production(),
        path="/",
    )
    return response


def local_path(path: str | None) -> str:
    """`path` when it is a page of ours, else the home page: never an address that leads elsewhere."""
    safe = path is not None and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if safe and path is not None and path.isprintable() and "\\" not in path else "/"


def _enter() -> Response | None:
    g.operator = None
    g.api_client = None
    g.ente_stack = ExitStack()
    _work_for(None)  # whatever this thread did before
    if request.endpoint in (None, "static"):
        return None  # no such page, or one of our own files: neither asks who is there
    if security.is_api():
        _enter_api()
        return None
    security.require_same_origin()
    found = _find_session()
    if found is not None and found.valid:
        _work_as(found)
    if _is_public():
        if not _is_believed():
            raise security.FormExpired
        return None
    if g.operator is None:
        return _ask_login(found)
    if not _is_believed():
        return _ask_again(found)
    if g.operator.must_change and request.endpoint not in _BEFORE_NEW_PASSWORD:
        return redirect(url_for("accounts.change_password"))
    return None


def _enter_api() -> None:
    given = request.headers.get("Authorization")
    client = beginning(db.session, lambda: tokens.client_of(db.session, given))
    if client is not None:
        g.api_client = client
        _work_for(client.ente_id)
        if client.stale:
            tokens.touch(db.session, client.token_id)
            db.session.commit()
    elif not _is_public():
        raise Unauthorized


def _is_believed() -> bool:
    return request.method in security.SAFE_METHODS or security.csrf_is_valid()


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "public", False))


def _find_session() -> FoundSession | None:
    token = request.cookies.get(security.session_cookie_name())
    return beginning(db.session, lambda: sessions.find(db.session, token, limits())) if token else None


def _work_as(found: FoundSession) -> None:
    _work_for(found.ente_id)
    g.operator = operators.load(db.session, found.account_id)
    owner = Owner(found.ente_id, found.account_id)
    g.form_mark = lambda salt: voucher.write(_secret(), owner, salt, time.time())
    if found.stale:
        sessions.touch(db.session, request.cookies[security.session_cookie_name()])
        db.session.commit()


def _work_for(ente_id: int | None) -> None:
    """Every transaction of this request works for that ente, until the request ends."""
    g.ente_stack.enter_context(ente_context(ente_id))


def _leave(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("ente_stack", None)
    if stack is not None:
        stack.close()


def _ask_login(found: FoundSession | None) -> Response:
    if request.headers.get("HX-Request"):
        # a partial answer is not worth leaving the page, where the typed values still are
        raise Unauthorized
    if request.method in security.SAFE_METHODS:
        return redirect(url_for("accounts.log_in", next=local_path(request.full_path.rstrip("?"))))
    key = _keep_form(_owner_of_cookie(found) or _owner_of_form())
    return redirect(url_for("accounts.log_in", sospeso=key, scaduta=1), 303)


def _ask_again(found: FoundSession | None) -> Response:
    """The login is good but the form belongs to an earlier one: show it, and let a press send it."""
    key = None if request.headers.get("HX-Request") else _keep_form(_owner_of_cookie(found))
    if key is None:
        raise security.FormExpired
    return redirect(url_for("accounts.pending_form", key=key), 303)


def _owner_of_cookie(found: FoundSession | None) -> Owner | None:
    return None if found is None else Owner(found.ente_id, found.account_id)


def _owner_of_form() -> Owner | None:
    """Without a cookie of ours the form says whose page it was; a stranger's says nothing that we signed."""
    salt, mark = security.form_mark()
    lasts = limits().absolute + sessions.KEPT_AFTER_END
    return voucher.read(_secret(), mark, salt, time.time(), lasts) if mark else None


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _keep_form(owner: Owner | None) -> str | None:
    """The key of the form, kept for its owner; None without an owner or a form. Raises FormNotKept."""
    if owner is None or request.method != "POST":
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != security.TOKEN_FIELD]
    files = [file.filename for _, file in request.files.items(multi=True) if file.filename]
    path = local_path(request.full_path.rstrip("?"))
    with ente_context(owner.ente_id):
        return pending.keep(db.session, owner.ente_id, owner.account_id, path, fields, files)

"""Pages that belong to no feature."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.accounts.gate import public

blueprint = Blueprint("pagine", __name__)


@blueprint.get("/benvenuto")
def benvenuto() -> str:
    """For who has no scrivania: what the role can do."""
    return render_template("pagine/benvenuto.html")


@blueprint.get("/accessibilita")
@public
def accessibilita() -> str:
    return render_template("pagine/accessibilita.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return render_template("pagine/privacy.html")


@blueprint.get("/aiuto")
@public
def aiuto() -> str:
    return render_template("pagine/aiuto.html")

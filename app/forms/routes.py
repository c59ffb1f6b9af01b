"""Suggestions for municipality fields: public data, no answer of a form among them."""

from flask import Blueprint, request
from markupsafe import Markup

from .comune import search
from .typed import clean

blueprint = Blueprint("forms", __name__)
BIRTHPLACE = "nascita"
MAX_AGE = 86_400  # seconds: the table changes with a release


@blueprint.get("/moduli/comuni")
def comuni() -> tuple[str, dict[str, str]]:
    """`<option>`s for the text of whichever field asks; `nascita=1` adds suppressed municipalities and
    foreign states."""
    texts = [clean(text) for name, text in request.args.items() if name != BIRTHPLACE]
    found = search(texts[-1][:80], birthplace=BIRTHPLACE in request.args) if texts else []
    options = Markup().join(Markup('<option value="{}"></option>').format(place.label) for place in found)
    return options, {"Cache-Control": f"private, max-age={MAX_AGE}"}

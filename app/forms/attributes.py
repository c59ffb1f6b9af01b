"""HTML attributes that a question's schema and dress suggest."""

from collections.abc import Mapping
from typing import Any

from engine.form.formats import is_date, is_instant

from .field import Field
from .widgets import BY_NAME
from .widgets.upload import EXTENSIONS, types_of

INPUT_TYPES = {"email": "email", "telefono": "tel"}
DATE_TYPES = {"data": ("date", is_date), "data_ora": ("datetime-local", is_instant)}
CODES = frozenset({"codice_fiscale", "iban"})
MAX_ROWS = 20


def attributes(field: Field, value: Any) -> Mapping[str, str]:
    """A date that was not understood stays on the page as typed, so its input is a plain one."""
    widget = BY_NAME.get(field.widget)
    found = {"type": INPUT_TYPES.get(field.widget, "text")}
    if field.widget in DATE_TYPES:
        kind, understood = DATE_TYPES[field.widget]
        found["type"] = kind if value is None or (isinstance(value, str) and understood(value)) else "text"
    if widget and widget.inputmode and found["type"] == "text":
        found["inputmode"] = widget.inputmode
    found["autocomplete"] = str(field.ui.get("completa") or "off")
    if field.widget in CODES:
        found["spellcheck"] = "false"
    if field.widget == "testo_lungo":
        found["rows"] = str(min(field.ui.get("righe", 3), MAX_ROWS))
    if field.widget == "file":
        found["accept"] = ",".join(extension for name in types_of(field) for extension in EXTENSIONS[name])
    placeholder = field.ui.get("segnaposto")
    if isinstance(placeholder, str):
        found["placeholder"] = placeholder
    return found

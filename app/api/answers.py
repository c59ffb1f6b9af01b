"""What a form of ours says of the data of a request."""

from __future__ import annotations

from typing import Any, Final

from app.accounts.tokens import ApiClient
from app.api.failures import Fault, Path
from app.api.people import OfEnte
from app.forms import Form, Sources
from engine.form import FieldError

BEYOND: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
UNASKED: Final = "Questa risposta non è prevista."


def faults(
    client: ApiClient, form: Form, data: dict[str, Any], at: str, refused: tuple[FieldError, ...] = ()
) -> list[Fault]:
    """What must be put right in `data`, which stands in the field `at` of the request; `refused` by other rules."""
    messages = form.check(data, refused, Sources(people=OfEnte(client)))
    rules = {error.path: error.keyword for error in form.schema.errors(data)} if messages else {}
    return [fault((at, *each.path), each.text, rules.get(each.path)) for each in messages]


def fault(path: Path, text: str, rule: str | None) -> Fault:
    """What no form asks has no field, so no words of its own."""
    return Fault(path, UNASKED if rule in BEYOND else text, rule)

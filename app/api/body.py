"""Reading a request: JSON with exact numbers, bounded before anything looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl

import msgspec
from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from app.api.failures import BodyUnreadable, Fault, NotJson, Path, RequestInvalid
from engine.form.limits import beyond_limits
from engine.json import loads, repeated

MOST: Final = 1_000_000  # bytes
TOO_MUCH: Final = "È più di quanto possiamo tenere: troppo lungo, troppo annidato o con troppe cifre."
BAD_CHARACTER: Final = "C’è un carattere che non si può usare."
TWICE: Final = "È scritto più volte."
UNREADABLE: Final = ("\0", "\ufffd")  # no text of PostgreSQL; what was not UTF-8


class Parser(FlaskParser):
    """Arguments from the body and from the query, with our errors instead of HTTP ones."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Raises BodyUnreadable, NotJson, RequestInvalid, RequestEntityTooLarge."""
        return read(req)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Raises RequestInvalid for what is no text, and for a name that comes twice."""
        wrong = [
            Fault((name,), BAD_CHARACTER)
            for name, text in _as_sent(req)
            if any(character in name + text for character in UNREADABLE)
        ]
        twice = [Fault((name,), TWICE) for name in req.args if len(req.args.getlist(name)) > 1]
        if wrong or twice:
            raise RequestInvalid(wrong or twice)
        return MultiDict(req.args).to_dict()

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Every field at once, each with its pointer."""
        found = error.messages if isinstance(error.messages, dict) else {}
        raise RequestInvalid([fault for place in found.values() for fault in _faults(place, ())]) from error


def _as_sent(request: Request) -> list[tuple[str, str]]:
    """Names and values of the address; Flask would leave «%FF», which is no UTF-8, as three characters."""
    return parse_qsl(request.query_string.decode("ascii", "replace"), keep_blank_values=True)


def read(request: Request) -> Any:
    """The JSON of a request's body. Raises BodyUnreadable, NotJson, RequestInvalid, RequestEntityTooLarge."""
    if request.mimetype != "application/json":
        raise NotJson(request.mimetype)
    request.max_content_length = MOST
    text = request.get_data(cache=True)
    try:
        value = loads(text)
        double = repeated(text)
    except RecursionError as error:
        raise BodyUnreadable("annidato") from error
    except (msgspec.MsgspecError, ValueError, ArithmeticError) as error:
        raise BodyUnreadable("malformato") from error
    excess = beyond_limits(value)
    if excess is not None:
        words = BAD_CHARACTER if excess.keyword == "carattere" else TOO_MUCH
        raise RequestInvalid([Fault(excess.path, words)])
    if double is not None:
        raise RequestInvalid([Fault(double, TWICE)])
    return value


def _faults(messages: Any, at: Path) -> Iterator[Fault]:
    """Marshmallow's nested messages, flat. «_schema» is about the whole, «key» and «value» about a dict's."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _faults(inner, at if name == "_schema" else (*at, name))
    else:
        yield from (Fault(at, str(message)) for message in messages)

"""An answer before it leaves: dumped by its schema, with exact numbers, so that it can be kept and sent again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response
from marshmallow import Schema

from engine import json


@dataclass(frozen=True)
class Reply:
    """Status, body and, for something new, where it is."""

    status: int
    body: bytes
    location: str | None = None

    def response(self, *, replayed: bool = False) -> Response:
        """As Flask sends it."""
        response = Response(self.body, self.status, content_type="application/json")
        if self.location:
            response.headers["Location"] = self.location
        if replayed:
            response.headers["Idempotent-Replay"] = "true"
        return response

    def pack(self) -> bytes:
        """As it is kept."""
        return json.dumps([self.status, self.location, self.body.decode()])


def unpack(packed: bytes) -> Reply:
    """The reply that was kept."""
    status, location, body = json.loads(packed)
    return Reply(status, body.encode(), location)


def reply(schema: type[Schema], value: Any, status: int = 200, location: str | None = None) -> Reply:
    """The answer that shows `value`, an object with the schema's attributes or a dict."""
    return Reply(status, json.dumps(_made(schema).dump(value)), location)


@cache
def _made(schema: type[Schema]) -> Schema:
    return schema()

"""Opening a pratica because something has arrived: a path whose diagram begins with a message or a signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.persone.model import Persona
from app.pratiche import service


def open_for(
    session: Session,
    ente_id: int,
    percorso: str,
    content: Mapping[str, Any],
    by: str,
    *,
    start: service.Start,
    now: datetime,
) -> int:
    """Open a pratica with what has arrived as its first data; the id of its instance.

    Its person is the content's `persona_id` (mostly the message's key), its unit the one that follows the
    person. A person who is not known here opens it without one: what has arrived is not lost, and who takes it
    up finds out whose it is.
    """
    persona = _persona(session, ente_id, content.get("persona_id"))
    data = {name: value for name, value in content.items() if name not in ("persona_id", "unita")}
    pratica = service.open(
        session,
        ente_id,
        percorso,
        persona.id if persona else None,
        persona.unita_id if persona else None,
        by,
        start=start,
        now=now,
        data=data,
    )
    assert pratica.instance_id is not None
    return pratica.instance_id


def _persona(session: Session, ente_id: int, told: Any) -> Persona | None:
    text = str(told)
    return (
        session.get(Persona, (ente_id, int(text)))
        if text.isascii() and text.isdigit() and len(text) < 10
        else None
    )

"""The parameters of a percorso as they are in force for an ente on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from app.database import db
from app.enti.model import Parametro, Valore

AnySession = Session | scoped_session[Session]

_INHERITED = text("select chiave, valore from parametri_ereditati(:ente_id, :percorso, :on)").columns(
    valore=Parametro.valore.type
)


def values(
    ente_id: int, percorso: str, defaults: Mapping[str, Valore], on: date, session: AnySession | None = None
) -> dict[str, Valore]:
    """Each parameter of `defaults` with the value in force on day `on`.

    The ente's own value wins over that of the ente above it (its ambito), and that over the default, which is
    what the bundle says. `ente_id` must be the ente of the context: for any other, only the defaults come
    back. Values stored under keys that the bundle no longer has are left out.
    """
    found = (session or db.session).execute(_INHERITED, {"ente_id": ente_id, "percorso": percorso, "on": on})
    stored = {chiave: valore for chiave, valore in found if chiave in defaults}
    return {**defaults, **stored}


def decide(
    ente_id: int,
    percorso: str,
    chiave: str,
    valore: Valore,
    *,
    dal: date,
    al: date | None = None,
    by: str,
    session: AnySession | None = None,
) -> Parametro:
    """Record that from `dal` to `al` (both included, None for no end) `chiave` is worth `valore`; flushes.

    Nothing is overwritten: on a day covered twice the decision with the later `dal` counts, then the one
    recorded later.
    """
    decided = Parametro(
        ente_id=ente_id, percorso=percorso, chiave=chiave, valore=valore, dal=dal, al=al, da_chi=by
    )
    target = session or db.session
    target.add(decided)
    target.flush()
    return decided

"""Who looked at whom: readings noted while a page is made, written once each before the page leaves.

A page that could not be recorded is not served (art. 32 GDPR; Garante, provv. 4 aprile 2019 on access logs).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g
from sqlalchemy import insert

from app import logs
from app.accounts.operator import Operator
from app.audit.journal import row
from app.audit.models import Audit
from app.database import db

READ = "persona.read"


@dataclass(frozen=True, order=True)
class _Reading:
    pratica_id: int
    persona_id: str
    sezione: str
    scopo: str
    reason: str


def saw(
    persona_id: str | int | None,
    pratica_id: int | None = None,
    scopo: str = "servizio",
    *,
    sezione: str = "",
    straordinario: bool = False,
) -> None:
    """Note that this request shows that persona (or pratica); noting it twice writes it once.

    `straordinario`: the reading was granted by a break-glass access (Reason.EXTRAORDINARY).
    """
    noted: set[_Reading] = g.setdefault("readings", set())
    reason = "accesso_straordinario" if straordinario else ""
    noted.add(
        _Reading(pratica_id or 0, "" if persona_id is None else str(persona_id), sezione, scopo, reason)
    )


def showed_nothing() -> None:
    """Forget what was noted: an error's page takes the place of the one that would have shown it."""
    g.pop("readings", None)


def refused(action: str, reason: str) -> None:
    """Note that this request was refused: attempts are as telling as readings."""
    g.refusal = (action, reason)


def write(response: Response) -> Response:
    """Write what this request showed, or why it was refused: called by the gate after every request.

    Whatever its status: a form with mistakes (422) or done by somebody else meanwhile (409) shows the persona too.
    Raises what the database raises: the page is then replaced by an error.
    """
    operator: Operator | None = g.get("operator")
    readings: set[_Reading] = g.pop("readings", set())
    refusal: tuple[str, str] | None = g.pop("refusal", None)
    if operator is None:
        return response
    pratiche = {reading.pratica_id for reading in readings}
    if len(pratiche) == 1:
        logs.about(pratica=pratiche.pop() or None)
    rows = [_row_of(reading, operator) for reading in sorted(readings)]
    if refusal:
        rows.append(_refusal_row(refusal, operator))
    if rows:
        db.session.rollback()  # what the view did not commit was not meant to stay
        db.session.execute(insert(Audit), rows)
        db.session.commit()
    return response


def _row_of(reading: _Reading, operator: Operator) -> dict[str, object]:
    detail = {"sezione": reading.sezione, "titolo": reading.reason}
    return row(
        READ if reading.persona_id else "pratica.read",
        "persona" if reading.persona_id else "pratica",
        reading.persona_id or reading.pratica_id,
        by=operator,
        pratica_id=reading.pratica_id or None,
        persona_id=reading.persona_id or None,
        scopo=reading.scopo,
        dettaglio={name: value for name, value in detail.items() if value},
    )


def _refusal_row(refusal: tuple[str, str], operator: Operator) -> dict[str, object]:
    return row(
        "accesso.refuse",
        "azione",
        refusal[0],
        by=operator,
        pratica_id=None,
        persona_id=None,
        scopo="servizio",
        dettaglio={"perche": refusal[1]},
    )

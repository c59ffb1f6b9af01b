"""Adding a document to a pratica by hand: what it is, its title, its file."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import update
from werkzeug.exceptions import NotFound

from app.accounts.operator import Operator
from app.audit import record
from app.database import db
from app.database.transaction import transactional
from app.documenti.kind import NAMES, PDF
from app.documenti.model import LARGEST, File, number_of
from app.documenti.tipo import TIPI, may_add, may_read
from app.forms import Form
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy
from app.rights.subject import Subject

ACTION: Final = "documento:add"

_UI: Final = {
    "campi": {
        "tipo": {"widget": "scelta"},
        "titolo": {"segnaposto": "Verbale del 12 maggio 2026"},
        "file": {"widget": "file", "tipi": list(NAMES), "massimo_mb": LARGEST // (1024 * 1024)},
    }
}


def form_for(operator: Operator, subject: Subject) -> Form:
    """The form, with the types of document that the operator may read."""
    choices = [{"const": t.id, "title": t.titolo} for t in TIPI if may_read(operator, subject, t.id)]
    properties: dict[str, Any] = {
        "tipo": {"title": "Che documento è", "oneOf": choices},
        "titolo": {
            "title": "Titolo",
            "description": "Come lo cercherà chi apre la pratica.",
            "type": "string",
            "minLength": 3,
            "maxLength": 120,
        },
        "file": {
            "title": "File",
            "description": "PDF, JPG, PNG, TIFF, P7M, XML o CSV, al massimo 20 MB. "
            "Non prendiamo PDF con script, con password o con altri file dentro: stampali in un PDF nuovo.",
            "type": "string",
            "contentMediaType": PDF,
        },
    }
    return Form({"type": "object", "properties": properties, "required": list(properties)}, _UI)


def require_add(operator: Operator, subject: Subject) -> None:
    """Raises NotAllowed."""
    decision = may_add(operator, subject)
    if not decision:
        raise policy.NotAllowed(ACTION, decision.reason, decision.absent)


@transactional
def add(operator: Operator, pratica_id: int, answers: dict[str, Any]) -> None:
    """Make a file that was just received a document of the pratica. Raises NotAllowed, NotFound."""
    pratica = db.session.get_one(Pratica, (operator.ente_id, pratica_id))
    require_add(operator, subject_of(db.session, pratica))
    added = db.session.execute(
        update(File)
        .where(
            File.ente_id == operator.ente_id,
            File.id == number_of(answers["file"]),
            File.pratica_id == pratica.id,
            File.task_id.is_(None),
            File.titolo.is_(None),
            File.da_chi == str(operator),
        )
        .values(tipo=answers["tipo"], titolo=answers["titolo"])
        .returning(File.id)
    ).scalar_one_or_none()
    if added is None:
        raise NotFound
    record(
        db.session,
        "documento.add",
        "file",
        added,
        by=operator,
        pratica_id=pratica.id,
        persona_id=pratica.persona_id,
        dettaglio={"tipo": answers["tipo"]},
    )

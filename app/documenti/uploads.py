"""Where the files of a form go: of a task, or of the page that adds a document to a pratica."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.accounts.operator import Operator
from app.attivita.service import Case
from app.database import db
from app.database.transaction import transactional
from app.documenti import antivirus, store
from app.documenti.model import ACCOLTO, DA_CONTROLLARE, File, number_of
from app.documenti.received import Received, receive
from app.documenti.refused import FileRefused
from app.documenti.tipo import may_read
from app.forms.sources import StoredFile, UploadRefused
from app.pratiche.access import subject_of
from app.pratiche.model import Pratica
from app.rights import policy

NAMELESS: Final = "Un file già consegnato"  # and no more to who may not open it: its name may tell an illness


class OfTask:
    """The files that the form of one task may keep and name; `types`: of which type the question makes them."""

    def __init__(self, operator: Operator, case: Case, types: Mapping[str, str]) -> None:
        self._operator = operator
        self._case = case
        self._types = types

    def store(self, upload: FileStorage, name: str) -> str:
        """Keep a file at once: the page is shown again with it if another answer is wrong.

        Raises UploadRefused, NotAllowed.
        """
        policy.require(self._operator, "task:complete", self._case.subject)
        tipo = self._types.get(name.rpartition(".")[2])
        return _keep(self._operator, self._case.pratica, upload, self._case.task.id, tipo)

    def find(self, file_id: str) -> StoredFile | None:
        """A file of this task, or one that earlier answers of the same pratica name: by name to who may open it.

        To the others it is there without a name, so that a form sent again keeps it.
        """
        file = _of_pratica(self._case.pratica, file_id)
        if file is None or file.task_id == self._case.task.id:
            return _stored(file)
        named = store.named_in_answers(db.session, file.ente_id, self._case.task.root_id)
        if file.id not in named:
            return None
        opens = file.da_chi == str(self._operator) or may_read(
            self._operator, subject_of(db.session, self._case.pratica), file.tipo
        )
        return _stored(file) if opens else StoredFile(file.key, NAMELESS, file.dimensione)


class OfPratica:
    """The file of a document that an operator is adding: hers, and not yet added."""

    def __init__(self, operator: Operator, pratica: Pratica) -> None:
        self._operator = operator
        self._pratica = pratica

    def store(self, upload: FileStorage, name: str) -> str:
        """Raises UploadRefused."""
        return _keep(self._operator, self._pratica, upload, None)

    def find(self, file_id: str) -> StoredFile | None:
        file = _of_pratica(self._pratica, file_id)
        if file is None or file.task_id is not None or file.titolo is not None:
            return None
        return _stored(file) if file.da_chi == str(self._operator) else None


def _keep(
    operator: Operator, pratica: Pratica, upload: FileStorage, task_id: int | None, tipo: str | None = None
) -> str:
    try:
        return _write(operator, pratica.id, receive(upload, antivirus.of_app()), task_id, tipo)
    except FileRefused as refused:
        raise UploadRefused(refused.reason) from refused


@transactional
def _write(
    operator: Operator, pratica_id: int, received: Received, task_id: int | None, tipo: str | None
) -> str:
    pratica = db.session.get_one(Pratica, (operator.ente_id, pratica_id))
    again = None if task_id is None else store.sent_before(db.session, operator, task_id, received)
    return (again or store.keep(db.session, operator, pratica, received, task_id, tipo)).key


def _of_pratica(pratica: Pratica, file_id: str) -> File | None:
    number = number_of(file_id)
    if number is None:
        return None
    return db.session.scalar(
        select(File).where(
            File.ente_id == pratica.ente_id,
            File.id == number,
            File.pratica_id == pratica.id,
            File.stato.in_([ACCOLTO, DA_CONTROLLARE]),
        )
    )


def _stored(file: File | None) -> StoredFile | None:
    return None if file is None else StoredFile(file.key, file.nome, file.dimensione)

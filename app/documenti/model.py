"""Files of pratiche: what is known of each, and apart from it the bytes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import EnteId, Id, Instant, RecordedAt, Ref, Str, index, one_of, to
from app.database import Base

LARGEST: Final = 20 * 1024 * 1024  # bytes

ACCOLTO: Final = "accolto"
DA_CONTROLLARE: Final = "da_controllare"  # the antivirus did not answer: nobody gets it until it does
INFETTO: Final = "infetto"
RIMOSSO: Final = "rimosso"  # sent with a form that nobody completed


class File(Base):
    """A file as it was received. `impronta` is its SHA-256, `controllato_at` when the antivirus passed it.

    A file without `titolo` came with a task's form and counts once an answer names it. The row stays for ever;
    the bytes of an infected or abandoned file do not.
    """

    __tablename__ = "file"
    __table_args__ = (
        to("pratica"),
        to("engine_task", "task_id"),
        one_of("stato", ACCOLTO, DA_CONTROLLARE, INFETTO, RIMOSSO),
        CheckConstraint(f"dimensione between 1 and {LARGEST}", name="dimensione"),
        index("pratica_id"),
        index("task_id"),
        Index(
            "ix_file_da_controllare",
            "ente_id",
            "id",
            postgresql_where=text("controllato_at is null and stato in ('accolto', 'da_controllare')"),
        ),
    )

    ente_id: Mapped[EnteId]
    id: Mapped[Id]
    pratica_id: Mapped[Ref]
    task_id: Mapped[Ref | None]
    nome: Mapped[Str]
    media: Mapped[Str]
    dimensione: Mapped[int]
    impronta: Mapped[bytes]
    stato: Mapped[Str]
    controllato_at: Mapped[Instant | None]
    tipo: Mapped[Str | None]
    titolo: Mapped[Str | None]
    da_chi: Mapped[Str]
    recorded_at: Mapped[RecordedAt]

    @property
    def key(self) -> str:
        """The id by which answers name the file: it cannot be taken for the id of anything else."""
        return f"file-{self.id}"


class FileContenuto(Base):
    """The bytes, written in the transaction of their row: never one without the other."""

    __tablename__ = "file_contenuto"
    __table_args__ = (to("file"),)

    ente_id: Mapped[EnteId]
    file_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    contenuto: Mapped[bytes] = mapped_column(LargeBinary)


def number_of(key: str) -> int | None:
    """The file's id behind the key that an answer gives; None when it is no key of ours."""
    text = key.removeprefix("file-")
    ours = key.startswith("file-") and text.isascii() and text.isdecimal() and len(text) <= 18
    return int(text) if ours else None

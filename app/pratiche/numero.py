"""Numbers of a register, by ente and year, without gaps."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.pratiche.model import Numeratore
from app.values import to_id


@dataclass(frozen=True)
class Number:
    """A number of a register as people write it: «2026/12», or «12» of any year."""

    numero: int
    anno: int | None


def read(text: str) -> Number | None:
    """The number that a text is; None when it is something else."""
    anno, _, numero = text.strip().rpartition("/")
    found = to_id(numero)
    return None if found is None else Number(found, to_id(anno))


def next_number(session: Session, ente_id: int, registro: str, anno: int) -> int:
    """The next number of `registro` in `anno`, from 1. Who asks next waits until this transaction ends;
    one that is rolled back gives its number back.
    """
    given: int = session.execute(
        insert(Numeratore)
        .values(ente_id=ente_id, registro=registro, anno=anno, ultimo=1)
        .on_conflict_do_update(
            index_elements=["ente_id", "registro", "anno"], set_={"ultimo": Numeratore.ultimo + 1}
        )
        .returning(Numeratore.ultimo)
    ).scalar_one()
    return given

"""The choice of the next activity, on the page of a task."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.pratiche import service
from app.wiring import EngineMaker
from engine import system
from tests.app.scrivania.conftest import GENOVA, Person
from tests.engine.drawing import bundle, diagram, end, extensions, human, inside, start

SUPPORT = bundle(
    "prova",
    diagram(
        "prova",
        start()
        + inside(
            "sostegno",
            extensions(group="assistente_sociale")
            + human("telefona").replace("name='telefona'", "name='Telefonata alla scuola'")
            + human("visita").replace("name='visita'", "name='Visita a casa'"),
            "",
            kind="adHocSubProcess",
            attributes="name='Sostegno alla famiglia' ordering='Sequential'",
        )
        + end(),
        "inizio sostegno; sostegno fine",
    ),
)


def test_a_social_worker_chooses_what_comes_next_and_when_it_is_over(
    enter: Callable[[str], Person], in_genova: Session, maker: EngineMaker
) -> None:
    # given
    engine = maker(in_genova, GENOVA)
    engine.publish(SUPPORT, system("prova"))
    pratica = service.open(
        in_genova, GENOVA, "prova", None, None, "prova", start=maker.start, now=datetime.now(UTC)
    )
    root = pratica.instance_id
    assert root is not None
    in_genova.commit()
    giulia = enter("giulia.parodi")

    def open_task() -> str:
        in_genova.rollback()
        (task,) = engine.open_tasks(root)
        return f"/attivita/{task.id}"

    # when
    page = giulia.sees(open_task()).text
    assert "Telefonata alla scuola" in page
    assert "Nient’altro: concludi" in page
    refused = giulia.sends(open_task(), azione="completa_e_chiudi")
    done = giulia.sends(open_task(), prossima="visita", azione="completa_e_chiudi")
    # then
    assert (refused.status_code, done.status_code) == (422, 303)
    assert "Visita a casa" in giulia.sees(open_task()).text
    assert giulia.sends(open_task(), azione="completa_e_chiudi").status_code == 303
    again = giulia.sees(open_task()).text
    assert not re.search(r'value="visita"[^>]*checked', again)
    assert giulia.sends(open_task(), prossima="concludi", azione="completa_e_chiudi").status_code == 303
    in_genova.rollback()
    assert engine.instance(root).status == "done"
    assert "Sostegno alla famiglia" in giulia.sees(f"/pratiche/{pratica.id}").text

"""The web is killed while somebody sends a file: the row and its bytes are both there, or neither is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app.database.cluster import Urls
from tests.app.documenti.samples import pdf
from tests.faults import barrier
from tests.faults.installation import Installation
from tests.faults.person import Person
from tests.faults.program import Case, Program
from tests.faults.records import Records

SCAN = pdf(b"0" * 5_000_000)
WHAT = {"tipo": "relazione", "titolo": "Verbale di visita"}
AUDIT = "lock table audit in exclusive mode"  # written to after the row and its bytes
KEPT = """
    select f.titolo, octet_length(c.contenuto) as bytes
    from file f full join file_contenuto c on c.ente_id = f.ente_id and c.file_id = f.id
    where f.pratica_id = :id or f.id is null
"""


@pytest.mark.parametrize("stands", ["a metà del file", "prima del commit"])
def test_a_web_killed_during_an_upload_keeps_nothing_of_it(
    stands: str, web: Installation, program: Program, luca: Person, records: Records, town: Urls
) -> None:
    # given somebody who follows a pratica
    case = Case(program, "affiancati")
    task = f"/attivita/{case.tasks['uno']}"
    assert luca.sends(f"{task}/prendi", luca.opens(task)) == 303
    path = f"/pratiche/{case.id}/documenti/nuovo"
    page = luca.opens(path)
    # when
    if stands == "a metà del file":
        with luca.sends_half(path, page, SCAN, **WHAT):
            web.processes["web"].kill()
    else:
        with barrier.before(town.owner, AUDIT) as reached, ThreadPoolExecutor(1) as one:
            sent = one.submit(luca.sends, path, page, SCAN, **WHAT)
            reached.wait()
            web.processes["web"].kill()
            with pytest.raises(requests.RequestException):
                sent.result()
    # then
    assert records.rows(KEPT, id=int(case.id)) == []
    # and sent again it is there
    web.start("web")
    assert luca.sends(path, page, SCAN, **WHAT) == 303
    assert [tuple(row) for row in records.rows(KEPT, id=int(case.id))] == [(WHAT["titolo"], len(SCAN))]

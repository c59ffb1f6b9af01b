"""The antivirus: what it has not seen is never served, and what it finds is not kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine as Database
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.models import Audit
from app.documenti import antivirus, sweep
from app.documenti.antivirus import AntivirusSilent, Clamd, from_env
from app.documenti.model import File, FileContenuto
from app.settings import SettingRefused
from tests.app.documenti.clamd import EICAR, FakeClamd
from tests.app.documenti.conftest import Person, Scene
from tests.app.documenti.samples import PDF, pdf

INFECTED = pdf(b"(" + EICAR + b")")


def state(session: Session) -> tuple[str, bool]:
    session.rollback()
    file = session.scalars(select(File)).one()
    return file.stato, file.controllato_at is not None


def test_a_clean_file_is_seen_once_and_served(
    clamd: FakeClamd, giulia: Person, open_case: Scene, session: Session
) -> None:
    assert giulia.adds(open_case.pratica_id).status_code == 303
    assert state(session) == ("accolto", True)
    assert giulia.sees(f"/documenti/{session.scalars(select(File.id)).one()}").status_code == 200
    assert clamd.seen == 1


def test_an_infected_file_is_not_kept(
    clamd: FakeClamd, giulia: Person, open_case: Scene, session: Session
) -> None:
    page = giulia.adds(open_case.pratica_id, INFECTED)
    assert page.status_code == 422
    assert "contiene un virus" in page.text
    assert session.scalars(select(File)).all() == []


def test_while_the_antivirus_is_down_files_wait_and_nobody_gets_them(
    clamd: FakeClamd, giulia: Person, open_case: Scene, session: Session
) -> None:
    # given
    clamd.silent = True
    assert giulia.adds(open_case.pratica_id).status_code == 303
    assert state(session) == ("da_controllare", False)
    address = f"/documenti/{session.scalars(select(File.id)).one()}"
    # then
    assert giulia.sees(address).status_code == 423
    shown = giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    assert "In attesa del controllo antivirus" in shown
    assert address not in shown
    # when the clock tries while it is still down, and when it answers again
    assert sweep.scan_waiting(session, Clamd(("127.0.0.1", 9))) == sweep.Scanned()
    clamd.silent = False
    scanner = from_env({"PERCORSI_CLAMD": clamd.address})
    assert scanner is not None
    assert sweep.scan_waiting(session, scanner) == sweep.Scanned(clean=1)
    # then
    assert state(session) == ("accolto", True)
    assert giulia.sees(address).status_code == 200
    assert sweep.scan_waiting(session, scanner) == sweep.Scanned()


def test_what_is_found_later_is_deleted_and_the_row_says_why(
    clamd: FakeClamd, giulia: Person, open_case: Scene, session: Session
) -> None:
    # given
    clamd.silent = True
    giulia.adds(open_case.pratica_id, INFECTED)
    giulia.adds(open_case.pratica_id, PDF, titolo="Un altro")
    clamd.silent = False
    # when
    assert sweep.scan_waiting(session, from_env({"PERCORSI_CLAMD": clamd.address})) == sweep.Scanned(1, 1)
    # then
    bad, good = session.scalars(select(File).order_by(File.id)).all()
    assert (bad.stato, good.stato) == ("infetto", "accolto")
    assert session.scalars(select(FileContenuto.file_id)).all() == [good.id]
    assert giulia.sees(f"/documenti/{bad.id}").status_code == 410
    assert "tolto: conteneva un virus" in giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    assert session.scalars(select(Audit.oggetto_id).where(Audit.azione == "file.infected")).all() == [
        str(bad.id)
    ]


def test_files_older_than_the_antivirus_wait_for_it_too(
    site: Flask, giulia: Person, open_case: Scene, session: Session
) -> None:
    # given a file accepted without an antivirus, which is then installed
    giulia.adds(open_case.pratica_id)
    address = f"/documenti/{session.scalars(select(File.id)).one()}"
    assert giulia.sees(address).status_code == 200
    server = FakeClamd()
    antivirus.init_app(site, {"PERCORSI_CLAMD": server.address})
    # then
    assert giulia.sees(address).status_code == 423
    sweep.scan_waiting(session, from_env({"PERCORSI_CLAMD": server.address}))
    assert giulia.sees(address).status_code == 200
    server.stop()


def test_a_file_that_waits_is_not_served_when_the_antivirus_is_taken_away(
    clamd: FakeClamd, site: Flask, giulia: Person, open_case: Scene, session: Session
) -> None:
    clamd.silent = True
    giulia.adds(open_case.pratica_id)
    antivirus.init_app(site, {})
    assert giulia.sees(f"/documenti/{session.scalars(select(File.id)).one()}").status_code == 423


def test_a_verdict_that_is_none_counts_as_silence(clamd: FakeClamd) -> None:
    scanner = from_env({"PERCORSI_CLAMD": clamd.address})
    assert scanner is not None
    for answer in (b"INSTREAM size limit exceeded. ERROR", b" ", b"UNKNOWN COMMAND"):
        clamd.answer = answer
        with pytest.raises(AntivirusSilent):
            scanner.is_clean(PDF)


def test_a_socket_that_is_not_there_is_silence() -> None:
    scanner = from_env({"PERCORSI_CLAMD": "/nessuno/clamd.sock"})
    assert scanner == Clamd("/nessuno/clamd.sock")
    with pytest.raises(AntivirusSilent):
        scanner.is_clean(PDF)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("clamav:3310", ("clamav", 3310)),
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_the_antivirus_is_where_the_environment_says(value: str, address: object) -> None:
    assert from_env({"PERCORSI_CLAMD": value}) == Clamd(address)  # type: ignore[arg-type]
    assert from_env({"PERCORSI_CLAMD": " "}) is None


@pytest.mark.parametrize(
    "value", ["clamav", "clamav:0", "clamav:99999", "http://clamav:3310", "clamav:3310/x"]
)
def test_an_address_badly_written_stops_the_program(value: str) -> None:
    with pytest.raises(SettingRefused, match="PERCORSI_CLAMD"):
        from_env({"PERCORSI_CLAMD": value})


def test_after_a_month_files_that_no_answer_names_lose_their_bytes(
    giulia: Person, open_case: Scene, session: Session, owner_engine: Database
) -> None:
    # given two files sent for one question, the second of which was the answer, and one never added
    task = f"/attivita/{open_case.task_id}"
    giulia.sends(task, azione="completa", note="x", verbale=("prima.pdf", PDF))
    giulia.sends(task, azione="completa", verbale=("buona.pdf", PDF))
    giulia.adds(open_case.pratica_id, titolo="", name="dimenticata.pdf")
    assert sweep.settle(session) == 0
    # when
    with owner_engine.begin() as owner:
        owner.execute(
            text("update file set recorded_at = now() - :age"), {"age": sweep.KEPT + timedelta(days=1)}
        )
    session.rollback()
    # then
    assert sweep.settle(session) == 2
    session.commit()
    rows = session.execute(select(File.nome, File.stato).order_by(File.id)).all()
    assert [tuple(row) for row in rows] == [
        ("prima.pdf", "rimosso"),
        ("buona.pdf", "accolto"),
        ("dimenticata.pdf", "rimosso"),
    ]
    assert len(session.scalars(select(FileContenuto.file_id)).all()) == 1
    assert "buona.pdf" in giulia.sees(f"/pratiche/{open_case.pratica_id}").text
    assert sweep.settle(session) == 0

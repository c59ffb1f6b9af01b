"""An ente leaves one cell and works in another: nothing is lost, nothing is done twice, nobody works in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import operators, tokens
from app.api.scopes import SCOPES
from app.audit import chain
from app.cells import closing, moving, parcel, rows
from app.cells.closing import WritersLeft
from app.commands import cell as command
from app.commands import sweep
from app.commands.cell import MoveRefused
from app.database.context import EnteMoving, ente_context
from app.demo.city import GENOVA
from app.wiring import dispatch
from app.worker import fire_next
from tests.app.cells.conftest import Place
from tests.app.scrivania.test_attivita import INTERVIEW

ADMIN = text("select id from account where nome_utente = 'admin.genova'")
ENTI = "select slug from ente order by slug"
ALONE = [("ambito-genovese",), ("savona",)]
CLOSED = "select in_trasferimento_at is not null from ente where slug = 'genova'"
TAKE = text("select id from queue_take_job(null, 0)")


class Killed(BaseException):
    """The process ends here."""


def kill(*_: object) -> None:
    raise Killed


def a_token(place: Place) -> str:
    """Of a program of Genova with every scope."""

    def issue(session: Session) -> str:
        by = operators.load(session, session.scalars(ADMIN).one())
        assert by is not None
        return tokens.issue(session, by, "anagrafe", list(SCOPES))

    return str(place.step(issue))


def test_a_pratica_goes_on_in_the_other_cell(
    here: Place, there: Place, file: Path, out: Callable[[], str]
) -> None:
    # given a contact registered here, a call in the queue, and terms that are due
    pratica = here.enter("marco.costa").registers_a_contact()
    giulia = here.enter("giulia.parodi")
    task = giulia.tasks("prendere")[0]
    token = a_token(here)
    here.step(lambda session: dispatch(session, GENOVA, 4_000_000, None))
    # when it leaves
    here.exports(file)
    # then nobody works here: not people, nor programs, nor the worker
    page = giulia.sees(task)
    assert page.status_code == 503
    assert "in trasferimento" in page.text
    assert giulia.client.get("/accesso").status_code == 503
    programs = here.app().test_client()
    answer = programs.get("/api/v1/attivita", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "600")
    assert "in trasferimento" in answer.get_json()["title"]
    assert fire_next(here.database, here.maker) is None
    with here.database.connect() as connection:
        assert connection.scalar(TAKE) is None
    assert sweep.run(here.settings, None) == 0
    assert "genova: in trasferimento" in out()
    # when it arrives
    there.imports(file)
    # then Giulia goes on, with her own password, and the token is good
    giulia = there.enter("giulia.parodi")
    assert task in giulia.tasks("prendere")
    assert giulia.sends(task, **INTERVIEW).status_code == 303
    assert task not in giulia.tasks("prendere")
    assert giulia.sees(pratica).status_code == 200
    programs = there.app().test_client()
    assert programs.get("/api/v1/attivita", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    # and the worker too
    with there.database.begin() as connection:
        assert connection.scalar(TAKE) is not None
    while fire_next(there.database, there.maker):
        pass
    # and a new pratica follows those that came, in an audit without a break
    there.enter("marco.costa").registers_a_contact(codice_fiscale="", nome="Ugo")
    with ente_context(GENOVA), Session(there.database) as session:
        assert chain.verify(session) == []
    assert there.rows("select count(*) from account where nome_utente = 'ada.rossi'") == [(1,)]


def test_everything_of_the_ente_arrives_and_nothing_else(here: Place, there: Place, file: Path) -> None:
    # given
    here.exports(file)
    with ZipFile(file) as left:
        contents = {name: sorted(left.read(name).splitlines()) for name in left.namelist()}
    # when it arrives, and leaves again
    there.imports(file)
    there.exports(file)
    # then
    with ZipFile(file) as again:
        closed = {"ente.copy", parcel.MANIFEST}  # which tell when it was closed
        for name in contents.keys() - closed:
            assert sorted(again.read(name).splitlines()) == contents[name], name
    assert contents["ordine.copy"]
    assert contents["engine_timer.copy"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_ente_is_removed_where_it_left_once_it_has_arrived(
    here: Place, there: Place, file: Path, out: Callable[[], str]
) -> None:
    # given
    others = "select count(*) from account where ente_id <> 1"
    before = here.rows(others)
    here.exports(file)
    with pytest.raises(MoveRefused, match="ricevuta"):
        command.remove(here.settings, file, "")
    there.imports(file)
    receipt = out().split()[-1]
    # when / then: not where it works now
    with pytest.raises(MoveRefused, match="ci si lavora"):
        command.remove(there.settings, file, receipt)
    # when / then: not before those that depend on it
    ambito = file.with_name("ambito")
    with parcel.reading(ambito) as (_, manifest):
        pass
    with pytest.raises(MoveRefused, match="dipendono"):
        command.remove(here.settings, ambito, manifest.receipt)
    # when
    assert command.remove(here.settings, file, receipt) == 0
    # then
    assert here.rows("select count(*) from ente where slug = 'genova'") == [(0,)]
    assert here.rows("select count(*) from audit where ente_id = 1") == [(0,)]
    assert here.rows(others) == before


def test_a_journey_that_was_interrupted_is_repeated(
    here: Place, there: Place, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given who writes the file is killed
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(parcel, "write_manifest", kill)
        here.exports(file)
    # then there is no half of a file, and nobody works
    assert not file.exists()
    assert here.rows(CLOSED) == [(True,)]
    # when it is written again, and who reads it is killed, at the last row and before opening
    here.exports(file)
    for module, name in ((rows, "_pass_sequences"), (moving, "_compare"), (closing, "reopen")):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(module, name, kill)
            there.imports(file)
        assert there.rows(CLOSED) in ([], [(True,)])
    # then
    there.imports(file)
    assert there.enter("giulia.parodi").sees("/scrivania").status_code == 200


def test_who_was_writing_when_it_closed_is_waited_for(here: Place, there: Place, file: Path) -> None:
    # given somebody who has read that the ente is open, and has not written yet
    with ente_context(GENOVA), Session(here.database) as session:
        session.execute(text("select 1"))
        # when
        with pytest.raises(WritersLeft):
            closing.close(here.owner, GENOVA, patience=0.2)
        leaving = threading.Thread(target=here.exports, args=(file,))
        leaving.start()
        session.execute(text("update unita set telefono = '010 55' where id = 'ats-centro-est'"))
        session.commit()
        # then who begins now is refused, and what was written goes along
        with pytest.raises(EnteMoving):
            session.execute(text("select 1"))
    leaving.join()
    there.imports(file)
    assert there.rows("select telefono from unita where id = 'ats-centro-est'") == [("010 55",)]


def test_work_goes_on_where_it_was_when_the_ente_does_not_move_after_all(here: Place, file: Path) -> None:
    # given
    here.exports(file)
    # when
    assert command.reopen(here.settings, "genova") == 0
    # then
    assert here.enter("marco.costa").registers_a_contact()


def test_what_is_not_what_left_is_not_opened_and_does_not_stay(here: Place, there: Place, file: Path) -> None:
    # given a line of the audit that says something else
    here.exports(file)
    rewrite(file, "audit.copy", lambda content: content.replace(b"pratica.open", b"pratica.ends", 1))
    # when / then
    with pytest.raises(MoveRefused, match=r"audit (ente|persona|pratica)"):
        there.imports(file)
    assert there.rows(ENTI) == ALONE
    # given a row less
    here.exports(file)
    rewrite(file, "ordine.copy", lambda content: b"".join(content.splitlines(keepends=True)[1:]))
    # when / then
    with pytest.raises(MoveRefused, match="ordine"):
        there.imports(file)
    assert there.rows(ENTI) == ALONE


def test_an_ente_that_cannot_arrive_is_refused_in_words(here: Place, there: Place, file: Path) -> None:
    # given
    here.exports(file)
    # when what it needs is not there, or what it brings is somebody else's, or it is there, or the schema is another
    there.changes("update ente set slug = 'ambito' where slug = 'ambito-genovese'")
    with pytest.raises(MoveRefused, match="dipende da «ambito-genovese»"):
        there.imports(file)
    there.changes("update ente set slug = 'ambito-genovese' where slug = 'ambito'")
    there.changes("update account set nome_utente = 'giulia.parodi' where nome_utente = 'ada.rossi'")
    with pytest.raises(MoveRefused, match="nome utente"):
        there.imports(file)
    there.changes("update ente set slug = 'genova' where slug = 'savona'")
    with pytest.raises(MoveRefused, match="già un ente"):
        there.imports(file)
    there.changes("update alembic_version set version_num = '0031'")
    with pytest.raises(moving.SchemaDiffers):
        moving.arrive(there.cell, there.maker, file)
    # then
    assert there.rows("select count(*) from ente") == [(2,)]


def test_nobody_is_kept_out_for_a_file_that_cannot_be_written(here: Place, file: Path) -> None:
    # when
    with pytest.raises(MoveRefused, match="non si riesce"):
        here.exports(file / "in" / "nessuna" / "cartella")
    # then
    assert here.rows(CLOSED) == [(False,)]


def test_a_file_that_is_not_whole_is_refused(here: Place, file: Path) -> None:
    # given
    here.exports(file)
    file.write_bytes(file.read_bytes()[:-100])
    # when / then
    with pytest.raises(MoveRefused, match="non è intero"):
        here.imports(file)


def rewrite(file: Path, entry: str, change: Callable[[bytes], bytes]) -> None:
    """Change one entry of a file."""
    with ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    changed = change(contents[entry])
    assert changed != contents[entry]
    with ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, changed if name == entry else content)

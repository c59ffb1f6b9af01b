"""A task completed through the API, at the tenth round of a pratica and at the thousandth.

Authentication, rights, the form's check, history, audit and the Idempotency-Key are all in it; the network, the server
and the client are not: the application is called as a server calls it, with the environment of PEP 3333.
The floor is a bare psycopg2 transaction that writes the same rows in the same database. An old pratica, a young one
and the floor take turns, so that the machine's noise is the same for all.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from typing import Any, cast

import psycopg2
from flask import Flask
from psycopg2.extensions import connection as Bare
from sqlalchemy.orm import Session
from werkzeug.wsgi import ClosingIterator

from app.accounts import tokens
from app.accounts.operator import Operator
from app.api.scopes import SCOPES
from app.database import db, provision, url
from app.database import engine as engines
from app.database.cluster import Cluster
from app.database.context import ente_context
from app.settings import Settings
from app.web import create_app
from app.wiring import EngineMaker, make_engines
from engine import Bundle, operator
from engine.json import dumps, loads
from tests.bench.count import Count
from tests.bench.figure import Figure, timed
from tests.engine.drawing import bundle, diagram, end, gateway, human, start

ENTE, ADMIN, TOKEN = 1, 1, 1
EARLY, LATE, TURNS = 10, 1_000, 100
AN_ENTE = "insert into ente (id, slug, nome, tipo, sintetico) values (1, 'genova', 'Genova', 'comune', true)"
FORM: dict[str, object] = {
    "type": "object",
    "properties": {"ore": {"type": "integer", "minimum": 0}, "nota": {"type": "string"}},
    "required": ["ore"],
}
DRAWN = diagram(
    "prova",
    start()
    + gateway("mese")
    + human("controlla", form="controlla", output="ore: =ore")
    + gateway("prosegue", default="mese")
    + end(),
    "inizio mese; mese controlla; controlla prosegue; prosegue mese; prosegue fine [ore = 0]",
)
ANSWERS = {"ore": 12, "nota": "Tutto regolare, la persona è contenta. " * 4}
HISTORY_OF_A_ROUND = 3  # the step and the two gateways


def measure() -> Iterator[Figure]:
    """Measure on a durable cluster of its own, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="percorsi-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        cluster.start()
        urls = provision.embedded(cluster)
        maker = make_engines({})
        token = _prepare(urls.owner, urls.application, maker)
        app = create_app(Settings("test", home, "127.0.0.1", 0, "k" * 40, urls.application, None), maker)
        yield from _figures(app, urls.application, token)
        with app.app_context():
            db.engine.dispose()
    finally:
        cluster.stop()
        shutil.rmtree(home)


def _prepare(owner: str, application: str, maker: EngineMaker) -> str:
    """An ente with a path and a token for it."""
    with closing(psycopg2.connect(url.libpq(owner))) as bare, bare, bare.cursor() as cursor:
        cursor.execute(AN_ENTE)
        cursor.execute(
            "insert into account (ente_id, nome_utente, password_hash, nome, cognome) "
            "values (1, 'carla', '-', 'Carla', 'Costa')"
        )
    made = bundle("prova", DRAWN, forms__controlla_dot_schema_dot_json=FORM)
    files = {**made.files, "bundle.json": dumps({**made.manifest, "avvio": ["assistente_sociale"]})}
    database = engines.connect(application)
    with ente_context(ENTE), Session(database) as session, session.begin():
        maker(session, ENTE).publish(Bundle("prova", files), operator(ADMIN))
        token = tokens.issue(session, Operator(ADMIN, ENTE, "Carla Costa"), "prova", list(SCOPES))
    database.dispose()
    return token


class _Walk:
    """A pratica that goes round, one completed task after another."""

    def __init__(self, app: Flask, token: str) -> None:
        self._app = app
        self._token = token
        pratica = self._post("/pratiche", {"percorso": "prova"})
        self.pratica: str = pratica["id"]
        self.task: str = pratica["attivita"][0]["id"]

    def step(self) -> None:
        done = self._post(f"/attivita/{self.task}/completa", {"risposte": ANSWERS})
        self.task = done["successive"][0]["id"]

    def _post(self, path: str, body: object) -> Any:
        sent = dumps(body)
        environ = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/api/v1{path}",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            "HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4()),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(sent),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        answered: list[str] = []
        with closing(
            cast(ClosingIterator, self._app(environ, lambda status, *_: answered.append(status)))
        ) as chunks:
            text = b"".join(chunks)
        assert answered[0].startswith("20"), text
        return loads(text)


def _figures(app: Flask, address: str, token: str) -> Iterator[Figure]:
    old, young, bare_one = _Walk(app, token), _Walk(app, token), _Walk(app, token)
    for _ in range(LATE):
        old.step()
    for _ in range(EARLY):
        young.step()
    with app.app_context():
        count = Count(db.engine, young.step)
    late, early, floors = [], [], []
    with closing(psycopg2.connect(url.libpq(address))) as bare:
        for _ in range(TURNS):
            late.append(timed(old.step))
            early.append(timed(young.step))
            floors.append(timed(lambda: _floor(bare, bare_one.pratica)))
    floor = median(floors)
    yield Figure("step_http_floor", floor, "ms")
    yield Figure(f"step_http_round_{EARLY}", median(early), "ms", median(early) / floor, "step_http_floor")
    yield Figure(f"step_http_round_{LATE}", median(late), "ms", median(late) / floor, "step_http_floor")
    yield Figure(
        "step_http_flatness",
        median(late) / median(early),
        "times",
        median(late) / median(early),
        f"step_http_round_{EARLY}",
    )
    middle, slowest = median(late + early), quantiles(late + early, n=100)[-1]
    yield Figure("step_http_median", middle, "ms", middle / floor, "step_http_floor")
    yield Figure("step_http_p99", slowest, "ms", slowest / middle, "step_http_median")
    yield Figure("step_http_statements", count.statements, "statements")
    yield Figure("step_http_rows", count.rows, "rows")


def _floor(bare: Bare, pratica: str) -> None:
    """The same rows: state, one task closed and one opened, history, audit, the answer that is kept."""
    with bare, bare.cursor() as cursor:
        mine: dict[str, Any] = {
            "e": ENTE,
            "t": TOKEN,
            "token": str(uuid.uuid4()),
            "h": HISTORY_OF_A_ROUND,
            "p": pratica,
        }
        cursor.execute("select set_config('app.ente_id', %(e)s::text, true)", mine)
        cursor.execute(
            "select i.id, i.state, t.id from engine_instance i join engine_task t on t.ente_id = i.ente_id "
            "and t.instance_id = i.id and t.status = 'open' join pratica p on p.ente_id = i.ente_id "
            "and p.instance_id = i.id where i.ente_id = %(e)s and p.id = %(p)s for no key update of i",
            mine,
        )
        row = cursor.fetchone()
        assert row is not None
        mine |= {"i": row[0], "state": row[1], "task": row[2], "a": dumps(ANSWERS).decode()}
        for statement in _WRITES:
            cursor.execute(statement, mine)


_WRITES = (
    "update engine_instance set version = version + 1, state = %(state)s where ente_id = %(e)s and id = %(i)s",
    "update engine_task set status = 'done', closed_at = now() where ente_id = %(e)s and id = %(task)s",
    "insert into engine_task (ente_id, instance_id, root_id, token, slug, element_id, name, form_id, ruolo, created_at) "
    "values (%(e)s, %(i)s, %(i)s, %(token)s, 'prova', 'controlla', 'controlla', 'controlla', 'assistente_sociale', now())",
    "insert into engine_history (ente_id, instance_id, root_id, token, element_id, kind, event, at, by, answers) "
    "select %(e)s, %(i)s, %(i)s, %(token)s, 'controlla', 'userTask', 'done', now(), 'api:1', "
    "case n when 1 then %(a)s::jsonb end from generate_series(1, %(h)s) n",
    "insert into audit (ente_id, azione, oggetto_tipo, oggetto_id, pratica_id, scopo, dettaglio) values "
    "(%(e)s, 'task.complete', 'task', %(task)s::text, 1, 'servizio', '{\"passo\": \"controlla\", \"token\": 1}')",
    "insert into richiesta_api (ente_id, token_id, chiave, impronta, risposta, expires_at) values (%(e)s, %(t)s, "
    "sha256(%(token)s::bytea), sha256(%(token)s::bytea), convert_to(repeat('x', 900), 'UTF8'), now() + interval '1 day')",
)

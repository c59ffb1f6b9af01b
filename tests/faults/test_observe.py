"""What an installation tells who watches it: nothing that a person wrote, or an outside body said of her."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from app.accounts.service import NewAccount, grant_role, open_account
from app.database.cluster import Cluster, Urls
from engine.json import dumps_text, loads
from tests import ports
from tests.engine.drawing import diagram, end, human, service, start
from tests.faults import foundation
from tests.faults.collector import Collector
from tests.faults.installation import Installation, eventually
from tests.faults.paths import startable
from tests.faults.program import Case, Program
from tests.faults.records import Records

CODES = ("QTTRNG46P50D969B", "QTTFDL46P50D969H")
WORDS = {"nome": "Ermenegilda", "cognome": "Quattromani", "indirizzo": "salita dei Marcatoi 9"}
ISEE = 48151623.42  # with more digits than an instant has, or a number of ours: no chance makes it
MARKS = (*CODES, "Ermenegilda", "Quattromani", "Marcatoi", "48151623", "referto_di_ermenegilda")
NAME = "5f0c2a9e7b1d4c68"  # of a request, as a proxy gives one
HERS = "update engine_task set assignee_id = (select id from account where nome = 'Giulia') where id = :id"
TOKEN = "m" * 32
PORT = ports.free(2)
PASSWORD = "corretto cavallo batteria"

PATH = startable(
    "canarino",
    diagram(
        "canarino",
        start()
        + human("racconta", form="racconta", output="codice: =codice; persona: =persona")
        + service(
            "chiede",
            "inps.isee.read",
            retries="1",
            input="codice_fiscale: =codice; tipo: Ordinario; prestazione: A2.07",
        )
        + end(),
        "inizio racconta; racconta chiede; chiede fine",
    ),
    forms__racconta_dot_schema_dot_json={
        "type": "object",
        "properties": {
            "codice": {"type": "string", "format": "codice_fiscale"},
            "persona": {"type": "object"},
        },
    },
)

FAULT = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
<faultcode>s:Server</faultcode><faultstring>{}</faultstring></s:Fault></s:Body></s:Envelope>"""
REPLIES = [(200, "<html>{}"), (500, FAULT), (200, "<s:Envelope>{}</s:Envelope>"), (418, "{}")]


class Talkative:
    """An outside body that fails in every way, and each time says about whom."""

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        body = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, reply = REPLIES[len(body.names) % len(REPLIES)]
                body.names.append(self.headers["X-Request-ID"])
                said = reply.format(f"{CODES[0]} {WORDS} {ISEE}").encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture(scope="module")
def body() -> Iterator[Talkative]:
    made = Talkative()
    yield made
    made.close()


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(scope="module")
def told(
    installed: Installation, body: Talkative, collector: Collector, town: Urls
) -> Iterator[Installation]:
    """The installation telling all it tells, with INPS where the talkative body is."""
    foundation.publish(town, PATH)
    Records(town.owner).does("insert into unita (ente_id, id, nome, tipo) values (1, 'ats', 'ATS', 'ats')")
    foundation.with_session(town, _lay_people)
    names = ("web", "worker", "clock")
    installed.lacks(*names)
    before = installed.environ
    installed.environ = before | {
        "PERCORSI_LOG": "info",
        "PERCORSI_METRICS_TOKEN": TOKEN,
        "PERCORSI_METRICS_PORT": str(PORT),
        "PERCORSI_INPS_ADDRESS": f"http://{body.host}/isee",
        "PERCORSI_INPS_USER_ID": "ente",
        "PERCORSI_INPS_CODICE_UFFICIO": "01",
        "PERCORSI_CONNECTOR_HOSTS": body.host,
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
        "OTEL_BSP_SCHEDULE_DELAY": "200",  # milliseconds
    }
    for name in names:
        installed.start(name)
    yield installed
    installed.lacks(*names)
    installed.environ = before


def test_no_process_logs_what_is_said_of_a_person(
    told: Installation, body: Talkative, program: Program, records: Records, cluster: Cluster
) -> None:
    before = cluster.place.log.stat().st_size
    # when people and programs write in the right places and in the wrong ones
    for _ in REPLIES:
        _told(program, CODES[0])
    _write_in_wrong_places(program)
    hers = Case(program, "canarino", **WORDS)
    records.does(HERS, id=int(hers.tasks["racconta"]))
    _log_in_and_upload(told, hers)
    # and the database says which row it does not take, to web, worker and clock
    with _refusing(records):
        broken = Case(program, "canarino", **WORDS, isee=ISEE)
        assert _racconta(broken, CODES[0], nota="Ermenegilda ha paura").status == 500
        _told(program, CODES[1])
        records.does(
            "insert into procrastinate_jobs (queue_name, task_name, args, status) "
            "values ('nessuna', 'nessuna', cast(:args as jsonb), 'doing')",
            args=dumps_text({"ente_id": foundation.ENTE, **WORDS}),
        )
        # then each of them has told it, in its way
        eventually(lambda: len(_lines(told, "worker", "call")) >= len(REPLIES))
        for name, event in (("web", "request_failed"), ("worker", "job.unforeseen"), ("clock", "library")):
            eventually(lambda name=name, event=event: _with_error(told, name, event), f"{name}: {event}")
    logged = "".join(process.said() for process in told.processes.values())
    logged += cluster.place.log.read_bytes()[before:].decode(errors="replace")
    assert [mark for mark in MARKS if mark.lower() in logged.lower()] == []
    # nor is it in what the administrator reads of what has stopped, who must not see people
    stopped = records.one("select string_agg(message, ' ') from engine_incident")
    assert "INPS" in stopped
    assert [mark for mark in MARKS if mark.lower() in stopped.lower()] == []
    # and what may be told is: every line is JSON, and the kind of error is there
    lines = [loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert {line["sqlstate"] for line in lines if line.get("error") == "IntegrityError"} == {"23514"}


def test_the_lines_of_a_request_of_its_call_and_of_the_peer_meet(
    told: Installation, body: Talkative, program: Program
) -> None:
    # when
    case = Case(program, "canarino")
    answer = _racconta(case, CODES[0], name=NAME)
    # then
    assert answer.status == 200
    assert answer.headers["X-Request-ID"] == NAME
    eventually(lambda: NAME in body.names)
    (call,) = eventually(
        lambda: [line for line in _lines(told, "worker", "call") if line["request_id"] == NAME]
    )
    (line,) = [line for line in _lines(told, "web", "request") if line["request_id"] == NAME]
    assert line["route"] == "/api/v1/attivita/<id:task_id>/completa"
    assert (line["ente"], str(line["pratica"])) == (foundation.ENTE, case.id)
    assert (call["ente"], str(call["pratica"]), call["instance"]) == (
        foundation.ENTE,
        case.id,
        line["instance"],
    )
    assert call["key"].startswith(f"{foundation.ENTE}:{call['instance']}:chiede:")
    assert call["job"] > 0


def test_the_spans_of_a_request_of_its_step_and_of_its_call_arrive_in_one_trace_and_name_nobody(
    told: Installation, collector: Collector, program: Program
) -> None:
    # given words and a code, in places where they are refused too
    name = "77aa0c2a9e7b1d4c"
    hers = Case(program, "canarino", **WORDS)
    assert _racconta(hers, CODES[0], nota="Ermenegilda ha paura").status in (200, 422)
    case = Case(program, "canarino", **WORDS)
    # when
    assert _racconta(case, CODES[0], name=name).status == 200
    # then
    trace = _trace_id(name)
    wanted = {("percorsi-web", "request"), ("percorsi-web", "step"), ("percorsi-worker", "call")}
    eventually(lambda: {(s.process, s.name) for s in collector.spans if s.trace_id == trace} >= wanted)
    mine = [span for span in collector.spans if span.trace_id == trace]
    request = next(span for span in mine if span.name == "request")
    step = next(span for span in mine if span.name == "step" and span.process == "percorsi-web")
    call = next(span for span in mine if span.name == "call")
    assert step.parent_id == request.id
    assert request.about["route"] == "/api/v1/attivita/<id:task_id>/completa"
    assert (step.about["path"], step.about["by"]) == ("canarino", "program")
    assert call.about["operation"] == "inps.isee.read"
    received = collector.received.decode(errors="replace").lower()
    assert [mark for mark in (*MARKS, "paura") if mark.lower() in received] == []


def _trace_id(name: str) -> bytes:
    """Of the trace that is made from a request's name, by whoever works for it."""
    return hashlib.sha256(name.encode()).digest()[:16]


def test_each_process_tells_its_figures_to_who_has_the_token_and_names_nobody(
    told: Installation, body: Talkative, program: Program, records: Records
) -> None:
    # given
    _told(program, CODES[0])
    eventually(lambda: 'percorsi_call_seconds_count{operation="inps.isee.read"' in _figures(PORT))
    eventually(
        lambda: 'percorsi_calendar_seconds_count{outcome="done",work="retry_stalled"}' in _figures(PORT + 1)
    )
    # when
    web = _figures(told.port)
    # then
    route = 'method="POST",route="/api/v1/pratiche",status="201"'
    assert f"percorsi_request_seconds_count{{{route}}}" in web
    assert 'percorsi_step_seconds_count{by="program",path="canarino"}' in web
    open_ones = "select count(*) from engine_incident where resolved_at is null"
    eventually(lambda: sum(_of(_figures(told.port), "percorsi_incidents_open")) == records.one(open_ones))
    assert _of(web, "percorsi_workers") == _of(web, "percorsi_clocks_elected") == [1.0]
    everything = web + _figures(PORT) + _figures(PORT + 1)
    assert [mark for mark in (*MARKS, "Genova", "Carla") if mark.lower() in everything.lower()] == []
    for port in (told.port, PORT, PORT + 1):
        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).status_code == 401


def _figures(port: int) -> str:
    with_token = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", headers=with_token, timeout=10)
    assert answer.status_code == 200
    return answer.text


def _of(figures: str, name: str) -> list[float]:
    found = [line.rpartition(" ")[2] for line in figures.splitlines() if re.match(rf"{name}[ {{]", line)]
    return [float(number) for number in found]


def _told(program: Program, code: str) -> Case:
    """A pratica whose first step is done: INPS is asked about that code."""
    case = Case(program, "canarino", **WORDS, isee=ISEE)
    assert _racconta(case, code).status == 200
    return case


def _racconta(case: Case, code: str, name: str = "", **more: str) -> Any:
    body = {"risposte": {"codice": code, "persona": {**WORDS, "isee": ISEE, **more}}}
    path = f"/attivita/{case.tasks['racconta']}/completa"
    return case.program.post(path, body, **({"X-Request-ID": name} if name else {}))


def _write_in_wrong_places(program: Program) -> None:
    for path, answer in (
        (f"/pratiche/{CODES[0]}", 404),
        (f"/attivita?persona_id={CODES[0]}&cursore=Quattromani", 422),
        ("/Ermenegilda/Quattromani", 404),
    ):
        assert program.get(path).status == answer
    message = {"nome": "Ermenegilda", "chiave": CODES[0], "contenuto": WORDS, "id_messaggio": CODES[0]}
    assert program.post("/messaggi", message, key=CODES[0], **{"X-Request-ID": CODES[0]}).status == 200
    assert program.post("/messaggi", message | WORDS).status == 422
    assert program.post("/pratiche", {"percorso": WORDS["nome"], "dati": WORDS}).status == 422
    stranger = Program(program.address, f"percorsi_{CODES[0]}")
    assert stranger.get("/percorsi").status == 401


def _lay_people(session: Session) -> None:
    """Somebody who may add documents."""
    new = NewAccount("giulia.parodi", "Giulia", "Parodi", password=PASSWORD)
    account_id, _ = open_account(session, None, new)
    grant_role(session, None, account_id, "assistente_sociale", "ats")


def _log_in_and_upload(told: Installation, case: Case) -> None:
    """With a wrong name first; and a file that is not what it says it is, whose name says of whom it is."""
    address = f"http://127.0.0.1:{told.port}"
    with requests.Session() as browser:
        for name in ("ermenegilda.quattromani", "giulia.parodi"):
            page = browser.get(f"{address}/accesso").text
            fields = {"csrf_token": _token(page), "nome_utente": name, "password": PASSWORD}
            browser.post(f"{address}/accesso", data=fields, allow_redirects=False)
        where = f"{address}/pratiche/{case.id}/documenti/nuovo"
        page = browser.get(where)
        assert page.status_code == 200, page.text[:2000]
        (field,) = re.findall(r'type="file"[^>]*name="([^"]+)"|name="([^"]+)"[^>]*type="file"', page.text)
        sent = browser.post(
            where,
            data={"csrf_token": _token(page.text), "titolo": "Referto di Ermenegilda"},
            files={"".join(field): ("referto_di_ermenegilda.pdf", b"Quattromani, non un PDF")},
        )
        assert sent.status_code == 422


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert found, page[:2000]
    return found[1]


CONSTRAINTS = {
    "engine_history": "answers::text not like '%ha paura%'",
    "engine_job": f"status <> 'running' or request::text not like '%{CODES[1]}%'",
    "procrastinate_jobs": "status <> 'todo' or not args ? 'nome'",
}


@contextmanager
def _refusing(records: Records) -> Iterator[None]:
    """The database refuses some rows, and says which: PostgreSQL puts the whole row in its message."""
    for table, condition in CONSTRAINTS.items():
        records.does(f"alter table {table} add constraint canarino check ({condition}) not valid")
    try:
        yield
    finally:
        records.does("delete from procrastinate_jobs where args ? 'nome'")
        for table in CONSTRAINTS:
            records.does(f"alter table {table} drop constraint canarino")


def _lines(told: Installation, name: str, event: str) -> list[dict[str, Any]]:
    said = told.processes[name].said().splitlines()
    lines = [loads(line) for line in said if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


def _with_error(told: Installation, name: str, event: str) -> list[str]:
    return [line["error"] for line in _lines(told, name, event) if "error" in line]

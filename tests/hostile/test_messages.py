"""Requests of programs, bent: a message, an opening, the answers of a step. Each is done or refused by name, and what
is refused has changed nothing; the neighbour, who has the same path and waits for the same message, never notices.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Connection, Row, text
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.database.context import ente_context
from app.wiring import EngineMaker
from engine import Bundle, operator, system
from engine.json import dumps, loads
from tests.app.api.conftest import UNIT, Program, a_wait
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    gateway,
    human,
    message,
    on_message,
    on_timer,
)
from tests.hostile.test_mutations import BITS

BYTES = 40  # bent bodies of each command

# What no field of ours expects, and what a reader may trip over. Bytes are JSON that no library would write.
VALUES: list[Any] = [
    *[None, True, False, 0, -1, 1.5, 10**30, "", " ", "0", "-1", "١٢", "x" * 300, "x" * 100_000],
    *[
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59+23:59",
        "0001-01-01T00:00:00+14:00",
        "99999-01-01",
        "P1Y",
    ],
    *[
        "'; drop table pratica; --",
        "%s %(x)s {0}",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "\u202e\u200b\ufeff",
    ],
    *["=1/0", "=partial.x", "{{7*7}}", "<script>", "😀"],
    *[[], {}, [[]], [None], {"": ""}, {"$ref": "#"}, {"__proto__": 1}, {"a": {"b": [1, {"c": None}]}}],
    *[list(range(5_000)), {f"v{n}": n for n in range(2_000)}],
]
RAW = [
    *[
        b"NaN",
        b"-Infinity",
        b"1e999999",
        b"-1e-999999",
        b"1" * 5_000,
        b"0.1" + b"0" * 5_000 + b"1",
        b"01",
        b"0x1",
    ],
    *[
        b'"\\u0000"',
        b'"\\ud800"',
        b'"\xff"',
        b'"\x01"',
        b"[" * 5_000,
        b"[" * 90 + b"]" * 90,
        b'{"a":1,"a":2}',
        b"",
    ],
]


def a_reader() -> Bundle:
    """Waits for a message, then lets expressions read whatever came with it."""
    drawn = diagram(
        "legge",
        "<bpmn:startEvent id='inizio'/>"
        f"<bpmn:intermediateCatchEvent id='fermo'>{on_message('decesso_registrato')}"
        "</bpmn:intermediateCatchEvent>"
        + gateway("grande", default="altro")
        + human("paga", due="=data")
        + boundary("tardi", "paga", on_timer("=data", "timeDate"), interrupting=False)
        + human("altro")
        + end()
        + end("fine_2")
        + end("fine_3"),
        "inizio fermo; fermo grande; grande paga [importo > 100]; grande altro; paga fine; altro fine_2; tardi fine_3",
        before=message("decesso_registrato", "=persona_id"),
    )
    made = bundle("legge", drawn)
    return Bundle(
        "legge", {**made.files, "bundle.json": dumps({**made.manifest, "avvio": ["assistente_sociale"]})}
    )


@pytest.fixture
def neighbour(people: dict[str, str], maker: EngineMaker, session: Session) -> None:
    """Ente 2 waits for the same message about the same number."""
    with ente_context(2):
        maker(session, 2).publish(a_wait(), operator(2))
        for key in people.values():
            maker(session, 2).start("attesa", {"unita": "ats_recco", "persona_id": key}, system("prova"))
        session.commit()


QUERY = text("""
    select ente,
        (select array_agg((id, version, status) order by id) from engine_instance where ente_id = ente)::text,
        (select array_agg((id, status, assignee_id) order by id) from engine_task where ente_id = ente)::text,
        (select array_agg((id, status) order by id) from engine_message where ente_id = ente)::text,
        (select count(*) from engine_history where ente_id = ente),
        (select count(*) from pratica where ente_id = ente),
        (select count(*) from engine_incident where ente_id = ente)
    from generate_series(1, 2) ente order by ente
""")


class State:
    """What must be the same after what was refused; and, for ente 2, always."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.ours, self.theirs = self._now()

    def look(self) -> None:
        """What a test did by itself is no fault."""
        self.ours, _ = self._now()

    def holds(self, answer: TestResponse, what: str) -> None:
        """Look again after an answer; what was done is the new state."""
        ours, theirs = self._now()
        if answer.status_code >= 400:
            assert ours == self.ours, what
        assert theirs == self.theirs, what
        self.ours = ours

    def _now(self) -> Sequence[Row[Any]]:
        return self.connection.execute(QUERY).all()


@pytest.fixture
def state(owner_engine: Database, neighbour: None) -> Iterator[State]:
    with owner_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield State(connection)


def bent(body: dict[str, Any], fixed: random.Random) -> Iterator[bytes]:
    """The body with each field as it should not be, with one too many, with one missing; and with bits upside down."""
    good = dumps(body)
    yield from (
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\xef\xbb\xbf" + good,
        good + good,
        good.decode().encode("utf-16"),
    )
    for where in list(_places(body, ())):
        yield dumps(_without(body, where))
        for value in VALUES:
            yield dumps(_with(body, where, value))
        marked = dumps(_with(body, where, "SEGNO"))
        yield from (marked.replace(b'"SEGNO"', raw) for raw in RAW)
    for name in ("ente_id", "id", "", "__class__", "x" * 300, "\u0000"):
        yield dumps(body | {name: 2})
    for _ in range(BYTES):
        broken = bytearray(good)
        for _ in range(fixed.randint(1, 3)):
            at = fixed.randrange(len(broken) + 1)
            broken[at : at + fixed.choice((0, 1, 5))] = fixed.choice(BITS)
        yield bytes(broken)


def _places(value: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from _places(inner, (*at, name))


def _with(body: dict[str, Any], where: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(body)
    _inside(changed, where)[where[-1]] = value
    return changed


def _without(body: dict[str, Any], where: tuple[str, ...]) -> dict[str, Any]:
    changed = deepcopy(body)
    del _inside(changed, where)[where[-1]]
    return changed


def _inside(body: dict[str, Any], where: tuple[str, ...]) -> dict[str, Any]:
    for name in where[:-1]:
        body = body[name]
    return body


def _is_told(answer: TestResponse, sent: bytes) -> None:
    """Done, or refused in words that name what to put right."""
    what = f"{answer.status_code} {answer.text[:500]} to {sent[:300]!r}"
    assert answer.status_code in (200, 201, 400, 409, 413, 415, 422), what
    if answer.status_code < 400:
        return
    assert answer.content_type == "application/problem+json", what
    told = loads(answer.data)
    assert told["title"] and told["detail"] and told["status"] == answer.status_code, what
    if answer.status_code == 422:
        assert told["errori"], what
        assert all(each["messaggio"] and isinstance(each["campo"], str) for each in told["errori"]), what


def test_bent_messages_are_refused_by_name_or_delivered(
    program: Program,
    people: dict[str, str],
    maker: EngineMaker,
    session: Session,
    state: State,
) -> None:
    # given one who reads what comes, as often as it comes
    maker(session, 1).publish(a_reader(), operator(1))
    session.commit()
    rosa = people["Rosa"]
    good = {
        "nome": "decesso_registrato",
        "chiave": rosa,
        "contenuto": {"importo": 120, "data": "2026-12-24"},
        "id_messaggio": "anpr-1",
        "scade_il": "2026-12-01T12:00:00+01:00",
    }
    program.start(percorso="legge", persona_id=rosa)
    state.look()
    delivered = 0
    for number, sent in enumerate(bent(good, random.Random("messaggi"))):
        # when
        answer = program.post("/messaggi", raw=sent.replace(b"anpr-1", b"anpr-%d" % number))
        # then
        _is_told(answer, sent)
        state.holds(answer, repr(sent[:300]))
        if answer.status_code == 200 and loads(answer.data)["esito"] == "correlated":
            delivered += 1
            program.start(percorso="legge", persona_id=rosa)
            state.look()
    assert delivered > len(VALUES)


def test_bent_answers_are_refused_by_name_or_taken(program: Program, state: State) -> None:
    # given
    task = program.start()["attivita"][0]["id"]
    state.look()
    good = {"risposte": {"gravita": 3, "spesa": 12.5, "telefono": "+39 010 557 7777"}}
    for sent in bent(good, random.Random("risposte")):
        # when
        answer = program.post(f"/attivita/{task}/completa", raw=sent)
        # then
        _is_told(answer, sent)
        state.holds(answer, repr(sent[:300]))
        if answer.status_code == 200:
            task = program.start()["attivita"][0]["id"]
            state.look()


def test_bent_openings_are_refused_by_name_or_done(
    program: Program, people: dict[str, str], state: State
) -> None:
    # given
    good = {"percorso": "prova", "persona_id": people["Rosa"], "unita": UNIT, "dati": {"canale": "sportello"}}
    for sent in bent(good, random.Random("aperture")):
        # when
        answer = program.post("/pratiche", raw=sent)
        # then
        _is_told(answer, sent)
        state.holds(answer, repr(sent[:300]))

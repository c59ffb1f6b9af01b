"""What requests and answers look like: the same classes check, dump and document."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from app.api.words import Asked, Key, Moment, Number, Text, Values

RESERVED: Final = ("persona_id", "unita", "parametri")
PAGE: Final = 50
LARGEST_PAGE: Final = 100


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def absent() -> None:
    """The value of a parameter that did not come: the document does not say it, since null may not come either."""


class NewPratica(Asked):
    """A path to start, about whom and where."""

    percorso = Text(required=True, metadata=_about("Slug di un percorso di GET /percorsi"))
    persona_id = Key(load_default=None, allow_none=True, metadata=_about("Di chi è la pratica"))
    unita = Text(
        load_default=None,
        allow_none=True,
        metadata=_about("Unità che la segue; se manca, quella della persona"),
    )
    dati = Values(
        load_default=dict,
        reserved=RESERVED,
        metadata=_about("Prime variabili, secondo lo schema di avvio del percorso"),
    )


class Answers(Asked):
    """The answers of a human step."""

    risposte = Values(required=True, metadata=_about("Secondo lo schema del modulo dell’attività"))


class Message(Asked):
    """Something that happened elsewhere, for the paths that wait for it."""

    nome = Text(required=True, metadata=_about("Per esempio residenza_variata"))
    chiave = Text(required=True, metadata=_about("Di chi o di che cosa parla, per esempio un persona_id"))
    contenuto = Values(load_default=dict, reserved=RESERVED)
    id_messaggio = Text(
        required=True, metadata=_about("Dato da chi manda: lo stesso id è consegnato una volta sola")
    )
    scade_il = Moment(
        load_default=None,
        allow_none=True,
        metadata=_about("Fino a quando tenerlo se nessuno lo aspetta ancora; 30 giorni se manca"),
    )


class _Paged(Asked):
    cursore = Key(
        load_default=absent, allow_none=False, metadata=_about("Il cursore della pagina precedente")
    )
    limite = Number(1, LARGEST_PAGE, load_default=PAGE)


class HistoryQuery(_Paged):
    """Which page of a history."""


class TaskQuery(_Paged):
    """Which open tasks."""

    percorso = Text(load_default=absent, allow_none=False)
    ruolo = Text(load_default=absent, allow_none=False)
    unita = Text(load_default=absent, allow_none=False)
    persona_id = Key(load_default=absent, allow_none=False)


class Path(Schema):
    """A path that may be started."""

    slug = fields.String(required=True)
    nome = fields.String(required=True)
    descrizione = fields.String(required=True, allow_none=True)
    release = fields.Integer(required=True)
    termine_giorni = fields.Integer(required=True, allow_none=True)
    schema = fields.Dict(required=True, metadata=_about("JSON Schema 2020-12 di «dati»"))


class Paths(Schema):
    """The paths that may be started."""

    percorsi = fields.List(fields.Nested(Path), required=True)


class Task(Schema):
    """A human step. `stato` is aperta, fatta or annullata."""

    id = fields.String(required=True)
    pratica_id = fields.String(required=True)
    pratica_numero = fields.String(required=True)
    persona_id = fields.String(required=True, allow_none=True)
    percorso = fields.String(required=True)
    passo = fields.String(required=True, metadata=_about("Id dell’elemento nel diagramma"))
    nome = fields.String(required=True)
    ruolo = fields.String(required=True)
    unita = fields.String(required=True, allow_none=True)
    assegnata = fields.Boolean(required=True, metadata=_about("Una persona l’ha presa"))
    serve_una_persona = fields.Boolean(
        required=True, metadata=_about("Controlla il lavoro di altri: un programma non la può completare")
    )
    stato = fields.String(required=True, metadata={"enum": ["aperta", "fatta", "annullata"]})
    aperta_il = fields.AwareDateTime(required=True)
    scade_il = fields.AwareDateTime(required=True, allow_none=True)
    chiusa_il = fields.AwareDateTime(required=True, allow_none=True)


class TaskPage(Schema):
    """Open tasks in order of opening; `cursore` leads to the next page, null at the end."""

    attivita = fields.List(fields.Nested(Task), required=True)
    cursore = fields.String(required=True, allow_none=True)


class Form(Schema):
    """The form of a step, self-contained."""

    id = fields.String(required=True)
    schema = fields.Dict(required=True, metadata=_about("JSON Schema 2020-12 delle risposte"))
    ui = fields.Dict(required=True, metadata=_about("Ordine, testi e comandi delle domande"))


class TaskDetail(Task):
    """A human step with its form; `nota` only for who has the scope variabili:read."""

    modulo = fields.Nested(Form, required=True, allow_none=True)
    nota = fields.String(allow_none=True)


class Clock(Schema):
    """The legal clock (L. 241/1990 art. 2), in days."""

    termine_giorni = fields.Integer(required=True)
    trascorsi = fields.Integer(required=True)
    sospesi = fields.Integer(required=True)
    restanti = fields.Integer(required=True)
    scade_il = fields.Date(required=True)
    sospeso = fields.Boolean(required=True)
    scaduto = fields.Boolean(required=True)


class Pratica(Schema):
    """A pratica. `stato` is aperta or chiusa; `variabili` only for who has the scope variabili:read."""

    id = fields.String(required=True)
    numero = fields.String(required=True)
    percorso = fields.String(required=True)
    titolo = fields.String(required=True)
    persona_id = fields.String(required=True, allow_none=True)
    unita = fields.String(required=True, allow_none=True)
    stato = fields.String(required=True, metadata={"enum": ["aperta", "chiusa"]})
    esito = fields.String(required=True, allow_none=True)
    aperta_il = fields.AwareDateTime(required=True)
    chiusa_il = fields.AwareDateTime(required=True, allow_none=True)
    orologio = fields.Nested(Clock, required=True, allow_none=True)
    problemi = fields.Integer(required=True, metadata=_about("Passi fermi che aspettano una persona"))
    attivita = fields.List(fields.Nested(Task), required=True, metadata=_about("Quelle aperte"))
    variabili = fields.Dict()


class Happening(Schema):
    """One thing that happened; the last three only for who has the scope variabili:read."""

    id = fields.String(required=True)
    percorso = fields.String(required=True)
    passo = fields.String(required=True)
    tipo = fields.String(required=True)
    evento = fields.String(required=True)
    quando = fields.AwareDateTime(required=True)
    da_chi = fields.String(required=True, allow_none=True)
    risposte = fields.Raw(allow_none=True)
    variabili = fields.Raw(allow_none=True)
    perche = fields.Raw(allow_none=True)


class History(Schema):
    """What happened in a pratica, oldest first; `cursore` leads to the next page, null at the end."""

    eventi = fields.List(fields.Nested(Happening), required=True)
    cursore = fields.String(required=True, allow_none=True)


class Completed(Schema):
    """The task that was completed, its pratica, and the tasks open there now."""

    attivita = fields.Nested(Task, required=True)
    pratica_stato = fields.String(required=True, metadata={"enum": ["aperta", "chiusa"]})
    pratica_esito = fields.String(required=True, allow_none=True)
    successive = fields.List(fields.Nested(Task), required=True)


class Delivered(Schema):
    """`esito`: correlated (somebody waited), buffered (kept), already (this id_messaggio came before)."""

    esito = fields.String(required=True, metadata={"enum": ["correlated", "buffered", "already"]})


class FieldFault(Schema):
    """`campo` is a JSON pointer into the request."""

    campo = fields.String(required=True)
    messaggio = fields.String(required=True)
    regola = fields.String()


class ClosedBy(Schema):
    """Who closed the task before, and when."""

    id = fields.String(required=True)
    stato = fields.String(required=True, metadata={"enum": ["fatta", "annullata"]})
    chiusa_il = fields.AwareDateTime(required=True, allow_none=True)
    chiusa_da = fields.String(required=True, allow_none=True)


class Problem(Schema):
    """RFC 9457. `richiesta` is the name of the request, for support."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    richiesta = fields.String(required=True)
    errori = fields.List(fields.Nested(FieldFault))
    attivita = fields.Nested(ClosedBy)

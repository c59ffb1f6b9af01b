"""What happens in a story besides its human steps: each verb begins with «!»."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from app.demo import supplies
from app.demo.agenda import Act
from app.demo.city import GENOVA
from app.demo.rota import Rota, spoil
from app.demo.stage import BY_UNIT, Stage, Story, StoryStuck
from app.persone import decesso, residenza
from app.pratiche import service
from app.pratiche.atti.model import Preavviso
from app.pratiche.model import Pratica
from app.servizi import eventi, ordine
from app.servizi.models import Ordine, Rendiconto
from app.values import day_of
from engine import Refused, system
from engine.calendar import ROME

Verb = Callable[["Play"], None]
OBSERVATIONS: Final = (
    "La visita è durata dieci minuti e quel giorno stava meglio del solito. Di notte si alza e cade. "
    "Chiediamo che qualcuno torni la sera."
)
SUPPLIERS: Final = ("coop-lanterna", "coop-ponente", "assistenza-ligure")


class Play:
    """One act of a story, about to be done."""

    def __init__(self, stage: Stage, rota: Rota, story: Story, act: Act) -> None:
        self.stage, self.rota, self.story, self.act = stage, rota, story, act
        self.session, self.engine = stage.session, stage.engine
        self.today = day_of(stage.clock.instant)

    def do(self) -> None:
        """Do it. Raises StoryStuck."""
        if self.act.what in VERBS:
            VERBS[self.act.what](self)
        else:
            self._step(self.act.what)
        self.stage.run_jobs()
        self._learn()

    def _step(self, element: str) -> None:
        task = self.stage.task(self.story, element)
        if task is None and self.act.maybe:
            return
        if task is None:
            open_now = [f"{each.element_id}" for each in self.stage.tasks(self.story)]
            raise self.stuck(f"non è da fare; lo è: {', '.join(open_now) or 'niente'}")
        told = {**self._known(element, task.instance_id), **self.act.told}
        self.stage.complete(self.story, task, told, self.act.by)

    def _known(self, element: str, instance_id: int) -> dict[str, Any]:
        """What a step is told that no text can know: codes, ids, rows of a month."""
        return KNOWN[element](self, instance_id) if element in KNOWN else {}

    def _learn(self) -> None:
        if self.story.persona_id is None and self.story.pratica_id is not None:
            pratica = self.session.get_one(Pratica, (GENOVA, self.story.pratica_id))
            self.story.persona_id = pratica.persona_id

    def stuck(self, why: str) -> StoryStuck:
        return StoryStuck(self.story.nome, self.act.what, why)

    def variables(self, instance_id: int) -> dict[str, Any]:
        return self.engine.instance(instance_id).variables

    def order(self, *stati: str) -> Ordine:
        """The persona's last order in one of these states."""
        o = Ordine
        query = select(o).where(
            o.ente_id == GENOVA, o.persona_id == self.story.persona_id, o.stato.in_(stati)
        )
        found = self.session.scalars(query.order_by(o.id.desc()).limit(1)).one_or_none()
        if found is None:
            raise self.stuck(f"non c'è un ordine {' o '.join(stati)}")
        return found

    def month(self) -> Rendiconto:
        """The month whose events the supplier owes."""
        r = Rendiconto
        query = (
            select(r)
            .join(Ordine, (Ordine.ente_id == r.ente_id) & (Ordine.id == r.ordine_id))
            .where(r.ente_id == GENOVA, r.stato == "aperto", Ordine.persona_id == self.story.persona_id)
        )
        found = self.session.scalars(query.order_by(r.mese).limit(1)).one_or_none()
        if found is None:
            raise self.stuck("non c'è un mese aperto")
        return found


# ---- verbs


def _open(play: Play) -> None:
    """Somebody comes to the counter: a first contact, or the path named by the act for who is known."""
    stage, story = play.stage, play.story
    percorso = play.act.told.get("percorso", "primo_contatto")
    by = play.act.by or stage.who_does(story, "operatore_sportello", None)
    pratica = service.open(
        play.session,
        GENOVA,
        percorso,
        story.persona_id if percorso != "primo_contatto" else None,
        story.unita,
        stage.actor(by).label,
        start=stage.maker.start,
        now=stage.clock.instant,
    )
    story.pratica_id = pratica.id
    task = stage.tasks(story)
    if task:
        play.engine.assign(task[0].id, stage.id_of(by), stage.actor(by), only_free=True)


def _accept(play: Play) -> None:
    order = play.order("mandato")
    ordine.accept(play.engine, order.id, play.stage.actor(BY_UNIT[order.fornitore_id]))


def _refuse(play: Play) -> None:
    order = play.order("mandato")
    motivo = play.act.told.get("motivo", "Nessun operatore libero nella fascia chiesta")
    ordine.refuse(play.engine, order.id, motivo, play.stage.actor(BY_UNIT[order.fornitore_id]))


def _events(play: Play) -> None:
    """The supplier tells the month, by its program or, when it was reminded, by hand."""
    month = play.month()
    rows = play.rota.events(month, play.today)
    spoil(rows, play.act.told)
    task = play.stage.task(play.story, "carica_eventi")
    if task is not None:
        play.stage.complete(play.story, task, {"eventi": rows})
        return
    order = play.session.get_one(Ordine, (GENOVA, month.ordine_id))
    try:
        eventi.submit(play.engine, month.id, rows, play.stage.actor(BY_UNIT[order.fornitore_id]))
    except Refused as error:
        raise play.stuck(f"{error.code}: {error.message}") from error


def _die(play: Play) -> None:
    if play.story.persona_id is None:
        raise play.stuck("non si sa di chi")
    decesso.register(play.engine, play.story.persona_id, play.today, system("anagrafe"))


def _move(play: Play) -> None:
    """The persona's new residence, as the registry office tells it."""
    if play.story.persona_id is None:
        raise play.stuck("non si sa di chi")
    told = play.act.told
    residenza.change(
        play.engine,
        play.story.persona_id,
        str(told.get("comune", "010047")),
        play.today,
        system("anagrafe"),
        indirizzo=str(told.get("indirizzo", "Via della Libertà 12")),
    )


def _to_order(message: str) -> Verb:
    """A message about the order in course, such as a stay in hospital."""

    def tell(play: Play) -> None:
        order = play.order("avviato", "sospeso")
        by = play.stage.actor(play.story.assistente)
        payload = {**play.act.told}
        if message == "sospensione_richiesta":
            payload = {"motivo": "ricovero", "dal": play.today.isoformat(), **payload}
        play.engine.correlate(message, str(order.id), payload, by)

    return tell


def _observe(play: Play) -> None:
    p = Preavviso
    query = (
        select(p.id).where(p.ente_id == GENOVA, p.persona_id == play.story.persona_id).order_by(p.id.desc())
    )
    preavviso_id = play.session.scalars(query.limit(1)).one()
    payload = {"presentate_il": play.today.isoformat(), "osservazioni": OBSERVATIONS, **play.act.told}
    by = play.stage.actor("paolo.ferrari")
    play.engine.correlate("osservazioni_presentate", str(preavviso_id), payload, by)


def _send_back(play: Play) -> None:
    element, to, reason = (play.act.told[name] for name in ("da", "a", "perche"))
    task = play.stage.task(play.story, element)
    if task is None:
        raise play.stuck(f"«{element}» non è da fare")
    by = play.stage.actor(play.stage.who_does(play.story, task.ruolo, task.unita_id))
    play.engine.send_back(task.id, to, reason, by)


def _wait_for_money(play: Play) -> None:
    """The plan is approved when the fund has almost nothing left: the persona goes into the waiting list."""
    year = max(play.today, _plan_begins(play)).year
    had = supplies.squeeze(play.session, year, Decimal(400))
    play._step("approvazione_piano")
    supplies.restore(play.session, had)


def _plan_begins(play: Play) -> date:
    task = play.stage.task(play.story, "approvazione_piano")
    if task is None:
        raise play.stuck("il piano non è da approvare")
    return date.fromisoformat(play.variables(task.instance_id)["piano_dal"])


def _inps_is_busy(play: Play) -> None:
    """INPS answers that the day's requests are over: it is asked again tomorrow."""
    if play.stage.sandbox is not None:
        play.stage.sandbox.faults.order("limite_giornaliero", 1)
    play._step("domanda_domiciliare")


VERBS: Final[Mapping[str, Verb]] = {
    "!apre": _open,
    "!accetta": _accept,
    "!rifiuta": _refuse,
    "!eventi": _events,
    "!muore": _die,
    "!cambia_casa": _move,
    "!ricovero": _to_order("sospensione_richiesta"),
    "!rientro": _to_order("ripresa_richiesta"),
    "!chiede_modifica": _to_order("rimodulazione_richiesta"),
    "!osservazioni": _observe,
    "!rimanda": _send_back,
    "!fondo_esaurito": _wait_for_money,
    "!inps_occupato": _inps_is_busy,
}


# ---- what a step is told of the city


def _persona(play: Play, _: int) -> dict[str, Any]:
    who, now = play.story.who, play.stage.clock.instant
    told: dict[str, Any] = {
        "data": play.today.isoformat(),
        "ora": f"{now.astimezone(ROME):%H:%M}",
        "cognome": who.cognome,
        "nome": who.nome,
        "data_nascita": who.nata_il.isoformat(),
        "recapito": who.telefono,
        "indirizzo": who.indirizzo,
        "lingua": who.lingua,
    }
    if who.codice is not None and not who.codice.startswith(("STP", "ENI")):
        told["codice_fiscale"] = who.codice
    return told


def _code(play: Play, _: int) -> dict[str, Any]:
    return {"codice_fiscale": play.story.who.codice}


def _case_manager(play: Play, _: int) -> dict[str, Any]:
    return {
        "operatore_id": str(play.stage.id_of(play.story.assistente)),
        "area_utenza": play.story.vicenda.risposte["registra_contatto"]["area_utenza"],
    }


def _supplier(play: Play, _: int) -> dict[str, Any]:
    mine = [one for one in SUPPLIERS if one != "assistenza-ligure" or play.story.who.zona == "centro est"]
    return {"fornitore_id": mine[(play.story.persona_id or 0) % len(mine)]}


def _first_visit(play: Play, instance_id: int) -> dict[str, Any]:
    supplier = str(play.variables(instance_id)["fornitore_id"])
    sigla = next(seed.sigla for seed in supplies.SUPPLIERS if seed.id == supplier)
    return {"operatore_riferimento": f"{sigla}-OSS-{(play.story.persona_id or 0) % 9 + 1:02d}"}


def _anomalies(play: Play, instance_id: int) -> dict[str, Any]:
    """What the office for controls contests: the rows that the table did not pass."""
    rows = [row for row in play.variables(instance_id)["esiti_controllo"] if row["esito"] != "ok"]
    reasons = [{"evento_id": row["evento_id"], "motivo": row["motivo"]} for row in rows]
    return {"contesta": bool(reasons), "contestazioni": reasons}


def _answers_to_contest(play: Play, instance_id: int) -> dict[str, Any]:
    rows = play.variables(instance_id)["contestazioni"]
    said = "L'operatore era presente: il lettore del domicilio era scarico, alleghiamo il foglio firmato."
    return {"risposte": [{"evento_id": row["evento_id"], "risposta": said} for row in rows]}


def _verdicts(play: Play, instance_id: int) -> dict[str, Any]:
    rows = play.variables(instance_id)["contestazioni"]
    return {
        "decisioni": [{"evento_id": row["evento_id"], "accolta": n % 2 == 0} for n, row in enumerate(rows)]
    }


def _outcomes(play: Play, _: int) -> dict[str, Any]:
    """The goals of the project, or the plan's own, each with what came of it."""
    project = play.story.vicenda.risposte.get("redige_progetto", {})
    words = [goal["descrizione"] for goal in project.get("obiettivi", [])] or [
        "Restare a casa propria in sicurezza",
        "Sollevare chi assiste",
    ]
    return {
        "esiti": [
            {"obiettivo": words[n], "raggiunto": "si" if n == 0 else "parziale"} for n in range(len(words))
        ]
    }


def _reasons(play: Play, instance_id: int) -> dict[str, Any]:
    motivi = play.variables(instance_id).get("motivi") or ["Mancano i requisiti del servizio"]
    return {"motivi_preavviso": motivi}


def _new_comune(play: Play, instance_id: int) -> dict[str, Any]:
    return {"nuovo_comune": play.variables(instance_id).get("nuovo_comune", "010047")}


def _namesake(play: Play, _: int) -> dict[str, Any]:
    return {"persona_scelta": play.story.facts.get("omonima")}


KNOWN: Final[Mapping[str, Callable[[Play, int], dict[str, Any]]]] = {
    "registra_contatto": _persona,
    "scegli_persona": _namesake,
    "domanda_domiciliare": _code,
    "assegna_caso": _case_manager,
    "scelta_fornitore": _supplier,
    "trova_fornitore": _supplier,
    "avvio_servizio": _first_visit,
    "controlla_eventi": _anomalies,
    "controdeduzioni": _answers_to_contest,
    "decidi_contestazioni": _verdicts,
    "valutazione_esiti": _outcomes,
    "scrivi_preavviso": _reasons,
    "trasferimento_competenza": _new_comune,
}

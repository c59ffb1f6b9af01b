"""What the people at work find on their desks. The step that waits was opened `ago` working days ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from app.demo.agenda import Act, Agenda
from app.demo.mix.pieces import (
    ANNA_TOO,
    BRUNO,
    LUCA,
    OLDER,
    by_name,
    carlo,
    caterina,
    checked_and_closed,
    enough,
    hours_ago,
    namesake,
    rosa,
    sent_back,
    urgent,
)
from app.demo.plots import (
    Plot,
    agreed,
    analysis,
    application,
    approved,
    case,
    contact,
    interview,
    plan,
    project,
    report,
    service,
    signed,
    visit,
)


def of_giulia(agenda: Agenda) -> Iterator[Plot]:
    """What Giulia has to do: three things late, some today, some this week, the others later."""
    checked = agenda.before(agenda.today, 6)
    called = agenda.before(agenda.today, 5) - timedelta(days=90)
    yield Plot("colloquio in ritardo", "presa", contact(), ago=17)
    yield Plot("visita in ritardo", "casa", application()[:-1], ago=18)
    yield Plot("progetto in ritardo", "presa", analysis()[:-1], ago=16, vicenda="presa_affitto")
    yield Plot("emergenza", "urgenza", contact(hours_ago(agenda, 21)), ago=None)
    yield Plot("firma oggi", "presa", agreed(), ago=15, vicenda="presa_lavoro")
    yield Plot("primo mese da sentire", "casa", [*service(agenda, 1, until=1), Act("!eventi")], ago=10)
    yield Plot("domanda oggi", "casa", interview("prestazione"), ago=3)
    yield Plot("visita domani", "casa", application()[:-1], ago=14)
    yield Plot("analisi domani", "presa", case(), ago=9, vicenda="presa_senza_casa")
    yield Plot("piano rimandato", "casa", [*plan(), sent_back()], ago=8, chi=caterina)
    yield Plot("colloquio presto", "presa", contact(), ago=13)
    yield Plot("progetto presto", "presa", analysis()[:-1], ago=12, vicenda="presa_arrivata")
    yield Plot("verifica presto", "presa", signed(checked), ago=60, vicenda="presa_lavoro")
    yield Plot(
        "modifica chiesta",
        "casa",
        [*service(agenda, 1), Act("!chiede_modifica")],
        ago=2,
        vicenda="casa_parkinson",
    )
    yield Plot("senza isee", "casa", application()[:-1], ago=2, chi=carlo)
    yield Plot(
        "richiamo",
        "presa",
        [*signed(), *checked_and_closed(), Act("approvazione_chiusura", 2, on=called)],
        ago=None,
        vicenda="presa_affitto",
    )
    yield Plot("colloquio con calma", "invio", contact(), ago=2)
    yield Plot("altro colloquio con calma", "presa", contact(), ago=5)
    yield Plot("indagine", "minore", report(), ago=6)
    yield Plot("visita con calma", "casa", application()[:-1], ago=3)
    yield Plot("caso riservato", "violenza", [*contact(), *urgent(), Act("assegna_caso", 1)], ago=1)
    yield Plot(
        "servizio da chiudere",
        "casa",
        [*service(agenda, 1, until=1), Act("!eventi"), enough()],
        ago=2,
        vicenda="casa_scale",
    )


def free(agenda: Agenda) -> Iterator[Plot]:
    """What nobody has taken yet."""
    for n, ago in enumerate((0, 1, 4, 7)):
        yield Plot(f"colloquio libero {n + 1}", ("presa", "casa")[n % 2], contact(), ago=ago, libera=True)
    yield Plot("domanda libera", "casa", interview("prestazione"), ago=1, libera=True)
    yield Plot("segnalazione libera", "minore", contact(hours_ago(agenda, 5)), ago=None, libera=True)
    yield Plot("firma libera", "presa", agreed(), ago=6, libera=True, vicenda="presa_arrivata")


def of_colleagues(agenda: Agenda) -> Iterator[Plot]:
    """What the colleagues have to do."""
    yield Plot("contatto da scrivere", "informa", [Act("!apre", at=hours_ago(agenda, 0.4))])
    yield Plot(
        "persona da scegliere",
        "presa",
        by_name(hours_ago(agenda, 1.5)),
        ago=None,
        chi=namesake,
        gia_nota=True,
    )
    yield Plot("scheda da dare", "informa", contact(hours_ago(agenda, 2)), ago=None)
    yield Plot("caso da assegnare", "presa", interview("presa_in_carico"), ago=1)
    yield Plot(
        "altro caso da assegnare",
        "presa",
        interview("presa_in_carico"),
        ago=4,
        assistente=LUCA,
        prende=ANNA_TOO,
    )
    yield Plot("progetto da approvare", "presa", project(), ago=2, vicenda="presa_consumi", prende=ANNA_TOO)
    yield Plot("piano da approvare", "casa", plan(), ago=1, prende=ANNA_TOO)
    yield Plot("altro piano da approvare", "casa", plan(), ago=4, assistente=LUCA, prende=ANNA_TOO)
    yield Plot(
        "chiusura da approvare",
        "presa",
        [*signed(), *checked_and_closed()],
        ago=3,
        assistente=LUCA,
        vicenda="presa_lavoro",
        prende=ANNA_TOO,
    )
    yield Plot(
        "modifica da approvare",
        "casa",
        [*service(agenda, 1), Act("!chiede_modifica"), Act("proposta_rimodulazione", 2)],
        ago=1,
        vicenda="casa_memoria",
        assistente=LUCA,
        prende=ANNA_TOO,
    )
    yield Plot("trasloco", "presa", [*signed(), Act("!cambia_casa", 20)], ago=4, vicenda="presa_arrivata")
    yield Plot(
        "procura",
        "minore_grave",
        [*contact(hours_ago(agenda, 9)), Act("valuta_segnalazione")],
        ago=None,
        assistente=LUCA,
        prende=ANNA_TOO,
    )
    yield Plot(
        "quadro da scrivere",
        "presa",
        analysis()[:-1],
        ago=6,
        vicenda="presa_senza_casa",
        assistente=LUCA,
        prende=OLDER,
    )
    yield Plot(
        "altro quadro da scrivere", "casa", analysis()[:-1], ago=15, vicenda="casa_memoria", prende=OLDER
    )
    yield Plot("colloquio di Luca", "presa", contact(), ago=10, assistente=LUCA)
    yield Plot("visita di Luca", "casa", application()[:-1], ago=8, assistente=LUCA)
    yield Plot("piano di Luca", "casa", visit(), ago=3, assistente=LUCA)
    yield Plot("analisi di Luca", "presa", case(), ago=7, assistente=LUCA)
    yield Plot("scelta del fornitore", "casa", approved(), ago=2, assistente=LUCA, chi=rosa)
    yield Plot("colloquio di Bruno", "presa", contact(), ago=9, assistente=BRUNO)
    yield Plot("altro colloquio di Bruno", "casa", contact(), ago=3, assistente=BRUNO)
    yield Plot("visita di Bruno", "casa", application()[:-1], ago=12, assistente=BRUNO)
    yield Plot("analisi di Bruno", "presa", case(), ago=4, assistente=BRUNO, vicenda="presa_affitto")
    yield Plot("caso di Ines", "presa", interview("presa_in_carico"), ago=2, assistente=BRUNO)
    yield Plot("piano di Ines", "casa", plan(), ago=2, assistente=BRUNO)

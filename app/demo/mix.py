"""How many stories of each kind the city has, and how far each has come.

The step that waits was opened `ago` working days ago: with its own term, that makes it late, due today or later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.demo.agenda import Act, Agenda
from app.demo.people import Births, Inhabitant
from app.demo.plots import (
    Plot,
    accepted,
    agreed,
    analysis,
    application,
    approved,
    case,
    closed_month,
    contact,
    ending,
    interview,
    ordered,
    plan,
    project,
    report,
    service,
    signed,
    told_month,
    visit,
)

LUCA, BRUNO = "luca.repetto", "bruno.merello"
ANNA_TOO = ("assistente_sociale", "persona_caregiver", "responsabile_ats")
OLDER = ("assistente_sociale", "persona_caregiver", "equipe_multidisciplinare")


def plots(agenda: Agenda) -> list[Plot]:
    """The default city: some seventy people in every state."""
    return [*_desk(agenda), *_free(agenda), *_others(agenda), *_services(agenda), *_refusals(), *_over(agenda)]


def _hours_ago(agenda: Agenda, hours: float) -> datetime:
    return agenda.now - timedelta(minutes=int(60 * hours))


def _desk(agenda: Agenda) -> Iterator[Plot]:
    """What Giulia has to do: three things late, some today, some this week, the others later."""
    checked = agenda.before(agenda.today, 6)
    called = agenda.before(agenda.today, 5) - timedelta(days=90)
    yield Plot("colloquio in ritardo", "presa", contact(), ago=17)
    yield Plot("visita in ritardo", "casa", application()[:-1], ago=18)
    yield Plot("progetto in ritardo", "presa", analysis()[:-1], ago=16, vicenda="presa_affitto")
    yield Plot("emergenza", "urgenza", contact(_hours_ago(agenda, 21)))
    yield Plot("firma oggi", "presa", agreed(), ago=15, vicenda="presa_lavoro")
    yield Plot("primo mese da sentire", "casa", [*service(agenda, 1, until=1), Act("!eventi")], ago=10)
    yield Plot("domanda oggi", "casa", interview("prestazione"), ago=3)
    yield Plot("visita domani", "casa", application()[:-1], ago=14)
    yield Plot("analisi domani", "presa", case(), ago=9, vicenda="presa_senza_casa")
    yield Plot("piano rimandato", "casa", [*plan(), _sent_back()], ago=8, chi=_caterina)
    yield Plot("colloquio presto", "presa", contact(), ago=13)
    yield Plot("progetto presto", "presa", analysis()[:-1], ago=12, vicenda="presa_arrivata")
    yield Plot("verifica presto", "presa", signed(checked), ago=60, vicenda="presa_lavoro")
    yield Plot("modifica chiesta", "casa", [*service(agenda, 2), Act("!chiede_modifica")], ago=2, vicenda="casa_parkinson")
    yield Plot("senza isee", "casa", application()[:-1], ago=2, chi=_carlo)
    yield Plot("richiamo", "presa", [*signed(), *_checked_and_closed(), _approved_on(called)], ago=None, vicenda="presa_affitto")
    yield Plot("colloquio con calma", "invio", contact(), ago=2)
    yield Plot("altro colloquio con calma", "presa", contact(), ago=5)
    yield Plot("indagine", "minore", report(), ago=6)
    yield Plot("visita con calma", "casa", application()[:-1], ago=3)
    yield Plot("caso riservato", "violenza", [*contact(), *_urgent(), Act("assegna_caso", 1)], ago=1)
    yield Plot("servizio da chiudere", "casa", [*service(agenda, 2, until=1), Act("!eventi"), _enough()], ago=2, vicenda="casa_scale")


def _free(agenda: Agenda) -> Iterator[Plot]:
    """What nobody has taken yet."""
    for n, ago in enumerate((0, 1, 4, 7)):
        yield Plot(f"colloquio libero {n + 1}", ("presa", "casa")[n % 2], contact(), ago=ago, libera=True)
    yield Plot("domanda libera", "casa", interview("prestazione"), ago=1, libera=True)
    yield Plot("segnalazione libera", "minore", contact(_hours_ago(agenda, 5)), libera=True)
    yield Plot("firma libera", "presa", agreed(), ago=6, libera=True, vicenda="presa_arrivata")


def _others(agenda: Agenda) -> Iterator[Plot]:
    """What the colleagues have to do."""
    yield Plot("contatto da scrivere", "informa", [Act("!apre", at=_hours_ago(agenda, 0.4))])
    yield Plot("persona da scegliere", "presa", _by_name(_hours_ago(agenda, 1.5)), chi=_namesake, gia_nota=True)
    yield Plot("scheda da dare", "informa", contact(_hours_ago(agenda, 2)))
    yield Plot("caso da assegnare", "presa", interview("presa_in_carico"), ago=1)
    yield Plot("altro caso da assegnare", "presa", interview("presa_in_carico"), ago=4, assistente=LUCA, prende=ANNA_TOO)
    yield Plot("progetto da approvare", "presa", project(), ago=2, vicenda="presa_consumi", prende=ANNA_TOO)
    yield Plot("piano da approvare", "casa", plan(), ago=1, prende=ANNA_TOO)
    yield Plot("altro piano da approvare", "casa", plan(), ago=4, assistente=LUCA, prende=ANNA_TOO)
    yield Plot("chiusura da approvare", "presa", [*signed(), *_checked_and_closed()], ago=3, assistente=LUCA, vicenda="presa_lavoro", prende=ANNA_TOO)
    yield Plot("modifica da approvare", "casa", [*service(agenda, 3), Act("!chiede_modifica"), Act("proposta_rimodulazione", 2)], ago=1, vicenda="casa_memoria", assistente=LUCA, prende=ANNA_TOO)
    yield Plot("trasloco", "presa", [*signed(), Act("!cambia_casa", 20)], ago=4, vicenda="presa_arrivata")
    yield Plot("procura", "minore_grave", [*contact(_hours_ago(agenda, 9)), Act("valuta_segnalazione")], ago=None, assistente=LUCA, prende=ANNA_TOO)
    yield Plot("quadro da scrivere", "presa", analysis()[:-1], ago=6, vicenda="presa_senza_casa", assistente=LUCA, prende=OLDER)
    yield Plot("altro quadro da scrivere", "casa", analysis()[:-1], ago=15, vicenda="casa_memoria", prende=OLDER)
    yield Plot("colloquio di Luca", "presa", contact(), ago=10, assistente=LUCA)
    yield Plot("visita di Luca", "casa", application()[:-1], ago=8, assistente=LUCA)
    yield Plot("piano di Luca", "casa", visit(), ago=3, assistente=LUCA)
    yield Plot("analisi di Luca", "presa", case(), ago=7, assistente=LUCA)
    yield Plot("scelta del fornitore", "casa", approved(), ago=2, assistente=LUCA, chi=_rosa)
    yield Plot("colloquio di Bruno", "presa", contact(), ago=9, assistente=BRUNO)
    yield Plot("altro colloquio di Bruno", "casa", contact(), ago=3, assistente=BRUNO)
    yield Plot("visita di Bruno", "casa", application()[:-1], ago=12, assistente=BRUNO)
    yield Plot("analisi di Bruno", "presa", case(), ago=4, assistente=BRUNO, vicenda="presa_affitto")
    yield Plot("caso di Ines", "presa", interview("presa_in_carico"), ago=2, assistente=BRUNO)
    yield Plot("piano di Ines", "casa", plan(), ago=2, assistente=BRUNO)


def _services(agenda: Agenda) -> Iterator[Plot]:
    """Help at home that waits for suppliers, money or INPS, or goes on month by month."""
    late = {"assente": 2, "fuori_orario": 1}
    yield Plot("isee in attesa", "casa", [*interview("prestazione"), Act("!inps_occupato", 2)], ago=0)
    yield Plot("codice non accettato", "casa", application()[:-1], ago=1, chi=_with_letters)
    yield Plot("ordine da accettare", "casa", ordered(), ago=0)
    yield Plot("altro ordine da accettare", "casa", ordered(), ago=1, assistente=LUCA)
    yield Plot("ordine rifiutato", "casa", [*ordered(), Act("!rifiuta", 1)], ago=1)
    yield Plot("nessun fornitore", "casa", [*ordered(), Act("!rifiuta", 1), Act("!rifiuta", 1), Act("!rifiuta", 1, maybe=True)], ago=1, assistente=LUCA)
    yield Plot("avvio da registrare", "casa", accepted(), ago=3)
    yield Plot("avvio in ritardo", "casa", accepted(), ago=12, assistente=LUCA)
    for n, ago in enumerate((8, 19, 33)):
        yield Plot(f"lista d'attesa {n + 1}", "casa_intensa", [*plan(), Act("!fondo_esaurito", 2)], ago=ago, assistente=LUCA if n else "giulia.parodi")
    for n, months in enumerate((0, 1, 2, 4)):
        yield Plot(f"servizio in corso {n + 1}", "casa", service(agenda, months), ago=None, assistente=(LUCA, "giulia.parodi")[n % 2])
    yield Plot("servizio in valle", "casa", service(agenda, 2), ago=None, assistente=BRUNO)
    yield Plot("eventi in ritardo", "casa", service(agenda, 2, until=1), ago=None, assistente=LUCA)
    yield Plot("anomalie da guardare", "casa", [*service(agenda, 1, until=1), Act("!eventi", told=late)], ago=1, assistente=LUCA)
    yield Plot("mese contestato", "casa", [*service(agenda, 2, until=1), Act("!eventi", told=late), Act("controlla_eventi", 1)], ago=2)
    yield Plot("contestazioni da decidere", "casa", [*service(agenda, 2, until=1), Act("!eventi", told=late), Act("controlla_eventi", 1), Act("controdeduzioni", 2)], ago=1, assistente=LUCA)
    yield Plot("in ospedale", "casa", [*service(agenda, 2), Act("!ricovero"), Act("registra_sospensione")], ago=6, vicenda="casa_cuore")
    yield Plot("ricovero da registrare", "casa", [*service(agenda, 1), Act("!ricovero")], ago=0, assistente=LUCA)
    yield Plot("rientro da registrare", "casa", [*service(agenda, 3), Act("!ricovero"), Act("registra_sospensione"), Act("!rientro", 12)], ago=1)
    yield Plot("verifica fra un mese", "presa", signed(agenda.today + timedelta(days=31)), ago=20, vicenda="presa_lavoro")
    yield Plot("verifica fra due mesi", "presa", signed(agenda.today + timedelta(days=62)), ago=9, vicenda="presa_senza_casa")


def _refusals() -> Iterator[Plot]:
    """Applications that lack something."""
    able = {"aged": 4, "adl": 6, "iadl": 7, "invalidita": 40, "accompagnamento": False, "legge_104": "no"}
    yield Plot("preavviso in corso", "casa", [*visit(), Act("scrivi_preavviso", 2)], ago=4, chi=_luigi)
    yield Plot("preavviso da scrivere", "casa", visit(**able), ago=1, assistente=LUCA)
    yield Plot("osservazioni arrivate", "casa", [*visit(**able), Act("scrivi_preavviso", 2), Act("!osservazioni", 4)], ago=2)
    yield Plot("diniego da firmare", "casa", [*visit(**able), Act("scrivi_preavviso", 2)], ago=10, assistente=LUCA)
    yield Plot("diniego", "casa", [*visit(**able), Act("scrivi_preavviso", 2), Act("emetti_diniego", 10)], ago=15)
    yield Plot("osservazioni accolte", "casa", [*visit(**able), Act("scrivi_preavviso", 2), Act("!osservazioni", 4), Act("valuta_osservazioni", 3, told=_convinced())], ago=5, assistente=LUCA)


def _over(agenda: Agenda) -> Iterator[Plot]:
    """What has come to an end."""
    for n, ago in enumerate((2, 11, 30)):
        yield Plot(f"informazione {n + 1}", "informa", [*contact(), Act("orienta_persona")], ago=ago)
    yield Plot("invio al lavoro", "invio", interview("invio"), ago=7, vicenda="invio_lavoro")
    yield Plot("invio al patronato", "invio", interview("invio"), ago=21, assistente=LUCA, vicenda="invio_patronato")
    yield Plot("emergenza rientrata", "urgenza", [*contact(), *_urgent()], ago=3, assistente=LUCA)
    yield Plot("segnalazione infondata", "minore", [*contact(), Act("valuta_segnalazione", told=_unfounded())], ago=18)
    yield Plot("minore in carico", "minore", [*report(), Act("indagine_sociale", 15), Act("assegna_caso", 2)], ago=3, assistente=LUCA)
    yield Plot("progetto non firmato", "presa", [*agreed(), Act("sottoscrizione", 3, told=_no())], ago=3, assistente=LUCA, vicenda="presa_consumi")
    yield Plot("decesso in servizio", "casa", [*service(agenda, 3), Act("!muore"), Act("!eventi", 3)], ago=5, vicenda="casa_cuore")
    yield Plot("decesso in istruttoria", "casa", [*application()[:-1], Act("!muore", 4)], ago=9, assistente=LUCA)
    yield Plot("servizio finito", "casa", [*service(agenda, 3, until=1), *told_month(agenda, closed_month(agenda))[:-1], _enough(), *_ended()], ago=1, vicenda="casa_ictus", assistente=LUCA)
    yield Plot("progetto riuscito", "presa", [*signed(), *_checked_and_closed(), Act("approvazione_chiusura", 2), Act("follow_up", 66)], ago=4, assistente=LUCA, vicenda="presa_arrivata")


# ---- pieces


def _sent_back() -> Act:
    why = "Manca il motivo del massimale: scrivi la quota del fondo non autosufficienza."
    return Act("!rimanda", 1, told={"da": "approvazione_piano", "a": "piano_domiciliare", "perche": why})


def _by_name(at: datetime) -> list[Act]:
    """Who gives a name only: the registry has somebody called so."""
    return contact(at, codice_fiscale=None, data_nascita=None)


def _urgent() -> list[Act]:
    return [Act("intervento_urgente"), Act("primo_colloquio", 3)]


def _checked_and_closed() -> list[Act]:
    """A check that says it is enough, then the ending as far as its approval."""
    return [Act("verifica_progetto", 60, told={"esito_verifica": "chiudere"}), *ending()[:-1]]


def _approved_on(day: object) -> Act:
    return Act("approvazione_chiusura", 2, on=day)  # type: ignore[arg-type]


def _enough() -> Act:
    return Act("monitoraggio", 2, told={"prosegue": False, "motivo_fine": "obiettivi_raggiunti"})


def _ended() -> list[Act]:
    return ending()


def _convinced() -> dict[str, object]:
    why = "Il nuovo verbale della commissione riconosce l'accompagnamento: il requisito c'è."
    return {"osservazioni_accolte": True, "motivazione": why}


def _unfounded() -> dict[str, object]:
    return {"gravita": "infondata", "note": "Le assenze erano per un ricovero, già comunicato alla scuola."}


def _no() -> dict[str, object]:
    return {"firma": "rifiutata", "che_cosa_non_va": "Non se la sente di cominciare adesso il tirocinio."}


def _caterina(births: Births) -> Inhabitant:
    return births.known("caterina", "ats-centro-est")


def _rosa(births: Births) -> Inhabitant:
    return births.known("rosa", "ats-centro-est")


def _carlo(births: Births) -> Inhabitant:
    return births.known("carlo", "ats-centro-est")


def _luigi(births: Births) -> Inhabitant:
    return births.known("luigi", "ats-centro-est")


def _with_letters(births: Births) -> Inhabitant:
    """A code with letters where INPS takes only digits."""
    return births.with_omocodia(births.person((78, 90), sesso="F", unita="ats-centro-est"), 4)


def _namesake(births: Births) -> Inhabitant:
    return births.person((40, 60), sesso="F", unita="ats-centro-est")

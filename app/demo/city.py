"""The bodies, the offices and the people at work of the synthetic city, as data."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "genova-di-prova"  # noqa: S105 - of invented people; refused in production
GENOVA = 1


@dataclass(frozen=True)
class EnteSeed:
    """A public body. The ids are the installation's own."""

    id: int
    slug: str
    nome: str
    tipo: str
    parent_id: int | None
    istat: str | None
    belfiore: str | None
    patrono: str | None = None


@dataclass(frozen=True)
class UnitaSeed:
    """An office, a team or a supplier, with the zone it works in."""

    id: str
    nome: str
    tipo: str
    zona: str | None = None


@dataclass(frozen=True)
class AccountSeed:
    """Somebody at work: grants are (role, unit or None for the whole ente)."""

    nome_utente: str
    nome: str
    cognome: str
    ruoli: tuple[tuple[str, str | None], ...]


ENTI = (
    EnteSeed(10, "ambito-genovese", "Ambito territoriale sociale genovese", "ambito", None, None, None),
    EnteSeed(GENOVA, "genova", "Comune di Genova (città di prova)", "comune", 10, "010025", "D969", "06-24"),
    EnteSeed(2, "davagna", "Comune di Davagna (di prova)", "comune", 10, "010022", "D255", "09-08"),
    EnteSeed(3, "bargagli", "Comune di Bargagli (di prova)", "comune", 10, "010003", "A658", "05-01"),
)

UNITA = (
    UnitaSeed("ats-centro-est", "ATS Centro Est", "ats"),
    UnitaSeed("ats-valpolcevera", "ATS Valpolcevera", "ats"),
    UnitaSeed("ufficio-domiciliarita", "Ufficio domiciliarità", "ufficio"),
    UnitaSeed("ufficio-controlli", "Ufficio controlli", "ufficio"),
    UnitaSeed("coop-lanterna", "Cooperativa La Lanterna", "fornitore", "centro est"),
    UnitaSeed("coop-ponente", "Cooperativa Ponente Insieme", "fornitore", "valpolcevera"),
    UnitaSeed("assistenza-ligure", "Assistenza Ligure", "fornitore", "centro est"),
)

ACCOUNTS = (
    AccountSeed("marco.costa", "Marco", "Costa", (("operatore_sportello", "ats-centro-est"),)),
    AccountSeed("giulia.parodi", "Giulia", "Parodi", (("assistente_sociale", "ats-centro-est"),)),
    AccountSeed("luca.repetto", "Luca", "Repetto", (("assistente_sociale", "ats-centro-est"),)),
    AccountSeed("anna.traverso", "Anna", "Traverso", (("responsabile_ats", "ats-centro-est"),)),
    AccountSeed("paolo.ferrari", "Paolo", "Ferrari", (("amministrativo", None),)),
    AccountSeed("silvia.canepa", "Silvia", "Canepa", (("ufficio_domiciliarita", None),)),
    AccountSeed("dario.olivieri", "Dario", "Olivieri", (("ufficio_controlli", None),)),
    AccountSeed("elsa.pittaluga", "Elsa", "Pittaluga", (("equipe_multidisciplinare", "ats-centro-est"),)),
    AccountSeed("sara.badano", "Sara", "Badano", (("operatore_sportello", "ats-valpolcevera"),)),
    AccountSeed("bruno.merello", "Bruno", "Merello", (("assistente_sociale", "ats-valpolcevera"),)),
    AccountSeed("ines.sciaccaluga", "Ines", "Sciaccaluga", (("responsabile_ats", "ats-valpolcevera"),)),
    AccountSeed("coop.lanterna", "Teresa", "Ferrando", (("fornitore_accreditato", "coop-lanterna"),)),
    AccountSeed("coop.ponente", "Pietro", "Zunino", (("fornitore_accreditato", "coop-ponente"),)),
    AccountSeed("assistenza.ligure", "Lina", "Gaggero", (("fornitore_accreditato", "assistenza-ligure"),)),
    AccountSeed("admin.genova", "Adele", "Peirano", (("amministratore_ente", None),)),
    AccountSeed("dpo.genova", "Delia", "Risso", (("auditor", None),)),
    AccountSeed("analista.genova", "Dina", "Cevasco", (("analista_processo", None),)),
)

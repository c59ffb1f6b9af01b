"""The matrix of rights: each role, each action, each distance of the case from the operator."""

from dataclasses import replace
from pathlib import Path

from app.rights.policy import may
from app.rights.roles import CATALOGUE
from app.rights.subject import Subject
from tests.app.rights.cases import COLLEAGUE, ME, MY_UNIT, OTHER_UNIT, SUPPLIER, an_operator

EXPECTED = Path(__file__).with_name("matrix.txt")
TASKS = ("task:see", "task:claim", "task:complete", "task:release", "task:assign")
ACTIONS = sorted(
    {"read:esiste", *(f"read:{section}" for section in CATALOGUE.sezioni), *TASKS, *CATALOGUE.azioni}
)
SUPPLIERS = ("fornitore_accreditato", "terzo_settore")


def distances(ruolo: str) -> dict[str, Subject]:
    """The same case, nearer and farther; a task in it waits for the role itself."""
    home = SUPPLIER if ruolo in SUPPLIERS else MY_UNIT
    near = Subject(
        1, unita_id=home, ruolo=ruolo, assigned=frozenset({ME}), fornitore_unita=home, persona_id="12"
    )
    unit = replace(near, assigned=frozenset({COLLEAGUE}))
    far = replace(unit, unita_id=OTHER_UNIT, fornitore_unita=OTHER_UNIT)
    return {
        "propria": near,
        "unita": unit,
        "altra": far,
        "ente": replace(near, ente_id=2),
        "minore": replace(unit, livello="minori"),
        "sigillo": replace(unit, livello="violenza"),
        "sigillo_propria": replace(near, livello="violenza"),
        "sintetica": replace(unit, sintetico=True),
    }


def lines() -> list[str]:
    """One line per role and action that some case allows: `role action distance…`."""
    return [
        " ".join((role.id, action, *allowed))
        for role in CATALOGUE.ruoli
        if not role.esterno
        for action in ACTIONS
        if (allowed := _allowed(role.id, action))
    ]


def _allowed(ruolo: str, action: str) -> list[str]:
    operator = an_operator(ruolo, SUPPLIER if ruolo in SUPPLIERS else MY_UNIT)
    return [name for name, case in distances(ruolo).items() if may(operator, action, case)]

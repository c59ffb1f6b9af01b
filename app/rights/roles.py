"""The catalogue of roles, read once from roles.json (source: dominio.md §6; GDPR art. 25 and 32)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

CATALOGUE_PATH: Final = Path(__file__).with_name("roles.json")


class Ambito(StrEnum):
    """How far the eye of a role reaches."""

    UNITA = "unita"  # every case of its units
    ASSEGNATI = "assegnati"  # the cases assigned to the operator; of the others only that they exist
    ORDINI = "ordini"  # the orders of its own supplier
    SINTETICI = "sintetici"  # invented people only
    NESSUNO = "nessuno"  # no case at all


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One role: what it sees, what it does, at which confidentiality levels, for which purposes.

    `vede_in_unita` are sections that an ASSEGNATI role sees for the whole unit, assigned or not;
    `fa_per` are the roles whose tasks it takes in their stead.
    """

    id: str
    titolo: str
    ambito: Ambito
    vede: frozenset[str]
    azioni: frozenset[str]
    livelli: frozenset[str]
    scopi: frozenset[str]
    fa_per: frozenset[str]
    vede_in_unita: frozenset[str] = frozenset()
    esterno: bool = False

    @property
    def candidate_for(self) -> frozenset[str]:
        """The task roles whose tasks a holder of this role may take."""
        return self.fa_per | {self.id}

    @property
    def supervises(self) -> bool:
        """Sees every task of the unit, whatever role it waits for."""
        return "task:assign" in self.azioni

    def can(self, action: str) -> bool:
        """Does the role have the action on some case or other?"""
        if action == "read:esiste":
            return self.knows_of_cases
        if action.startswith("read:"):
            return action.removeprefix("read:") in self.vede
        if action.startswith("task:") and action != "task:assign":
            return "inbox" in self.vede
        return action in self.azioni

    @property
    def knows_of_cases(self) -> bool:
        """May learn that a case exists and who follows it, across the units of the ente."""
        return "pratiche" in self.vede and self.ambito in (Ambito.UNITA, Ambito.ASSEGNATI)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file roles.json: closed lists of words, and the roles that use them."""

    livelli: tuple[str, ...]
    sigillati: frozenset[str]
    sezioni: dict[str, str]
    azioni: dict[str, str]
    scopi: dict[str, str]
    ruoli: tuple[Role, ...]

    def problems(self) -> list[str]:
        """What is wrong with the file: a role that names something which no list declares."""
        known = {role.id for role in self.ruoli}
        declared: tuple[tuple[str, set[str]], ...] = (
            ("vede", set(self.sezioni)),
            ("vede_in_unita", set(self.sezioni)),
            ("azioni", set(self.azioni)),
            ("livelli", set(self.livelli)),
            ("scopi", set(self.scopi)),
            ("fa_per", known),
        )
        found = [
            f"{role.id}: {field} {word}"
            for role in self.ruoli
            for field, words in declared
            for word in sorted(getattr(role, field) - words)
        ]
        if len(known) != len(self.ruoli):
            found.append("two roles share an id")
        return found


def load(path: Path = CATALOGUE_PATH) -> Catalogue:
    """Read and check the catalogue. Raises ValueError naming what is undeclared."""
    catalogue = msgspec.json.decode(path.read_bytes(), type=Catalogue)
    if found := catalogue.problems():
        raise ValueError("; ".join(found))
    return catalogue


CATALOGUE: Final = load()
ROLES: Final[Mapping[str, Role]] = MappingProxyType({role.id: role for role in CATALOGUE.ruoli})
LIVELLI: Final = CATALOGUE.livelli
SIGILLATI: Final = CATALOGUE.sigillati
SEZIONI: Final = tuple(CATALOGUE.sezioni)


def title(ruolo: str) -> str:
    """The Italian title of a role; the bare id when a release names a role unknown to this catalogue."""
    role = ROLES.get(ruolo)
    return role.titolo if role else ruolo.replace("_", " ")


def assignable() -> list[dict[str, Any]]:
    """Roles that an administrator can give to an account, as {id, titolo}."""
    return [{"id": role.id, "titolo": role.titolo} for role in CATALOGUE.ruoli if not role.esterno]

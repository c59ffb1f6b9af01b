"""What a right is asked about: one case, task or order, reduced to the facts that decide."""

from __future__ import annotations

from dataclasses import dataclass

from app.rights.roles import SIGILLATI


@dataclass(frozen=True)
class Subject:
    """Facts about the case at hand.

    `assigned`: accounts in relation with the case (referent, équipe, UVM members, holders of an open task).
    `ruolo`, `assignee_id`: of a task only. `fornitore_unita`: the unit of the supplier that has the order.
    `excluded`: accounts with a conflict (kin, a party of the same nucleo): they see nothing.
    `acted`: accounts that completed the step which this one must check (four eyes, header `diverso_da`).
    `sintetico`: the persona is invented. Without a case (a page, a setting) only `ente_id` is given.
    """

    ente_id: int
    unita_id: str | None = None
    livello: str = "ordinaria"
    assigned: frozenset[int] = frozenset()
    ruolo: str | None = None
    assignee_id: int | None = None
    fornitore_unita: str | None = None
    excluded: frozenset[int] = frozenset()
    acted: frozenset[int] = frozenset()
    sintetico: bool = False
    persona_id: str | None = None
    pratica_id: int | None = None

    @property
    def sealed(self) -> bool:
        return self.livello in SIGILLATI

    def follows(self, account_id: int) -> bool:
        """True when that account is in relation with the case: assigned to it, or holding this task."""
        return account_id in self.assigned or account_id == self.assignee_id

"""The whole matrix against the reviewed one (matrix.txt), and what must hold in every cell of it."""

import pytest

from app.rights.policy import may
from app.rights.roles import CATALOGUE, SIGILLATI
from tests.app.rights.cases import SUPPLIER, an_operator
from tests.app.rights.matrix import ACTIONS, EXPECTED, SUPPLIERS, distances, lines

ROLES = [role.id for role in CATALOGUE.ruoli]


def test_the_matrix_of_rights_is_the_reviewed_one():
    """A change of rights is a change of matrix.txt, to be read line by line before it is committed."""
    assert lines() == EXPECTED.read_text().splitlines()


@pytest.mark.parametrize("ruolo", ROLES)
def test_no_role_reaches_another_ente(ruolo: str):
    for action in ACTIONS:
        assert not may(an_operator(ruolo, None), action, distances(ruolo)["ente"]), action


@pytest.mark.parametrize("ruolo", ROLES)
def test_no_role_reads_a_sealed_case_without_following_it(ruolo: str):
    for action in (
        "read:esiste",
        *(f"read:{section}" for section in CATALOGUE.sezioni if section != "inbox"),
    ):
        decision = may(an_operator(ruolo, None), action, distances(ruolo)["sigillo"])
        assert not decision, action
        assert decision.absent


@pytest.mark.parametrize("ruolo", ROLES)
def test_without_a_role_in_force_nothing_is_allowed(ruolo: str):
    for action in ACTIONS:
        for case in distances(ruolo).values():
            assert not may(an_operator(ruolo, roles=()), action, case)


@pytest.mark.parametrize("ruolo", ROLES)
def test_who_is_in_conflict_with_the_person_does_nothing(ruolo: str):
    operator = an_operator(ruolo, SUPPLIER if ruolo in SUPPLIERS else None)
    for action in ACTIONS:
        case = distances(ruolo)["propria"]
        excluded = type(case)(**{**vars(case), "excluded": frozenset({operator.account_id})})
        assert not may(operator, action, excluded), action


def test_sealed_are_violence_and_adoption():
    assert frozenset({"violenza", "adozione"}) == SIGILLATI

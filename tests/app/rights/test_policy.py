"""The policy, told as a day at work."""

import pytest

from app.rights.checks import Reason, UnknownAction
from app.rights.policy import NotAllowed, may, may_ever, require
from app.rights.subject import Subject
from tests.app.rights.cases import (
    COLLEAGUE,
    ME,
    MY_UNIT,
    OTHER_UNIT,
    SUB_UNIT,
    SUPPLIER,
    a_case,
    an_access,
    an_operator,
)


def test_a_social_worker_reads_the_diary_of_her_own_case_only():
    giulia = an_operator("assistente_sociale")
    assert may(giulia, "read:diario", a_case(assigned=frozenset({ME})))
    assert may(giulia, "read:diario", a_case(assigned=frozenset({COLLEAGUE}))).reason is Reason.RELATION


def test_of_a_colleague_s_case_she_learns_that_it_exists_and_the_contacts():
    giulia = an_operator("assistente_sociale")
    case = a_case(assigned=frozenset({COLLEAGUE}))
    assert may(giulia, "read:esiste", case)
    assert may(giulia, "read:contatti", case)
    assert not may(giulia, "diario:write", case)


def test_a_case_moved_to_another_unit_is_no_longer_hers():
    case = a_case(unita_id=OTHER_UNIT, assigned=frozenset({ME}))
    assert may(an_operator("assistente_sociale"), "read:cartella", case).reason is Reason.UNIT


def test_a_grant_reaches_the_units_below_and_a_grant_on_the_ente_reaches_all():
    assert may(an_operator("responsabile_ats"), "read:diario", a_case(unita_id=SUB_UNIT))
    assert may(an_operator("responsabile_ats", None), "read:diario", a_case(unita_id=OTHER_UNIT))


def test_a_case_of_another_ente_does_not_exist():
    decision = may(an_operator("responsabile_ats"), "read:esiste", Subject(2, unita_id=MY_UNIT))
    assert not decision
    assert decision.absent


def test_the_responsabile_of_the_unit_does_not_see_a_sealed_case_nor_learn_of_it():
    decision = may(an_operator("responsabile_ats"), "read:diario", a_case(livello="violenza"))
    assert decision.reason is Reason.RELATION
    assert decision.absent
    assert not may(an_operator("responsabile_ats"), "read:esiste", a_case(livello="violenza"))


def test_who_follows_a_sealed_case_sees_it():
    case = a_case(livello="violenza", assigned=frozenset({ME}))
    assert may(an_operator("assistente_sociale"), "read:cartella", case)


def test_kin_of_the_person_see_nothing_even_when_assigned():
    case = a_case(assigned=frozenset({ME}), excluded=frozenset({ME}))
    assert may(an_operator("assistente_sociale"), "read:contatti", case).reason is Reason.CONFLICT


def test_the_counter_does_not_see_minors():
    assert may(an_operator("operatore_sportello"), "read:pratiche", a_case())
    assert (
        may(an_operator("operatore_sportello"), "read:pratiche", a_case(livello="minori")).reason
        is Reason.LEVEL
    )


def test_a_supplier_sees_its_own_orders_and_no_other():
    coop = an_operator("fornitore_accreditato", SUPPLIER)
    assert may(coop, "read:ordini", a_case(unita_id=None, fornitore_unita=SUPPLIER))
    assert not may(coop, "read:ordini", a_case(unita_id=None, fornitore_unita="coop_tramonto"))
    assert not may(coop, "read:ordini", a_case(unita_id=None))
    assert not may(coop, "read:cartella", a_case(unita_id=SUPPLIER, fornitore_unita=SUPPLIER))


def test_a_supplier_granted_on_the_whole_ente_sees_nothing():
    anywhere = an_operator("fornitore_accreditato", None)
    assert not may(anywhere, "read:ordini", a_case(fornitore_unita=SUPPLIER))
    assert not may(anywhere, "task:see", a_case(unita_id=SUPPLIER, ruolo="fornitore_accreditato"))


def test_an_analyst_works_on_invented_people_only():
    analyst = an_operator("analista_processo", None)
    assert may(analyst, "read:cartella", a_case(sintetico=True))
    assert may(analyst, "read:cartella", a_case()).reason is Reason.SYNTHETIC_ONLY


def test_a_purpose_that_is_not_the_role_s_is_refused():
    case = a_case(sintetico=True)
    analyst = an_operator("analista_processo", None)
    assert may(analyst, "read:cartella", case, "progettazione")
    assert may(analyst, "read:cartella", case, "servizio").reason is Reason.PURPOSE


def test_a_task_waits_for_a_role_in_a_unit():
    task = a_case(ruolo="assistente_sociale")
    assert may(an_operator("assistente_sociale"), "task:claim", task)
    assert not may(an_operator("assistente_sociale", OTHER_UNIT), "task:claim", task)
    assert not may(an_operator("amministrativo"), "task:see", task)


def test_the_person_s_own_task_is_taken_by_the_counter():
    assert may(an_operator("operatore_sportello"), "task:complete", a_case(ruolo="persona_caregiver"))


def test_a_task_held_by_a_colleague_is_seen_but_not_completed():
    task = a_case(ruolo="assistente_sociale", assignee_id=COLLEAGUE)
    assert may(an_operator("assistente_sociale"), "task:see", task)
    assert may(an_operator("assistente_sociale"), "task:complete", task).reason is Reason.ASSIGNED_TO_OTHERS
    assert not may(an_operator("assistente_sociale"), "task:release", task)
    assert may(an_operator("responsabile_ats"), "task:release", task)
    assert may(an_operator("responsabile_ats"), "task:assign", task)


def test_a_revoked_role_cannot_complete_even_its_own_task():
    task = a_case(ruolo="assistente_sociale", assignee_id=ME)
    assert may(an_operator("assistente_sociale"), "task:complete", task)
    assert not may(an_operator("assistente_sociale", roles=()), "task:complete", task)


def test_who_did_the_step_does_not_check_it():
    task = a_case(ruolo="responsabile_ats", acted=frozenset({ME}))
    assert may(an_operator("responsabile_ats"), "task:complete", task).reason is Reason.FOUR_EYES
    assert may(an_operator("responsabile_ats"), "task:see", task)


def test_an_extraordinary_access_opens_that_person_for_reading_and_nobody_else():
    giulia = an_operator("assistente_sociale", accesses=(an_access(persona_id="12"),))
    far = a_case(unita_id=OTHER_UNIT)
    assert may(giulia, "read:diario", far).reason is Reason.EXTRAORDINARY
    assert not may(giulia, "diario:write", far)
    assert not may(giulia, "read:diario", a_case(unita_id=OTHER_UNIT, persona_id="13"))


def test_an_extraordinary_access_asked_for_an_ordinary_case_stops_at_the_seal():
    giulia = an_operator("assistente_sociale", accesses=(an_access(persona_id="12"),))
    assert may(giulia, "read:diario", a_case(assigned=frozenset({COLLEAGUE})))
    assert not may(giulia, "read:diario", a_case(livello="violenza"))
    opened_by_two = an_operator("assistente_sociale", accesses=(an_access(persona_id="12", sealed=True),))
    assert may(opened_by_two, "read:diario", a_case(livello="violenza"))


def test_an_extraordinary_access_lends_no_section_that_the_role_does_not_see():
    clerk = an_operator("amministrativo", accesses=(an_access(persona_id="12"),))
    assert not may(clerk, "read:diario", a_case(unita_id=OTHER_UNIT))


def test_the_administrator_manages_accounts_and_opens_no_case():
    admin = an_operator("amministratore_ente", None)
    assert may(admin, "account:manage", Subject(1))
    assert not may(admin, "read:contatti", a_case())


def test_a_refusal_is_raised_with_its_facts():
    with pytest.raises(NotAllowed) as refusal:
        require(an_operator("ragioneria"), "read:diario", a_case())
    assert (refusal.value.action, refusal.value.reason) == ("read:diario", Reason.ROLE)


def test_a_misspelt_action_is_a_mistake_not_a_refusal():
    with pytest.raises(UnknownAction):
        may(an_operator("ragioneria"), "read:diari", a_case())
    with pytest.raises(UnknownAction):
        may_ever(an_operator("ragioneria"), "diario:leggi")


def test_menus_ask_whether_the_role_has_the_action_at_all():
    assert may_ever(an_operator("assistente_sociale"), "read:diario")
    assert may_ever(an_operator("assistente_sociale"), "task:see")
    assert not may_ever(an_operator("ragioneria"), "read:diario")
    assert not may_ever(an_operator("auditor"), "read:esiste")

"""The role catalogue: closed lists, and the segregations that the norm wants."""

import json
import re
from pathlib import Path

import pytest

import app
from app.rights.roles import CATALOGUE, CATALOGUE_PATH, ROLES, assignable, load, title


def test_the_catalogue_names_only_what_it_declares():
    assert CATALOGUE.problems() == []


def test_a_catalogue_with_an_undeclared_word_is_refused(tmp_path: Path):
    # given
    broken = json.loads(CATALOGUE_PATH.read_text())
    broken["ruoli"][0]["vede"].append("pettegolezzi")
    path = tmp_path / "roles.json"
    path.write_text(json.dumps(broken))
    # when / then
    with pytest.raises(ValueError, match="operatore_sportello: vede pettegolezzi"):
        load(path)


def test_the_administrator_of_the_ente_and_the_auditor_see_no_case():
    for role in (ROLES["amministratore_ente"], ROLES["auditor"]):
        assert role.vede == frozenset()
        assert role.livelli == frozenset()


WITHOUT_DIARY = [
    "operatore_sportello",
    "amministrativo",
    "ragioneria",
    "ufficio_casa",
    "ufficio_controlli",
    "ufficio_domiciliarita",
    "fornitore_accreditato",
    "terzo_settore",
    "arte_viewer",
    "dirigente",
]


@pytest.mark.parametrize("ruolo", WITHOUT_DIARY)
def test_who_does_not_follow_people_sees_neither_diary_nor_health(ruolo: str):
    assert not {"diario", "salute"} & ROLES[ruolo].vede


def test_every_role_that_a_path_waits_for_is_in_the_catalogue():
    paths = list((Path(app.__file__).parent.parent / "processes").glob("*/*.bpmn"))
    waited_for = {
        role.strip()
        for path in paths
        for roles in re.findall(r'candidateGroups="([^"=]+)"', path.read_text())
        for role in roles.split(",")
    }
    assert waited_for <= set(ROLES)


def test_a_supplier_sees_no_isee():
    assert "isee" not in ROLES["fornitore_accreditato"].vede


def test_the_person_s_own_tasks_are_done_at_the_counter():
    stand_in = {role.id for role in CATALOGUE.ruoli if "persona_caregiver" in role.fa_per}
    assert {"operatore_sportello", "assistente_sociale"} <= stand_in
    assert "persona_caregiver" not in {role["id"] for role in assignable()}


def test_an_unknown_role_still_reads_as_words():
    assert title("responsabile_ats") == "responsabile di ATS"
    assert title("giudice_tutelare") == "giudice tutelare"

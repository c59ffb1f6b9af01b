"""The scrivania shows each person what is theirs to do."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.pratiche.model import Pratica
from tests.app.scrivania.conftest import Person

Enter = Callable[[str], Person]


def test_a_contact_goes_from_the_counter_to_the_social_workers_of_the_unit(enter: Enter) -> None:
    # given
    marco, giulia = enter("marco.costa"), enter("giulia.parodi")
    # when
    marco.registers_a_contact()
    # then
    assert marco.tasks("prendere") == []
    assert len(giulia.tasks("prendere")) == 1
    assert "Fai il primo colloquio" in giulia.sees("/scrivania?vista=prendere").text


def test_another_unit_sees_nothing_of_it(enter: Enter) -> None:
    # given
    pratica = enter("marco.costa").registers_a_contact()
    bruno = enter("bruno.merello")
    # when / then
    assert bruno.tasks("prendere") == []
    assert bruno.tasks("unita") == []
    refused = bruno.sees(pratica)
    assert refused.status_code == 403
    assert "Rosa" not in refused.text


def test_a_task_taken_is_mine_and_no_longer_of_the_others(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia, luca = enter("giulia.parodi"), enter("luca.repetto")
    task = giulia.tasks("prendere")[0]
    # when
    giulia.sends(f"{task}/prendi", after=task)
    # then
    assert giulia.tasks("mie") == [task]
    assert luca.tasks("prendere") == []
    assert luca.sends(task, after="/scrivania", azione="completa").status_code == 403


def test_the_responsabile_gives_a_task_in_bulk_and_says_what_could_not_be_done(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    anna, luca = enter("anna.traverso"), enter("luca.repetto")
    page = anna.sees("/scrivania?vista=unita").text
    luca_id = page.split("Repetto Luca")[0].rsplit('value="', 1)[1].split('"')[0]
    task = anna.tasks("unita")[0].rsplit("/", 1)[1]
    # when
    anna.sends(
        "/scrivania/scelte",
        after="/scrivania?vista=unita",
        scelte=[task, "999999"],
        azione="assegna",
        a=luca_id,
    )
    # then
    assert luca.tasks("mie") == [f"/attivita/{task}"]
    assert "Non è stato possibile per 1" in anna.sees("/scrivania").text


def test_a_task_is_handed_on_to_whoever_can_do_it_and_to_nobody_else(enter: Enter) -> None:
    # given the interview, a social worker's
    enter("marco.costa").registers_a_contact()
    giulia, luca = enter("giulia.parodi"), enter("luca.repetto")
    task = giulia.tasks("prendere")[0]
    giulia.sends(f"{task}/prendi", after=task)
    # when
    page = giulia.sees(f"{task}/delega").text
    offered = {name: number for number, name in re.findall(r'<option value="(\d+)">([^<]+)', page)}
    # then the counter, the équipe and the responsabile are not offered
    assert "Repetto Luca" in offered
    assert not {"Costa Marco", "Pittaluga Elsa", "Traverso Anna", "Parodi Giulia"} & set(offered)
    # and cannot be given it either
    anna = enter("anna.traverso")
    people = dict(re.findall(r'<option value="(\d+)">([^<]+)', anna.sees("/scrivania?vista=unita").text))
    marco_id = next(number for number, name in people.items() if name == "Costa Marco")
    giulia.sends(f"{task}/delega", after=f"{task}/delega", a=marco_id)
    assert giulia.tasks("mie") == [task]
    giulia.sends(f"{task}/delega", after=f"{task}/delega", a=offered["Repetto Luca"])
    assert luca.tasks("mie") == [task]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q_lista=parodi", 1),
        ("q_lista=bianchi", 0),
        ("quando=scadute", 0),
        ("percorso=primo_contatto", 1),
        ("pagina=9", 0),
    ],
)
def test_filters_narrow_the_list(enter: Enter, query: str, found: int) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    giulia = enter("giulia.parodi")
    # when
    page = giulia.sees(f"/scrivania?vista=prendere&{query}")
    # then
    assert page.text.count('class="pr-titolo"') == found


def test_who_has_no_scrivania_begins_at_the_first_page_of_the_bar(enter: Enter) -> None:
    admin = enter("admin.genova")
    assert admin.sees("/").headers["Location"] == "/operatori/"
    assert admin.sees("/scrivania").status_code == 403


def test_searching_finds_only_what_one_may_open(enter: Enter) -> None:
    # given
    enter("marco.costa").registers_a_contact()
    # when / then
    assert "Rosa Parodi" in enter("giulia.parodi").sees("/cerca?q=parodi").text
    assert "Rosa Parodi" not in enter("bruno.merello").sees("/cerca?q=parodi").text
    assert "Rosa Parodi" not in enter("coop.lanterna").sees("/cerca?q=parodi").text


def test_a_pratica_of_others_is_found_by_its_whole_number_and_by_nothing_else(
    enter: Enter, in_genova: Session
) -> None:
    # given a pratica of another unit
    enter("marco.costa").registers_a_contact()
    number = in_genova.scalars(select(Pratica)).one().protocol_number
    luca = enter("bruno.merello")
    # when
    page = luca.sees(f"/cerca?q={number}").text
    # then she learns that it is there, and how to ask for it
    assert "seguita da altri" in page
    (address,) = set(re.findall(r'href="(/pratiche/\d+)"', page))
    limited = luca.sees(address)
    assert (limited.status_code, "Chiedi un accesso straordinario" in limited.text) == (403, True)
    assert "Parodi" not in page + limited.text
    # and neither its number alone nor a supplier's search finds it
    assert "seguita da altri" not in luca.sees(f"/cerca?q={number.split('/')[1]}").text
    assert "seguita da altri" not in enter("coop.lanterna").sees(f"/cerca?q={number}").text


def test_reading_a_pratica_is_recorded(enter: Enter, in_genova: Session) -> None:
    # given
    pratica = enter("marco.costa").registers_a_contact()
    # when
    enter("giulia.parodi").sees(enter("giulia.parodi").tasks("prendere")[0])
    # then
    read = in_genova.execute(text("select count(*) from audit where azione = 'persona.read'")).scalar_one()
    assert read >= 1
    assert pratica

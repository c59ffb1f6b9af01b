"""The whole story, with a mouse."""

import pytest

from tests.journeys import chapters

pytestmark = pytest.mark.xdist_group("story")


def test_rosa_goes_from_the_counter_to_help_at_home(city, at_desk, watch):
    # given
    marco, giulia, anna, elsa, lanterna = (
        at_desk(name).about("Rossi")
        for name in ("marco.costa", "giulia.parodi", "anna.traverso", "elsa.pittaluga", "coop.lanterna")
    )
    # when
    chapters.first_contact(city, marco, giulia)
    chapters.taking_in_charge(anna, giulia, elsa)
    chapters.social_project(giulia, anna, marco)
    chapters.help_at_home_is_asked(giulia, anna, marco)
    chapters.order_is_accepted(lanterna)
    chapters.service_begins(city, lanterna)
    chapters.first_month(city, lanterna)
    chapters.service_ends(giulia, anna)
    chapters.case_is_closed(city, giulia, anna)
    # then
    anna.goes_to("/pratiche/?chiuse=si&q_lista=Rossi").reads("chiusa, servizio concluso").reads(
        "chiusa, caso chiuso"
    )
    watch.finds_nothing_wrong()

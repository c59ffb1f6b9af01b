"""The whole story, with a mouse."""

import pytest

from tests.journeys import chapters

pytestmark = pytest.mark.xdist_group("journeys")


def test_rosa_goes_from_the_counter_to_help_at_home(city, at_desk, watch):
    # given
    marco, giulia = at_desk("marco.costa").enters(), at_desk("giulia.parodi").enters()
    # when
    chapters.first_contact(marco, giulia)
    # then
    assert not watch.faults, "\n".join(watch.faults)

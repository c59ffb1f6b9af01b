"""Break-glass: a reason, eight hours, a responsabile who learns of it; two people for a sealed case."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import operators
from app.accounts.operator import Operator
from app.audit.models import Audit
from app.rights import extraordinary
from app.rights.checks import Reason
from app.rights.extraordinary import AccessNotFound, ReasonMissing, TwoPeopleNeeded
from app.rights.policy import NotAllowed, may
from app.rights.subject import Subject

WHY = "Pronto soccorso: la signora è ricoverata e serve il contatto della figlia"
FAR = Subject(1, unita_id="levante", persona_id="12", pratica_id=90)
SEALED = Subject(1, unita_id="levante", livello="violenza", persona_id="13", pratica_id=91)


@pytest.fixture
def people(session: Session, an_account):
    """Giulia of Valpolcevera; Anna, responsabile of Levante; Bruno, responsabile of Valpolcevera."""
    ids = {
        "giulia": an_account(),
        "anna": an_account("anna.traverso", "responsabile_ats", "levante"),
        "bruno": an_account("bruno.costa", "responsabile_ats", "valpolcevera"),
    }

    def load(name: str) -> Operator:
        operator = operators.load(session, ids[name])
        assert operator is not None
        return operator

    return load


def test_a_reason_opens_the_case_of_another_unit_for_eight_hours(session: Session, people):
    # given
    assert may(people("giulia"), "read:diario", FAR).reason is Reason.UNIT
    # when
    extraordinary.ask(session, people("giulia"), FAR, WHY)
    # then
    assert may(people("giulia"), "read:diario", FAR).reason is Reason.EXTRAORDINARY
    session.execute(text("update accesso_straordinario set scade_at = now()"))
    assert not may(people("giulia"), "read:diario", FAR)


def test_the_responsabile_of_that_unit_is_told_and_the_others_are_not(session: Session, people):
    access_id = extraordinary.ask(session, people("giulia"), FAR, WHY)
    (alert,) = extraordinary.to_review(session, people("anna"))
    assert (alert.id, alert.name, alert.motivo, alert.asks) == (access_id, "Giulia Parodi", WHY, False)
    assert extraordinary.to_review(session, people("bruno")) == []
    assert extraordinary.to_review(session, people("giulia")) == []
    extraordinary.acknowledge(session, people("anna"), access_id)
    assert extraordinary.to_review(session, people("anna")) == []


def test_the_responsabile_can_end_it_early(session: Session, people):
    access_id = extraordinary.ask(session, people("giulia"), FAR, WHY)
    extraordinary.close(session, people("anna"), access_id)
    assert not may(people("giulia"), "read:diario", FAR)


def test_a_sealed_case_opens_only_when_a_second_person_approves(session: Session, people):
    # given
    access_id = extraordinary.ask(session, people("giulia"), SEALED, WHY)
    assert not may(people("giulia"), "read:diario", SEALED)
    assert extraordinary.to_review(session, people("anna"))[0].asks
    # when
    extraordinary.approve(session, people("anna"), access_id)
    # then
    assert may(people("giulia"), "read:diario", SEALED).reason is Reason.EXTRAORDINARY


def test_nobody_approves_an_access_of_their_own(session: Session, people):
    access_id = extraordinary.ask(session, people("anna"), SEALED, WHY)
    with pytest.raises(TwoPeopleNeeded):
        extraordinary.approve(session, people("anna"), access_id)


def test_the_responsabile_of_another_unit_cannot_approve(session: Session, people):
    access_id = extraordinary.ask(session, people("giulia"), SEALED, WHY)
    with pytest.raises(AccessNotFound):
        extraordinary.approve(session, people("bruno"), access_id)


@pytest.mark.parametrize("motivo", ["", "   ", "urgente"])
def test_without_a_reason_nothing_opens(session: Session, people, motivo: str):
    with pytest.raises(ReasonMissing):
        extraordinary.ask(session, people("giulia"), FAR, motivo)


def test_the_counter_may_not_break_the_glass(session: Session, an_account):
    clerk = operators.load(session, an_account("luca.riva", "operatore_sportello"))
    with pytest.raises(NotAllowed):
        extraordinary.ask(session, clerk, FAR, WHY)


def test_asking_and_approving_are_in_the_audit_of_the_case_without_the_reason(session: Session, people):
    access_id = extraordinary.ask(session, people("giulia"), SEALED, WHY)
    extraordinary.approve(session, people("anna"), access_id)
    rows = session.scalars(select(Audit).where(Audit.catena == "pratica:91").order_by(Audit.n)).all()
    assert [row.azione for row in rows] == ["accesso_straordinario.ask", "accesso_straordinario.approve"]
    assert "ricoverata" not in str([vars(row) for row in rows])

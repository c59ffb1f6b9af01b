"""What a list shows and what the policy allows are the same, over cases that nobody chose."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Engine, Integer, Text, cast, column, select, values

from app.accounts.operator import Operator, RoleGrant
from app.rights.filters import CaseColumns, TaskColumns, action_filter, case_filter, task_filter
from app.rights.policy import may
from app.rights.roles import CATALOGUE, LIVELLI, SEZIONI
from app.rights.subject import Subject
from tests.app.rights.cases import COLLEAGUE, ME, MY_UNIT, OTHER_UNIT, SUB_UNIT, SUPPLIER, an_access

UNITS = st.sampled_from([None, MY_UNIT, SUB_UNIT, OTHER_UNIT, SUPPLIER])
RUOLI = st.sampled_from([*(role.id for role in CATALOGUE.ruoli), "ruolo_ignoto"])

GRANTS = st.builds(
    lambda ruolo, unita: RoleGrant(ruolo, unita, frozenset({SUB_UNIT}) if unita == MY_UNIT else frozenset()),
    RUOLI,
    UNITS,
)
OPERATORS = st.builds(
    lambda roles, accesses: Operator(ME, 1, "Giulia Parodi", tuple(roles), tuple(accesses)),
    st.lists(GRANTS, max_size=3),
    st.lists(
        st.sampled_from(
            [an_access(persona_id="12"), an_access(pratica_id=90), an_access(persona_id="12", sealed=True)]
        ),
        max_size=2,
    ),
)
SUBJECTS = st.builds(
    Subject,
    ente_id=st.just(1),
    unita_id=UNITS,
    livello=st.sampled_from(LIVELLI),
    assigned=st.sampled_from([frozenset(), frozenset({ME}), frozenset({COLLEAGUE})]),
    ruolo=RUOLI,
    assignee_id=st.sampled_from([None, ME, COLLEAGUE]),
    fornitore_unita=st.sampled_from([None, SUPPLIER, OTHER_UNIT]),
    excluded=st.sampled_from([frozenset(), frozenset(), frozenset({ME})]),
    sintetico=st.booleans(),
    persona_id=st.sampled_from(["12", "13"]),
    pratica_id=st.sampled_from([90, 91]),
)

COLUMNS = (
    column("n", Integer),
    column("ruolo", Text),
    column("assignee_id", Integer),
    column("unita_id", Text),
    column("livello", Text),
    column("segue", Boolean),
    column("escluso", Boolean),
    column("sintetico", Boolean),
    column("fornitore_unita", Text),
    column("persona_id", Text),
    column("pratica_id", Integer),
)


def rows_of(subjects: list[Subject]) -> list[tuple[object, ...]]:
    return [
        (
            n,
            subject.ruolo,
            subject.assignee_id,
            subject.unita_id,
            subject.livello,
            ME in subject.assigned,
            ME in subject.excluded,
            subject.sintetico,
            subject.fornitore_unita,
            subject.persona_id,
            subject.pratica_id,
        )
        for n, subject in enumerate(subjects)
    ]


def case_columns(of: object) -> CaseColumns:
    return CaseColumns(
        unita_id=of.c.unita_id,
        livello=of.c.livello,
        follows=lambda account_id: of.c.segue,
        excluded=lambda account_id: of.c.escluso,
        sintetico=of.c.sintetico,
        fornitore_unita=of.c.fornitore_unita,
        persona_id=of.c.persona_id,
        pratica_id=of.c.pratica_id,
    )


SLOW_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SLOW_DATABASE
@given(operator=OPERATORS, subjects=st.lists(SUBJECTS, min_size=1, max_size=40))
def test_the_inbox_shows_exactly_the_tasks_that_the_policy_lets_see(engine: Engine, operator, subjects):
    # given
    tasks = values(*COLUMNS, name="attivita").data(rows_of(subjects))
    columns = TaskColumns(tasks.c.ruolo, cast(tasks.c.assignee_id, Integer), case_columns(tasks))
    # when
    with engine.connect() as connection:
        shown = set(connection.scalars(select(tasks.c.n).where(task_filter(operator, columns))))
    # then
    assert shown == {n for n, subject in enumerate(subjects) if may(operator, "task:see", subject)}


@SLOW_DATABASE
@given(
    operator=OPERATORS,
    subjects=st.lists(SUBJECTS, min_size=1, max_size=40),
    section=st.sampled_from([section for section in SEZIONI if section != "inbox"]),
)
def test_a_list_of_cases_shows_exactly_what_the_policy_lets_read(engine: Engine, operator, subjects, section):
    # given: cases, not tasks, so nobody holds them
    subjects = [replace(subject, assignee_id=None) for subject in subjects]
    cases = values(*COLUMNS, name="pratica").data(rows_of(subjects))
    # when
    with engine.connect() as connection:
        shown = set(
            connection.scalars(select(cases.c.n).where(case_filter(operator, section, case_columns(cases))))
        )
    # then
    assert shown == {n for n, subject in enumerate(subjects) if may(operator, f"read:{section}", subject)}


@pytest.mark.parametrize("ruolo", ["amministratore_ente", "auditor", "persona_caregiver"])
def test_a_role_without_cases_has_an_empty_inbox(engine: Engine, ruolo: str):
    tasks = values(*COLUMNS, name="attivita").data(rows_of([Subject(1, ruolo=ruolo)]))
    columns = TaskColumns(tasks.c.ruolo, cast(tasks.c.assignee_id, Integer), case_columns(tasks))
    operator = Operator(ME, 1, "Nessuno", (RoleGrant(ruolo),))
    with engine.connect() as connection:
        assert connection.scalars(select(tasks.c.n).where(task_filter(operator, columns))).all() == []


@SLOW_DATABASE
@given(
    operator=OPERATORS,
    subjects=st.lists(SUBJECTS, min_size=1, max_size=40),
    action=st.sampled_from(["incidente:resolve", "incidente:correct"]),
)
def test_a_list_of_incidents_shows_exactly_what_the_policy_lets_see_to(
    engine: Engine, operator, subjects, action
):
    # given
    subjects = [replace(subject, assignee_id=None) for subject in subjects]
    cases = values(*COLUMNS, name="pratica").data(rows_of(subjects))
    # when
    with engine.connect() as connection:
        shown = set(
            connection.scalars(select(cases.c.n).where(action_filter(operator, action, case_columns(cases))))
        )
    # then
    assert shown == {n for n, subject in enumerate(subjects) if may(operator, action, subject)}

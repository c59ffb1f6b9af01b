"""What a story may say, and where it is told that it does not hold."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import Operation, Operations, ReleaseRefused, Scenario, ScenarioFailed
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    event,
    extensions,
    gateway,
    human,
    message,
    on_error,
    on_message,
    on_timer,
    service,
    start,
)

FORM = {"type": "object", "properties": {"urgente": {"type": "boolean"}}, "required": ["urgente"]}
REQUEST = {"type": "object", "properties": {"persona_id": {"type": "string"}}, "required": ["persona_id"]}


def answering(name: str, *errors: str, **properties: Any) -> Operation:
    response = {"type": "object", "properties": properties, "required": list(properties)}
    return Operation(name, name, REQUEST, response, lambda call, request: {}, True, errors)


OPERATIONS = Operations(
    [
        answering("piano.register", "piano_presente", piano_id={"type": "string"}),
        answering(
            "budget.reserve", "fondo_esaurito", quota_eur={"type": "number"}, riserva_id={"type": "string"}
        ),
    ]
)

DRAWN = diagram(
    "prova",
    start()
    + human(
        "domanda", form="domanda", headers="scrive: piano.register", due="=dopo_giorni_lavorativi(now(), 3)"
    )
    + boundary(
        "tardi", "domanda", on_timer("=dopo_giorni_lavorativi(now(), 3)", "timeDate"), interrupting=False
    )
    + human("sollecita", group="responsabile_ats")
    + end("sollecitata")
    + service("prenota", "budget.reserve", input="persona_id: =persona_id", output="quota: =quota_eur")
    + boundary("esaurito", "prenota", on_error("fondo_esaurito"))
    + end("senza_fondo")
    + f"<bpmn:callActivity id='affida'>{extensions(call='affidamento', output='ordine: =ordine_id')}</bpmn:callActivity>"
    + "<bpmn:receiveTask id='attesa' messageRef='m_accettato'/>"
    + gateway("subito", default="ordinario")
    + human("urgenza")
    + human("ordinario")
    + end(),
    "inizio domanda; tardi sollecita; sollecita sollecitata; domanda prenota; prenota affida; esaurito senza_fondo;"
    "affida attesa; attesa subito; subito urgenza [urgente = true]; subito ordinario; urgenza fine; ordinario fine",
    before=message("accettato", "=ordine") + error("fondo_esaurito"),
)
BUNDLE = bundle("prova", DRAWN, forms__domanda_dot_schema_dot_json=FORM)

ASKED = {
    "attivita": "domanda",
    "ruolo": "assistente_sociale",
    "scade_il": "2026-11-26",
    "risposte": {"urgente": True},
    "scrive": {"piano_id": "p1"},
}
RESERVED = {"operazione": "prenota", "risponde": {"quota_eur": 12, "riserva_id": "r1"}}
CALLED = {"chiama": "affida", "ritorna": {"ordine_id": "o1"}}
ACCEPTED = {"messaggio": "accettato", "chiave": "o1", "porta": {"da": "coop"}}
URGENT = {"attivita": "urgenza"}
WHOLE = [ASKED, RESERVED, CALLED, {"aspetta": ["attesa"]}, ACCEPTED, URGENT]


def story(*steps: dict[str, Any], **then: Any) -> dict[str, Any]:
    return {
        "titolo": "Prova",
        "adesso": "2026-11-23T09:00:00+01:00",
        "dato": {"persona_id": "rosa"},
        "passi": list(steps),
        "allora": then,
    }


@pytest.fixture(params=[True, False], ids=["di fila", "salvata a ogni passo"])
def play(request: pytest.FixtureRequest, stage: Session) -> Any:
    """Play a story on BUNDLE; the exception of one that does not hold, or None."""

    def play(told: dict[str, Any]) -> ScenarioFailed | None:
        try:
            scenario = Scenario(BUNDLE, "prova", told)
            scenario.play(stage, OPERATIONS, straight=request.param)
        except ScenarioFailed as failed:
            return failed
        return None

    return play


def test_a_story_of_every_kind_of_step_holds(play: Any) -> None:
    assert (
        play(
            story(
                *WHOLE,
                finisce_in="fine",
                attraversa=["prenota", "affida", "attesa"],
                mai=["ordinario", "tardi", "sollecita"],
                dati={"quota": 12, "piano_id": "p1", "da": "coop"},
            )
        )
        is None
    )


@pytest.mark.parametrize(
    ("move", "fires"),
    [
        ("+3 giorni lavorativi", True),
        ("2026-11-27T00:00:00+01:00", True),
        ("+4 giorni", True),
        ("+96 ore", True),
        ("+1 mesi", True),
        ("+2 giorni lavorativi", False),
        ("2026-11-26T23:00:00+01:00", False),
    ],
)
def test_the_clock_of_a_story_fires_what_is_due(play: Any, move: str, fires: bool) -> None:
    # given
    asked = {"attivita": "sollecita", "ruolo": "responsabile_ats"}
    told = story(
        {"orologio": move, "scatta": "tardi"}, asked, {"aspetta": ["domanda"]}, attraversa=["sollecitata"]
    )
    # when
    failed = play(told)
    # then
    assert (failed is None) is fires
    if not fires:
        assert (failed.step, str(failed)) == (1, "passo 1: «tardi» non scatta; scattano: nessuno")


FAILING = {
    "a step that is not offered": (1, "«urgenza» non è da fare", [URGENT]),
    "a step of another role": (1, "è di «assistente_sociale»", [{**ASKED, "ruolo": "fornitore"}]),
    "another deadline": (1, "scade il 2026-11-26", [{**ASKED, "scade_il": "2026-12-01"}]),
    "answers that the form does not take": (1, "urgente (type)", [{**ASKED, "risposte": {"urgente": "sì"}}]),
    "an answer that no operation gives": (1, "mai con «piano»", [{**ASKED, "scrive": {"piano": "p1"}}]),
    "an answer of another type": (
        2,
        "quota_eur (type)",
        [ASKED, {**RESERVED, "risponde": {"quota_eur": "x"}}],
    ),
    "a refusal that never comes": (
        2,
        "mai con «altro»",
        [ASKED, {"operazione": "prenota", "rifiuta": "altro"}],
    ),
    "an operation that does not wait": (1, "non è in attesa; qui aspetta: domanda", [RESERVED]),
    "a call that was not made": (1, "non è stato chiamato", [CALLED]),
    "a message that nobody awaits": (1, "nessuno aspetta «accettato»", [ACCEPTED]),
    "a wait that is none": (1, "non aspetta in attesa", [{"aspetta": ["attesa", "domanda"]}]),
    "a clock beyond every calendar": (
        1,
        "l'orologio non può andare a «+9999 giorni lavorativi»",
        [{"orologio": "+9999 giorni lavorativi"}],
    ),
    "a decision that was not taken": (1, "non è stata presa", [{"decisione": "subito_tabella", "vale": 1}]),
}


@pytest.mark.parametrize("fault", FAILING)
def test_a_story_fails_at_its_step(play: Any, fault: str) -> None:
    # given
    step, words, steps = FAILING[fault]
    # when
    failed = play(story(*steps))
    # then
    assert failed is not None
    assert failed.step == step
    assert words in str(failed)


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("finisce in «fine», non in «senza_fondo»", {"finisce_in": "senza_fondo"}),
        ("non attraversa «ordinario»", {"attraversa": ["ordinario"]}),
        ("attraversa «urgenza»", {"mai": ["urgenza"]}),
        ("«quota» è 12, non 13", {"dati": {"quota": 13}}),
        ("«quota.altro» è null, non 1", {"dati": {"quota.altro": 1}}),
    ],
)
def test_a_story_fails_at_its_end(play: Any, words: str, then: dict[str, Any]) -> None:
    failed = play(story(*WHOLE, **then))
    assert failed is not None
    assert (failed.step, words in str(failed)) == (-1, True)


def test_a_path_that_has_come_to_an_end_and_stays_open_fails_its_story(play: Any) -> None:
    # given a reminder that nobody has answered
    late = {"orologio": "2026-12-01T09:00:00+01:00", "scatta": ["tardi"]}
    asked = {key: value for key, value in ASKED.items() if key != "scade_il"}
    # when
    failed = play(story(late, asked, *WHOLE[1:], finisce_in="fine"))
    # then
    assert failed is not None
    assert "finisce in «fine» e resta aperto; qui aspetta: sollecita" in str(failed)


def test_a_refusal_takes_the_way_that_the_diagram_draws(play: Any) -> None:
    refused = {"operazione": "prenota", "rifiuta": "fondo_esaurito"}
    assert play(story(ASKED, refused, finisce_in="senza_fondo", mai=["affida"])) is None


def test_a_request_that_the_operation_does_not_take_fails_the_story(play: Any) -> None:
    # given
    told = {**story(ASKED), "dato": {"persona_id": 12}}
    # when
    failed = play(told)
    # then
    assert failed is not None
    assert "persona_id" in str(failed)


def test_a_bundle_that_cannot_be_published_is_not_played(stage: Session) -> None:
    with pytest.raises(ReleaseRefused):
        Scenario(BUNDLE, "prova", story()).play(stage, Operations())


MONTHS = diagram(
    "prova",
    start() + human("uno") + boundary("tardi", "uno", on_timer("P1M")) + end() + end("f2") + human("dopo"),
    "inizio uno; uno dopo; dopo fine; tardi f2",
)


@pytest.mark.parametrize("begun", ["2026-01-31T09:00:00+01:00", "2026-12-15T09:00:00+01:00"])
def test_a_month_ends_with_the_month(stage: Session, begun: str) -> None:
    told = {**story({"orologio": "+1 mesi", "scatta": ["tardi"]}, finisce_in="f2"), "adesso": begun}
    Scenario(bundle("prova", MONTHS), "prova", told).play(stage, OPERATIONS)


def test_a_decision_is_held_against_what_the_table_says(stage: Session) -> None:
    # given
    table = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
      <decision id="doppio" name="doppio"><variable id="v" name="doppio"/>
        <literalExpression id="l"><text>numero * 2</text></literalExpression></decision></definitions>"""
    call = f"<bpmn:businessRuleTask id='raddoppia'>{extensions(decision='doppio', result='esito')}</bpmn:businessRuleTask>"
    drawn = diagram("prova", start() + call + end(), "inizio raddoppia; raddoppia fine")
    made = bundle("prova", drawn, doppio_dot_dmn=table.encode())
    # when / then
    right = {**story({"decisione": "raddoppia", "vale": 42}, dati={"esito": 42}), "dato": {"numero": 21}}
    Scenario(made, "prova", right).play(stage, OPERATIONS)
    wrong = {**right, "passi": [{"decisione": "raddoppia", "vale": 43}]}
    with pytest.raises(ScenarioFailed, match="dà 42, non 43"):
        Scenario(made, "prova", wrong).play(stage, OPERATIONS)


def test_a_story_may_begin_where_a_message_opens_the_path(stage: Session) -> None:
    # given
    drawn = diagram(
        "prova",
        start() + event("arrivata", "start", on_message("x")) + gateway("g") + human("uno") + end(),
        "inizio g; arrivata g; g uno; uno fine",
        before=message("x", "=persona_id"),
    )
    told = {
        "titolo": "Arriva",
        "adesso": "2026-11-23T09:00:00+01:00",
        "inizio": "arrivata",
        "passi": [{"attivita": "uno"}],
        "allora": {"attraversa": ["arrivata"], "mai": ["inizio"]},
    }
    # when / then
    Scenario(bundle("prova", drawn), "arriva", told).play(stage, Operations())

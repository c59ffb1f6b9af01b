"""Bundles with one fault each, in a file beside the diagram; and files made to hurt."""

from __future__ import annotations

import pytest

from engine import Bundle, Operations, advise, check
from engine.json import dumps
from tests.engine.conftest import inside
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    extensions,
    gateway,
    human,
    message,
    on_message,
    service,
    start,
)

FORM = {"type": "object", "properties": {"esito": {"type": "string"}}, "required": ["esito"]}
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://percorsi.example/d">
  <decision id="fascia" name="Fascia"><variable id="v" name="fascia"/>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i"><inputExpression id="e" typeRef="number"><text>isee</text></inputExpression></input>
      <output id="o" name="fascia" typeRef="string"/>
      <rule id="r1"><inputEntry id="a1"><text>{0}</text></inputEntry>
        <outputEntry id="b1"><text>"bassa"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="a2"><text>&gt;= 10000</text></inputEntry>
        <outputEntry id="b2"><text>"alta"</text></outputEntry></rule>
    </decisionTable></decision></definitions>"""
STORY = {
    "percorso": "prova",
    "titolo": "Va tutto bene",
    "adesso": "2026-11-23T09:00:00+01:00",
    "dato": {"persona_id": "rosa"},
    "passi": [{"attivita": "uno", "ruolo": "assistente_sociale", "risposte": {"esito": "si"}}],
    "allora": {"finisce_in": "fine", "attraversa": ["uno"], "mai": [], "dati": {"esito": "si"}},
}
BPMN = diagram("prova", start() + human("uno", form="uno") + end(), "inizio uno; uno fine")


def a_bundle(**files: object) -> Bundle:
    """A path of one step with its form; `files` named as in tests/engine/drawing.py, None takes one away."""
    all_files = {"forms__uno_dot_schema_dot_json": FORM, **files}
    made = bundle("prova", BPMN)
    named = dict(made.files)
    for name, value in all_files.items():
        path = name.replace("__", "/").replace("_dot_", ".")
        named.pop(path, None)
        if value is not None:
            named[path] = value if isinstance(value, bytes) else dumps(value)
    return Bundle("prova", named)


def manifest(**changes: object) -> dict[str, object]:
    return {"slug": "prova", "nome": "Prova", "codice": "X01", "parametri": {}, **changes}


def a_parameter(**changes: object) -> dict[str, object]:
    return manifest(parametri={"giorni": {"titolo": "Giorni", "valore": 1.5, "unita": "giorni", **changes}})


def told(**changes: object) -> dict[str, object]:
    return {**STORY, **changes}


def step(**said: object) -> dict[str, object]:
    return told(passi=[said])


def test_a_fine_bundle_can_be_published() -> None:
    made = a_bundle(
        forms__uno_dot_ui_dot_json={"ordine": ["esito"]},
        scenari__storia_dot_json=STORY,
        fascia_dot_dmn=TABLE.format("&lt; 10000").encode(),
        lettere__avviso_dot_txt=b"Gentile {{ persona_nome }}",
    )
    assert [str(problem) for problem in check(made)] == []
    assert [str(problem) for problem in advise(made)] == []


FAULTS = {
    "no bundle.json": ("bundle.json:-", {"bundle_dot_json": None}),
    "a bundle.json that is not JSON": ("bundle.json:-", {"bundle_dot_json": b"{"}),
    "a bundle.json nested without end": ("bundle.json:-", {"bundle_dot_json": b"[" * 100_000}),
    "a bundle.json that is a list": ("bundle.json:-", {"bundle_dot_json": b"[]"}),
    "a path without a name": ("bundle.json:nome", {"bundle_dot_json": manifest(nome=" ")}),
    "a path without a code": ("bundle.json:codice", {"bundle_dot_json": manifest(codice=None)}),
    "the slug of another path": ("bundle.json:slug", {"bundle_dot_json": manifest(slug="altro")}),
    "a term in words": ("bundle.json:termine_giorni", {"bundle_dot_json": manifest(termine_giorni="trenta")}),
    "starters that are no list": ("bundle.json:avvio", {"bundle_dot_json": manifest(avvio="tutti")}),
    "a key that nobody reads": ("bundle.json:termini", {"bundle_dot_json": manifest(termini=30)}),
    "a term of centuries": (
        "bundle.json:termine_giorni",
        {"bundle_dot_json": manifest(termine_giorni=10**20)},
    ),
    "a term that is true": ("bundle.json:termine_giorni", {"bundle_dot_json": manifest(termine_giorni=True)}),
    "a name with a NUL": ("bundle.json:nome", {"bundle_dot_json": manifest(nome="Pro\0va")}),
    "a name without an end": ("bundle.json:nome", {"bundle_dot_json": manifest(nome="a" * 501)}),
    "a description that is a list": (
        "bundle.json:descrizione",
        {"bundle_dot_json": manifest(descrizione=["Prova"])},
    ),
    "parameters that are a list": ("bundle.json:parametri", {"bundle_dot_json": manifest(parametri=[])}),
    "a parameter without a title": (
        "bundle.json:parametri.giorni",
        {"bundle_dot_json": manifest(parametri={"giorni": {"valore": 1}})},
    ),
    "a parameter that is a list": (
        "bundle.json:parametri.giorni",
        {"bundle_dot_json": a_parameter(valore=[1])},
    ),
    "a parameter that is nothing": (
        "bundle.json:parametri.giorni",
        {"bundle_dot_json": a_parameter(valore=None)},
    ),
    "a parameter whose title is a number": (
        "bundle.json:parametri.giorni",
        {"bundle_dot_json": a_parameter(titolo=5)},
    ),
    "a parameter with a word that nobody reads": (
        "bundle.json:parametri.giorni",
        {"bundle_dot_json": a_parameter(minino=1)},
    ),
    "a file that climbs out of its folder": ("../../etc/cron:-", {"../../etc/cron": b"x"}),
    "no diagram": ("prova.bpmn:-", {"prova_dot_bpmn": None}),
    "a diagram with a DOCTYPE": (
        "prova.bpmn:-",
        {
            "prova_dot_bpmn": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
            + BPMN.split(b"?>", 1)[1]
        },
    ),
    "a diagram of more than a megabyte": ("prova.bpmn:-", {"prova_dot_bpmn": BPMN + b" " * 1_000_001}),
    "a diagram nested without end": ("prova.bpmn:-", {"prova_dot_bpmn": b"<a>" * 50_000}),
    "a diagram that is not XML": ("prova.bpmn:-", {"prova_dot_bpmn": b"process: prova"}),
    "XML that is not a diagram": ("prova.bpmn:-", {"prova_dot_bpmn": b"<html/>"}),
    "a diagram of another path": ("prova.bpmn:-", {"prova_dot_bpmn": BPMN.replace(b"'prova'", b"'altra'")}),
    "a diagram that is not executable": (
        "prova.bpmn:-",
        {"prova_dot_bpmn": BPMN.replace(b"isExecutable='true'", b"isExecutable='false'")},
    ),
    "a form that is missing": ("prova.bpmn:uno", {"forms__uno_dot_schema_dot_json": None}),
    "a form that is not JSON": (
        "forms/uno.schema.json:-",
        {
            "forms__uno_dot_schema_dot_json": b"{,}",
            "prova_dot_bpmn": BPMN.replace(b"<zeebe:formDefinition formId='uno'/>", b""),
        },
    ),
    "a form that reads a file": (
        "forms/uno.schema.json:#/properties/esito/$ref",
        {"forms__uno_dot_schema_dot_json": {**FORM, "properties": {"esito": {"$ref": "file:///etc/passwd"}}}},
    ),
    "a form with a list without bounds": (
        "forms/uno.schema.json:#/properties/esito/uniqueItems",
        {
            "forms__uno_dot_schema_dot_json": {
                **FORM,
                "properties": {"esito": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}},
            }
        },
    ),
    "a look for a question that is not asked": (
        "forms/uno.ui.json:#/ordine",
        {"forms__uno_dot_ui_dot_json": {"ordine": ["altro"]}},
    ),
    "a look without its form": ("forms/due.ui.json:-", {"forms__due_dot_ui_dot_json": {}}),
    "a look that is a list": ("forms/uno.ui.json:-", {"forms__uno_dot_ui_dot_json": b"[]"}),
    "an echo of a step that is not there": (
        "forms/uno.ui.json:eco",
        {"forms__uno_dot_ui_dot_json": {"eco": [{"da": "zero", "campo": "esito"}]}},
    ),
    "an echo, inside a group, of a start": (
        "forms/uno.ui.json:eco",
        {
            "forms__uno_dot_ui_dot_json": {
                "gruppi": [{"titolo": "Uno", "campi": ["esito"], "eco": [{"da": "inizio", "campo": "esito"}]}]
            }
        },
    ),
    "shared parts that are not JSON": (
        "forms/common/persona.json:-",
        {"forms__common__persona_dot_json": b"{"},
    ),
    "a fact that bundle.json says twice": (
        "bundle.json:parametri.giorni",
        {
            "bundle_dot_json": b'{"nome": "Prova", "codice": "X01", "parametri": {'
            b'"giorni": {"titolo": "Giorni", "valore": 5}, "giorni": {"titolo": "Giorni", "valore": 50}}}'
        },
    ),
    "a question that a form asks twice": (
        "forms/uno.schema.json:properties.esito",
        {
            "forms__uno_dot_schema_dot_json": b'{"type": "object", "properties": {'
            b'"esito": {"type": "string"}, "esito": {"type": "string", "maxLength": 3}}}'
        },
    ),
    "a story that answers twice": (
        "scenari/storia.json:passi.0.risposte.esito",
        {
            "scenari__storia_dot_json": dumps(STORY).replace(
                b'"risposte":{"esito":"si"}', b'"risposte":{"esito":"si","esito":"no"}'
            )
        },
    ),
    "a table that overlaps": ("fascia.dmn:", {"fascia_dot_dmn": TABLE.format("&lt;= 10000").encode()}),
    "a table with a DOCTYPE": ("fascia.dmn:definitions", {"fascia_dot_dmn": b"<!DOCTYPE x><x/>"}),
    "the same decision in two tables": (
        "fascia2.dmn:fascia",
        {
            "fascia_dot_dmn": TABLE.format("&lt; 10000").encode(),
            "fascia2_dot_dmn": TABLE.format("&lt; 10000").encode(),
        },
    ),
    "a story that is not JSON": ("scenari/storia.json:-", {"scenari__storia_dot_json": b"{"}),
    "a story nested without end": ("scenari/storia.json:-", {"scenari__storia_dot_json": b"[" * 100_000}),
    "a story without an end": (
        "scenari/storia.json:-",
        {"scenari__storia_dot_json": {k: v for k, v in STORY.items() if k != "allora"}},
    ),
    "a story of another path": (
        "scenari/storia.json:percorso",
        {"scenari__storia_dot_json": told(percorso="x")},
    ),
    "a story without a time zone": (
        "scenari/storia.json:adesso",
        {"scenari__storia_dot_json": told(adesso="2026-11-23T09:00:00")},
    ),
    "a story of the year 9999": (
        "scenari/storia.json:adesso",
        {"scenari__storia_dot_json": told(adesso="9999-12-31T23:00:00+00:00")},
    ),
    "a story that goes back to the year 1": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(orologio="0001-01-01T00:00:00+14:00")},
    ),
    "a story with a word of its own": ("scenari/storia.json:-", {"scenari__storia_dot_json": told(note="x")}),
    "a story with a step of two kinds": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(attivita="uno", aspetta=["uno"])},
    ),
    "a story with a misspelt word in a step": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(attivita="uno", risposta={})},
    ),
    "a story of a step that is not there": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(attivita="due")},
    ),
    "a story that lets a person be an operation": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(operazione="uno", risponde={})},
    ),
    "a story with a message that nobody awaits": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(messaggio="decesso", chiave="rosa")},
    ),
    "a story with a clock that cannot be read": (
        "scenari/storia.json:passo 1",
        {"scenari__storia_dot_json": step(orologio="+3 settimane")},
    ),
    "a story that never crosses what is not there": (
        "scenari/storia.json:allora",
        {"scenari__storia_dot_json": told(allora={"mai": ["unno"]})},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bundle_with_one_fault_is_refused_by_file_and_element(fault: str) -> None:
    # given
    place, files = FAULTS[fault]
    # when
    problems = check(a_bundle(**files))
    # then
    places = {f"{problem.file}:{problem.element}" for problem in problems}
    assert len(places) == 1, [str(problem) for problem in problems]
    assert places.pop().startswith(place)


AWAITING = diagram(
    "prova",
    start()
    + human("uno", form="uno")
    + boundary("avvisati", "uno", on_message("rinuncia"), interrupting=False)
    + end()
    + end("detto"),
    "inizio uno; uno fine; avvisati detto",
    before=message("rinuncia", "=persona_id"),
)
NEWS = {
    "titolo": "Rinuncia",
    "che_succede": "La pratica si chiude.",
    "ruoli": ["assistente_sociale"],
    "modulo": {
        "type": "object",
        "properties": {"dal": {"title": "Dal", "type": "string", "format": "date"}},
        "required": ["dal"],
        "additionalProperties": False,
    },
}


def news(**changes: object) -> Bundle:
    """A path that may be told of a «rinuncia»; changes to what bundle.json says of it, None takes away."""
    entry = {key: value for key, value in {**NEWS, **changes}.items() if value is not None}
    return a_bundle(prova_dot_bpmn=AWAITING, bundle_dot_json=manifest(messaggi={"rinuncia": entry}))


def test_a_message_that_people_may_tell_can_be_published() -> None:
    told = news(vista={"campi": {"dal": {"widget": "data"}}}, passate=["dal"], non_con=["uno"])
    assert [str(problem) for problem in check(told)] == []


def test_a_form_may_show_what_a_message_said() -> None:
    look = {"eco": [{"da": "avvisati", "campo": "dal", "titolo": "Rinuncia dal"}]}
    shows = a_bundle(
        prova_dot_bpmn=AWAITING,
        bundle_dot_json=manifest(messaggi={"rinuncia": NEWS}),
        forms__uno_dot_ui_dot_json=look,
    )
    assert [str(problem) for problem in check(shows)] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("titolo", None),
        ("che_succede", " "),
        ("ruoli", []),
        ("ruoli", "tutti"),
        ("modulo", None),
        ("modulo", {"type": "object", "properties": {"dal": {"$ref": "file:///etc/passwd"}}}),
        ("vista", {"ordine": ["al"]}),
        ("passate", ["al"]),
        ("non_con", ["due"]),
        ("rouli", ["assistente_sociale"]),
    ],
)
def test_a_message_that_could_not_be_offered_is_refused_by_its_key(key: str, value: object) -> None:
    places = {f"{problem.file}:{problem.element}" for problem in check(news(**{key: value}))}
    assert places == {f"bundle.json:messaggi.rinuncia.{key}"}


def test_a_message_that_the_diagram_does_not_await_is_refused() -> None:
    made = a_bundle(bundle_dot_json=manifest(messaggi={"rinuncia": NEWS}))
    assert [problem.element for problem in check(made)] == ["messaggi.rinuncia"]
    assert [p.element for p in check(a_bundle(bundle_dot_json=manifest(messaggi=[])))] == ["messaggi"]


def calling(element: str, **files: object) -> Bundle:
    """A bundle whose only element between start and end is this one, called «uno»."""
    content = diagram("prova", start() + element + end(), "inizio uno; uno fine")
    return a_bundle(prova_dot_bpmn=content, forms__uno_dot_schema_dot_json=None, **files)


REFERENCES = {
    "a decision that is in no table": calling(
        f"<bpmn:businessRuleTask id='uno'>{extensions(decision='fascia', result='f')}</bpmn:businessRuleTask>"
    ),
    "a parameter that is not declared": calling(human("uno", due="=now() + duration(parametri.giorni)")),
    "a letter that is not written": calling(service("uno", "avviso.send", input='lettera: ="sollecito"')),
    "a letter that is not written, named as plain text": calling(
        service("uno", "avviso.send", input="lettera: sollecito")
    ),
}


@pytest.mark.parametrize("fault", REFERENCES)
def test_what_a_diagram_refers_to_must_be_in_the_bundle(fault: str) -> None:
    assert [problem.element for problem in check(REFERENCES[fault])] == ["uno"]


def test_what_a_diagram_refers_to_is_found_in_the_bundle() -> None:
    assert (
        check(
            calling(
                f"<bpmn:businessRuleTask id='uno'>{extensions(decision='fascia', result='f', input='isee: =1')}"
                "</bpmn:businessRuleTask>",
                fascia_dot_dmn=TABLE.format("&lt; 10000").encode(),
            )
        )
        == []
    )
    assert (
        check(calling(service("uno", "a.b", input="lettera: sollecito"), lettere__sollecito_dot_txt=b"x"))
        == []
    )
    giorni = manifest(parametri={"giorni": {"titolo": "Giorni", "valore": "P5D"}})
    assert (
        check(calling(human("uno", due="=now() + duration(parametri.giorni)"), bundle_dot_json=giorni)) == []
    )


def test_advice_names_what_nobody_writes_and_what_nobody_reads() -> None:
    # given
    drawn = diagram(
        "prova",
        start()
        + human("zero", output="esito: =esto")
        + human("uno", headers="scrive: piano.register")
        + service("due", "piano.register", input="persona: =persna")
        + gateway("g", default="fine")
        + end()
        + "<bpmn:userTask id='tre'><bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups='x' "
        "candidateUsers='y'/><zeebe:executionListeners/></bpmn:extensionElements></bpmn:userTask>",
        "inizio zero; zero uno; uno due; due g; g fine; g tre [esito_ = 1]; tre fine",
    )
    operations = Operations(
        [inside("piano.register", dict, request={"properties": {"persona": {}}, "required": ["persona"]})]
    )
    # when
    found = advise(bundle("prova", drawn), operations)
    # then
    assert {(problem.element, problem.message.split("»")[0].split("«")[1]) for problem in found} == {
        ("zero", "esto"),
        ("uno", "piano.register"),
        ("due", "persna"),
        ("g__tre", "esito_"),
        ("tre", "assignmentDefinition candidateUsers"),
        ("tre", "executionListeners"),
    }


def test_a_variable_that_a_story_brings_from_outside_needs_no_advice() -> None:
    drawn = diagram("prova", start() + human("uno", due="=scadenza") + end(), "inizio uno; uno fine")
    story = {**STORY, "dato": {"scadenza": "2026-12-01"}, "allora": {}, "passi": [{"attivita": "uno"}]}
    assert advise(bundle("prova", drawn)) != []
    assert advise(bundle("prova", drawn, scenari__s_dot_json=story)) == []

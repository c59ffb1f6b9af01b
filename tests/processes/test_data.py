"""What every path owes to those who read it: forms, documentation, letters, words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.dialect import Diagram, Element, read
from engine.form import FormSchema
from engine.xml import parse_xml

ROOT = Path(__file__).parents[2]
PROCESSES, FORMS = ROOT / "processes", ROOT / "forms"
SLUGS = sorted(path.parent.name for path in PROCESSES.glob("*/bundle.json"))
HEADINGS = [
    "A che cosa serve",
    "Chi lo usa",
    "Come procede",
    "Che cosa decide il comune",
    "Termini e norme",
    "Che cosa manca",
]
ALWAYS_IN_LETTERS = {
    "persona_nome",
    "ente_nome",
    "unita_nome",
    "unita_recapito",
    "oggi",
    "pratica_numero",
    "responsabile_nome",
    "come_rispondere",
}
ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SAME_THING = {
    ("scelta_fornitore", "fornitore_id"),
    ("trova_fornitore", "fornitore_id"),
    ("valuta_osservazioni", "osservazioni_accolte"),
    ("carica_eventi", "eventi"),
    ("domanda_domiciliare", "codice_fiscale"),
    ("correggi_codice_fiscale", "codice_fiscale"),
}
SAYS_NOTHING = {"exclusiveGateway"}  # a join: it has no question

each_path = pytest.mark.parametrize("slug", SLUGS)


def diagram(slug: str) -> Diagram:
    return next(iter(read(parse_xml((PROCESSES / slug / f"{slug}.bpmn").read_bytes()))))


def humans(slug: str) -> Iterator[Element]:
    return (element for element in diagram(slug).elements.values() if element.kind == "userTask")


def schema(slug: str, task: str) -> dict:
    return json.loads((FORMS / slug / f"{task}.schema.json").read_text())


def asked(schema: dict) -> set[str]:
    """Names of the questions a form may ask, conditional ones included."""
    branches = [rule.get(branch, {}) for rule in schema.get("allOf", []) for branch in ("then", "else")]
    return {name for part in (schema, *branches) for name in part.get("properties", {})}


def common() -> dict[str, dict]:
    return {f"common/{path.name}": json.loads(path.read_text()) for path in (FORMS / "common").glob("*.json")}


def parameters(slug: str) -> dict:
    return json.loads((PROCESSES / slug / "bundle.json").read_text())["parametri"]


def words() -> set[str]:
    """Code names in the third column of the glossary."""
    lines = (PROCESSES / "GLOSSARIO.md").read_text().splitlines()
    rows = (line.split("|") for line in lines if line.startswith("|"))
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row[3])}


@each_path
def test_every_human_step_has_its_form_and_no_form_is_left_over(slug: str) -> None:
    files = {path.name for path in (FORMS / slug).iterdir()}
    assert files == {f"{task.id}{end}" for task in humans(slug) for end in (".schema.json", ".ui.json")}


@each_path
def test_every_form_can_be_published_with_its_dress(slug: str) -> None:
    for task in humans(slug):
        dress = json.loads((FORMS / slug / f"{task.id}.ui.json").read_text())
        assert FormSchema(schema(slug, task.id), common()).problems(dress) == [], task.id


@each_path
def test_every_question_of_a_form_stands_in_one_group(slug: str) -> None:
    for task in humans(slug):
        dress = json.loads((FORMS / slug / f"{task.id}.ui.json").read_text())
        shown = [name for group in dress["gruppi"] for name in group["campi"]]
        assert sorted(shown) == sorted(asked(schema(slug, task.id))), task.id


@each_path
def test_a_human_step_keeps_only_what_it_asks_or_what_its_operation_gives(slug: str) -> None:
    for task in humans(slug):
        assert task.outputs, f"{task.id} would write every answer into the variables"
        kept = {line.source.removeprefix("=") for line in task.outputs}
        unknown = {name for name in kept if name.isidentifier()} - asked(schema(slug, task.id))
        assert not unknown or task.headers.get("scrive"), f"{task.id}: {unknown}"


def said_at(slug: str, step: str) -> set[str]:
    """What a person answers at a step, or tells the path with the message that arrives there, and what it writes."""
    element = diagram(slug).elements[step]
    if element.event is None:
        form = schema(slug, step)
    else:
        manifest = json.loads((PROCESSES / slug / "bundle.json").read_text())
        form = manifest["messaggi"][element.event.name]["modulo"]
    return asked(form) | {line.target for line in element.outputs}


@each_path
def test_a_question_begins_with_the_answer_to_another_only_where_it_is_the_same_thing(slug: str) -> None:
    """A form begins with the variables that have the names of its questions."""
    written = [(line.target, e.id) for e in diagram(slug).elements.values() for line in e.outputs]
    found = {
        (task.id, name)
        for task in humans(slug)
        for name, by in written
        if by != task.id and name in asked(schema(slug, task.id))
    }
    assert found <= SAME_THING


@each_path
def test_earlier_answers_shown_beside_a_question_exist(slug: str) -> None:
    for task in humans(slug):
        for echo in json.loads((FORMS / slug / f"{task.id}.ui.json").read_text()).get("eco", []):
            assert echo["campo"] in said_at(slug, echo["da"]), f"{task.id}: {echo}"


@each_path
def test_ids_are_italian_words_that_last(slug: str) -> None:
    drawn = diagram(slug)
    assert [name for name in (*drawn.elements, *drawn.lanes) if not ID.fullmatch(name)] == []
    assert [flow.id for flow in drawn.flows.values() if flow.id != f"{flow.source}__{flow.target}"] == []


@each_path
def test_everything_that_acts_or_decides_is_documented(slug: str) -> None:
    drawn = diagram(slug)
    silent = [e.id for e in drawn.elements.values() if not e.documentation]
    assert [e for e in silent if not _is_join(drawn.elements[e])] == []
    assert drawn.documentation


def _is_join(element: Element) -> bool:
    return element.kind in SAYS_NOTHING and len(element.outgoing) == 1


@each_path
def test_a_choice_falls_to_its_default_when_the_answer_is_missing(slug: str) -> None:
    gateways = (e for e in diagram(slug).elements.values() if e.kind == "exclusiveGateway")
    assert [e.id for e in gateways if len(e.outgoing) > 1 and e.default not in e.outgoing] == []


@each_path
def test_every_letter_is_sent_and_can_be_filled(slug: str) -> None:
    sent = {}
    for element in diagram(slug).elements.values():
        if element.operation == "avviso.send":
            inputs = {line.target: line.source for line in element.inputs}
            sent[inputs["lettera"].strip('="')] = set(inputs)
    letters = {path.stem: path.read_text() for path in (PROCESSES / slug / "lettere").glob("*.txt")}
    assert sent.keys() == letters.keys()
    for name, text in letters.items():
        wanted = set(re.findall(r"\{\{ (\w+) \}\}", text))
        assert wanted <= sent[name] | ALWAYS_IN_LETTERS, name
        assert text.count("{{") == len(re.findall(r"\{\{ \w+ \}\}", text)), name


@each_path
def test_who_calls_a_path_with_its_parameters_declares_them(slug: str) -> None:
    mine = parameters(slug)
    for element in diagram(slug).elements.values():
        if element.called and any(line.target == "parametri" for line in element.inputs):
            for key, entry in parameters(element.called).items():
                assert mine.get(key) == entry, f"{slug} calls {element.called}: {key}"


@each_path
def test_every_path_called_is_here(slug: str) -> None:
    called = {element.called for element in diagram(slug).elements.values() if element.called}
    assert called <= set(SLUGS)


@each_path
def test_the_readme_answers_six_questions(slug: str) -> None:
    text = (PROCESSES / slug / "README.md").read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


@each_path
def test_the_glossary_knows_every_word_of_a_path(slug: str) -> None:
    drawn = diagram(slug)
    elements = drawn.elements.values()
    operations = {e.operation or e.headers.get("scrive", "") for e in elements} - {""}
    nouns = {slug, *drawn.lanes, *(name.split(".")[0] for name in operations if not name.startswith("inps."))}
    nouns |= {e.decision for e in elements if e.decision}
    nouns |= {e.event.name for e in elements if e.event and e.event.kind == "message" and e.event.name}
    assert nouns - words() == set()

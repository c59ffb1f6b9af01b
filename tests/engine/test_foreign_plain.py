"""What BPMN may write in several ways, what tools get wrong, and files that are something else."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.foreign import NotImportable, bring_in
from tests.engine.imported import HEAD, diagram_of, drawn, flow, notes, one, problems

SHORT = (
    "<startEvent id='i'/><userTask id='u' name='Città'/><endEvent id='f'/>" + flow("i", "u") + flow("u", "f")
)
TEXT = drawn(SHORT).decode().partition("?>")[2].strip()


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\r\n{TEXT}'


@pytest.mark.parametrize(
    "content",
    [
        declared("UTF-8").encode("utf-8-sig"),
        declared("UTF-16").encode("utf-16"),
        declared("ISO-8859-1").encode("latin-1"),
        declared("windows-1252").encode("cp1252"),
        b"\n  " + declared("UTF-8").encode(),
        declared("utf-16").encode(),
        declared("UTF-8").encode("cp1252"),
        TEXT.encode("cp1252"),
    ],
    ids=[
        "with a mark before it",
        "UTF-16",
        "ISO-8859-1",
        "Windows-1252",
        "after an empty line",
        "UTF-8 that says UTF-16",
        "Windows-1252 that says UTF-8",
        "Windows-1252 that says nothing",
    ],
)
def test_a_file_in_any_encoding_keeps_its_letters(content: bytes) -> None:
    assert diagram_of(one(content)).elements["u"].name == "Città"


@pytest.mark.parametrize("written", ["&#xB;", "&#11;", "&#X0b;", "\x0b", "&#x1F;", "&#31;"])
def test_a_character_that_xml_does_not_have_is_a_blank(written: str) -> None:
    content = declared("UTF-8").replace("Città", f"La{written}città").encode()
    assert diagram_of(one(content)).elements["u"].name == "La città"


@pytest.mark.parametrize("written", ["&#x9;", "&#10;", "&#13;", "&#xD;", "&#x20;"])
def test_a_character_that_xml_has_stays(written: str) -> None:
    content = declared("UTF-8").replace("Città", f"La{written}città").encode()
    assert diagram_of(one(content)).elements["u"].name == "La città"


def zipped() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.bpmn", TEXT)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(), "archivio compresso"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "È una tabella DMN"),
        (b"<definitions/>", "il suo linguaggio è «senza nome»"),
        (f"{HEAD}<globalUserTask id='g'/></definitions>".encode(), "nessun processo"),
        (
            f"{HEAD}<collaboration><participant name='Comune'/><participant name='INPS'/></collaboration></definitions>".encode(),
            "solo pool chiusi («Comune», «INPS»)",
        ),
    ],
)
def test_another_kind_of_file_is_told_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(NotImportable) as refused:
        bring_in("x.bpmn", content)
    assert words in refused.value.message


def test_each_id_is_of_one_element() -> None:
    # given
    body = (
        "<startEvent id='i'/><userTask id='u' name='Prima'/><userTask id='u' name='Poi'/><endEvent id='f'/>"
    )
    # when
    imported = one(drawn(body + flow("i", "u") + flow("u", "f")))
    # then
    found = diagram_of(imported).elements
    assert [found[name].name for name in ("u", "u_2")] == ["Prima", "Poi"]
    assert notes(imported, "translated") == [
        "u_2: aveva lo stesso id di un altro, «u»: i flussi e il disegno sono rimasti a quello"
    ]
    assert "u_2" in problems(imported)


def test_what_is_told_of_an_element_calls_it_as_it_is_called_now() -> None:
    body = "<startEvent id='i'/><userTask id='sid-1' name='Una'/><userTask id='sid-1' name='Altra'/><endEvent id='f'/>"
    imported = one(drawn(body + flow("i", "sid-1") + flow("sid-1", "f")))
    assert [line.partition(":")[0] for line in notes(imported, "translated")] == ["altra"]


def test_an_event_may_refer_to_a_definition_of_the_whole_file() -> None:
    # given
    body = (
        "<startEvent id='i'/><intermediateCatchEvent id='attesa'><eventDefinitionRef>x:tre_giorni</eventDefinitionRef>"
        "</intermediateCatchEvent><endEvent id='f'/>"
    )
    common = "<timerEventDefinition id='tre_giorni'><timeDuration>P3D</timeDuration></timerEventDefinition>"
    # when
    imported = one(drawn(body + flow("i", "attesa") + flow("attesa", "f"), before=common))
    # then
    event = diagram_of(imported).elements["attesa"].event
    assert event is not None
    assert event.when == "P3D"
    assert problems(imported) == {}


def test_a_global_task_that_is_called_is_a_step_here() -> None:
    body = "<startEvent id='i'/><callActivity id='c' calledElement='g'/><endEvent id='f'/>"
    content = drawn(body + flow("i", "c") + flow("c", "f"), after="<globalUserTask id='g' name='Colloquio'/>")
    imported = one(content)
    found = diagram_of(imported).elements["c"]
    assert (found.kind, found.name) == ("userTask", "Colloquio")
    assert notes(imported, "translated") == [
        "c: chiamava l'attività globale «Colloquio»: diventa un passo di qui"
    ]


def test_a_flow_without_an_end_is_told_and_left_out() -> None:
    loose = "<sequenceFlow id='x' name='urgente' sourceRef='u'/><sequenceFlow targetRef='f'/>"
    loose += flow("u", "altrove", identity="y")
    imported = one(drawn(SHORT + loose))
    assert notes(imported, "dropped") == [
        "u: il flusso «urgente», a cui manca un capo",
        "f: un flusso a cui manca un capo",
        "u: il flusso «y», a cui manca un capo",
    ]
    assert set(diagram_of(imported).flows) == {"i__u", "u__f"}


def test_truth_may_be_written_in_figures() -> None:
    body = (
        "<startEvent id='i'/><userTask id='u'/><endEvent id='f'/><boundaryEvent id='b' attachedToRef='u' "
        "cancelActivity='0'><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</boundaryEvent><endEvent id='g'/>"
    )
    found = diagram_of(one(drawn(body + flow("i", "u") + flow("u", "f") + flow("b", "g")))).elements
    assert found["b"].interrupting is False


@pytest.mark.parametrize("identity", ["25.5af:1:-7fef", "contributo:1"])
@pytest.mark.parametrize("prefix", ["", "tns:"])
def test_a_pool_finds_its_process_whatever_colons_there_are(identity: str, prefix: str) -> None:
    pool = f"<collaboration id='c'><participant id='p' name='Comune' processRef='{prefix}{identity}'/></collaboration>"
    imported = one(drawn(SHORT, before=pool, process=f'id="{identity}"'), "x.bpmn")
    assert imported.bundle.slug == "comune"
    assert notes(imported, "dropped") == []


@pytest.mark.parametrize(
    "identity",
    ["obj.30551", "bpdid:5af:-7fef", "Bpmn_Task_LwKtwhqHEeWDuOtG0oS24A", "EAID_9F2C", "Id_6f4e1d04"],
)
def test_what_a_tool_has_numbered_is_called_after_its_name_without_a_word(identity: str) -> None:
    body = f"<startEvent id='i'/><userTask id='{identity}' name='Firma'/><endEvent id='f'/>"
    imported = one(drawn(body + flow("i", identity) + flow(identity, "f")))
    assert set(diagram_of(imported).elements) == {"i", "firma", "f"}
    assert imported.notes == ()


def test_what_is_no_bpmn_among_the_steps_is_told_and_left_out() -> None:
    # given
    stranger = "<bizagi:robot id='r' name='Il robot'/>"
    inner = "<process id='dentro'><startEvent id='x'/></process>"
    # when
    imported = one(drawn(SHORT + stranger + inner + flow("u", "r", identity="y")))
    # then
    assert notes(imported, "dropped") == [
        "-: «Il robot» fra i passi: non è BPMN",
        "u: il flusso «y», a cui manca un capo",
    ]
    assert set(diagram_of(imported).elements) == {"i", "u", "f"}


def test_what_is_imported_again_stays_as_it_is() -> None:
    imported = one(drawn(SHORT))
    again = one(imported.bundle.diagram, "x.bpmn")
    assert (again.bundle.slug, again.bundle.diagram, again.notes) == (
        imported.bundle.slug,
        imported.bundle.diagram,
        (),
    )


def test_a_name_on_two_lines_is_told_and_called_on_one() -> None:
    pool = "<collaboration id='c'><participant id='p' name='Il&#10;cittadino'/></collaboration>"
    imported = one(drawn(SHORT, before=pool, process="id='x_y' name='Contributo&#10;economico'"))
    assert imported.bundle.title == "Contributo economico"
    assert notes(imported, "dropped") == ["-: il pool «Il cittadino»: un percorso è un processo solo"]


def test_what_refers_to_nothing_and_says_nothing_is_left_out() -> None:
    # given
    body = (
        SHORT
        + "<dataStoreReference id='d' dataStoreRef='nessuno'/><dataStoreReference id='e' dataStoreRef='ds'/>"
    )
    after = "<dataStore id='ds'/><relationship type='x'><source>y</source></relationship>"
    # when
    text = one(
        drawn(body, after=after, process='id="contributo" definitionalCollaborationRef="c"')
    ).bundle.diagram
    # then
    for gone in (b"nessuno", b"relationship", b"definitionalCollaborationRef"):
        assert gone not in text
    assert b'dataStoreRef="ds"' in text


@pytest.mark.parametrize("kind", ["signal", "error", "escalation"])
def test_what_is_referred_to_and_defined_nowhere_is_called_so(kind: str) -> None:
    # given
    end = f"<endEvent id='fine'><{kind}EventDefinition {kind}Ref='x:KO'/></endEvent>"
    # when
    imported = one(drawn("<startEvent id='i'/>" + end + flow("i", "fine")))
    # then
    event = diagram_of(imported).elements["fine"].event
    assert event is not None
    assert (event.name, event.code) == ("KO", None if kind == "signal" else "KO")
    assert [line.partition(": vale")[0] for line in notes(imported, "translated")] == [
        "fine: «KO» nel file non è definito"
    ]
    assert one(imported.bundle.diagram).bundle.diagram == imported.bundle.diagram

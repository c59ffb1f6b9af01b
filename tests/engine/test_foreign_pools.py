"""Files with several processes: what each keeps of the others, and what it is told of them."""

from __future__ import annotations

import pytest

from engine.foreign import NotImportable, bring_in
from tests.engine.imported import HEAD, diagram_of, drawn, flow, notes, one, problems

START = "<startEvent id='arriva'><messageEventDefinition/></startEvent>"
END = "<endEvent id='fine'><messageEventDefinition messageRef='m'/></endEvent>"


def exchanged(flows: str, messages: str = "") -> bytes:
    """A process that begins and ends with a message, beside a black box."""
    pools = f"""<collaboration id="c"><participant id="p1" name="Comune" processRef="contributo"/>
      <participant id="p3" name="Il cittadino"/>{flows}</collaboration>{messages}"""
    return drawn(START + "<task id='u'/>" + END + flow("arriva", "u") + flow("u", "fine"), before=pools)


def test_what_flows_between_pools_names_the_message_of_an_event_that_has_none() -> None:
    # given
    flows = """<messageFlow id="f1" name="domanda" sourceRef="p3" targetRef="arriva"/>
      <messageFlow id="f2" name="lettera" sourceRef="fine" targetRef="p3"/>"""
    # when
    imported = one(exchanged(flows, "<message id='m' name='esito'/>"))
    # then
    found = diagram_of(imported).elements
    events = [found[name].event for name in ("arriva", "fine")]
    assert [event.name for event in events if event] == ["domanda", "esito"]
    told = [line for kind in ("translated", "dropped") for line in notes(imported, kind) if "flusso" in line]
    assert told == [
        "arriva: il flusso di messaggi «domanda» da «Il cittadino» diventa il messaggio dell'evento",
        "fine: il flusso di messaggi «lettera» a «Il cittadino»: qui un messaggio si scrive sull'evento che l'aspetta",
    ]


def test_a_flow_is_called_as_its_message_and_two_of_one_name_are_one() -> None:
    # given
    flows = """<messageFlow id="f1" name="posta" messageRef="x:d" sourceRef="p3" targetRef="arriva"/>
      <messageFlow id="f2" name="domanda" sourceRef="fine" targetRef="p3"/>"""
    # when
    imported = one(exchanged(flows, "<message id='d' name='domanda'/>"))
    # then
    events = [element.event for element in diagram_of(imported).elements.values() if element.event]
    assert [event.name for event in events] == ["domanda", "domanda"]
    assert imported.bundle.diagram.count(b"<bpmn:message ") == 1
    assert one(imported.bundle.diagram).bundle.diagram == imported.bundle.diagram


def test_a_flow_to_a_whole_pool_or_to_a_step_is_told() -> None:
    flows = """<messageFlow id="f1" name="voce" sourceRef="p3" targetRef="p1"/>
      <messageFlow id="f2" sourceRef="u" targetRef="p3"/>"""
    told = [line for line in notes(one(exchanged(flows)), "dropped") if "flusso" in line]
    assert [line.partition(": qui")[0] for line in told] == [
        "-: il flusso di messaggi «voce» da «Il cittadino»",
        "u: un flusso di messaggi a «Il cittadino»",
    ]


def process(identity: str, name: str, called: str = "") -> str:
    step = f"<callActivity id='{identity}_c' name='Chiama' calledElement='{called}'/>"
    steps = f"<startEvent id='{identity}_i'/>{step}<endEvent id='{identity}_f'/>"
    flows = flow(f"{identity}_i", f"{identity}_c") + flow(f"{identity}_c", f"{identity}_f")
    return f"<process id='{identity}' name='{name}'>{steps}{flows}</process>"


def test_who_calls_a_process_of_the_file_calls_it_as_it_is_called_now() -> None:
    # given
    first, second = process("Process_1ab", "Chi chiama", "t:Chiamato"), process("Chiamato", "Chi è chiamato")
    # when
    caller, called = bring_in("x.bpmn", f"{HEAD}{first}{second}</definitions>".encode())
    # then
    assert called.bundle.slug == "chi_e_chiamato"
    assert [e.called for e in diagram_of(caller).elements.values() if e.kind == "callActivity"] == [
        "chi_e_chiamato"
    ]
    assert notes(called, "translated") == [
        "chi_e_chiamato: il processo si chiamava «Chiamato»: così lo chiamava chi lo chiama da fuori"
    ]
    assert notes(caller, "translated") == []


def test_two_processes_of_one_id_are_two_paths() -> None:
    content = f"{HEAD}{process('p1', 'Uno')}{process('p1', 'Due')}</definitions>".encode()
    assert [imported.bundle.slug for imported in bring_in("x.bpmn", content)] == ["uno", "due"]


def test_a_whole_repository_in_one_file_is_refused() -> None:
    many = "".join(process(f"p{number}", "Uno") for number in range(101))
    with pytest.raises(NotImportable) as refused:
        bring_in("x.bpmn", f"{HEAD}{many}</definitions>".encode())
    assert refused.value.message.startswith("Ci sono 101 processi")


def test_what_is_drawn_nowhere_is_left_out_of_the_drawing() -> None:
    # given
    page = """<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="contributo">
      <bpmndi:BPMNShape id="S1" bpmnElement="i"><dc:Bounds x="1,5" y="80" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="S2" bpmnElement="u"/>
      <bpmndi:BPMNShape id="S3" bpmnElement="f"><dc:Bounds x="NaN" y="1" width="3" height="3"/></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="E1" bpmnElement="x"><di:waypoint x="0" y="1"/></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="E2" bpmnElement="y"><di:waypoint xsi:type="omgdc:Point" x="0" y="1"/>
        <di:waypoint x="2" y="1.0E1"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""
    body = "<startEvent id='i'/><userTask id='u'/><endEvent id='f'/>"
    # when
    imported = one(drawn(body + flow("i", "u", identity="x") + flow("u", "f", identity="y"), after=page))
    # then
    text = imported.bundle.diagram.decode()
    assert [text.count(tag) for tag in ("<bpmndi:BPMNShape", "<bpmndi:BPMNEdge", "omgdc")] == [1, 1, 0]
    assert 'x="1.5"' in text
    assert notes(imported, "dropped") == [
        "-: 3 parti del disegno, che non dicono dove stanno",
        "-: nel disegno non si vedono, ma ci sono: u, f",
    ]
    assert set(problems(imported)) == {"u"}

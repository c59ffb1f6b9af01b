"""Diagrams drawn elsewhere become bundles, and nothing is lost without a word."""

from __future__ import annotations

import pytest

from engine import Problem, check, feel, json
from engine.foreign import NotImportable, bring_in, juel
from tests.engine.imported import HEAD, diagram_of, drawn, flow, notes, one, problems

CAMUNDA_7 = drawn(
    """
    <documentation>Come si dà un contributo.</documentation>
    <startEvent id="StartEvent_1" name="Domanda ricevuta"/>
    <userTask id="Activity_0x1pq7v" name="Valuta la domanda" camunda:candidateGroups="assistente_sociale,responsabile"
        camunda:assignee="mario" camunda:dueDate="${scadenza}" camunda:priority="50">
      <documentation>Guarda l'ISEE.</documentation>
      <extensionElements>
        <camunda:formData>
          <camunda:formField id="importo" label="Importo" type="long">
            <camunda:validation><camunda:constraint name="required"/></camunda:validation></camunda:formField>
          <camunda:formField id="esito" label="Esito" type="enum"><camunda:value id="si" name="Sì"/></camunda:formField>
        </camunda:formData>
        <camunda:taskListener event="create" class="it.Listener"/>
        <camunda:inputOutput>
          <camunda:inputParameter name="persona">${persona.id}</camunda:inputParameter>
          <camunda:outputParameter name="concesso">${esito == 'si'}</camunda:outputParameter>
          <camunda:outputParameter name="lista"><camunda:list/></camunda:outputParameter>
        </camunda:inputOutput>
      </extensionElements>
    </userTask>
    <boundaryEvent id="Event_1abc2de" name="Troppo tardi" attachedToRef="Activity_0x1pq7v" cancelActivity="false">
      <timerEventDefinition><timeDuration xsi:type="tFormalExpression">${termine}</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <endEvent id="Event_tardi1" name="Sollecitata"/>
    <exclusiveGateway id="Gateway_0abc123" name="Concesso?"/>
    <serviceTask id="Activity_9z" name="Paga" camunda:type="external" camunda:topic="pagamento.order">
      <extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="importo_eur">${importo * 2}</camunda:inputParameter>
      </camunda:inputOutput></extensionElements></serviceTask>
    <callActivity id="Activity_8y" name="Avvisa" calledElement="avviso"><extensionElements>
      <camunda:in source="persona" target="a_chi"/><camunda:out variables="all"/></extensionElements></callActivity>
    <endEvent id="Event_9" name="Fine"/><endEvent id="Event_8" name="Respinta"/>
    """
    + flow("StartEvent_1", "Activity_0x1pq7v")
    + flow("Activity_0x1pq7v", "Gateway_0abc123")
    + flow("Event_1abc2de", "Event_tardi1")
    + flow(
        "Gateway_0abc123",
        "Activity_9z",
        "<conditionExpression xsi:type='tFormalExpression'>${concesso &amp;&amp; importo &gt; 0}</conditionExpression>",
    )
    + flow("Gateway_0abc123", "Event_8")
    + flow("Activity_9z", "Activity_8y")
    + flow("Activity_8y", "Event_9"),
    after="""<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="contributo">
      <bpmndi:BPMNShape id="S" bpmnElement="Activity_0x1pq7v"><dc:Bounds x="100" y="80" width="100" height="80"/>
      </bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>""",
)


def test_what_camunda_7_writes_is_said_in_our_dialect() -> None:
    # given
    imported = one(CAMUNDA_7)
    found = diagram_of(imported)
    # when
    valuta, paga, avvisa = (found.elements[name] for name in ("valuta_la_domanda", "paga", "avvisa"))
    # then
    assert (found.process_id, found.name, found.documentation) == (
        "contributo",
        "Contributo",
        "Come si dà un contributo.",
    )
    assert (valuta.group, valuta.due, valuta.form_id) == (
        "assistente_sociale",
        "=scadenza",
        "valuta_la_domanda",
    )
    assert (valuta.assignee, valuta.documentation) == (None, "Guarda l'ISEE.")
    assert [(line.source, line.target) for line in (*valuta.inputs, *valuta.outputs)] == [
        ("=persona.id", "persona"),
        ('=esito = "si"', "concesso"),
    ]
    tardi = found.elements["troppo_tardi"].event
    assert tardi is not None
    assert (tardi.when, tardi.timer, found.elements["troppo_tardi"].attached_to) == (
        "=termine",
        "timeDuration",
        "valuta_la_domanda",
    )
    assert paga.operation == "pagamento.order"
    assert (avvisa.called, avvisa.passes_all, avvisa.returns_all) == ("avviso", False, True)
    assert [(line.source, line.target) for line in avvisa.inputs] == [("=persona", "a_chi")]
    assert found.flows["concesso__paga"].condition == "=concesso and importo > 0"
    assert found.elements["concesso"].default == "concesso__respinta"


def test_the_fields_of_a_step_become_its_form() -> None:
    schema = json.loads(one(CAMUNDA_7).bundle.files["forms/valuta_la_domanda.schema.json"])
    assert schema["required"] == ["importo"]
    assert schema["properties"] == {
        "importo": {"title": "Importo", "type": "integer"},
        "esito": {"title": "Esito", "oneOf": [{"const": "si", "title": "Sì"}]},
    }


def test_what_a_field_asks_of_its_value_is_asked_here_or_told() -> None:
    # given
    fields = """<camunda:formField id="eta" type="long" defaultValue="18"><camunda:validation>
        <camunda:constraint name="min" config="18"/><camunda:constraint name="max" config="x"/></camunda:validation>
      </camunda:formField><camunda:formField id="nota"><camunda:validation>
        <camunda:constraint name="maxlength" config="200"/><camunda:constraint name="readonly"/></camunda:validation>
      </camunda:formField><camunda:formField type="file"/>"""
    step = f"<userTask id='u'><extensionElements><camunda:formData>{fields}</camunda:formData></extensionElements></userTask>"
    # when
    imported = one(
        drawn("<startEvent id='i'/>" + step + "<endEvent id='f'/>" + flow("i", "u") + flow("u", "f"))
    )
    # then
    assert json.loads(imported.bundle.files["forms/u.schema.json"])["properties"] == {
        "eta": {"title": "eta", "type": "integer", "minimum": 18},
        "nota": {"title": "nota", "type": "string", "maxLength": 200},
        "campo_3": {"title": "campo_3", "type": "string"},
    }
    assert [line for line in notes(imported, "dropped") if "campo" in line] == [
        "u: del campo «eta» il valore già scritto: qui i campi nascono vuoti",
        "u: del campo «eta» il vincolo «max»",
        "u: del campo «nota» il vincolo «readonly»",
        "u: del campo «campo_3» il tipo «file»: diventa un testo",
    ]


def test_two_steps_may_each_have_a_field_of_one_name() -> None:
    # given
    field = """<extensionElements><camunda:formData><camunda:formField id="esito" type="enum"><camunda:value id="si"/>
      </camunda:formField></camunda:formData></extensionElements>"""
    steps = "".join(f"<userTask id='{name}'>{field}</userTask>" for name in ("uno", "due"))
    body = (
        f"<startEvent id='i'/>{steps}<endEvent id='f'/>"
        + flow("i", "uno")
        + flow("uno", "due")
        + flow("due", "f")
    )
    # when
    files = one(drawn(body)).bundle.files
    # then
    for name in ("uno", "due"):
        assert json.loads(files[f"forms/{name}.schema.json"])["properties"] == {
            "esito": {"title": "esito", "oneOf": [{"const": "si", "title": "si"}]}
        }


def test_the_layout_goes_with_its_elements() -> None:
    imported = one(CAMUNDA_7)
    assert imported.drawn
    assert b'bpmnElement="valuta_la_domanda"' in imported.bundle.diagram
    assert b'x="100" y="80"' in imported.bundle.diagram


def test_what_two_pages_draw_is_drawn_once() -> None:
    page = """<bpmndi:BPMNDiagram id="D{0}"><bpmndi:BPMNPlane id="P{0}" bpmnElement="contributo">
      <bpmndi:BPMNShape id="S" bpmnElement="i"><dc:Bounds x="{0}" y="80" width="36" height="36"/></bpmndi:BPMNShape>
      </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"""
    body = "<startEvent id='i'/><endEvent id='f'/>" + flow("i", "f")
    imported = one(drawn(body, after=page.format(1) + page.format(2)))
    assert imported.bundle.diagram.count(b"BPMNShape id=") == 1
    assert b'<dc:Bounds x="1"' in imported.bundle.diagram


def test_what_has_no_counterpart_is_told() -> None:
    told = "\n".join(notes(one(CAMUNDA_7), "dropped"))
    for words in (
        "valuta_la_domanda: l'assegnatario «mario»",
        "valuta_la_domanda: i gruppi responsabile",
        "valuta_la_domanda: gli ascoltatori di eventi",
        "valuta_la_domanda: la mappatura «lista»",
        "valuta_la_domanda: «priority»",
    ):
        assert words in told


def test_what_remains_to_be_done_is_what_check_says() -> None:
    assert problems(one(CAMUNDA_7)) == {}
    bare = one(
        drawn(
            "<startEvent id='i'/><serviceTask id='s' camunda:class='it.Paga'/><endEvent id='f'/>"
            + flow("i", "s")
            + flow("s", "f")
        )
    )
    assert list(problems(bare)) == ["s"]
    assert notes(bare, "dropped") == ["s: chiamava «it.Paga»: scegli un'operazione installata qui"]


def test_nothing_of_a_vendor_is_left_in_the_file() -> None:
    # given
    body = """<startEvent id="i"><extensionElements><signavio:signavioMetaData metaKey="bgcolor"/></extensionElements>
      </startEvent><endEvent id="f" bizagi:colore="rosso"/>""" + flow("i", "f")
    # when
    imported = one(drawn(body))
    # then
    for name in (b"signavio", b"bizagi", b"flowable", b"camunda.org/schema/1.0"):
        assert name not in imported.bundle.diagram
    assert notes(imported, "dropped") == [
        "-: 1 annotazioni di «signavio.com», che qui non vogliono dire nulla",
        "-: 1 annotazioni di «bizagi.com/bpmn20», che qui non vogliono dire nulla",
    ]
    assert not imported.drawn


@pytest.mark.parametrize(
    ("lane", "name"),
    [
        ("sid-1A2B3C4D", "Assistente sociale"),
        ("Lane_0a1", "Assistente sociale"),
        ("assistente_sociale", "Chi ascolta"),
    ],
)
def test_a_lane_is_the_role_of_who_works_in_it(lane: str, name: str) -> None:
    body = f"""<laneSet id="ls"><lane id="{lane}" name="{name}"><flowNodeRef>sid-T1</flowNodeRef></lane>
      </laneSet><startEvent id="sid-S1"/><task id="sid-T1" name="Ascolta"/><endEvent id="sid-E1"/>"""
    found = diagram_of(one(drawn(body + flow("sid-S1", "sid-T1") + flow("sid-T1", "sid-E1"))))
    assert (found.elements["ascolta"].kind, found.elements["ascolta"].lane) == (
        "userTask",
        "assistente_sociale",
    )


@pytest.mark.parametrize(
    ("identity", "name", "ours"),
    [
        ("Activity_1x0pq7v", "Valuta l'età", "valuta_l_eta"),
        ("sid-0A1B-22", "", "user_task"),
        ("_6-61", "2 firme", "user_task_2_firme"),
        ("usertask1", "Firma", "firma"),
        ("a.b", "Firma", "firma"),
        ("End", "Firma", "firma"),
        ("valuta", "Altro", "valuta"),
        ("valutaDomanda", "Altro", "valutaDomanda"),
        ("x" * 101, "Firma", "firma"),
    ],
)
def test_ids_are_mended_and_those_that_somebody_chose_stay(identity: str, name: str, ours: str) -> None:
    body = f"<startEvent id='i'/><userTask id='{identity}' name=\"{name}\"/><endEvent id='f'/>"
    found = diagram_of(one(drawn(body + flow("i", identity) + flow(identity, "f"))))
    assert set(found.elements) == {"i", ours, "f"}
    assert set(found.flows) >= {f"i__{ours}"} or ours == identity


def test_two_steps_of_one_name_have_two_ids() -> None:
    body = "<startEvent id='i'/><userTask id='Activity_1' name='Firma'/><userTask id='Activity_2' name='Firma'/><endEvent id='f'/>"
    flows = flow("i", "Activity_1") + flow("Activity_1", "Activity_2") + flow("Activity_2", "f")
    found = diagram_of(one(drawn(body + flows)))
    assert set(found.elements) == {"i", "firma", "firma_2", "f"}
    assert found.flows["firma__firma_2"].target == "firma_2"


def test_an_id_with_a_space_in_it_is_one_id() -> None:
    body = "<startEvent id='il principio'/><userTask id='passo 1' name='Firma'/><endEvent id='f'/>"
    found = diagram_of(one(drawn(body + flow("il principio", "passo 1") + flow("passo 1", "f"))))
    assert found.flows["start_event__firma"].source == "start_event"
    assert found.flows["firma__f"].target == "f"


def test_flowable_and_camunda_8_are_read_too() -> None:
    # given
    body = """<startEvent id="i"/>
      <userTask id="u" flowable:formKey="domanda" flowable:candidateGroups="${ruolo}"/>
      <userTask id="z"><extensionElements><zeebe:assignmentDefinition candidateGroups="responsabile_ats"/>
        <zeebe:formDefinition formKey="camunda-forms:bpmn:esito" bindingType="latest"/><zeebe:properties/>
      </extensionElements></userTask>
      <scriptTask id="s" scriptFormat="javascript" camunda:resultVariable="doppio"><script>importo * 2;</script></scriptTask>
      <scriptTask id="g" scriptFormat="groovy"><script>new File('/etc/passwd').text</script></scriptTask>
      <businessRuleTask id="b" camunda:decisionRef="fascia" camunda:resultVariable="fascia_isee"/>
      <userTask id="m" camunda:candidateGroups="responsabile_ats"><multiInstanceLoopCharacteristics
        camunda:collection="${figli}" camunda:elementVariable="figlio"/></userTask>
      <userTask id="n" camunda:candidateGroups="responsabile_ats"><multiInstanceLoopCharacteristics isSequential="true">
        <loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask><endEvent id="f"/>"""
    steps = ["i", "u", "z", "s", "g", "b", "m", "n", "f"]
    imported = one(drawn(body + "".join(map(flow, steps, steps[1:]))))
    found = diagram_of(imported).elements
    # then
    assert (found["u"].form_id, found["u"].group) == ("domanda", "=ruolo")
    assert (found["z"].form_id, found["z"].group) == ("esito", "responsabile_ats")
    assert (found["s"].script, found["s"].result) == ("=importo * 2", "doppio")
    assert found["g"].script is None
    assert (found["b"].decision, found["b"].result) == ("fascia", "fascia_isee")
    loops = [found[name].loop for name in ("m", "n")]
    assert [(loop.collection, loop.item, loop.sequential) for loop in loops if loop] == [
        ("=figli", "figlio", False),
        ("=for giro in 1..3 return giro", None, True),
    ]
    told = notes(imported, "dropped")
    assert "g: lo script «new File('/etc/passwd').text»: riscrivilo in FEEL" in told
    assert "z: «properties» di Camunda 8" in told
    assert set(problems(imported)) == {"u", "z", "g", "b"}


def test_a_message_that_another_engine_sends_by_a_call_is_told() -> None:
    # given
    body = (
        '<startEvent id="inizio"/>'
        '<intermediateThrowEvent id="manda"><extensionElements><zeebe:taskDefinition type="posta"/>'
        "</extensionElements><messageEventDefinition messageRef='m'/></intermediateThrowEvent>"
        '<sendTask id="invia" name="invia" messageRef="m"/>'
        "<endEvent id='fine'><messageEventDefinition messageRef='m' camunda:type='external' "
        "camunda:topic='avvisi'/></endEvent>"
    )
    flows = flow("inizio", "manda") + flow("manda", "invia") + flow("invia", "fine")
    # when
    imported = one(drawn(body + flows, before='<message id="m" name="avviso"/>'))
    # then
    said = notes(imported, "dropped")
    assert [line.partition("chiamava ")[2].partition(":")[0] for line in said] == ["«posta»", "«avvisi»"]
    assert {element: len(found) for element, found in problems(imported).items()} == {
        "manda": 1,
        "fine": 1,
        "invia": 1,
    }
    assert ["chiave" in each for (each,) in problems(imported).values()].count(True) == 2


def test_a_resource_of_plain_bpmn_is_a_role() -> None:
    body = (
        """<startEvent id="i"/><userTask id="u"><potentialOwner><resourceRef>r1</resourceRef></potentialOwner></userTask>
      <endEvent id="f"/>"""
        + flow("i", "u")
        + flow("u", "f")
    )
    imported = one(drawn(body, before='<resource id="r1" name="Responsabile ATS"/>'))
    assert diagram_of(imported).elements["u"].group == "responsabile_ats"


def test_each_process_of_a_file_is_a_path_of_its_own() -> None:
    # given
    inner = (
        "<startEvent id='i{0}'/><userTask id='u{0}x'/><endEvent id='f{0}'/>"
        + flow("i{0}", "u{0}x")
        + flow("u{0}x", "f{0}")
    )
    second = f'<process id="Process_0ab12" name="Il fornitore">{inner.format(2)}</process>'
    pools = """<collaboration id="c"><participant id="p1" name="Comune" processRef="contributo"/>
      <participant id="p2" processRef="Process_0ab12"/><participant id="p3" name="Cittadino"/>
      <messageFlow id="m" sourceRef="p3" targetRef="i1"/></collaboration>"""
    # when
    comune, fornitore = bring_in("x.bpmn", drawn(inner.format(1), before=pools, after=second))
    # then
    assert (comune.bundle.slug, fornitore.bundle.slug) == ("contributo", "il_fornitore")
    assert "u2x" not in comune.bundle.diagram.decode()
    assert diagram_of(fornitore).name == "Il fornitore"
    told = notes(comune, "dropped")
    assert "-: il pool «Cittadino»: un percorso è un processo solo" in told
    assert any(line.startswith("start_event: un flusso di messaggi da «Cittadino»") for line in told)
    assert problems(comune).keys() == {"u1x"}


def test_an_older_namespace_is_bpmn_too() -> None:
    old = drawn("<startEvent id='i'/><endEvent id='f'/>" + flow("i", "f")).replace(
        b"http://www.omg.org/spec/BPMN/20100524/MODEL", b"http://schema.omg.org/spec/BPMN/2.0"
    )
    assert problems(one(old)) == {}


NOT_IMPORTABLE = {
    "nothing": (b"", "vuoto"),
    "no XML": (b"<definitions", "ben formato"),
    "another language": (b"<html><body/></html>", "Non è un diagramma BPMN 2.0"),
    "XPDL": (b"<Package xmlns='http://www.wfmc.org/2008/XPDL2.1'/>", "È XPDL"),
    "no process": (f"{HEAD}</definitions>".encode(), "nessun processo"),
    "an empty process": (drawn(""), "nessun processo"),
    "a choreography": (
        f"{HEAD}<choreography id='c'><startEvent id='i'/></choreography></definitions>".encode(),
        "coreografia",
    ),
    "entities": (
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><definitions>&a;</definitions>",
        "DOCTYPE",
    ),
    "a bomb of depth": (b"<a>" * 5_000 + b"</a>" * 5_000, "uno dentro l'altro"),
    "too large": (b"<a>" + b" " * 5_000_001 + b"</a>", "troppo grande"),
}


@pytest.mark.parametrize("case", NOT_IMPORTABLE)
def test_what_cannot_become_a_path_says_why(case: str) -> None:
    content, words = NOT_IMPORTABLE[case]
    with pytest.raises(NotImportable) as refused:
        bring_in("x.bpmn", content)
    assert words in refused.value.message


# ---- expressions


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${approved}", "=approved"),
        ("#{a == 1 || b != 'x'}", '=a = 1 or b != "x"'),
        ("${!(a and b)}", "=not((a and b))"),
        ("${a.b ge 3.5}", "=a.b >= 3.5"),
        ("${empty nota}", '=(nota = null or is(nota, "") or is(nota, []))'),
        (
            "${figli.size() > 2 && !figli.isEmpty()}",
            '=count(figli) > 2 and not((figli = null or is(figli, "") or is(figli, [])))',
        ),
        ("${execution.hasVariable('isee')}", "=(isee != null)"),
        ("${esito.equalsIgnoreCase('OK')}", '=(lower case(esito) = lower case("OK"))'),
        ("${'a\\nb\\\\'}", '="a\\nb\\\\"'),
        ("${x > 1 ? 'sì' : \"no\"}", '=if x > 1 then "sì" else "no"'),
        ("${execution.getVariable('importo') > 5}", "=importo > 5"),
        ("${esito.equals('ok')}", '=(esito = "ok")'),
        ("${a % 2 === 0}", "=modulo(a, 2) = 0"),
        ("${x == null}", "=x = null"),
        ("${'l\\'altro'}", '="l\'altro"'),
        ("${-a - 1}", "=-a - 1"),
    ],
)
def test_an_expression_means_the_same_in_feel(theirs: str, ours: str) -> None:
    assert juel.translate(theirs) == ours


@pytest.mark.parametrize(
    ("value", "empty"), [("", True), (None, True), ([], True), ("a", False), ([0], False), (0, False)]
)
def test_what_is_empty_elsewhere_is_empty_here(value: object, empty: bool) -> None:
    assert feel.parse(juel.translate("${empty x}")[1:]).evaluate({"x": value}) is empty
    assert feel.parse(juel.translate("${!empty x}")[1:]).evaluate({"x": value}) is not empty


@pytest.mark.parametrize(
    "theirs",
    [
        "${bean.paga(x)}",
        "${nome.toLowerCase().x}",
        "${a[0]}",
        "Gentile ${nome}",
        "${a} ${b}",
        "${}",
        "${a b}",
        "${'x}",
        "${" + "(" * 60 + "a" + ")" * 60 + "}",
        "${" + "!" * 5_000 + "a}",
        "${" + "-" * 5_000 + "a}",
        "${" + "empty " * 5_000 + "a}",
        "${''.getClass().forName('java.lang.Runtime')}",
    ],
)
def test_an_expression_that_does_more_is_left_to_a_person(theirs: str) -> None:
    with pytest.raises(juel.Untranslatable):
        juel.translate(theirs)


def test_problems_name_the_file_that_was_made() -> None:
    bare = one(
        drawn("<startEvent id='i'/><userTask id='u'/><endEvent id='f'/>" + flow("i", "u") + flow("u", "f"))
    )
    assert [Problem(p.file, p.element, "") for p in check(bare.bundle)] == [
        Problem("contributo.bpmn", "u", "")
    ]

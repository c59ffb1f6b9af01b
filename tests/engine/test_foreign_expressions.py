"""Where a token goes, how often, for whom: said by other engines, and never quietly otherwise."""

from __future__ import annotations

import pytest

from engine import feel
from engine.foreign import juel
from tests.engine.imported import diagram_of, drawn, flow, notes, one, problems


def chosen(first: str, second: str = "", attributes: str = "") -> bytes:
    """A choice with two ways out, each with a condition or with none."""
    body = (
        '<startEvent id="i"/><exclusiveGateway id="scelta"/><endEvent id="uno"/><endEvent id="due"/>'
        + flow("i", "scelta")
        + flow("scelta", "uno", first)
        + flow("scelta", "due", second)
    )
    return drawn(body).replace(b'id="sid-defs"', f'id="sid-defs" {attributes}'.encode())


def condition(text: str, attributes: str = "") -> str:
    return f"<conditionExpression {attributes}><![CDATA[{text}]]></conditionExpression>"


@pytest.mark.parametrize(
    ("text", "attributes", "ours"),
    [
        ("return importo > 100;", 'language="http://www.java.com/java"', "=importo > 100"),
        (
            "return !urgente && importo == 3;",
            'language="http://www.mvel.org/2.0"',
            "=not(urgente) and importo = 3",
        ),
        ("bpmn:getDataObject('esito') = 'sì'", 'language="http://www.w3.org/1999/XPath"', '=esito = "sì"'),
        ("not(getDataObject('concesso'))", "", "=not((concesso))"),
        ("$importo >= 10 and $importo != 12", "", "=importo >= 10 and importo != 12"),
        ('tw.local.esito == "return tw.local.x"', "", '=esito = "return tw.local.x"'),
        ('esito = "ok" and some n in figli satisfies n.eta < 3', 'language="FEEL"', None),
        ("= importo > 3", "", "= importo > 3"),
    ],
)
def test_a_condition_says_the_same_in_feel(text: str, attributes: str, ours: str | None) -> None:
    found = diagram_of(one(chosen(condition(text, attributes)))).flows["scelta__uno"].condition
    assert found == (ours or f"={text}")


def test_the_language_of_a_file_is_that_of_its_conditions() -> None:
    language = 'expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/"'
    found = diagram_of(one(chosen(condition("importo in [1..3]"), attributes=language)))
    assert found.flows["scelta__uno"].condition == "=importo in [1..3]"


def test_the_way_out_without_a_condition_is_for_the_rest() -> None:
    imported = one(chosen(condition("${importo > 3}")))
    assert diagram_of(imported).elements["scelta"].default == "scelta__due"
    assert problems(imported) == {}


def test_the_way_out_whose_condition_is_lost_is_not_for_the_rest() -> None:
    # given
    lost = condition("${bean.vale(pratica)}")
    # when
    imported = one(chosen(condition("${importo > 3}"), lost))
    # then
    assert diagram_of(imported).elements["scelta"].default is None
    assert notes(imported, "dropped") == [
        "scelta__due: la condizione «${bean.vale(pratica)}»: riscrivila in FEEL"
    ]
    assert len(problems(imported)["scelta"]) == 2


@pytest.mark.parametrize(("name", "text"), [("Sì", "sì"), ("", '"approvata"'), ("x", "'x'")])
def test_a_condition_that_is_only_a_name_is_no_variable(name: str, text: str) -> None:
    # given
    named = chosen(condition(text)).replace(b'targetRef="uno"', f'targetRef="uno" name="{name}"'.encode())
    # when
    imported = one(named)
    # then
    assert diagram_of(imported).flows["scelta__uno"].condition is None
    assert notes(imported, "dropped") == [f"scelta__uno: la condizione «{text}»: riscrivila in FEEL"]
    assert "scelta" in problems(imported)


def test_weeks_are_days() -> None:
    body = (
        "<startEvent id='i'/><intermediateCatchEvent id='t'><timerEventDefinition><timeDuration>P2W</timeDuration>"
        "</timerEventDefinition></intermediateCatchEvent><endEvent id='f'/>"
    )
    imported = one(drawn(body + flow("i", "t") + flow("t", "f")))
    assert problems(imported) == {}
    assert notes(imported, "translated") == ["t: il tempo «P2W» diventa «P14D»"]


def test_a_script_that_assigns_compares_nothing() -> None:
    with pytest.raises(juel.Untranslatable):
        juel.script("totale = importo * 2")
    assert juel.script("return importo * 2;") == "=importo * 2"


def repeated(loop: str) -> bytes:
    body = f"<startEvent id='i'/><userTask id='u'>{loop}</userTask><endEvent id='f'/>"
    return drawn(body + flow("i", "u") + flow("u", "f"))


@pytest.mark.parametrize(("n", "rounds"), [(0, 0), (1, 1), (3, 3)])
def test_as_many_rounds_are_made_as_were_asked_for(n: int, rounds: int) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality>"
        "<completionCondition>${nrOfCompletedInstances == nrOfInstances}</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    found = diagram_of(one(repeated(loop))).elements["u"].loop
    assert found is not None
    assert len(feel.parse(found.collection[1:]).evaluate({"n": n})) == rounds
    assert found.until == "=numberOfCompletedInstances = numberOfInstances"


@pytest.mark.parametrize("through", ["p", "u_in"])
def test_a_list_that_data_names_is_gone_through(through: str) -> None:
    # given
    loop = f"""<ioSpecification><dataInput id="u_in" name="IN_COLLECTION"/></ioSpecification>
      <dataInputAssociation><sourceRef>p</sourceRef><targetRef>u_in</targetRef></dataInputAssociation>
      <multiInstanceLoopCharacteristics><loopDataInputRef>{through}</loopDataInputRef>
      <inputDataItem id="figlio"/></multiInstanceLoopCharacteristics>"""
    content = repeated(loop).replace(b"<startEvent", b"<property id='p' name='figli'/><startEvent", 1)
    # when
    found = diagram_of(one(content)).elements["u"].loop
    # then
    assert found is not None
    assert (found.collection, found.item) == ("=figli", "figlio")


def test_a_number_of_rounds_that_nobody_can_tell_is_told() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>${bean.conta()}</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    imported = one(repeated(loop))
    assert notes(imported, "dropped") == [
        "u: la lista dei giri: l'espressione «${bean.conta()}» non ha un corrispondente in FEEL"
    ]
    assert any("Input collection" in message for message in problems(imported)["u"])


JBPM = """<property id="p1" name="concesso"/><startEvent id="i"/><endEvent id="f"/>
  <userTask id="u" name="Valuta"><ioSpecification>
    <dataInput id="u1" drools:dtype="Object" name="TaskName" xmlns:drools="http://www.jboss.org/drools"/>
    <dataInput id="u2" name="GroupId"/><dataInput id="u3" name="prima"/><dataOutput id="u4" name="esito"/></ioSpecification>
  <dataInputAssociation><targetRef>u1</targetRef><assignment><from>valuta_form</from><to>u1</to></assignment>
  </dataInputAssociation>
  <dataInputAssociation><targetRef>u2</targetRef><assignment><from>responsabile_ats</from><to>u2</to></assignment>
  </dataInputAssociation>
  <dataInputAssociation><sourceRef>p1</sourceRef><targetRef>u3</targetRef></dataInputAssociation>
  <dataOutputAssociation><sourceRef>u4</sourceRef><targetRef>p1</targetRef></dataOutputAssociation>
  <potentialOwner><resourceAssignmentExpression><formalExpression>mario</formalExpression>
  </resourceAssignmentExpression></potentialOwner></userTask>"""


def test_what_jbpm_says_by_data_is_said_in_our_dialect() -> None:
    # given
    imported = one(drawn(JBPM + flow("i", "u") + flow("u", "f")))
    # when
    found = diagram_of(imported).elements["u"]
    # then
    assert (found.group, found.form_id) == ("responsabile_ats", "valuta_form")
    assert [(line.source, line.target) for line in (*found.inputs, *found.outputs)] == [
        ("=concesso", "prima"),
        ("=esito", "concesso"),
    ]
    assert "u: chi lo fa, «mario»: qui contano i ruoli, non le persone" in notes(imported, "dropped")


def test_of_two_who_own_a_step_one_is_told() -> None:
    # given
    owner = "<potentialOwner><resourceRef>r</resourceRef></potentialOwner>"
    body = f"<startEvent id='i'/><userTask id='u' camunda:candidateGroups='segretariato'>{owner}</userTask><endEvent id='f'/>"
    content = drawn(body + flow("i", "u") + flow("u", "f"), before="<resource id='r' name='Ragioneria'/>")
    # when
    imported = one(content)
    # then
    assert diagram_of(imported).elements["u"].group == "segretariato"
    assert notes(imported, "dropped") == ["u: «Ragioneria»: un passo è di un ruolo solo"]
    assert one(imported.bundle.diagram).bundle.diagram == imported.bundle.diagram


def test_what_camunda_8_says_and_we_do_not_read_is_told() -> None:
    body = """<startEvent id="i"/><userTask id="u"><extensionElements>
      <zeebe:assignmentDefinition candidateGroups="segretariato" candidateUsers="ada"/></extensionElements></userTask>
      <endEvent id="f"/>"""
    imported = one(drawn(body + flow("i", "u") + flow("u", "f")))
    assert notes(imported, "dropped") == ["u: «assignmentDefinition candidateUsers» di Camunda 8"]


def test_what_is_asked_at_the_start_is_told() -> None:
    body = """<startEvent id="i" camunda:initiator="chi" flowable:formKey="domanda"/><userTask id="u"/>
      <subProcess id="s"><startEvent id="si"><extensionElements><camunda:formData><camunda:formField id="isee"/>
      </camunda:formData></extensionElements></startEvent></subProcess><endEvent id="f"/>"""
    told = notes(one(drawn(body + flow("i", "u") + flow("u", "s") + flow("s", "f"))), "dropped")
    assert [line.partition(": mettilo")[0] for line in told[:3]] == [
        "i: all'inizio chiedeva il modulo «domanda»",
        "i: la variabile «chi» con chi apre",
        "si: all'inizio chiedeva isee",
    ]

"""Types: what is taken, what is converted, what is refused."""

from decimal import Decimal

import pytest

from engine.dmn import TypeMismatch
from engine.feel import parse
from tests.engine.dmn.models import decision, function, input_data, literal, model_of

PERSONA = """<itemDefinition name="tPersona">
  <itemComponent name="nome"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="nato_il"><typeRef>date</typeRef></itemComponent>
</itemDefinition>"""
NUCLEO = '<itemDefinition name="tNucleo" isCollection="true"><typeRef>tPersona</typeRef></itemDefinition>'
FASCIA = """<itemDefinition name="tFascia"><typeRef>string</typeRef>
  <allowedValues><text>"bassa","alta"</text></allowedValues></itemDefinition>"""


def feel(text):
    return parse(text).evaluate({})


def given_input(type_ref, value, *items, text="dato"):
    """What a decision makes of an input of that type."""
    model = model_of(*items, input_data("dato", type_ref), decision("d", literal(text), needs=[">dato"]))
    return model.decide("d", {"dato": value})


def result(type_ref, text, *items):
    """The FEEL value of a decision of that type, leniently."""
    return model_of(*items, decision("d", literal(text), type_ref=type_ref)).lenient().evaluate("d", {})


@pytest.mark.parametrize(
    ("type_ref", "value", "property_", "expected"),
    [
        ("date", "2026-02-03", "dato.month", 2),
        ("time", "10:30:00", "dato.minute", 30),
        ("date and time", "2026-02-03T10:30:00+01:00", "dato.hour", 10),
        ("dateTime", "2026-02-03T10:30:00Z", "dato.day", 3),
        ("days and time duration", "P2DT3H", "dato.hours", 3),
        ("yearMonthDuration", "P1Y2M", "dato.months", 2),
        ("feel:date", "2026-02-03", "dato.year", 2026),
    ],
)
def test_json_texts_become_dates_times_and_durations_where_the_type_says_so(
    type_ref, value, property_, expected
):
    assert given_input(type_ref, value, text=property_) == Decimal(expected)


@pytest.mark.parametrize("type_ref", ["tFascia", "mio:tFascia", "_0f-1.2:tFascia"])
def test_a_type_may_be_written_with_the_prefix_of_its_namespace(type_ref):
    assert result(type_ref, '"alta"', FASCIA) == "alta"
    assert result(type_ref, '"altra"', FASCIA) is None


@pytest.mark.parametrize(
    "type_ref", ["xs:integer", "xsd:int", "feel:Any", "Undefined", "<Undefined>", "context<n:number>"]
)
def test_what_other_editors_call_a_type_is_a_type(type_ref):
    model = model_of(decision("d", literal("dato"), type_ref=type_ref))
    assert model.problems() == []


def test_dates_inside_structures_and_collections_are_read_too():
    # given
    people = [{"nome": "Ada", "nato_il": "1950-01-02"}, {"nome": "Bo"}]
    # then
    assert given_input("tNucleo", people, PERSONA, NUCLEO, text="dato[1].nato_il.year") == Decimal(1950)
    assert given_input("tNucleo", people, PERSONA, NUCLEO, text="dato[2].nato_il") is None


def test_a_text_without_a_type_stays_a_text():
    assert given_input("", "2026-02-03") == "2026-02-03"


@pytest.mark.parametrize(
    ("type_ref", "value"),
    [("number", "12"), ("date", "domani"), ("boolean", 1), ("tFascia", "media"), ("tPersona", "Ada")],
)
def test_a_value_of_the_wrong_type_is_refused(type_ref, value):
    with pytest.raises(TypeMismatch) as refused:
        given_input(type_ref, value, PERSONA, FASCIA)
    assert refused.value.element_id == "dato"
    assert type_ref in refused.value.message_it


def test_null_is_of_every_type():
    for type_ref in ("number", "tFascia", "tPersona", "tNucleo"):
        assert given_input(type_ref, None, PERSONA, FASCIA, NUCLEO) is None


def test_a_list_of_one_is_its_item_and_an_item_a_list_of_one():
    assert result("number", "[7]") == Decimal(7)
    assert result("tFascia", '["alta"]', FASCIA) == "alta"
    assert result("list<number>", "7") == [Decimal(7)]
    assert result("number", "[7, 8]") is None


def test_a_date_becomes_the_midnight_of_a_date_and_time():
    assert result("date and time", 'date("2026-02-03")') == feel('date and time("2026-02-03T00:00:00Z")')


def test_a_structure_may_have_more_entries_but_not_fewer():
    # then
    assert result("tPersona", '{nome: "Ada", nato_il: null, altro: 1}', PERSONA)["altro"] == Decimal(1)
    assert result("tPersona", '{nome: "Ada"}', PERSONA) is None


def test_allowed_values_hold_for_each_item_and_a_constraint_for_the_whole():
    # given
    pochi = """<itemDefinition name="tPochi" isCollection="true"><typeRef>number</typeRef>
      <allowedValues><text>[0..10]</text></allowedValues>
      <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"""
    # then
    assert result("tPochi", "[1, 2]", pochi) == [Decimal(1), Decimal(2)]
    assert result("tPochi", "[1, 11]", pochi) is None
    assert result("tPochi", "[1, 2, 3]", pochi) is None


def test_instance_of_knows_the_types_of_the_model():
    assert result("", '{nome: "Ada", nato_il: null} instance of tPersona', PERSONA) is True
    assert result("", '"Ada" instance of tPersona', PERSONA) is False


def test_a_function_refuses_an_argument_of_the_wrong_type():
    # given
    model = model_of(
        function("f", ["n:number"], literal("n = null")), decision("d", literal('f("x")'), knows=["f"])
    )
    # then
    with pytest.raises(TypeMismatch):
        model.decide("d", {})
    assert model.lenient().decide("d", {}) is None


def test_a_function_type_wants_as_many_parameters():
    # given
    tipo = """<itemDefinition name="tFunzione"><functionItem outputTypeRef="number">
      <parameters name="a" typeRef="number"/></functionItem></itemDefinition>"""
    # then
    assert result("tFunzione", "function(a) a", tipo) is not None
    assert result("tFunzione", "function(a, b) a", tipo) is None
    assert result("tFunzione", "1", tipo) is None


def test_types_that_rename_one_another_in_a_circle_do_not_hang():
    # given
    circle = [
        '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>',
        '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>',
    ]
    # then
    assert given_input("a", 1, *circle) == Decimal(1)
    assert "rimanda a sé stesso" in model_of(*circle).problems()[0].message

"""Requirement graphs: what is evaluated, in which order, and what each decision sees."""

from decimal import Decimal

import pytest

from engine.dmn import Decided, DecisionCycle, DecisionNotFound, ExpressionFailed
from engine.feel import Environment, Function
from tests.engine.dmn.models import decision, function, input_data, literal, model_of, table


def counting() -> tuple[list[object], Environment]:
    """An environment whose function `conta` notes every call."""
    calls: list[object] = []

    def count(value: object) -> object:
        calls.append(value)
        return value

    return calls, Environment(functions={"conta": Function(["valore"], count)})


def test_a_decision_reads_what_it_requires_by_name():
    # given
    model = model_of(
        input_data("isee", "number"),
        decision("base", literal("isee / 2"), needs=[">isee"]),
        decision("quota", literal("base + 1"), needs=["base"]),
    )
    # then
    assert model.decide("quota", {"isee": 10}) == Decimal(6)


def test_a_decision_required_twice_is_evaluated_once():
    # given
    calls, env = counting()
    model = model_of(
        decision("comune", literal("conta(1)")),
        decision("sinistra", literal("comune + 1"), needs=["comune"]),
        decision("destra", literal("comune + 2"), needs=["comune"]),
        decision("cima", literal("sinistra + destra"), needs=["sinistra", "destra"]),
    )
    # then
    assert model.decide("cima", {}, env) == Decimal(5)
    assert calls == [Decimal(1)]


def test_a_decision_that_nobody_needs_is_not_evaluated():
    # given
    calls, env = counting()
    model = model_of(decision("altra", literal("conta(1)")), decision("voluta", literal("2")))
    # then
    assert model.decide("voluta", {}, env) == Decimal(2)
    assert calls == []


def test_a_decision_does_not_see_an_input_it_does_not_require():
    # given
    model = model_of(input_data("isee"), decision("d", literal("isee")))
    # then
    assert model.decide("d", {"isee": 1}) is None


def test_a_variable_that_the_model_does_not_draw_comes_from_the_process():
    assert model_of(decision("d", literal("eta + 1"))).decide("d", {"eta": 1}) == Decimal(2)


def test_a_decision_is_found_by_id_or_by_name():
    # given
    model = model_of(
        '<decision id="x1" name="La quota"><literalExpression><text>1</text></literalExpression></decision>'
    )
    # then
    assert model.decide("x1", {}) == model.decide("La quota", {}) == Decimal(1)
    with pytest.raises(DecisionNotFound):
        model.decide("assente", {})


def test_ids_are_optional():
    # given
    model = model_of(
        '<inputData name="eta"/>',
        '<decision name="doppio">'
        '<informationRequirement><requiredInput href="#eta"/></informationRequirement>'
        f"{literal('eta * 2')}</decision>",
    )
    # then
    assert model.decide("doppio", {"eta": 4}) == Decimal(8)
    assert model.problems() == []


def test_decisions_that_require_one_another_are_refused_with_their_path():
    # given
    model = model_of(decision("a", literal("b"), needs=["b"]), decision("b", literal("a"), needs=["a"]))
    # when
    with pytest.raises(DecisionCycle) as refused:
        model.decide("a", {})
    # then
    assert refused.value.path == ["a", "b", "a"]
    assert "a → b → a" in refused.value.message_it


def test_a_chain_of_thousands_of_decisions_does_not_exhaust_the_stack():
    # given
    chain = [decision(f"d{n}", literal(f"d{n - 1} + 1"), needs=[f"d{n - 1}"]) for n in range(1, 2000)]
    # then
    assert model_of(decision("d0", literal("0")), *chain).decide("d1999", {}) == Decimal(1999)


def test_explaining_tells_the_rules_of_every_table_and_the_inputs_that_were_read():
    # given
    punteggio = table(["eta"], ["punti"], [["< 65", "0"], [">= 65", "5"]])
    esito = table(["punteggio"], ["esito"], [["0", '"no"'], ["> 0", '"ammesso"']], identifier="altra")
    model = model_of(
        input_data("eta", "number"),
        input_data("altro", "number"),
        decision("punteggio", punteggio, needs=[">eta"]),
        decision("ammissione", esito, needs=["punteggio"]),
    )
    # then
    assert model.explain("ammissione", {"eta": 70, "altro": 1}) == Decided(
        value="ammesso",
        tables=(("punteggio", ("r2",)), ("ammissione", ("r2",))),
        inputs={"eta": Decimal(70)},
    )


def test_the_inputs_of_a_decision_are_those_of_what_it_requires_too():
    # given
    model = model_of(
        input_data("eta", "number"),
        input_data("isee"),
        decision("a", literal("eta"), needs=[">eta"]),
        decision("b", literal("a + isee"), needs=["a", ">isee"]),
    )
    # then
    assert model.inputs("b") == {"eta": "number", "isee": None}


def test_a_decision_without_a_variable_is_read_by_its_name_or_by_its_id():
    # given: so Camunda's Modeler writes them
    model = model_of(
        f'<decision id="quota_base" name="Quota base">{literal("2")}</decision>',
        decision("d", literal("quota_base + Quota base"), needs=["quota_base"]),
    )
    # then
    assert model.decide("d", {}) == Decimal(4)
    assert model.problems() == []


def test_variables_of_the_process_that_were_read_are_explained_too():
    # given
    rules = [["< soglia", "eta + altro"], [">= soglia", "0"]]
    model = model_of(decision("d", table(["eta"], ["punti"], rules)))
    # then
    assert model.inputs("d") == {"altro": None, "eta": None, "soglia": None}
    assert model.explain("d", {"eta": 1, "soglia": 2, "altro": 3, "estraneo": 4}).inputs == {
        "eta": Decimal(1),
        "soglia": Decimal(2),
        "altro": Decimal(3),
    }


def test_an_input_that_is_not_given_is_null_and_leaves_a_warning():
    # given
    env = Environment()
    model = model_of(input_data("isee", "number"), decision("d", literal("isee = null"), needs=[">isee"]))
    # then
    assert model.decide("d", {}, env) is True
    assert [warning.variable for warning in env.warnings] == ["isee"]


def test_a_function_of_the_model_is_called_by_name_or_by_position():
    # given
    model = model_of(
        function("quota", ["isee:number", "soglia:number"], literal("isee - soglia")),
        decision("d", literal("[quota(5, 2), quota(soglia: 1, isee: 9)]"), knows=["quota"]),
    )
    # then
    assert model.decide("d", {}) == [Decimal(3), Decimal(8)]


def test_a_function_sees_its_parameters_and_what_it_requires_only():
    # given
    model = model_of(
        function("altra", [], literal("40")),
        function("f", ["a"], literal("if isee = null then a + altra() else 0"), knows=["altra"]),
        input_data("isee"),
        decision("d", literal("f(2)"), needs=[">isee"], knows=["f"]),
    )
    # then
    assert model.decide("d", {"isee": 7}) == Decimal(42)


def test_a_table_inside_a_function_is_explained_under_its_name():
    # given
    model = model_of(
        function("fascia", ["eta"], table(["eta"], ["esito"], [["< 18", '"m"'], [">= 18", '"a"']])),
        decision("d", literal("fascia(20)"), knows=["fascia"]),
    )
    # then
    assert model.explain("d", {}).tables == (("fascia", ("r2",)),)


def test_a_decision_service_sees_its_own_inputs_only():
    # given
    model = model_of(
        input_data("eta", "number"),
        decision("base", literal("100")),
        decision("esito", literal("base + eta"), needs=["base", ">eta"]),
        '<decisionService id="servizio" name="servizio"><outputDecision href="#esito"/>'
        '<inputDecision href="#base"/><inputData href="#eta"/></decisionService>',
        decision("d", literal("[servizio(1, 2), base + eta]"), needs=["base", ">eta"], knows=["servizio"]),
    )
    # then
    assert model.decide("d", {"eta": 7}) == [Decimal(3), Decimal(107)]


def test_a_service_can_be_asked_as_a_decision_is():
    # given
    model = model_of(
        input_data("nata", "date"),
        decision("base", literal("100")),
        decision("esito", literal("base + nata.year"), needs=["base", ">nata"]),
        '<decisionService id="servizio" name="servizio"><outputDecision href="#esito"/>'
        '<encapsulatedDecision href="#base"/><inputData href="#nata"/></decisionService>',
    )
    # then
    assert model.decide("servizio", {"nata": "1990-01-02"}) == Decimal(2090)


def test_a_service_with_several_outputs_gives_them_all_by_name():
    # given
    model = model_of(
        decision("a", literal("1")),
        decision("b", literal("2")),
        '<decisionService id="s" name="s">'
        '<outputDecision href="#a"/><outputDecision href="#b"/></decisionService>',
    )
    # then
    assert model.invoke("s", {}) == {"a": Decimal(1), "b": Decimal(2)}
    assert model.invoke("s", {}, "b") == Decimal(2)


def test_a_decision_without_logic_is_null():
    assert model_of('<decision id="d" name="d"/>').decide("d", {}) is None


def test_feel_that_cannot_be_read_is_refused_with_its_place_only_when_it_is_evaluated():
    # given
    model = model_of(decision("rotta", literal("1 +")), decision("sana", literal("1")))
    # then
    assert model.decide("sana", {}) == Decimal(1)
    with pytest.raises(ExpressionFailed) as refused:
        model.decide("rotta", {})
    assert "riga 1" in refused.value.message_it

"""What is wrong with a model is said before it is published, with the element and an Italian sentence."""

import pytest

from engine.dmn import Problem
from tests.engine.dmn.models import decision, function, input_data, literal, model_of, table


def problems(*elements, functions=()):
    return [(problem.element_id, problem.message) for problem in model_of(*elements).problems(functions)]


def only(*elements):
    """The single problem of a model."""
    found = problems(*elements)
    assert len(found) == 1, found
    return found[0]


def in_table(rules, *, inputs=("eta",), outputs=("esito",), **options):
    return problems(decision("d", table(inputs, outputs, rules, **options)))


def test_a_sound_model_has_no_problems():
    # given
    rules = [["< 18", "soglia"], ["[18..65)", "eta * 2"], [">= 65", "quota(eta)"], ["null", "0"]]
    # then
    assert (
        problems(
            input_data("eta", "number"),
            decision("soglia", literal("3"), type_ref="number"),
            function("quota", ["anni"], literal("anni / 2")),
            decision("d", table(["eta"], ["q"], rules), needs=[">eta", "soglia"], knows=["quota"]),
        )
        == []
    )


def test_feel_that_cannot_be_read_is_shown_with_its_place():
    # given
    element, message = in_table([["< ", '"x"']])[0]
    # then
    assert element == "r1/input/1"
    assert message.startswith("FEEL illeggibile in «<»: riga 1, colonna")


def test_a_date_that_does_not_exist_and_a_function_in_java_are_shown_with_their_place():
    # given
    _, date = only(decision("d", literal('[1,\n @"2026-02-30"]')))
    _, java = only(
        decision("d", literal('function(a) external {java: {class: "A", method signature: "b()"}}'))
    )
    # then
    assert "riga 2, colonna 2" in date
    assert "esterne" in java


def test_a_requirement_of_nothing_is_named():
    assert only(decision("d", literal("1"), needs=["assente"])) == (
        "d",
        "«d» richiede «assente», che non esiste.",
    )


def test_a_requirement_of_the_wrong_kind_is_named():
    # given
    found = problems(input_data("i"), decision("d", literal("1"), knows=["i"]))
    # then
    assert found == [("d", "«d» richiede «i», che non esiste.")]


def test_a_decision_that_is_read_but_not_required_wants_its_arrow():
    # given
    _, message = only(decision("soglia", literal("1")), decision("d", literal("soglia + 1")))
    # then
    assert "manca la freccia" in message


def test_a_variable_that_a_cell_reads_from_nowhere_is_named():
    # given
    rules = [["< 18", "tarifa"]]
    # then
    assert only(input_data("eta"), decision("d", table(["eta"], ["quota"], rules), needs=[">eta"])) == (
        "r1/output/1",
        "«tarifa» legge la variabile «tarifa», che non esiste.",
    )


def test_the_inputs_of_a_table_may_come_from_the_process_undrawn():
    # given
    rules = [["< 18", "eta + 1"]]
    # then
    assert problems(input_data("altro"), decision("d", table(["eta"], ["quota"], rules))) == []


def test_without_any_drawn_input_all_variables_may_come_from_the_process():
    assert problems(decision("d", literal("isee / 2"))) == []


def test_functions_of_the_host_are_known_when_they_are_named():
    # given
    elements = [input_data("i"), decision("d", literal("dopo(i, 3)"), needs=[">i"])]
    # then
    assert "«dopo»" in only(*elements)[1]
    assert problems(*elements, functions=["dopo"]) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "LAST"}, "La politica «LAST» non esiste."),
        ({"policy": "COLLECT", "aggregation": "MEAN"}, "L'aggregazione «MEAN» non esiste."),
        ({"policy": "PRIORITY"}, "Manca l'elenco dei valori di esito, da cui dipende la priorità."),
    ],
)
def test_policies_are_checked(options, message):
    assert in_table([["1", "1"]], **options) == [("tabella", message)]


def test_an_aggregation_wants_one_column():
    # given
    found = in_table([["1", "1", "2"]], outputs=("a", "b"), policy="COLLECT", aggregation="SUM")
    # then
    assert found == [("tabella", "L'aggregazione ammette una sola colonna di esito.")]


def test_an_empty_table_is_refused():
    assert in_table([]) == [("tabella", "La tabella non ha regole.")]


def test_a_rule_with_too_few_or_too_many_cells_is_named():
    # given
    found = in_table([["1", "1"], ["2"], ["3", "3", "3"]])
    # then
    assert found == [
        ("r2", "La regola 2 ha 1 condizioni e 0 esiti, le colonne sono 1 e 1."),
        ("r3", "La regola 3 ha 1 condizioni e 2 esiti, le colonne sono 1 e 1."),
    ]


def test_several_columns_of_outcome_need_different_names():
    assert "un nome ciascuna" in in_table([["1", "1", "2"]], outputs=("a", "a"))[0][1]


def test_a_column_without_expression_is_named():
    assert in_table([["1", "1"]], inputs=("",))[0][1] == "La colonna di ingresso 1 non ha espressione."


def test_tables_have_limits():
    # given
    rules = [[str(number), "1"] for number in range(2001)]
    wide = [["-"] * 200 + ["1"]]
    # then
    assert "troppo grande" in in_table(rules)[0][1]
    assert "troppo grande" in in_table(wide, inputs=["x"] * 200)[0][1]


def test_repeated_ids_and_names_are_named():
    # given
    twice = (
        '<decision id="d" name="d"><literalExpression id="d"><text>1</text></literalExpression></decision>'
    )
    same = twice.replace('id="d"', "")
    # then
    assert only(twice) == ("d", "Più elementi hanno lo stesso id «d».")
    assert problems(same, same)[0] == ("d", "Più elementi si chiamano «d».")


def test_a_cycle_is_shown_once_with_its_path():
    # given
    found = problems(decision("a", literal("b"), needs=["b"]), decision("b", literal("a"), needs=["a"]))
    # then
    assert found == [("a", "Le decisioni si richiedono a vicenda: a → b → a.")]


def test_functions_in_a_cycle_are_refused_but_one_may_call_itself():
    # given
    recursive = function("f", ["n"], literal("if n = 0 then 1 else f(n - 1)"))
    circle = [
        function("f", ["n"], literal("g(n)"), knows=["g"]),
        function("g", ["n"], literal("f(n)"), knows=["f"]),
    ]
    # then
    assert problems(recursive) == []
    assert "f → g → f" in only(*circle)[1]


def test_a_function_in_java_is_refused_before_it_is_published():
    # given
    java = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic kind="Java">'
        f"{literal('{}')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    # then
    assert only(java)[1] == "La funzione «f» è scritta in Java: si ammette solo FEEL."


def test_other_expression_languages_are_refused():
    # given
    juel = '<literalExpression expressionLanguage="juel"><text>${a}</text></literalExpression>'
    named = juel.replace("juel", "https://www.omg.org/spec/DMN/20230324/FEEL/").replace("${a}", "a")
    # then
    assert "juel" in only(decision("d", juel))[1]
    assert problems(decision("d", named)) == []


def test_a_type_that_does_not_exist_is_named():
    assert only(input_data("i", "tAssente")) == ("i", "Il tipo «tAssente» di «i» non esiste.")


def test_empty_decisions_and_expressions_are_named():
    assert only('<decision id="d" name="d"/>') == ("d", "La decisione «d» è vuota.")
    assert only(decision("d", literal(" "))) == ("d", "L'espressione è vuota.")


def test_names_inside_boxed_expressions_are_followed():
    # given
    entries = (
        f'<contextEntry><variable name="base"/>{literal("i")}</contextEntry>'
        f'<contextEntry><for iteratorVariable="n"><in>{literal("base")}</in>'
        f"<return>{literal('n + base + ignota')}</return></for></contextEntry>"
    )
    # then
    _, message = only(input_data("i"), decision("d", f"<context>{entries}</context>", needs=[">i"]))
    assert "«ignota»" in message


def test_a_problem_is_a_value():
    assert Problem("a", "b") == Problem("a", "b")

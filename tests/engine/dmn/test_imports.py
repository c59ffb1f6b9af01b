"""Models that import others of their folder: what they see of them, and what is refused."""

from __future__ import annotations

import pytest

from engine.dmn import Model, ModelRefused, TypeMismatch, load
from engine.feel import Date
from tests.engine.dmn.models import decision, function, input_data, literal, table, xml_of

PEOPLE = (
    '<itemDefinition name="tPersona"><itemComponent name="nome"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="nata"><typeRef>tGiorno</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tGiorno"><typeRef>date</typeRef></itemDefinition>'
)


def named(namespace: str, *elements: str) -> bytes:
    return xml_of(*elements).replace(b"urn:prova", namespace.encode())


def imports(namespace: str, name: str) -> str:
    return f'<import namespace="{namespace}" name="{name}" importType="x"/>'


def importing(*elements: str, name: str = "base", beside: tuple[bytes, ...] = ()) -> Model:
    return load(named("urn:a", imports("urn:b", name), *elements), beside)


def test_a_decision_reads_an_imported_one_under_the_name_of_the_import() -> None:
    # given
    other = named("urn:b", input_data("isee"), decision("fascia", literal("isee * 2"), needs=[">isee"]))
    model = importing(
        decision("esito", literal("base.fascia + base.isee"), needs=["urn:b#fascia", ">urn:b#isee"]).replace(
            "#urn", "urn"
        ),
        beside=(b"not xml", other),
    )
    # then
    assert model.decide("esito", {"isee": 10}) == 30
    assert model.explain("esito", {"isee": 10}).inputs == {"isee": 10}
    assert model.problems() == []


def test_two_models_may_each_have_an_input_of_one_name() -> None:
    # given
    other = named("urn:b", input_data("isee"))
    model = importing(
        input_data("isee"),
        decision("esito", literal("isee - base.isee"), needs=[">isee", ">urn:b#isee"]).replace("#urn", "urn"),
        beside=(other,),
    )
    # then
    assert model.decide("esito", {"isee": 10}) == 0
    assert model.decide("esito", {"isee": 10, "urn:b#isee": 4}) == 6


def test_an_imported_function_and_table_are_called_with_their_own_types() -> None:
    # given
    rows = table(["eta"], ["esito"], [["< 18", '"minore"'], [">= 18", '"adulto"']])
    other = named("urn:b", PEOPLE, function("gruppo", ["eta:number"], rows))
    model = importing(
        decision("esito", literal("base.gruppo(eta: 17)"), knows=["urn:b#gruppo"]).replace("#urn", "urn"),
        beside=(other,),
    )
    # then
    assert model.decide("esito", {}) == "minore"


def test_a_type_of_an_imported_model_keeps_its_meaning() -> None:
    # given
    model = importing(
        input_data("p", "base.tPersona"),
        decision("esito", literal("p.nata.year"), needs=[">p"]),
        decision("prova", literal("p instance of base.tPersona"), needs=[">p"]),
        beside=(named("urn:b", PEOPLE),),
    )
    # then
    assert model.evaluate("esito", {"p": {"nome": "Ada", "nata": Date(1990, 1, 2)}}) == 1990
    assert model.decide("prova", {"p": {"nome": "Ada", "nata": None}}) is True
    with pytest.raises(TypeMismatch):
        model.decide("prova", {"p": {"nome": 3}})


def test_an_import_without_a_name_lends_its_elements_as_they_are() -> None:
    # given
    other = named("urn:b", decision("soglia", literal("3")))
    model = importing(
        decision("esito", literal("soglia + 1"), needs=["urn:b#soglia"]).replace("#urn", "urn"),
        name="",
        beside=(other,),
    )
    # then
    assert model.decide("esito", {}) == 4


def test_what_two_imported_models_import_is_decided_once() -> None:
    # given
    root = named("urn:r", decision("d", table(["1"], ["x"], [["1", "5"]])))
    halves = tuple(
        named(f"urn:{name}", imports("urn:r", "r"), decision("d", literal("r.d"), needs=["urn:r#d"]))
        for name in ("b", "c")
    )
    model = load(
        named(
            "urn:a",
            imports("urn:b", "b"),
            imports("urn:c", "c"),
            decision("esito", literal("b.d + c.d"), needs=["urn:b#d", "urn:c#d"]),
        ).replace(b"#urn", b"urn"),
        tuple(half.replace(b"#urn", b"urn") for half in halves) + (root,),
    )
    # then
    decided = model.explain("esito", {})
    assert decided.value == 10
    assert decided.tables == (("d", ("r1",)),)


def test_an_import_of_what_is_not_there_or_of_itself_is_refused() -> None:
    own = named("urn:b", imports("urn:a", "a"), decision("d", literal("1")))
    circle = named("urn:a", imports("urn:b", "b"), decision("d", literal("1")))
    for beside, reason in (
        (None, "non sono ammessi"),
        ((), "non è fra i modelli"),
        ((own, circle), "importa chi lo importa"),
    ):
        with pytest.raises(ModelRefused) as refused:
            load(circle, beside)
        assert reason in refused.value.message_it


def test_a_chain_of_imports_is_bounded() -> None:
    # given
    chain = [named(f"urn:{n}", imports(f"urn:{n + 1}", "m"), decision("d", literal("1"))) for n in range(50)]
    # then
    with pytest.raises(ModelRefused):
        load(chain[0], chain)

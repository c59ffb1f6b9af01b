"""Files: which are models, which are refused and why."""

import pytest

from engine.dmn import ModelRefused, load
from engine.dmn.loading import CACHED_MODELS, _models
from engine.dmn.namespace import MODEL_NAMESPACES
from engine.feel import FeelBudgetExceeded
from engine.xml import parse_xml
from tests.engine.dmn.models import decision, function, literal, model_of, xml_of


def refusal(xml: bytes) -> str:
    with pytest.raises(ModelRefused) as refused:
        load(xml)
    return refused.value.message_it


@pytest.mark.parametrize("namespace", MODEL_NAMESPACES)
def test_every_version_is_read(namespace):
    # given
    xml = xml_of(decision("d", literal("1 + 1")), namespace=namespace)
    # then
    assert load(xml).decide("d", {}) == 2
    assert load(parse_xml(xml)).decide("d", {}) == 2


def test_a_prefix_before_the_elements_changes_nothing():
    # given
    plain = xml_of(decision("d", literal("1 + 1"))).decode()
    prefixed = plain.replace("</", "</dmn:").replace("<", "<dmn:").replace("<dmn:/dmn:", "</dmn:")
    # then
    assert load(prefixed.replace("xmlns=", "xmlns:dmn=").encode()).decide("d", {}) == 2


def test_what_is_drawn_and_other_extensions_are_passed_over():
    # given
    drawing = '<x:DMNDI xmlns:x="https://www.omg.org/spec/DMN/20191111/DMNDI/"><x:decision id="d"/></x:DMNDI>'
    # then
    model = model_of(decision("d", literal("1")), drawing)
    assert model.decision_ids == ["d"]
    assert model.problems() == []


def test_other_xml_and_other_versions_are_refused():
    assert "non è un modello DMN" in refusal(b"<definitions/>")
    assert "non è un modello DMN" in refusal(b'<a xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>')
    assert "non è un modello DMN" in refusal(xml_of(namespace="http://www.omg.org/spec/DMN/20141115/dmn.xsd"))


def test_an_import_is_refused_by_its_name():
    # given
    xml = xml_of('<import namespace="urn:altro" name="altro" importType="x"/>', decision("d", literal("1")))
    # then
    assert refusal(xml).startswith("Il modello importa «urn:altro»")


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"\0" * 100,
        b'<!DOCTYPE definitions [<!ENTITY a "aaaa">]><definitions>&a;</definitions>',
        b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
        b"<d>" * 5_000,
        b" " * 1_000_001,
        xml_of("<decision>" * 200 + "</decision>" * 200),
    ],
)
def test_hostile_files_end_in_a_refusal(xml):
    assert refusal(xml)


def test_a_flood_of_elements_is_refused():
    assert "più di" in refusal(xml_of("<decision/>" * 6_000))


def test_deeply_nested_expressions_and_lists_are_a_problem_and_no_crash():
    # given
    brackets = "(" * 20_000 + "1" + ")" * 20_000
    nested = "<list>" * 80 + literal("1") + "</list>" * 80
    # then
    assert model_of(decision("d", literal(brackets))).problems()[0].element_id
    assert model_of(decision("d", nested)).problems() == []


def test_a_function_that_calls_itself_for_ever_runs_out_of_its_budget():
    # given
    model = model_of(function("f", ["n"], literal("f(n + 1)")), decision("d", literal("f(0)"), knows=["f"]))
    # then
    with pytest.raises(FeelBudgetExceeded):
        model.decide("d", {})


def test_loops_inside_loops_run_out_of_their_budget():
    # given
    thousands = literal("for i in 1..10000 return i")
    inner = f'<for iteratorVariable="b"><in>{thousands}</in><return>{literal("a * b")}</return></for>'
    outer = f'<for iteratorVariable="a"><in>{thousands}</in><return>{inner}</return></for>'
    # then
    with pytest.raises(FeelBudgetExceeded):
        model_of(decision("d", outer)).decide("d", {})


def test_a_model_is_compiled_once_for_the_same_bytes():
    # given
    xml = xml_of(decision("d", literal("1")))
    # then
    assert load(xml) is load(bytes(xml))


def test_the_cache_is_bounded():
    # when
    for number in range(CACHED_MODELS + 10):
        load(xml_of(decision("d", literal(str(number)))))
    # then
    assert len(_models) == CACHED_MODELS

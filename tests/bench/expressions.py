"""What a condition and a decision table cost, in microseconds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from engine import dmn, feel
from tests.bench.figure import Figure, each

CONTEXT = {
    "isee": {"valore": Decimal("12400.50")},
    "parametri": {"soglia_isee": 20000},
    "urgente": False,
    "eta": 82,
    "area": "anziani",
}
CONDITION = 'isee.valore < parametri.soglia_isee and not(urgente) and area = "anziani"'
ROWS = 20
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="fascia" name="fascia"><variable id="v" name="fascia"/>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i1"><inputExpression id="e1" typeRef="number"><text>isee.valore</text></inputExpression></input>
      <input id="i2"><inputExpression id="e2" typeRef="number"><text>eta</text></inputExpression></input>
      <output id="o" name="fascia" typeRef="number"/>{rules}
    </decisionTable></decision></definitions>"""
RULE = """<rule id="r{n}"><inputEntry id="a{n}"><text>[{low}..{high})</text></inputEntry>
  <inputEntry id="b{n}"><text>&gt;= 65</text></inputEntry>
  <outputEntry id="c{n}"><text>{n}</text></outputEntry></rule>"""


def measure() -> Iterator[Figure]:
    """Measure on one thread, with everything parsed before, as in a running installation."""
    floor, condition = each(_in_python), each(_condition)
    yield Figure("python_condition", floor, "us")
    yield Figure("feel_condition", condition, "us", condition / floor, "python_condition")
    table = dmn.load(
        TABLE.format(
            rules="".join(RULE.format(n=n, low=n * 1000, high=(n + 1) * 1000) for n in range(ROWS))
        ).encode()
    )
    yield Figure(f"dmn_table_{ROWS}_rows", each(lambda: table.decide("fascia", CONTEXT), 200), "us")


def _in_python() -> None:
    """The same question asked by Python itself: how fast the machine is just now."""
    isee, parametri = cast(Any, CONTEXT["isee"]), cast(Any, CONTEXT["parametri"])
    assert (
        isee["valore"] < parametri["soglia_isee"] and not CONTEXT["urgente"] and CONTEXT["area"] == "anziani"
    )


def _condition() -> None:
    expression = feel.parse(CONDITION, frozenset(CONTEXT))
    assert expression.evaluate(CONTEXT, feel.Environment()) is True

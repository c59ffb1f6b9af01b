"""FEEL, the expression language of DMN 1.5: a complete, exact and bounded evaluator.

`parse("isee.valore < 10000").evaluate({"isee": {"valore": 9000}})` is True. See the README.
"""

from engine.feel.budget import Budget
from engine.feel.durations import DayTimeDuration, YearMonthDuration
from engine.feel.environment import Environment, Warning
from engine.feel.errors import FeelBudgetExceeded, FeelError, FeelEvaluationError, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, parse, parse_unary_tests
from engine.feel.functions import Function
from engine.feel.interchange import from_json, to_json, to_python
from engine.feel.iso import parse_at_literal
from engine.feel.moments import Date, DateTime, Time
from engine.feel.ranges import Range
from engine.feel.types import (
    ANY,
    BASIC,
    ContextType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
    Restricted,
    Type,
)
from engine.feel.values import Value

__all__ = [
    "ANY",
    "BASIC",
    "Budget",
    "ContextType",
    "Date",
    "DateTime",
    "DayTimeDuration",
    "Environment",
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "Function",
    "FunctionType",
    "ListType",
    "NamedType",
    "Range",
    "RangeType",
    "Restricted",
    "Time",
    "Type",
    "UnaryTests",
    "Value",
    "Warning",
    "YearMonthDuration",
    "from_json",
    "parse",
    "parse_at_literal",
    "parse_unary_tests",
    "to_json",
    "to_python",
]

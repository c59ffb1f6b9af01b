"""Decision models in DMN 1.1-1.6: load, decide, explain, and check before publishing."""

from engine.dmn.errors import (
    DecisionCycle,
    DecisionNotFound,
    DmnError,
    ExpressionFailed,
    ModelRefused,
    RulesOverlap,
    TableUndefined,
    TypeMismatch,
)
from engine.dmn.loading import load
from engine.dmn.model import Decided, Model
from engine.dmn.problem import Problem

__all__ = [
    "Decided",
    "DecisionCycle",
    "DecisionNotFound",
    "DmnError",
    "ExpressionFailed",
    "Model",
    "ModelRefused",
    "Problem",
    "RulesOverlap",
    "TableUndefined",
    "TypeMismatch",
    "load",
]

"""Faults of a decision table."""

from __future__ import annotations

from collections.abc import Iterator

from engine.dmn.check.overlap import overlapping_rules
from engine.dmn.hit_policy import AGGREGATIONS, POLICIES
from engine.dmn.item import ItemTypes
from engine.dmn.problem import Problem
from engine.dmn.table import DecisionTable

MAX_RULES = 2_000
MAX_COLUMNS = 200


def table_problems(table: DecisionTable, types: ItemTypes) -> Iterator[Problem]:
    identifier = table.element_id
    columns = len(table.inputs) + len(table.outputs)
    if len(table.rules) > MAX_RULES or columns > MAX_COLUMNS:
        message = f"La tabella è troppo grande: al più {MAX_RULES} regole e {MAX_COLUMNS} colonne."
        yield Problem(identifier, message)
        return
    if not table.rules:
        yield Problem(identifier, "La tabella non ha regole.")
    if not table.outputs:
        yield Problem(identifier, "La tabella non ha colonne di esito.")
    yield from _policy(table, types)
    yield from _columns(table)
    yield from _rules(table)
    if table.hit_policy == "UNIQUE":
        for one, other in overlapping_rules(table):
            message = f"Le regole {one} e {other} possono valere insieme, ma la tabella è UNIQUE."
            yield Problem(table.rules[one - 1].element_id, message)


def _policy(table: DecisionTable, types: ItemTypes) -> Iterator[Problem]:
    if table.hit_policy not in POLICIES:
        yield Problem(table.element_id, f"La politica «{table.hit_policy}» non esiste.")
    if table.aggregation is not None and table.aggregation not in (*AGGREGATIONS, "COUNT"):
        yield Problem(table.element_id, f"L'aggregazione «{table.aggregation}» non esiste.")
    elif table.aggregation is not None and len(table.outputs) > 1 and table.aggregation != "COUNT":
        yield Problem(table.element_id, "L'aggregazione ammette una sola colonna di esito.")
    if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not any(
        column.order_text(types) for column in table.outputs
    ):
        yield Problem(table.element_id, "Manca l'elenco dei valori di esito, da cui dipende la priorità.")


def _columns(table: DecisionTable) -> Iterator[Problem]:
    for number, column in enumerate(table.inputs, 1):
        if not column.expression.text.strip():
            yield Problem(column.element_id, f"La colonna di ingresso {number} non ha espressione.")
    names = [column.name for column in table.outputs]
    if len(names) > 1 and (None in names or len(set(names)) < len(names)):
        yield Problem(table.element_id, "Le colonne di esito devono avere un nome ciascuna, tutti diversi.")


def _rules(table: DecisionTable) -> Iterator[Problem]:
    for number, rule in enumerate(table.rules, 1):
        if len(rule.conditions) != len(table.inputs) or len(rule.results) != len(table.outputs):
            cells = f"{len(rule.conditions)} condizioni e {len(rule.results)} esiti"
            columns = f"{len(table.inputs)} e {len(table.outputs)}"
            yield Problem(rule.element_id, f"La regola {number} ha {cells}, le colonne sono {columns}.")

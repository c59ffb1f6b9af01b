"""The decision tables of a bundle."""

from __future__ import annotations

from engine import dmn
from engine.bundle import Bundle
from engine.errors import Problem

FUNCTIONS = ("dopo_giorni_lavorativi",)
"""What the engine offers to every expression beyond FEEL's own."""


def read(bundle: Bundle) -> tuple[dict[str, dmn.Model], list[Problem]]:
    """The models by decision, and what is wrong with them."""
    models: dict[str, dmn.Model] = {}
    problems: list[Problem] = []
    for name, content in sorted(bundle.named("", ".dmn").items()):
        file = f"{name}.dmn"
        model, found = check_model(file, content)
        problems += found
        for decision in model.decision_ids if model is not None else ():
            if decision in models:
                message = "un'altra tabella del percorso ha la stessa decisione: cambia l'id a una delle due"
                problems.append(Problem(file, decision, message))
            elif model is not None:
                models[decision] = model
    return models, problems


def check_model(file: str, content: bytes) -> tuple[dmn.Model | None, list[Problem]]:
    """One decision model, None when it cannot be read, and what is wrong with it."""
    try:
        model = dmn.load(content)
    except dmn.DmnError as error:
        return None, [Problem(file, error.element_id, error.message_it)]
    return model, [Problem(file, found.element_id, found.message) for found in model.problems(FUNCTIONS)]

"""The format of a story (`scenari/<name>.json`), and what is wrong with one before it is played.

Top: `percorso` (the bundle), `titolo`, `adesso` (the clock at the start, with its offset), `inizio` (another
start than the plain one), `dato` (start data), `passi` (one key each, in order), `allora` (what holds at the
end). The steps are in KINDS, with what each may say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import json
from engine.dialect import Diagram
from engine.running import HUMAN

Found = tuple[str, str]

TOP: Mapping[str, type] = {
    "percorso": str,
    "titolo": str,
    "adesso": str,
    "dato": dict,
    "inizio": str,
    "passi": list,
    "allora": dict,
}
REQUIRED = ("titolo", "adesso", "passi", "allora")

KINDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "attivita": {"ruolo": str, "scade_il": str, "risposte": dict, "scrive": dict},
    "operazione": {"risponde": dict, "rifiuta": str},
    "decisione": {"vale": object},
    "chiama": {"ritorna": dict},
    "messaggio": {"chiave": str, "porta": dict},
    "segnale": {"porta": dict},
    "orologio": {"scatta": (str, list)},
    "aspetta": {},
}
NEEDED = {"decisione": "vale", "messaggio": "chiave"}
THEN: Mapping[str, type | tuple[type, ...]] = {
    "finisce_in": (str, type(None)),
    "attraversa": list,
    "mai": list,
    "dati": dict,
}
HEARD = {"messaggio": "message", "segnale": "signal"}
DONE_BY = {
    "attivita": HUMAN,
    "operazione": ("serviceTask", "sendTask"),
    "decisione": ("businessRuleTask",),
    "chiama": ("callActivity",),
}

FIRST_YEAR, LAST_YEAR = 1900, 2200
CLOCK = re.compile(r"\+(\d{1,4}) (giorni lavorativi|giorni|ore|mesi)")


def kind_of(step: Mapping[str, Any]) -> str:
    """The key of KINDS that a step has; empty when it has none or several."""
    found = [key for key in KINDS if key in step]
    return found[0] if len(found) == 1 else ""


def problems(content: bytes, slug: str, diagram: Diagram) -> Iterator[Found]:
    """Why a story cannot be played on a diagram: where in the file, and an Italian sentence."""
    try:
        story = json.loads(content)
    except (ValueError, RecursionError) as error:
        yield "-", f"JSON malformato: {json.fault(content, error)}"
        return
    if not isinstance(story, dict):
        yield "-", "una storia è un oggetto con «titolo», «adesso», «passi» e «allora»"
        return
    found = [*_shape(story, TOP, "-"), *(("-", f"manca «{key}»") for key in REQUIRED if key not in story)]
    yield from found
    if found:
        return
    if story.get("percorso", slug) != slug:
        yield "percorso", f"deve essere «{slug}», il percorso della cartella"
    starts = {start.id for start in diagram.starts()}
    if "inizio" in story and story["inizio"] not in starts:
        yield "inizio", f"«{story['inizio']}» non è un inizio del percorso: {', '.join(sorted(starts))}"
    yield from (("adesso", message) for message in _instant(story["adesso"]))
    for number, step in enumerate(story["passi"], 1):
        yield from ((f"passo {number}", message) for message in _step(step, diagram))
    yield from _then(story["allora"], diagram)


def _shape(
    part: Mapping[str, Any], allowed: Mapping[str, type | tuple[type, ...]], where: str
) -> Iterator[Found]:
    for key, value in part.items():
        if key not in allowed:
            yield where, f"«{key}» non è fra le parole di una storia: {', '.join(allowed)}"
        elif not isinstance(value, allowed[key]):
            yield where, f"«{key}» non è scritto nella forma attesa"


def _instant(text: str) -> Iterator[str]:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        yield f"«{text}» non è una data con l'ora, come 2026-11-23T09:00:00+01:00"
        return
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        yield f"«{text}» è in un anno che non si racconta: scegline uno fra {FIRST_YEAR} e {LAST_YEAR}"
    if instant.tzinfo is None:
        yield f"«{text}» non dice il fuso: aggiungi +01:00, o +02:00 con l'ora legale"


def _step(step: Any, diagram: Diagram) -> Iterator[str]:
    kind = kind_of(step) if isinstance(step, dict) else ""
    if not kind:
        yield f"serve una sola fra le parole: {', '.join(KINDS)}"
        return
    said = {key: value for key, value in step.items() if key != kind}
    yield from (message for _, message in _shape(said, KINDS[kind], ""))
    if kind in NEEDED and NEEDED[kind] not in step:
        yield f"manca «{NEEDED[kind]}»"
    if kind == "operazione" and ("risponde" in step) == ("rifiuta" in step):
        yield "un'operazione risponde o rifiuta: scrivi una delle due"
    yield from _object(kind, step[kind], diagram)
    if kind == "orologio":
        yield from _elements(listed(step.get("scatta", [])), diagram)


def _object(kind: str, value: Any, diagram: Diagram) -> Iterator[str]:
    """What a step is about: an element, a message, an instant, or a list of elements."""
    if kind == "aspetta":
        yield from _elements(value, diagram)
    elif not isinstance(value, str):
        yield f"«{kind}» vuole un nome"
    elif kind == "orologio":
        if not CLOCK.fullmatch(value):
            yield from _instant(value)
    elif kind in HEARD:
        if value not in diagram.awaited(HEARD[kind]):
            yield f"nessuno nel diagramma aspetta il {kind} «{value}»"
    else:
        element = diagram.elements.get(value)
        if element is None:
            yield f"«{value}» non è nel diagramma"
        elif element.kind not in DONE_BY[kind]:
            yield f"«{value}» non è fra gli elementi di cui si dice «{kind}»"


def _then(then: Mapping[str, Any], diagram: Diagram) -> Iterator[Found]:
    found = list(_shape(then, THEN, "allora"))
    yield from found
    if found:
        return
    named = [*then.get("attraversa", []), *then.get("mai", [])]
    if then.get("finisce_in"):
        named.append(then["finisce_in"])
    yield from (("allora", message) for message in _elements(named, diagram))


def _elements(names: Any, diagram: Diagram) -> Iterator[str]:
    for name in names if isinstance(names, list) else [names]:
        if not isinstance(name, str) or name not in diagram.elements:
            yield f"«{name}» non è nel diagramma"


def listed(value: Any) -> list[Any]:
    """A list, also when there is only one thing in it."""
    return value if isinstance(value, list) else [value]

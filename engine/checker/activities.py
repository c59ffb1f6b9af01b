"""Human steps, services, decisions, scripts and calls: is what they ask for there?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine import feel
from engine.checker.context import Context
from engine.dialect import ACCOUNT, HEADER_DIFFERENT_FROM, HEADER_WRITES, Diagram, Element
from engine.running import HUMAN

LETTER = "lettera"
"""The input by which an operation is told which file of `lettere/` to write."""

MOST_RETRIES = 50


def activity(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    """Refusals about what an activity does."""
    check = BY_KIND.get(element.kind)
    if check is not None:
        yield from check(element, diagram, context)


def _human(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    group = element.group or element.lane
    if not group:
        yield "nessuno lo vedrebbe: mettilo in una corsia, o scrivi il gruppo («Candidate groups»)"
    elif "," in group and not group.startswith("="):
        yield "un solo gruppo per passo: scegline uno, o metti il passo in una corsia"
    if element.assignee and not element.assignee.startswith("=") and not ACCOUNT.fullmatch(element.assignee):
        yield "l'assegnatario è il numero di un operatore, o un'espressione che lo dà: correggilo («Assignee»)"
    different = element.headers.get(HEADER_DIFFERENT_FROM)
    if different is not None:
        other = diagram.elements.get(different)
        if other is None or other.kind not in HUMAN or other.id == element.id:
            yield (
                f"«{HEADER_DIFFERENT_FROM}» indica «{different}», che non è un altro passo di una persona: "
                "scrivi l'id di quel passo"
            )
    if element.choices:
        return
    if element.form_id and context.forms is not None and element.form_id not in context.forms:
        yield f"manca il modulo «{element.form_id}»: crea forms/{element.form_id}.schema.json"
    yield from _write(element, context)


def _write(element: Element, context: Context) -> Iterator[str]:
    writes = element.headers.get(HEADER_WRITES)
    if writes is None or context.operations is None:
        return
    operation = context.operation(writes)
    if operation is None:
        yield f"l'operazione «{writes}» non è installata: scegline una dell'elenco"
    elif not operation.inside:
        yield f"l'operazione «{writes}» è di un ente esterno: mettila in un servizio dopo il passo"


def _service(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if not element.operation:
        yield "scegli l'operazione da chiamare («Task definition type»)"
        return
    if not 1 <= element.retries <= MOST_RETRIES:
        yield f"i tentativi vanno da 1 a {MOST_RETRIES} («Retries»)"
    yield from _letter(element, context)
    if context.operations is None:
        return
    operation = context.operation(element.operation)
    if operation is None:
        yield f"l'operazione «{element.operation}» non è installata: scegline una dell'elenco"
        return
    given = {line.target.split(".")[0] for line in element.inputs}
    missing = [name for name in operation.request.get("required", ()) if name not in given]
    if missing:
        yield f"l'operazione «{operation.name}» ha bisogno di: {', '.join(missing)}. Mettili fra gli input"
    strange = sorted(given - set(operation.request.get("properties", given)))
    if strange and operation.request.get("additionalProperties") is False:
        yield f"l'operazione «{operation.name}» non accetta: {', '.join(strange)}. Toglili dagli input"
    for other in diagram.elements.values():
        code = other.event.code if other.event is not None and other.event.kind == "error" else None
        if other.attached_to == element.id and code and code not in operation.errors:
            refusals = ", ".join(operation.errors) or "nessuno"
            yield f"«{operation.name}» non rifiuta mai con «{code}» ({other.id}); i suoi codici: {refusals}"


def _letter(element: Element, context: Context) -> Iterator[str]:
    for line in element.inputs:
        name = constant(line.source) if line.target == LETTER else None
        if isinstance(name, str) and context.letters is not None and name not in context.letters:
            yield f"manca la lettera «{name}»: crea lettere/{name}.txt"


def constant(source: str) -> object:
    """The value of a mapping's source that reads nothing; None when it reads something, or is nothing."""
    if not source.startswith("="):
        return source
    try:
        expression = feel.parse(source[1:].strip())
        return None if expression.variables else expression.evaluate({})
    except feel.FeelError:
        return None


def _decision(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if not element.decision:
        yield "scegli la tabella di decisione da chiamare («Called decision»)"
        return
    known = context.models is None or element.decision in context.models
    if not known and not element.decision.startswith("="):
        yield f"la decisione «{element.decision}» non è in nessuna tabella del percorso: aggiungi la sua"


def _script(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if not element.script or not element.result:
        yield "serve un'espressione FEEL e il nome della variabile in cui scrivere («Result variable»)"


def _call(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if not element.called:
        yield "scegli il percorso da chiamare («Called element»)"


def _receive_nothing(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if element.inputs:
        yield "chi aspetta un messaggio non ha input: la chiave si scrive nel messaggio"


BY_KIND: Mapping[str, Callable[[Element, Diagram, Context], Iterator[str]]] = {
    **dict.fromkeys(HUMAN, _human),
    "serviceTask": _service,
    "sendTask": _service,
    "businessRuleTask": _decision,
    "scriptTask": _script,
    "callActivity": _call,
    "receiveTask": _receive_nothing,
}

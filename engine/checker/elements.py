"""Each element on its own: is it supported, and does it say all that the engine needs?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.dialect import (
    FLOW_NODES,
    HEADER_DIFFERENT_FROM,
    HEADER_WRITES,
    Diagram,
    Element,
    bpmn,
)
from engine.operation import Operations
from engine.running import HUMAN

Found = tuple[str, str]

RESERVED = {"Start", "End", "Root"}

UNSUPPORTED = {
    "complexGateway": "il gateway complesso non si esegue: usa gateway esclusivi, paralleli o inclusivi",
    "transaction": "la transazione non si esegue: usa un sottoprocesso con eventi di errore",
    "adHocSubProcess": "il sottoprocesso ad hoc non si esegue: disegna le alternative con un gateway",
}

UNSUPPORTED_EVENTS = {
    "link": "gli eventi di collegamento non si eseguono: tira un flusso, o usa un percorso chiamato",
    "compensate": "la compensazione non si esegue: disegna i passi che rimediano",
    "cancel": "l'annullamento di transazione non si esegue: usa un evento di errore",
    "conditional": "l'evento condizionale non si esegue: usa un messaggio, o un gateway dopo un passo",
    "signal": "il segnale non si esegue: usa un messaggio con la sua chiave",
}

THROWN = {"error", "escalation", "terminate"}
CAUGHT_AT_BOUNDARY = {"message", "timer", "error", "escalation"}
CAUGHT_IN_FLOW = {"message", "timer"}
ACTIVITIES = {
    "task",
    "userTask",
    "manualTask",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
    "subProcess",
}


@dataclass(frozen=True)
class Context:
    """What the rest of the bundle and the installation offer to the diagram."""

    operations: Operations | None
    decisions: set[str]
    forms: set[str]
    parameters: set[str]


def raw(root: etree._Element) -> Iterator[Found]:
    """What must hold before the diagram can even be read."""
    if root.tag != bpmn("definitions"):
        yield "-", "non è un diagramma BPMN 2.0: manca l'elemento «definitions»"
        return
    identities = [node.get("id") for node in root.iter() if isinstance(node.tag, str)]
    for identity, times in Counter(identities).items():
        if identity is not None and times > 1:
            yield identity, "lo stesso id compare più volte"
    for node in root.iter():
        if node.tag in FLOW_NODES:
            yield from _raw_node(node)


def _raw_node(node: etree._Element) -> Iterator[Found]:
    identity, kind = node.get("id"), etree.QName(node).localname
    if not identity:
        yield f"riga {node.sourceline}", f"un elemento «{kind}» non ha id"
        return
    if identity in RESERVED or ".EndJoin" in identity or "/" in identity:
        yield identity, "questo id è riservato al motore: cambialo"
    definitions = [child for child in node if str(child.tag).endswith("EventDefinition")]
    if len(definitions) > 1:
        yield identity, "un evento con più definizioni non si esegue: usane uno per ciascuna"
    if node.find(bpmn("standardLoopCharacteristics")) is not None:
        yield identity, "la ripetizione semplice non si esegue: usa un gateway che torna indietro"


def check(diagram: Diagram, context: Context | None) -> Iterator[Found]:
    """Refusals about single elements."""
    for element in diagram.elements.values():
        yield from ((element.id, message) for message in _element(element, diagram, context))


def _element(element: Element, diagram: Diagram, context: Context | None) -> Iterator[str]:
    if element.kind in UNSUPPORTED:
        yield UNSUPPORTED[element.kind]
        return
    if element.event is not None and element.event.kind in UNSUPPORTED_EVENTS:
        yield UNSUPPORTED_EVENTS[element.event.kind]
        return
    yield from _event(element, diagram)
    if element.loop is not None and not element.loop.collection:
        yield "la ripetizione multipla ha bisogno di «Input collection» (un'espressione)"
    if element.kind == "subProcess":
        yield from _subprocess(element, diagram)
    if element.kind in HUMAN:
        yield from _human(element, diagram, context)
    if element.kind in ("serviceTask", "sendTask"):
        yield from _service(element, diagram, context)
    if element.kind == "businessRuleTask":
        if not element.decision:
            yield "scegli la tabella di decisione da chiamare"
        elif (
            context is not None
            and not element.decision.startswith("=")
            and (element.decision not in context.decisions)
        ):
            yield f"la decisione «{element.decision}» non è in nessuna tabella del percorso"
    if element.kind == "scriptTask" and (element.script is None or not element.result):
        yield "serve un'espressione FEEL e il nome della variabile in cui scrivere («Result variable»)"
    if element.kind == "callActivity" and not element.called:
        yield "scegli il percorso da chiamare"


def _event(element: Element, diagram: Diagram) -> Iterator[str]:
    event = element.event
    kind = None if event is None else event.kind
    if element.kind == "boundaryEvent":
        if kind not in CAUGHT_AT_BOUNDARY:
            yield "sul bordo si eseguono messaggi, timer, errori ed escalation"
        if element.attached_to not in diagram.elements:
            yield "non è attaccato a nessun passo"
    elif element.kind == "intermediateCatchEvent":
        if kind not in CAUGHT_IN_FLOW:
            yield "nel flusso si aspettano messaggi e timer"
    elif element.kind == "receiveTask":
        if kind != "message":
            yield "scegli il messaggio da aspettare"
    elif element.kind == "endEvent":
        if kind is not None and kind not in THROWN:
            yield "alla fine si lanciano errori, escalation o la terminazione; per un messaggio usa un servizio"
    elif element.kind == "intermediateThrowEvent" and kind not in (None, "escalation"):
        yield "nel flusso si lanciano solo escalation; per un messaggio usa un servizio"
    if event is None:
        return
    catches = element.kind not in ("endEvent", "intermediateThrowEvent")
    if kind == "message" and catches and not event.name:
        yield "il messaggio non ha nome"
    if kind == "message" and catches and element.kind != "startEvent" and not event.key:
        yield "il messaggio non ha la chiave di correlazione: non si saprebbe a quale pratica portarlo"
    if kind == "timer" and not event.when:
        yield "il timer non dice quando scatta"
    if kind == "error" and not catches and not event.code:
        yield "l'errore non ha codice"


def _subprocess(element: Element, diagram: Diagram) -> Iterator[str]:
    starts = [e for e in diagram.elements.values() if e.parent == element.id and e.kind == "startEvent"]
    if len(starts) != 1:
        yield "un sottoprocesso ha esattamente un evento di inizio"
    if element.inputs or element.outputs:
        yield "le variabili si mappano sui passi, non sul sottoprocesso"
    if not element.event_subprocess:
        return
    for start in starts:
        if start.event is None or start.event.kind not in CAUGHT_IN_FLOW:
            yield "il sottoprocesso a evento comincia con un messaggio o un timer"
        if start.interrupting:
            yield (
                "il sottoprocesso a evento che interrompe non si esegue: "
                "usa un evento sul bordo di un sottoprocesso, o togli l'interruzione"
            )


def _human(element: Element, diagram: Diagram, context: Context | None) -> Iterator[str]:
    group = element.group or element.lane
    if not group:
        yield "nessuno lo vedrebbe: mettilo in una corsia, o scrivi il gruppo («Candidate groups»)"
    elif "," in group and not group.startswith("="):
        yield "un solo gruppo per passo"
    different = element.headers.get(HEADER_DIFFERENT_FROM)
    if different is not None:
        other = diagram.elements.get(different)
        if other is None or other.kind not in HUMAN:
            yield f"«{HEADER_DIFFERENT_FROM}» indica «{different}», che non è un passo di una persona"
    if context is None:
        return
    if element.form_id and element.form_id not in context.forms:
        yield f"manca il modulo «{element.form_id}» (forms/{element.form_id}.schema.json)"
    writes = element.headers.get(HEADER_WRITES)
    if writes is not None and context.operations is not None:
        operation = context.operations.get(writes)
        if operation is None:
            yield f"l'operazione «{writes}» non è installata"
        elif not operation.inside:
            yield f"l'operazione «{writes}» è di un ente esterno: mettila in un servizio dopo il passo"


def _service(element: Element, diagram: Diagram, context: Context | None) -> Iterator[str]:
    if not element.operation:
        yield "scegli l'operazione da chiamare («Task definition type»)"
        return
    if context is None or context.operations is None:
        return
    operation = context.operations.get(element.operation)
    if operation is None:
        yield f"l'operazione «{element.operation}» non è installata"
        return
    given = {line.target.split(".")[0] for line in element.inputs}
    missing = [name for name in operation.request.get("required", ()) if name not in given]
    if missing:
        yield f"l'operazione «{operation.name}» ha bisogno di: {', '.join(missing)}"
    for other in diagram.elements.values():
        code = other.event.code if other.event is not None and other.event.kind == "error" else None
        if other.attached_to == element.id and code and code not in operation.errors:
            yield f"l'operazione «{operation.name}» non rifiuta mai con «{code}» ({other.id})"

"""Each element on its own: is it supported, and does it say all that the engine needs?"""

from __future__ import annotations

from collections.abc import Iterator

from engine.checker import compensation, timing
from engine.checker.activities import activity
from engine.checker.context import Context, Found
from engine.dialect import HEADER_KEY, HEADER_MESSAGE, Diagram, Element, Event

UNSUPPORTED = {
    "complexGateway": "il gateway complesso non si esegue: usa gateway esclusivi, paralleli o inclusivi",
    "transaction": "la transazione non si esegue: usa un sottoprocesso con eventi di errore",
}

UNSUPPORTED_EVENTS = {
    "cancel": "l'annullamento di transazione non si esegue: usa un evento di errore",
    "conditional": "l'evento condizionale non si esegue: usa un messaggio, o un gateway dopo un passo",
}

THROWN_AT_THE_END = {None, "message", "error", "escalation", "signal", "compensate", "terminate"}
THROWN_IN_FLOW = {None, "message", "escalation", "signal", "compensate", "link"}
CAUGHT_AT_BOUNDARY = {"message", "timer", "signal", "error", "escalation", "compensate"}
CAUGHT_IN_FLOW = {"message", "timer", "signal", "link"}
CAUGHT_BESIDE = {"message", "timer", "signal", "error", "escalation"}
ACTIVITIES = {
    *("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask"),
    *("businessRuleTask", "callActivity", "subProcess"),
}
REFUSING = {"serviceTask", "sendTask", "callActivity", "subProcess"}
"""Activities out of which an error can come; a human step that is refused stays open with the reason."""


def check(diagram: Diagram, context: Context) -> Iterator[Found]:
    """Refusals about single elements."""
    for element in diagram.elements.values():
        yield from ((element.id, message) for message in _element(element, diagram, context))


def _element(element: Element, diagram: Diagram, context: Context) -> Iterator[str]:
    if element.kind in UNSUPPORTED:
        yield UNSUPPORTED[element.kind]
        return
    if element.event is not None and element.event.kind in UNSUPPORTED_EVENTS:
        yield UNSUPPORTED_EVENTS[element.event.kind]
        return
    yield from _place(element)
    if element.kind == "boundaryEvent":
        yield from _boundary(element, diagram)
    yield from _event(element, diagram)
    yield from timing.check(element)
    yield from compensation.check(element, diagram)
    yield from _loop(element)
    if element.kind == "subProcess":
        yield from _subprocess(element, diagram)
    yield from activity(element, diagram, context)


def _place(element: Element) -> Iterator[str]:
    """Whether an event of this kind can stand where it stands."""
    kind = None if element.event is None else element.event.kind
    if element.kind == "intermediateCatchEvent" and kind not in CAUGHT_IN_FLOW:
        yield "nel flusso si aspettano solo messaggi, segnali e timer: scegli uno di questi"
    elif element.kind == "receiveTask" and kind != "message":
        yield "scegli il messaggio da aspettare"
    elif element.kind == "endEvent" and kind not in THROWN_AT_THE_END:
        yield "alla fine si lanciano messaggi, segnali, errori, escalation o la terminazione: scegli uno di questi"
    elif element.kind == "intermediateThrowEvent" and kind not in THROWN_IN_FLOW:
        yield "nel flusso si lanciano solo messaggi, segnali, escalation e compensazioni: scegli uno di questi"


def _boundary(element: Element, diagram: Diagram) -> Iterator[str]:
    kind = None if element.event is None else element.event.kind
    host = diagram.elements.get(element.attached_to or "")
    if kind not in CAUGHT_AT_BOUNDARY:
        yield "sul bordo si eseguono messaggi, segnali, timer, errori ed escalation: scegli uno di questi"
    if host is None or host.parent != element.parent:
        yield "non è attaccato a nessun passo: trascinalo sul bordo di uno"
        return
    if host.kind not in ACTIVITIES or host.event_subprocess:
        yield f"«{host.id}» non ha un bordo: attacca l'evento a un passo o a un sottoprocesso"
    elif kind == "error" and host.kind not in REFUSING:
        yield f"da «{host.id}» non esce mai un errore: attaccalo a un servizio o a un sottoprocesso"
    elif kind == "escalation" and host.kind not in ("callActivity", "subProcess"):
        yield f"da «{host.id}» non esce mai un'escalation: attaccala a un percorso o a un sottoprocesso"
    if kind == "error" and not element.interrupting:
        yield "un errore interrompe sempre: togli «non interrompe», o usa un'escalation"


def _event(element: Element, diagram: Diagram) -> Iterator[str]:
    event = element.event
    if event is None:
        return
    if event.kind == "message":
        yield from _message(element, event, diagram)
    if event.kind == "signal":
        if not event.name:
            yield "il segnale non ha nome: scegline uno"
        elif event.name.startswith("="):
            yield "il nome di un segnale è un testo fisso: il contenuto va negli input di chi lo lancia"
    if event.kind == "error" and element.throws and not event.code:
        yield "l'errore non ha codice: scrivilo nell'errore («Error code»)"


def _message(element: Element, event: Event, diagram: Diagram) -> Iterator[str]:
    if not event.name:
        header = f", o scrivilo fra le intestazioni («{HEADER_MESSAGE}»)" if element.throws else ""
        yield f"il messaggio non ha nome: scegline uno{header}"
    elif event.name.startswith("="):
        yield "il nome di un messaggio è un testo fisso: l'espressione va nella chiave di correlazione"
    if not event.key and not _opens_the_path(element, diagram):
        header = f", o fra le intestazioni («{HEADER_KEY}»)" if element.throws else ""
        yield (
            "il messaggio non ha la chiave di correlazione: non si saprebbe a quale pratica portarlo; "
            f"scrivila nel messaggio («Subscription correlation key»){header}"
        )
    if element.throws and element.operation:
        yield "chi manda un messaggio non chiama un'operazione: togli «Task definition», o usa un servizio"


def _opens_the_path(element: Element, diagram: Diagram) -> bool:
    return element.kind == "startEvent" and element.parent == diagram.process_id


def _loop(element: Element) -> Iterator[str]:
    loop = element.loop
    if loop is None:
        return
    if not loop.collection:
        yield "la ripetizione multipla ha bisogno di «Input collection»: un'espressione che dà la lista"
    if bool(loop.output) != bool(loop.output_item):
        yield "la ripetizione raccoglie le risposte solo con «Output collection» e «Output element» insieme"
    if element.event_subprocess:
        yield "un sottoprocesso a evento non si ripete: comincia già ogni volta che l'evento arriva"


def _subprocess(element: Element, diagram: Diagram) -> Iterator[str]:
    starts = [e for e in diagram.elements.values() if e.parent == element.id and e.kind == "startEvent"]
    if len(starts) != 1:
        yield "un sottoprocesso ha esattamente un evento di inizio: mettine uno"
    if element.inputs or element.outputs:
        yield "le variabili si mappano sui passi: togli le mappature dal sottoprocesso"
    for start in starts:
        if not element.event_subprocess:
            if start.event is not None:
                yield "un sottoprocesso comincia con un inizio semplice: togli l'evento dall'inizio"
            continue
        kind = None if start.event is None else start.event.kind
        if kind not in CAUGHT_BESIDE:
            yield (
                "il sottoprocesso a evento comincia con un messaggio, un segnale, un timer, un errore "
                "o un'escalation"
            )
        elif kind == "error" and not start.interrupting:
            yield "un errore interrompe sempre: metti «interrompe» all'inizio, o usa un'escalation"

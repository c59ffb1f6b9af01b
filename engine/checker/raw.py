"""What must hold before a diagram can even be read; and what of it the engine will not look at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.checker.context import Found
from engine.tags import BPMN, FLOW_NODES, ZEEBE, bpmn

# SpiffWorkflow calls its own tasks so: an element of this name gave an empty process, without an error
RESERVED = {"Start", "End", "Root"}
# no dots nor slashes: the engine's own splits, joins and tokens are named with them
IDENTITY = re.compile(r"[^\W\d][\w-]*")
LONGEST = 100

ZEEBE_READ = {
    "formDefinition": {"formId"},
    "assignmentDefinition": {"assignee", "candidateGroups"},
    "taskSchedule": {"dueDate"},
    "taskDefinition": {"type", "retries"},
    "ioMapping": set(),
    "input": {"source", "target"},
    "output": {"source", "target"},
    "taskHeaders": set(),
    "header": {"key", "value"},
    "calledDecision": {"decisionId", "resultVariable"},
    "script": {"expression", "resultVariable"},
    "calledElement": {"processId", "propagateAllParentVariables", "propagateAllChildVariables"},
    "loopCharacteristics": {"inputCollection", "inputElement", "outputCollection", "outputElement"},
    "subscription": {"correlationKey"},
    "userTask": set(),
}


def check(root: etree._Element) -> Iterator[Found]:
    """Refusals that stop the reading of a diagram."""
    if root.tag != bpmn("definitions"):
        yield "-", "non è un diagramma BPMN 2.0: manca l'elemento «definitions»"
        return
    identities = [node.get("id") for node in root.iter() if isinstance(node.tag, str)]
    for identity, times in Counter(identities).items():
        if identity is not None and times > 1:
            yield identity, "lo stesso id compare più volte: danne uno diverso a ciascuno"
    for node in root.iter():
        if node.tag in FLOW_NODES or node.tag in (bpmn("process"), bpmn("sequenceFlow")):
            yield from _node(node)


def _node(node: etree._Element) -> Iterator[Found]:
    identity, kind = node.get("id"), etree.QName(node).localname
    if not identity:
        yield f"riga {node.sourceline}", f"un elemento «{kind}» non ha id: dagliene uno"
        return
    if node.tag == bpmn("sequenceFlow"):
        return
    if identity in RESERVED:
        yield identity, "questo id è riservato al motore: cambialo"
    elif not IDENTITY.fullmatch(identity) or len(identity) > LONGEST:
        yield identity, f"un id ha solo lettere, cifre, «_» e «-», e al massimo {LONGEST} caratteri: cambialo"
    retries = node.find(f"{bpmn('extensionElements')}/{{{ZEEBE}}}taskDefinition[@retries]")
    if retries is not None and not re.fullmatch("[0-9]{1,9}", retries.get("retries", "")):
        yield identity, f"i tentativi sono un numero, e non «{retries.get('retries')}» («Retries»)"
    if node.tag == bpmn("adHocSubProcess"):
        yield from ((identity, message) for message in _ad_hoc(node))


def unexecuted(root: etree._Element, process_id: str) -> Iterator[Found]:
    """Refusals of what can be read of a process, and is not executed: the rest of it is worth looking at."""
    process = next(node for node in root.iter(bpmn("process")) if node.get("id") == process_id)
    for node in process.iter(*FLOW_NODES):
        identity = node.get("id", "")
        definitions = [child for child in node if str(child.tag).endswith("EventDefinition")]
        if len(definitions) > 1 or node.find(bpmn("eventDefinitionRef")) is not None:
            yield identity, "un evento con più definizioni non si esegue: usane uno per ciascuna"
        if node.find(bpmn("standardLoopCharacteristics")) is not None:
            yield identity, "la ripetizione semplice non si esegue: usa un gateway che torna indietro"
        if node.get("instantiate") == "true":
            yield identity, "un percorso comincia da un evento di inizio: mettine uno con questo messaggio"


def _ad_hoc(node: etree._Element) -> Iterator[str]:
    """What an ad hoc subprocess must be before engine/adhoc.py can write it as a cycle."""
    if next(node.iterchildren(bpmn("startEvent"), bpmn("endEvent")), None) is not None:
        yield "in un sottoprocesso ad hoc non ci sono inizi né fini, sceglie una persona: toglili"
    into = {flow.get("targetRef") for flow in node.iterchildren(bpmn("sequenceFlow"))}
    steps = [each for each in node if each.tag in FLOW_NODES and each.get("attachedToRef") is None]
    if not any(each.get("id") not in into for each in steps):
        yield "non c'è niente da scegliere: metti dentro dei passi senza un flusso che vi arriva"
    if node.get("ordering", "Parallel") not in ("Parallel", "Sequential"):
        yield "l'ordine è «Parallel» o «Sequential»: scegline uno"
    condition = node.find(bpmn("completionCondition"))
    parallel = node.get("ordering") != "Sequential"
    if condition is not None and parallel and node.get("cancelRemainingInstances") == "false":
        yield "quando la condizione vale, quello che è in corso si interrompe: togli «cancelRemainingInstances»"
    if condition is not None and not (condition.text or "").strip():
        yield "la condizione per finire è vuota: scrivila, o toglila e decide una persona"


def unread(root: etree._Element) -> Iterator[Found]:
    """Advice: what somebody wrote and the engine does not look at."""
    for node in root.iter():
        if not isinstance(node.tag, str) or not node.tag.startswith(f"{{{ZEEBE}}}"):
            continue
        name, owner = etree.QName(node).localname, _owner(node)
        if name not in ZEEBE_READ:
            yield owner, f"«{name}» non si guarda: il motore lo ignora"
            continue
        for attribute in sorted(set(map(str, node.attrib)) - ZEEBE_READ[name]):
            yield owner, f"«{name} {attribute}» non si guarda: il motore lo ignora"


def _owner(node: etree._Element) -> str:
    """The id of the nearest element of the diagram around an extension."""
    for above in node.iterancestors():
        if above.get("id") and str(above.tag).startswith(f"{{{BPMN}}}"):
            return str(above.get("id"))
    return "-"

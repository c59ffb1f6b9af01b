"""What other engines write on an element, in our dialect: Camunda 7, Flowable, Activiti, and plain BPMN itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from engine.checker.raw import ZEEBE_READ
from engine.foreign import expressions, juel
from engine.foreign.annotated import Annotated, owning
from engine.foreign.drawing import pop
from engine.foreign.identity import slug
from engine.foreign.note import Notes
from engine.tags import ZEEBE, bpmn, zeebe

_CALLED = ("class", "delegateExpression", "expression", "type", "operationId", "topic")
_OWNERS = ("potentialOwner", "humanPerformer", "performer")
_ISO = re.compile(r"(?:R\d*/)?P[0-9TYMWDHS.]+|\d{4}-\d{2}-\d{2}.*")


def translate(root: etree._Element, notes: Notes) -> None:
    """Rewrite every element of a file in our dialect; what has no counterpart goes, with a note."""
    for node in list(root.iter()):
        kind = etree.QName(node).localname
        if node.get("id") and node.tag == bpmn(kind) and kind in _BY_KIND:
            _BY_KIND[kind](Annotated(node, notes))
    expressions.translate(root, notes)
    _unread(root, notes)


# ---- people


def _human(found: Annotated) -> None:
    owner = _owner(found)
    groups = found.take("candidateGroups") or owner
    if owner and groups != owner:
        found.notes.dropped(found.id, f"«{owner[:60]}»: un passo è di un ruolo solo")
    if groups:
        _group(found, groups)
    assignee = found.take("assignee")
    if assignee:
        found.notes.dropped(
            found.id, f"l'assegnatario «{assignee[:60]}»: qui chi lavora si assegna sulla scrivania"
        )
    users = found.take("candidateUsers")
    if users:
        found.notes.dropped(found.id, f"i candidati «{users[:60]}»: qui contano i ruoli, non le persone")
    due = found.take("dueDate")
    source = found.translated(due, "la scadenza") if due else None
    if source and (source.startswith("=") or _ISO.fullmatch(source)):
        found.say("taskSchedule", dueDate=source)
    form = found.take("formKey") or found.take("formRef")
    if form:
        identity = slug(re.split(r"[:/]", form)[-1].rpartition(".")[0] or form, found.id)
        found.say("formDefinition", formId=identity)
        found.notes.translated(found.id, f"il modulo «{form[:80]}» diventa «{identity}»")
    for name in ("followUpDate", "priority"):
        if found.take(name):
            found.notes.dropped(found.id, f"«{name}»")
    _mappings(found)
    found.forget()


def _group(found: Annotated, groups: str) -> None:
    if juel.is_expression(groups):
        source = found.translated(groups, "il gruppo")
        if source:
            found.say("assignmentDefinition", candidateGroups=source)
        return
    first, *others = [slug(group, "ruolo") for group in groups.split(",") if group.strip()]
    found.say("assignmentDefinition", candidateGroups=first)
    if others:
        found.notes.dropped(
            found.id, f"i gruppi {', '.join(others)}: un passo è di un ruolo solo, qui «{first}»"
        )


def _owner(found: Annotated) -> str | None:
    """The resource that plain BPMN gives a step to, by its name; persons and other resources are told."""
    owners: list[str] = []
    for node in list(found.node.iterchildren(*map(bpmn, _OWNERS))):
        referred = (node.findtext(bpmn("resourceRef")) or "").strip()
        said = (
            node.findtext(f"{bpmn('resourceAssignmentExpression')}/{bpmn('formalExpression')}") or ""
        ).strip()
        found.node.remove(node)
        resources = found.node.getroottree().getroot().iterfind(bpmn("resource"))
        owners += [
            each.get("name") or referred for each in resources if referred and each.get("id") == referred
        ]
        if said:
            found.notes.dropped(found.id, f"chi lo fa, «{said[:60]}»: qui contano i ruoli, non le persone")
    for other in owners[1:]:
        found.notes.dropped(found.id, f"«{other[:60]}»: un passo è di un ruolo solo")
    return owners[0] if owners else None


def _anything(found: Annotated) -> None:
    """A task of no kind is somebody's work: here it would pass by itself, unseen."""
    found.node.tag = bpmn("userTask")
    found.notes.translated(found.id, "era un'attività senza tipo: diventa di una persona")
    _human(found)


def _opened(found: Annotated) -> None:
    """What is asked for at the start is asked by the first step here: a path is opened on a person's file."""
    form = found.take("formKey") or found.take("formRef")
    asked = [str(field.get("id")) for part in found.parts("formData") for field in part if field.get("id")]
    asked += [str(field.get("id")) for field in found.parts("formProperty") if field.get("id")]
    if form or asked:
        what = ", ".join([f"il modulo «{form[:80]}»"] if form else asked)
        found.notes.dropped(found.id, f"all'inizio chiedeva {what}: mettilo nel primo passo di una persona")
    initiator = found.take("initiator")
    if initiator:
        found.notes.dropped(found.id, f"la variabile «{initiator[:60]}» con chi apre")
    found.forget()


# ---- machines


def _service(found: Annotated) -> None:
    called = [(name, value) for name in _CALLED if (value := found.take(name))]
    own = found.node.find(f".//{zeebe('taskDefinition')}")
    if called and own is None:
        name, value = called[-1]
        if name in ("topic", "type") and value != "external":
            found.say("taskDefinition", type=value)
        else:
            found.notes.dropped(found.id, f"chiamava «{value[:80]}»: scegli un'operazione installata qui")
    found.take("resultVariable")
    _mappings(found)
    found.forget()


def _thrown(found: Annotated) -> None:
    """A message is brought here to who waits for it, by the engine: what sent it elsewhere goes."""
    definition = found.node.find(bpmn("messageEventDefinition"))
    if definition is None:
        return
    sends = Annotated(definition, found.notes)
    called = [value for name in _CALLED if (value := sends.take(name)) and name != "type"]
    extensions = found.node.find(bpmn("extensionElements"))
    own = extensions.find(zeebe("taskDefinition")) if extensions is not None else None
    if extensions is not None and own is not None:
        extensions.remove(own)
        called.append(own.get("type", ""))
    if called:
        found.notes.dropped(
            found.id,
            f"per mandare il messaggio chiamava «{called[-1][:80]}»: qui arriva alla pratica che lo aspetta; "
            "se deve uscire, usa un servizio",
        )
    _mappings(found)
    found.forget()


def _decision(found: Annotated) -> None:
    decision, result = found.take("decisionRef"), found.take("resultVariable")
    found.take("mapDecisionResult")
    if decision:
        found.say("calledDecision", decisionId=decision, resultVariable=result or decision)
    _mappings(found)
    found.forget()


def _script(found: Annotated) -> None:
    result = found.take("resultVariable")
    node = found.node.find(bpmn("script"))
    text = (node.text or "").strip() if node is not None else ""
    if node is not None:
        found.node.remove(node)
    pop(found.node, "scriptFormat")
    if text:
        try:
            source = juel.translate(text) if juel.is_expression(text) else juel.script(text)
            found.say("script", expression=source, resultVariable=result or found.id)
        except juel.Untranslatable:
            found.notes.dropped(found.id, f"lo script «{' '.join(text.split())[:120]}»: riscrivilo in FEEL")
    found.forget()


def _call(found: Annotated) -> None:
    called = pop(found.node, "calledElement")
    own = found.node.find(f".//{zeebe('calledElement')}")
    if called and own is None:
        bare = str(called).rpartition(":")[2]
        path = (
            found.translated(str(called), "il percorso chiamato") if juel.is_expression(str(called)) else bare
        )
        if path:
            whole = {"in": "propagateAllParentVariables", "out": "propagateAllChildVariables"}
            flags = {
                flag: str(any(part.get("variables") == "all" for part in found.parts(side))).lower()
                for side, flag in whole.items()
            }
            found.say("calledElement", processId=path, **flags)
    for side, line in (("in", "input"), ("out", "output")):
        for part in found.parts(side):
            source = part.get("sourceExpression") or part.get("source")
            if source and part.get("target"):
                _line(
                    found,
                    line,
                    f"${{{source}}}" if not juel.is_expression(source) else source,
                    part.get("target", ""),
                )
    for name in ("calledElementBinding", "calledElementVersion", "calledElementTenantId"):
        found.take(name)
    found.forget()


def _mappings(found: Annotated) -> None:
    for mapping in found.parts("inputOutput"):
        for side in ("input", "output"):
            for line in mapping:
                if etree.QName(line).localname != f"{side}Parameter":
                    continue
                if len(line):
                    found.notes.dropped(
                        found.id, f"la mappatura «{line.get('name')}»: è un elenco o uno script"
                    )
                else:
                    _line(found, side, (line.text or "").strip(), line.get("name", ""))


def _line(found: Annotated, side: str, source: str, target: str) -> None:
    ours = found.translated(source, f"la mappatura «{target}»")
    if ours is None or not target:
        return
    line = etree.SubElement(found.say("ioMapping"), zeebe(side))
    line.set("source", ours)
    line.set("target", target)


def _unread(root: etree._Element, notes: Notes) -> None:
    """What Camunda 8 knows and we do not."""
    for node in list(root.iter(f"{{{ZEEBE}}}*")):
        name = etree.QName(node).localname
        parent = node.getparent()
        if name in ZEEBE_READ:
            for attribute in sorted(set(map(str, node.attrib)) - ZEEBE_READ[name]):
                if name == "formDefinition" and attribute == "formKey":
                    node.set("formId", slug(node.get(attribute, "").rpartition(":")[2], "modulo"))
                else:
                    notes.dropped(owning(node), f"«{name} {attribute}» di Camunda 8")
                del node.attrib[attribute]
        elif parent is not None and node.getroottree().getroot() is root:
            parent.remove(node)
            notes.dropped(owning(parent), f"«{name}» di Camunda 8")


_BY_KIND: Mapping[str, Callable[[Annotated], None]] = {
    "startEvent": _opened,
    "task": _anything,
    "userTask": _human,
    "manualTask": _human,
    "serviceTask": _service,
    "sendTask": _service,
    "intermediateThrowEvent": _thrown,
    "endEvent": _thrown,
    "businessRuleTask": _decision,
    "scriptTask": _script,
    "callActivity": _call,
}

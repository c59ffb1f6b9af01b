"""What other engines write on an element, in our dialect: Camunda 7, Flowable, Activiti, and plain BPMN itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.checker.raw import ZEEBE_READ
from engine.foreign import juel
from engine.foreign.drawing import XSI, pop
from engine.foreign.identity import slug
from engine.foreign.note import Notes
from engine.tags import ZEEBE, bpmn, zeebe

FAMILY = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
    "http://camunda.org/schema/1.0/bpmn20",
)
_CALLED = ("class", "delegateExpression", "expression", "type", "operationId", "topic")
_UNHEARD = {
    "executionListener": "gli ascoltatori di eventi",
    "taskListener": "gli ascoltatori di eventi",
    "connector": "il connettore",
    "properties": "le proprietà libere",
    "inputOutput": "",
    "in": "",
    "out": "",
    "formData": "",
    "formProperty": "",
}
_ISO = re.compile(r"(?:R\d*/)?P[0-9TYMWDHS.]+|\d{4}-\d{2}-\d{2}.*")


def translate(root: etree._Element, notes: Notes) -> None:
    """Rewrite every element of a file in our dialect; what has no counterpart goes, with a note."""
    for node in list(root.iter()):
        kind = etree.QName(node).localname
        if node.get("id") and node.tag == bpmn(kind) and kind in _BY_KIND:
            _BY_KIND[kind](_Node(node, notes))
    for node in list(root.iter(bpmn("conditionExpression"), bpmn("completionCondition"))):
        _condition(node, notes)
    for node in list(root.iter(bpmn("timeDate"), bpmn("timeDuration"), bpmn("timeCycle"))):
        _time(node, notes)
    for node in list(root.iter(bpmn("multiInstanceLoopCharacteristics"))):
        _rounds(node, notes)
    _gateways(root, notes)
    _unread(root, notes)


class _Node:
    """An element with what a vendor has written on it."""

    def __init__(self, node: etree._Element, notes: Notes) -> None:
        self.node, self.notes = node, notes
        self.id = node.get("id", "")

    def take(self, name: str) -> str | None:
        """A vendor's attribute, taken away."""
        for namespace in FAMILY:
            value = pop(self.node, f"{{{namespace}}}{name}")
            if value is not None:
                return value.strip() or None
        return None

    def parts(self, name: str) -> Iterator[etree._Element]:
        """A vendor's extension elements of this name."""
        extensions = self.node.find(bpmn("extensionElements"))
        for child in [] if extensions is None else list(extensions):
            if child.tag in {f"{{{namespace}}}{name}" for namespace in FAMILY}:
                yield child

    def say(self, name: str, **attributes: str) -> etree._Element:
        """Write an extension of our dialect, or on the one that is there."""
        return say(self.node, name, **attributes)

    def translated(self, text: str, what: str) -> str | None:
        """FEEL for an expression, the text itself otherwise; None, with a note, when there is no counterpart."""
        try:
            return juel.value(text)
        except juel.Untranslatable:
            self.notes.dropped(
                self.id, f"{what}: l'espressione «{text[:120]}» non ha un corrispondente in FEEL"
            )
            return None

    def forget(self) -> None:
        """Note what a vendor asks for and nobody here does."""
        for tag, words in _UNHEARD.items():
            for _ in self.parts(tag):
                if words:
                    self.notes.dropped(self.id, words)


def say(node: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Write an extension of our dialect on an element, or on the one that is there."""
    extensions = node.find(bpmn("extensionElements"))
    if extensions is None:
        extensions = etree.Element(bpmn("extensionElements"))
        node.insert(len(node.findall(bpmn("documentation"))), extensions)
    found = extensions.find(zeebe(name))
    if found is None:
        found = etree.SubElement(extensions, zeebe(name))
    for key, value in attributes.items():
        found.set(key, value)
    return found


# ---- people


def _human(found: _Node) -> None:
    groups = found.take("candidateGroups") or _owner(found)
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


def _group(found: _Node, groups: str) -> None:
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


def _owner(found: _Node) -> str | None:
    """The resource that plain BPMN gives a step to, by its name."""
    for tag in ("potentialOwner", "humanPerformer", "performer"):
        for node in list(found.node.iterfind(bpmn(tag))):
            referred = (node.findtext(bpmn("resourceRef")) or "").strip()
            found.node.remove(node)
            resource = (
                found.node.getroottree().find(f".//{bpmn('resource')}[@id='{referred}']")
                if _plain(referred)
                else None
            )
            if resource is not None:
                return resource.get("name") or referred
    return None


def _plain(text: str) -> bool:
    return bool(text) and "'" not in text


def _anything(found: _Node) -> None:
    """A task of no kind is somebody's work: here it would pass by itself, unseen."""
    found.node.tag = bpmn("userTask")
    found.notes.translated(found.id, "era un'attività senza tipo: diventa di una persona")
    _human(found)


# ---- machines


def _service(found: _Node) -> None:
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


def _thrown(found: _Node) -> None:
    """A message is brought here to who waits for it, by the engine: what sent it elsewhere goes."""
    definition = found.node.find(bpmn("messageEventDefinition"))
    if definition is None:
        return
    sends = _Node(definition, found.notes)
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


def _decision(found: _Node) -> None:
    decision, result = found.take("decisionRef"), found.take("resultVariable")
    found.take("mapDecisionResult")
    if decision:
        found.say("calledDecision", decisionId=decision, resultVariable=result or decision)
    _mappings(found)
    found.forget()


def _script(found: _Node) -> None:
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


def _call(found: _Node) -> None:
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


def _mappings(found: _Node) -> None:
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


def _line(found: _Node, side: str, source: str, target: str) -> None:
    ours = found.translated(source, f"la mappatura «{target}»")
    if ours is None or not target:
        return
    line = etree.SubElement(found.say("ioMapping"), zeebe(side))
    line.set("source", ours)
    line.set("target", target)


# ---- expressions


def _condition(node: etree._Element, notes: Notes) -> None:
    owner, text = _owning(node), (node.text or "").strip()
    pop(node, "language")
    node.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    if text.startswith("="):
        return
    try:
        node.text = juel.translate(text) if juel.is_expression(text) else juel.script(text)
        notes.translated(owner, f"la condizione «{text[:80]}» diventa «{node.text[:80]}»")
    except juel.Untranslatable:
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
        if text:
            notes.dropped(owner, f"la condizione «{text[:120]}»: riscrivila in FEEL")


def _time(node: etree._Element, notes: Notes) -> None:
    text = (node.text or "").strip()
    pop(node, f"{{{XSI}}}type")
    pop(node, "language")
    if not juel.is_expression(text):
        return
    try:
        node.text = juel.translate(text)
    except juel.Untranslatable:
        node.text = None
        notes.dropped(_owning(node), f"il tempo «{text[:120]}»: riscrivilo come durata, data o FEEL")


def _rounds(node: etree._Element, notes: Notes) -> None:
    found = _Node(node, notes)
    collection, item = found.take("collection"), found.take("elementVariable")
    cardinality = node.find(bpmn("loopCardinality"))
    if cardinality is not None:
        node.remove(cardinality)
    own = node.find(f".//{zeebe('loopCharacteristics')}")
    if own is not None:
        return
    source = None
    if collection:
        source = collection if juel.is_expression(collection) else f"${{{collection}}}"
    elif cardinality is not None and (cardinality.text or "").strip().isdigit():
        source = f"=for giro in 1..{(cardinality.text or '').strip()} return giro"
    ours = (
        source
        if source and source.startswith("=")
        else source and found.translated(source, "la lista dei giri")
    )
    if ours:
        found.say("loopCharacteristics", inputCollection=ours, **({"inputElement": item} if item else {}))


def _gateways(root: etree._Element, notes: Notes) -> None:
    """A choice in which one way out has no condition means that one for the rest."""
    flows = {flow.get("id"): flow for flow in root.iter(bpmn("sequenceFlow"))}
    for gateway in root.iter(bpmn("exclusiveGateway"), bpmn("inclusiveGateway")):
        out = [flow for flow in flows.values() if flow.get("sourceRef") == gateway.get("id")]
        bare = [flow for flow in out if flow.find(bpmn("conditionExpression")) is None]
        default = flows.get(gateway.get("default"))
        if default is not None and default.find(bpmn("conditionExpression")) is not None:
            default.remove(default.find(bpmn("conditionExpression")))  # type: ignore[arg-type]
        if len(out) > 1 and len(bare) == 1 and default is None:
            gateway.set("default", bare[0].get("id", ""))
            notes.translated(
                gateway.get("id", ""), f"«{bare[0].get('id')}», senza condizione, vale per ogni altro caso"
            )


def _unread(root: etree._Element, notes: Notes) -> None:
    """What Camunda 8 knows and we do not."""
    for node in list(root.iter(f"{{{ZEEBE}}}*")):
        name = etree.QName(node).localname
        parent = node.getparent()
        if name in ZEEBE_READ:
            for attribute in set(map(str, node.attrib)) - ZEEBE_READ[name]:
                if name == "formDefinition" and attribute == "formKey":
                    node.set("formId", slug(node.get(attribute, "").rpartition(":")[2], "modulo"))
                del node.attrib[attribute]
        elif parent is not None and node.getroottree().getroot() is root:
            parent.remove(node)
            notes.dropped(_owning(parent), f"«{name}» di Camunda 8")


def _owning(node: etree._Element) -> str:
    for above in (node, *node.iterancestors()):
        if above.get("id") and etree.QName(above).localname not in (
            "conditionExpression",
            "timerEventDefinition",
        ):
            return str(above.get("id"))
    return "-"


_BY_KIND: Mapping[str, Callable[[_Node], None]] = {
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

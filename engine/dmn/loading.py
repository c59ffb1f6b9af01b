"""From bytes to a model, kept by content: a table is compiled once for all the steps that ask it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from lxml import etree

from engine.dmn.errors import ModelRefused
from engine.dmn.model import Model
from engine.dmn.namespace import name_of
from engine.dmn.reader import Import, read_definitions, read_imports
from engine.xml import XmlRefused, parse_xml

CACHED_MODELS = 256
MAX_IMPORTS_DEEP = 5

_models: OrderedDict[bytes, Model] = OrderedDict()
_lock = Lock()


def load(xml: bytes | etree._Element, beside: Iterable[bytes] | None = None) -> Model:
    """The model in a DMN 1.1-1.6 file, or in its parsed root element.

    `beside` are the other files of its folder, among which it finds the models that it imports; without it
    imports are refused. Raises ModelRefused, with an Italian reason, for what is not such a file and for
    imports that lead nowhere. Faults inside the model do not prevent loading: `Model.problems()` lists them.
    """
    if not isinstance(xml, bytes):
        return _Loader(beside).model(xml)
    key = hashlib.sha256(xml).digest()
    with _lock:
        if key in _models:
            _models.move_to_end(key)
            return _models[key]
    model = _Loader(beside).model(_parsed(xml))
    if not model.imported:
        _keep(key, model)
    return model


def _keep(key: bytes, model: Model) -> None:
    with _lock:
        _models[key] = model
        while len(_models) > CACHED_MODELS:
            _models.popitem(last=False)


def _parsed(xml: bytes) -> etree._Element:
    try:
        return parse_xml(xml)
    except XmlRefused as error:
        raise ModelRefused("definitions", error.message_it) from error


class _Loader:
    """Loads a model and what it imports, each once."""

    def __init__(self, beside: Iterable[bytes] | None) -> None:
        self.beside = beside
        self.roots: dict[str, etree._Element] = {}
        self.loaded: dict[str, Model] = {}

    def model(self, root: etree._Element, path: tuple[str, ...] = ()) -> Model:
        imports = read_imports(root)
        if imports and not self.roots:
            self.roots = self._found()
        here = (*path, root.get("namespace") or name_of(root))
        imported = {wanted.namespace: (wanted.name, self._imported(wanted, here)) for wanted in imports}
        others = [other.definitions for _, other in imported.values()]
        return Model(read_definitions(root, others), imported=imported)

    def _imported(self, wanted: Import, path: tuple[str, ...]) -> Model:
        refused = f"Il modello importa «{wanted.namespace}»"
        if self.beside is None:
            reason = f"{refused}: gli import non sono ammessi, ogni modello deve bastare a sé."
            raise ModelRefused(wanted.element_id, reason)
        if wanted.namespace in path or len(path) > MAX_IMPORTS_DEEP:
            raise ModelRefused(
                wanted.element_id, f"{refused}, che a sua volta importa chi lo importa o altri senza fine."
            )
        if wanted.namespace not in self.roots:
            raise ModelRefused(wanted.element_id, f"{refused}, che non è fra i modelli DMN della cartella.")
        if wanted.namespace not in self.loaded:
            self.loaded[wanted.namespace] = self.model(self.roots[wanted.namespace], path)
        return self.loaded[wanted.namespace]

    def _found(self) -> dict[str, etree._Element]:
        """The models of the folder by namespace; a file that is none of them imports nothing to anybody."""
        found: dict[str, etree._Element] = {}
        for content in self.beside or ():
            try:
                root = _parsed(content)
                read_imports(root)
            except ModelRefused:
                continue
            found.setdefault(root.get("namespace") or "", root)
        return found

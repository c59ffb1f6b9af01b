"""From bytes to a model, kept by content: a table is compiled once for all the steps that ask it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from lxml import etree

from engine.dmn.errors import ModelRefused
from engine.dmn.model import Model
from engine.dmn.reader import read_definitions
from engine.xml import XmlRefused, parse_xml

CACHED_MODELS = 256

_models: OrderedDict[bytes, Model] = OrderedDict()
_lock = Lock()


def load(xml: bytes | etree._Element) -> Model:
    """The model in a DMN 1.2-1.5 file, or in its parsed root element.

    Raises ModelRefused, with an Italian reason, for what is not such a file or imports others.
    Faults inside the model do not prevent loading: `Model.problems()` lists them.
    """
    if not isinstance(xml, bytes):
        return Model(read_definitions(xml))
    key = hashlib.sha256(xml).digest()
    with _lock:
        if key in _models:
            _models.move_to_end(key)
            return _models[key]
    model = Model(read_definitions(_parsed(xml)))
    with _lock:
        _models[key] = model
        while len(_models) > CACHED_MODELS:
            _models.popitem(last=False)
    return model


def _parsed(xml: bytes) -> etree._Element:
    try:
        return parse_xml(xml)
    except XmlRefused as error:
        raise ModelRefused("definitions", error.message_it) from error

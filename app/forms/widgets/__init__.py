"""The widgets of single answers, by the name that the UI schema uses."""

from .base import Email, Hidden, Text, Widget
from .choice import OneOf, Scale, Tick, Ticks, YesNo
from .code import Cap, CodiceFiscaleField, Iban, Telephone
from .moment import Clock, Day, Instant
from .number import Euro, Number
from .place import Place
from .upload import Upload

COMPOSITE = frozenset({"oggetto", "lista", "turni", "persona"})

BY_NAME: dict[str, Widget] = {
    "cap": Cap(),
    "codice_fiscale": CodiceFiscaleField(),
    "comune": Place(),
    "data": Day(),
    "data_ora": Instant(),
    "email": Email(),
    "euro": Euro(),
    "file": Upload(),
    "iban": Iban(),
    "nascosto": Hidden(),
    "numero": Number(),
    "orario": Clock(),
    "scala": Scale(),
    "scelta": OneOf(),
    "si_no": YesNo(),
    "spunta": Tick(),
    "spunte": Ticks(),
    "telefono": Telephone(),
    "testo": Text(),
    "testo_lungo": Text(),
}

__all__ = ["BY_NAME", "COMPOSITE", "Widget"]

"""Diagrams drawn elsewhere, made into bundles of ours; what is lost or lacking on the way is told.

`bring_in` reads a BPMN 2.0 file of any vendor and gives one bundle for each of its processes, with notes. What other
tools write around the drawing is translated where it means the same here, and left out, with a note, where not.
"""

from engine.foreign.importing import Imported, bring_in
from engine.foreign.note import Note, NotImportable

__all__ = ["Imported", "Note", "NotImportable", "bring_in"]

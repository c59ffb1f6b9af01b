"""Diagrams for those who run no script: the SVG that the server draws, and the same path told in words.

`marks` say how far an instance is: {element id: "fatto" | "ora" | "poi" | "saltato"}, everything else is
still to do; ids of sequence flows may be among them, else the flows travelled are deduced.
"""

from app.diagram.brief import After, Brief, brief
from app.diagram.outline import Answer, Outline, Step, outline
from app.diagram.reading import of_release
from app.diagram.svg import svg

__all__ = ["After", "Answer", "Brief", "Outline", "Step", "brief", "of_release", "outline", "svg"]

"""The frame around every page, and the pages that belong to no feature."""

from app.pagine.frame import menu, who
from app.pagine.routes import blueprint

__all__ = ["blueprint", "menu", "who"]

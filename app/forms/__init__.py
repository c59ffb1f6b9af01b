"""Forms on the server: JSON Schema in, accessible HTML out, typed answers back. See README.md."""

from .form import Form
from .messages import Message
from .parse import Parsed
from .sources import Earlier, Match, People, Sources, StoredFile, UploadRefused, Uploads
from .tree import Group, Node, Tree

__all__ = [
    "Earlier",
    "Form",
    "Group",
    "Match",
    "Message",
    "Node",
    "Parsed",
    "People",
    "Sources",
    "StoredFile",
    "Tree",
    "UploadRefused",
    "Uploads",
]

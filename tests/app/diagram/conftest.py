from pathlib import Path

import pytest

from engine.xml import parse_xml

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def visita():
    """A visit with a reminder, a question of three answers, a subprocess and an event subprocess."""
    return parse_xml((HERE / "visita.bpmn").read_bytes())

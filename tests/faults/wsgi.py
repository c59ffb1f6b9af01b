"""What gunicorn serves in an installation, with the outside body of the tests."""

from tests.faults import process

process.prepare()

from app.wsgi import application  # noqa: E402 - it makes its engines at once

__all__ = ["application"]

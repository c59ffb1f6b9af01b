"""The API with its two paths and a program that may use it, for what is sent to it bent."""

from tests.app.api.conftest import a_program, app, maker, people, program

__all__ = ["a_program", "app", "maker", "people", "program"]

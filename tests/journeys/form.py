"""Answering a form by its questions, as they are worded on the page."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.hands import Hand

WAIT = 30  # seconds for a question that an answer made appear
GROUPS = ("radiogroup", "group")
ADD = re.compile(r"^Aggiungi ")


class Form:
    """The form of a page. An answer is a text, the words of an option, True or False, a list of options for
    square marks, a list of rows, or a mapping for questions within a question."""

    def __init__(self, page: Page, hand: Hand) -> None:
        self.page = page
        self.hand = hand

    def fill(self, answers: Mapping[str, Any]) -> None:
        self._fill(self.page.locator("#modulo"), answers)

    def _fill(self, scope: Locator, answers: Mapping[str, Any]) -> None:
        for title, answer in answers.items():
            self._answer(self._question(scope, title), answer)

    def _question(self, scope: Locator, title: str) -> Locator:
        """The control, or the group of controls, that answers a question."""
        name = re.compile(rf"^(.*, )?{re.escape(title)}( \(facoltativo\)|, turno \d+)?$", re.IGNORECASE)
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            for found in (*(scope.get_by_role(role, name=name) for role in GROUPS), scope.get_by_label(name)):
                if found.count():
                    return found.first
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no question «{title}» in {self.page.url}")

    def _answer(self, question: Locator, answer: Any) -> None:
        kind = question.evaluate("(e) => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if isinstance(answer, Mapping):
            self._fill(question, answer)
        elif isinstance(answer, list) and answer and isinstance(answer[0], Mapping):
            self._rows(question, answer)
        elif isinstance(answer, list) and question.get_by_role("button", name=ADD).count():
            self._texts(question, answer)
        elif isinstance(answer, list):
            for option in answer:
                self.hand.tick(question.get_by_role("checkbox", name=option, exact=True))
        elif kind == "fieldset":
            self.hand.mark(question, {True: "Sì", False: "No"}.get(answer, answer))
        elif kind == "select":
            self.hand.choose(question, answer)
        elif kind == "checkbox":
            self.hand.tick(question)
        else:
            self.hand.write(question, answer)

    def _rows(self, group: Locator, answers: list[Mapping[str, Any]]) -> None:
        for number, answer in enumerate(answers):
            self._fill(self._row(group, number), answer)

    def _texts(self, group: Locator, answers: list[str]) -> None:
        for number, answer in enumerate(answers):
            self.hand.write(self._row(group, number).locator("input:not([type=hidden]), textarea"), answer)

    def _row(self, group: Locator, number: int) -> Locator:
        rows = group.locator(":scope > ol > li, :scope > div > ol > li, :scope > div > table > tbody > tr")
        if rows.count() <= number:
            self.hand.press(group.get_by_role("button", name=ADD).last)
            expect(rows).to_have_count(number + 1)
        return rows.nth(number)

"""A person at a desk, with what she does there as sentences."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.demo.city import PASSWORD
from tests.journeys.form import Form
from tests.journeys.hands import Hand
from tests.journeys.watch import Watch

PATIENCE = 60  # seconds for a step that a job or a timer must bring


class Person:
    """Somebody who works with Percorsi."""

    def __init__(self, username: str, page: Page, hand: Hand, watch: Watch) -> None:
        self.username = username
        self.page = page
        self.hand = hand
        self.watch = watch
        self.whom = ""

    def about(self, surname: str) -> Person:
        """The steps that matter to her are those about this person."""
        self.whom = surname
        return self

    def enters(self) -> Person:
        """Log in, from the page where one is sent."""
        self.page.goto("/")
        return self.logs_in()

    def logs_in(self) -> Person:
        """Fill in the login page, where one is."""
        self.looks("Entra")
        if self.page.get_by_label("Nome utente").input_value() != self.username:
            self.hand.write(self.page.get_by_label("Nome utente"), self.username)
        self.hand.write(self.page.get_by_label("Password", exact=True), PASSWORD)
        self.hand.press(self.page.get_by_role("button", name="Entra"))
        expect(self.page.get_by_role("heading", level=1, name="Entra")).to_have_count(0)
        return self

    def goes_to(self, path: str) -> Person:
        """Open an address, logging in again if the session has ended meanwhile."""
        self.page.goto(path)
        if self.page.url.split("?")[0].endswith("/accesso"):
            self.logs_in()
        return self

    def looks(self, name: str) -> Person:
        """Have the page checked and pictured under this name."""
        self.page.wait_for_load_state()
        self.watch.look(self.page, name)
        return self

    def arrives_at(self, heading: str) -> Person:
        """The page that opens has this heading; it is looked at."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        return self.looks(heading)

    def presses(self, name: str, within: str | None = None) -> Person:
        """A button by its name; `within` a group of the form."""
        place = self.page.get_by_role("group", name=within, exact=True) if within else self.page
        shown = place.get_by_role("button", name=name, exact=True).and_(self.page.locator(":visible"))
        self.hand.press(shown.last)
        return self

    def hits(self, *keys: str) -> Person:
        self.page.wait_for_load_state()  # the keys work once the scripts do
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def types(self, text: str) -> Person:
        self.page.keyboard.type(text)
        return self

    def searches(self, text: str) -> Person:
        self.hand.write(self.page.get_by_role("searchbox", name="Cerca persone, pratiche, attività"), text)
        self.page.keyboard.press("Enter")
        return self.arrives_at(f"Risultati per «{text}»")

    def accepts_order_of(self, name: str) -> Person:
        """Of the orders that wait, the one about this person."""
        order = self.page.get_by_role("article").filter(has_text=name)
        self.hand.press(order.get_by_role("button", name="Accetta"))
        return self

    def follows(self, name: str) -> Person:
        """A link; an entry of the bar may have its count beside it."""
        whole = re.compile(rf"^{re.escape(name)}( \d+)?$")
        self.hand.press(self.page.get_by_role("link", name=whole).first)
        return self

    def opens(self, step: str) -> Person:
        """Find a step in the scrivania, take it if nobody has it, and stand before its form."""
        self._find(step)
        expect(self.page.get_by_role("heading", level=1, name=step, exact=True)).to_be_visible()
        take = self.page.get_by_role("button", name="Prendi", exact=True)
        if take.count():
            self.hand.press(take)
            expect(take).to_have_count(0)
        return self.looks(step)

    def _find(self, step: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for view in ("mie", "prendere"):
                self.goes_to(f"/scrivania?vista={view}")
                link = self._row(step).get_by_role("link", name=step, exact=True)
                if link.count():
                    self.looks(f"Scrivania, {view}")
                    self.hand.press(link.first)
                    return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{self.username} does not find «{step}» about «{self.whom}»")

    def _row(self, step: str) -> Locator:
        rows = self.page.locator("tbody tr").filter(has=self.page.get_by_role("link", name=step, exact=True))
        return rows.filter(has_text=self.whom)

    def answers(self, answers: Mapping[str, Any]) -> Person:
        """Answer questions of the form in order, by the words that stand beside them."""
        Form(self.page, self.hand).fill(answers)
        return self

    def completes(self) -> Person:
        """Complete the step; the page that follows says so."""
        step = self.page.get_by_role("heading", level=1).inner_text()
        self.hand.press(self.page.get_by_role("button", name="Completa e vai alla prossima"))
        return self.reads(f"Completata: {step}.")

    def reads(self, text: str | re.Pattern[str]) -> Person:
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def waits_for(self, path: str, text: str) -> Person:
        """Look again at a page until it says something."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.goes_to(path)
            if self.page.get_by_text(text).count():
                return self
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{path} never says «{text}»")

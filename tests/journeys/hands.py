"""How a person moves in a page: with a mouse, or with the keyboard alone."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page

TABS = 400  # a page with more stops than this is not for who has no mouse
DATES = ("date", "datetime-local")


class Hand(Protocol):
    """What can be done with a control that is in sight."""

    def __init__(self, page: Page) -> None: ...

    def press(self, control: Locator) -> None:
        """A button or a link."""

    def write(self, control: Locator, text: str) -> None:
        """Replace what a box has in it; dates as 2026-12-01."""

    def choose(self, control: Locator, option: str) -> None:
        """One of a list that opens, by its words."""

    def mark(self, group: Locator, option: str) -> None:
        """One of some round marks, by its words."""

    def tick(self, box: Locator) -> None:
        """A square mark."""


class Mouse:
    """Clicks, and types into what was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, text: str) -> None:
        control.click()
        control.fill(text)

    def choose(self, control: Locator, option: str) -> None:
        control.select_option(label=option)

    def mark(self, group: Locator, option: str) -> None:
        group.get_by_role("radio", name=option, exact=True).click()

    def tick(self, box: Locator) -> None:
        box.click()


class Keyboard:
    """Presses keys, and nothing else: every control is reached with Tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = page.keyboard

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.keys.press("Enter")

    def write(self, control: Locator, text: str) -> None:
        self.reach(control)
        if control.get_attribute("type") in DATES:
            self._write_date(control, text)
            return
        self.keys.press("Control+a")
        self.keys.type(text)

    def _write_date(self, control: Locator, text: str) -> None:
        """Section by section, in the order of the browser's own language, which no page may set."""
        year, month, day = text.split("-")
        for sections in (day + month + year, month + day + year):
            self.keys.type(sections)
            if control.input_value() == text:
                return
            for _ in range(3):
                self.keys.press("ArrowLeft")
        raise AssertionError(f"{text} does not get into {control}")

    def choose(self, control: Locator, option: str) -> None:
        self.reach(control)
        self.keys.type(option)

    def mark(self, group: Locator, option: str) -> None:
        wanted = group.get_by_role("radio", name=option, exact=True)
        wanted.wait_for()
        self.reach(group.get_by_role("radio"))
        self.keys.press("Space")
        for _ in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                return
            self.keys.press("ArrowDown")
        assert wanted.is_checked(), f"arrows do not reach «{option}»"

    def tick(self, box: Locator) -> None:
        self.reach(box)
        self.keys.press("Space")

    def reach(self, control: Locator) -> None:
        """Tab until one of these has the focus, which must be seen."""
        control.first.wait_for()
        for _ in range(TABS):
            if control.evaluate_all("(all) => all.includes(document.activeElement)"):
                assert self.page.evaluate(SEEN), f"the focus on {control} cannot be seen"
                return
            self.keys.press("Tab")
        raise AssertionError(f"Tab does not reach {control}")


# The focus shows by an outline or a shadow, on the control or on what wraps it.
SEEN = """() => {
    for (let at = document.activeElement, up = 0; at && up < 3; at = at.parentElement, up++) {
        const style = getComputedStyle(at);
        if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) return true;
        if (style.boxShadow !== 'none') return true;
    }
    return false;
}"""

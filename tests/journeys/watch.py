"""What is wrong with the pages that a journey goes through, gathered on the way and told at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response

SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"
WIDTHS = (1400, 768, 320)
PICTURED = (1400, 320)

# What sticks out of the page without a region of its own that scrolls.
_STICKS_OUT = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const scrolls = (element) => {
        for (let at = element.parentElement; at; at = at.parentElement) {
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX) && at !== document.body) return true;
        }
        return false;
    };
    return [...document.body.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
        .slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
}"""
_AXE = "async () => (await axe.run({resultTypes: ['violations'], preload: false})).violations"
_LANDMARKS = """() => ({
    title: document.title, h1: document.querySelectorAll('h1').length, lang: document.documentElement.lang,
    main: document.querySelectorAll('main').length, header: document.querySelectorAll('body > header').length,
    footer: document.querySelectorAll('body > footer').length,
})"""


@dataclass
class Watch:
    """Faults as sentences; `looked` are the pages seen, each looked at once; `expected`, statuses that are right.

    A `blind` one looks at nothing: axe-core needs scripts.
    """

    faults: list[str] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)
    expected: set[int] = field(default_factory=set)
    blind: bool = False

    def finds_nothing_wrong(self) -> None:
        """Say what was wrong, each thing once."""
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))

    def follows(self, page: Page) -> None:
        """Hear what the page's console says and what the server answers."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"a script fails: {error}"))
        page.on("response", self._answered)

    def look(self, page: Page, name: str) -> None:
        """Is this page accessible, does it fit, has it a title and landmarks? Once for each name."""
        if self.blind or name in self.looked:
            return
        self.looked.add(name)
        self._check_landmarks(page, name)
        page.evaluate(AXE_SCRIPT)
        size = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            self._check_width(page, name, width)
        if size is not None:
            page.set_viewport_size(size)

    def _check_width(self, page: Page, name: str, width: int) -> None:
        for violation in page.evaluate(_AXE):
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.faults.append(f"{name} at {width}: {violation['id']}, {violation['help']}: {nodes}")
        for element in page.evaluate(_STICKS_OUT):
            self.faults.append(f"{name} at {width}: wider than the window, {element}")
        if width in PICTURED:
            self._picture(page, name, width)

    def _check_landmarks(self, page: Page, name: str) -> None:
        found = page.evaluate(_LANDMARKS)
        if not found["title"] or found["title"] == "Percorsi – Percorsi":
            self.faults.append(f"{name}: no title of its own ({found['title']!r})")
        if found["lang"] != "it":
            self.faults.append(f"{name}: language {found['lang']!r}")
        wrong = {part: found[part] for part in ("h1", "main", "header", "footer") if found[part] != 1}
        if wrong:
            self.faults.append(f"{name}: not exactly one of {wrong}")

    def _picture(self, page: Page, name: str, width: int) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        file = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        page.screenshot(path=SCREENSHOTS / f"{file}-{width}.png", full_page=True)

    def _said(self, message: ConsoleMessage) -> None:
        refused = re.search(r"status of (\d+)", message.text)
        if message.type in ("error", "warning") and not (refused and int(refused[1]) in self.expected):
            self.faults.append(f"the console says {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self.expected:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")

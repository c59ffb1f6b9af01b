"""How wide a text is in Titillium Web, and how it breaks in lines: SVG does not wrap by itself."""

# Advance widths in hundredths of the font size, measured in the browser on Titillium Web 400 and 700.
REGULAR = {
    22: " ’',.:ijlì", 25: "!;I()J", 34: "frt", 40: '"/', 45: "-?cxszLkvy", 50: "aeàèéFTbdgopqòCSYZ",
    55: "hnuù«»+0123456789EKXÈÉ%€V", 61: "APÀBGRDU–", 67: "OQHN&", 76: "w", 86: "MmW",
}  # fmt: skip
BOLD = {
    22: " ’',.:ijlì!;I", 30: "()J", 37: "ftr", 42: '"-', 46: "?cz/Lsx", 51: "evyèéTakà",
    55: "CFSZbdgopqò+0123456789EXYhnuùÈÉ%€P", 61: "ABKVÀ«»GR–D", 68: "OQUHN&", 78: "w", 87: "mMW",
}  # fmt: skip
UNKNOWN = 60


def _table(groups: dict[int, str]) -> dict[str, int]:
    return {letter: width for width, letters in groups.items() for letter in letters}


WIDTHS = {False: _table(REGULAR), True: _table(BOLD)}


def width(text: str, size: float, bold: bool = False) -> float:
    """In pixels, at `size` pixels of font."""
    table = WIDTHS[bold]
    return sum(table.get(letter, UNKNOWN) for letter in text) * size / 100


def wrap(text: str, room: float, size: float, *, bold: bool = False, lines: int = 9) -> list[str]:
    """The text in lines no wider than `room` pixels, where words allow it; past `lines` it ends with «…»."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width(longer, size, bold) <= room:
            rows[-1] = longer
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], rows[lines - 1].rstrip(".,;:") + "…"]
    return rows

"""Writes rows of cells as a Markdown table."""

from collections.abc import Sequence


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """The table, its first row as header; empty columns and rows are left out, cells stay on one line."""
    even = _evened([[_cell(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)])
    used = [place for place in range(len(even[0]) if even else 0) if any(row[place] for row in even)]
    if not used:
        return ""
    lines = ["| " + " | ".join(row[place] for place in used) + " |" for row in even]
    return "\n".join([lines[0], "|" + "---|" * len(used), *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _evened(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]

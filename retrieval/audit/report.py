"""An audit in words: tables for a terminal, and Markdown."""

from collections.abc import Sequence

from retrieval.audit.audit_results import Audit
from retrieval.audit.blocks import Row, blocks_of
from retrieval.report.tables import markdown_table


def as_table(audit: Audit) -> str:
    """For the terminal: a paragraph a block, its table in aligned columns."""
    parts = []
    for block in blocks_of(audit):
        lines = [f"{block.title}: {block.sentence}", *_aligned(block.rows), *(f"  - {note}" for note in block.notes)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_markdown(audit: Audit) -> str:
    """A section a block, and the settings at the end."""
    parts = ["# Audit", f"Snapshot {audit.snapshot}, encoder {audit.encoder}, mrseek {audit.code_version}."]
    for block in blocks_of(audit):
        parts += [f"## {block.title}", block.sentence, *([markdown_table(block.rows)] if block.rows else [])]
        parts += ["\n".join(f"- {note}" for note in block.notes)] if block.notes else []
    settings = "\n".join(f"- {name}: {value}" for name, value in audit.configuration.items())
    return "\n\n".join([*parts, "## Settings", settings]) + "\n"


def _aligned(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [f"  {line.rstrip()}" for line in padded]

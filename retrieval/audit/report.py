"""An audit in words: tables for a terminal, and Markdown."""

from collections.abc import Sequence

from retrieval.audit.audit_results import Audit
from retrieval.audit.blocks import Block, Row, blocks_of


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
        parts += [f"## {block.title}", block.sentence, *_markdown_table(block)]
        parts += ["\n".join(f"- {note}" for note in block.notes)] if block.notes else []
    settings = "\n".join(f"- {name}: {value}" for name, value in audit.configuration.items())
    return "\n\n".join([*parts, "## Settings", settings]) + "\n"


def _markdown_table(block: Block) -> list[str]:
    if not block.rows:
        return []
    head, *body = block.rows
    rule = ("---", *("---:" for _ in head[1:]))
    return ["\n".join("| " + " | ".join(_escaped(row)) + " |" for row in (head, rule, *body))]


def _escaped(row: Row) -> Row:
    """A side may be called anything."""
    return tuple(cell.replace("|", "\\|").replace("\n", " ") for cell in row)


def _aligned(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [f"  {line.rstrip()}" for line in padded]

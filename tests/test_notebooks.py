"""Notebooks run from top to bottom, and are committed without what they said."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def test_no_outputs_are_committed(notebook: Path) -> None:
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel's own packages, which nobody here can mend
def test_runs_and_finds_more_than_chance(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.delenv("MRSEEK_DEMO_ARCHIVE", raising=False)
    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(content, timeout=300, resources={"metadata": {"path": str(notebook.parent)}})
    client.execute()
    outputs = [output for cell in content.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 5
    table = next(output.data["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {}))
    figures = re.findall(r"\| ([\d.]+) \| ([\d.]+) \|$", table, re.MULTILINE)
    assert len(figures) >= 3
    assert all(float(reached) > float(chance) + 0.2 for reached, chance in figures)

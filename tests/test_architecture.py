"""Imports run one way, and heavy packages stay where they belong: read from the code, not from memory."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

# Each package may import those to its left.
ORDER = ("common", "volumes", "encoders", "indexer", "retrieval", "training", "server", "cli")
# phantoms stands beside the order: it makes archives, and needs only what reads them back.
BESIDE = {"phantoms": {"common", "volumes"}}

# Who may import what is heavy, optional or tied to one layer; a path ends with "/" for a whole package.
OWNERS = {
    "torch": ("volumes/torch_resample.py", "encoders/", "training/", "phantoms/"),
    "transformers": ("encoders/", "training/"),
    "onnx": ("encoders/",),
    "onnxruntime": ("encoders/",),
    "tokenizers": ("encoders/", "training/"),
    "faiss": ("indexer/", "retrieval/"),
    "sqlalchemy": ("indexer/catalog/",),
    "pyarrow": ("indexer/", "retrieval/", "training/"),
    "duckdb": ("indexer/", "retrieval/"),
    "nibabel": ("volumes/", "phantoms/"),
    "pydicom": ("volumes/", "indexer/sources/", "phantoms/"),
    "gdcm": ("volumes/", "indexer/sources/"),
    "typer": ("cli/",),
    "rich": ("cli/",),
}

FILES = sorted(
    path for package in (*ORDER, *BESIDE) if (PROJECT / package).is_dir() for path in (PROJECT / package).rglob("*.py")
)


def imported_names(path: Path) -> Iterator[str]:
    """The top-level name of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            yield (node.module or "").split(".")[0]


def allowed_layers(package: str) -> set[str]:
    return (
        BESIDE[package]
        if package in BESIDE
        else set(ORDER[: ORDER.index(package)]) | (set(BESIDE) if package in {"training", "server", "cli"} else set())
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_imports_run_one_way(path: Path) -> None:
    package = path.relative_to(PROJECT).parts[0]
    layers = {name for name in imported_names(path) if name in ORDER or name in BESIDE} - {package}
    assert layers <= allowed_layers(package)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_heavy_packages_stay_where_they_belong(path: Path) -> None:
    place = path.relative_to(PROJECT).as_posix()
    strangers = {
        name
        for name in imported_names(path)
        if name in OWNERS and not any(place == owner or place.startswith(owner) for owner in OWNERS[name] if owner)
    }
    assert not strangers


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_file_is_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in {"utils", "util", "helpers", "helper", "misc"}


def test_the_project_file_names_every_package() -> None:
    """An editable install finds a forgotten package all the same; an installed wheel does not."""
    listed = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {path.relative_to(PROJECT).parent.as_posix().replace("/", ".") for path in FILES}
    assert sorted(listed) == sorted(there)


def test_the_test_can_fail(tmp_path: Path) -> None:
    offender = tmp_path / "offender.py"
    offender.write_text("def f():\n    import torch.nn\n    from faiss import x\n")
    assert set(imported_names(offender)) == {"torch", "faiss"}
    assert "cli" not in allowed_layers("retrieval")


def test_the_command_line_starts_without_heavy_packages() -> None:
    heavy = ("torch", "transformers", "sqlalchemy", "pyarrow", "faiss", "duckdb", "nibabel", "pydicom", "onnxruntime")
    code = f"import cli.main, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"

"""What a report must say of where its numbers come from."""

import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.compared_models import ComparedModel

_PACKAGES = ("numpy", "torch", "onnxruntime", "scikit-learn")


def provenance(models: Sequence[ComparedModel]) -> dict[str, Any]:
    """The commit ("-dirty" where files differ from it), versions, and the fingerprint of each model."""
    commit, changed = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
    return {
        "commit": f"{commit}-dirty" if changed else commit,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "models": {model.name: model.image.spec.fingerprint for model in models},
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()

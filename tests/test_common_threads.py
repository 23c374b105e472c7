"""One thread a process, whether torch is loaded before or afterwards."""

import subprocess
import sys

import pytest

from tests.encoder_conformance import PROJECT


@pytest.mark.parametrize("order", ["use_one_thread(); import torch", "import torch; use_one_thread()"])
def test_torch_keeps_to_one_thread(order: str) -> None:
    code = f"from common.threads import use_one_thread; {order}; print(torch.get_num_threads())"
    environment = {"PATH": "", "OMP_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT, env=environment
    )
    assert done.stdout.strip() == "1"

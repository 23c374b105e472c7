"""One thread a process, where processes share the cores already.

Torch and the BLAS behind NumPy each start a thread a core. Two processes of two such pools on two cores spin against
one another: rendering phantoms was 2.7 times slower for it, more on a busy machine (measured 2026-11-25, 2 cores).
"""

import os
import sys

_READ_AT_LOADING = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def use_one_thread() -> None:
    """Limits this process, from now on, to one thread of torch and of every BLAS and OpenMP library.

    A fresh process calls this before it has loaded any: those that come later read the environment.
    """
    from threadpoolctl import threadpool_limits

    os.environ.update(dict.fromkeys(_READ_AT_LOADING, "1"))
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)

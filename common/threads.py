"""One thread a process, where processes share the cores already.

Torch and the BLAS behind NumPy each start a thread a core. Two processes of two such pools on two cores spin against
one another: rendering phantoms was 2.7 times slower for it (measured 2026-11-25, 2 cores).
"""

import sys


def use_one_thread() -> None:
    """Limits this process, from now on, to one thread of torch and of every BLAS and OpenMP library loaded so far."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)

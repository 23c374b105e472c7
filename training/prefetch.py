"""Batches made by a thread while the device computes: the same ones in the same order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def prefetched(make: Callable[[int], T], numbers: range, ahead: int) -> Iterator[T]:
    """`make(n)` for each number in order, up to `ahead` of them begun before they are asked for."""
    if ahead < 1:
        yield from map(make, numbers)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as thread:
        waiting: deque[Future[T]] = deque()
        try:
            for number in numbers:
                waiting.append(thread.submit(make, number))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

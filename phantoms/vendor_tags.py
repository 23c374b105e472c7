"""The private tags without which dcm2niix warns about a vendor's files: as it does where an anonymiser dropped them."""

import gzip
import struct

import numpy as np
from pydicom.dataset import Dataset

from phantoms.scanners import Vendor
from phantoms.study import Series

_TICK_MS = 2.5  # Siemens counts acquisition times in these


def add_vendor_tags(dataset: Dataset, vendor: Vendor, series: Series) -> None:
    """Adds what a vendor's own files hold: Siemens the slices' times, GE the protocol block; Philips needs none."""
    if vendor is Vendor.SIEMENS:
        block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
        block.add_new(0x29, "FD", interleaved_times_ms(series.protocol.slices, series.timing.tr_ms))
    elif vendor is Vendor.GE:
        block = dataset.private_block(0x0025, "GEMS_SERS_01", create=True)
        block.add_new(0x1B, "OB", _ge_protocol_block(series.description))


def interleaved_times_ms(slices: int, tr_ms: float) -> list[float]:
    """When each slice is acquired within the repetition: every other one first, as Siemens orders them.

    >>> interleaved_times_ms(4, 1000)
    [500.0, 0.0, 750.0, 250.0]
    """
    first = 1 - slices % 2
    order = [*range(first, slices, 2), *range(1 - first, slices, 2)]
    times = np.empty(slices)
    times[order] = np.rint(np.arange(slices) * tr_ms / slices / _TICK_MS) * _TICK_MS
    return [float(time) for time in times]


def _ge_protocol_block(description: str) -> bytes:
    """A length and a gzipped list of settings, padded to an even number of bytes."""
    settings = gzip.compress(f'set SEDESC "{description}"\n'.encode(), mtime=0)
    block = struct.pack("<I", len(settings)) + settings
    return block + b"\0" * (len(block) % 2)

"""GE's protocol data block, without which dcm2niix warns about a GE file, as it does where an anonymiser dropped it."""

import gzip
import struct

from pydicom.dataset import Dataset


def add_protocol_block(dataset: Dataset) -> None:
    """Adds the private element (0025,101B): a length, and a gzipped list of settings, of an even number of bytes."""
    settings = gzip.compress(f'set SEDESC "{dataset.SeriesDescription}"\n'.encode(), mtime=0)
    content = struct.pack("<I", len(settings)) + settings
    block = dataset.private_block(0x0025, "GEMS_SERS_01", create=True)
    block.add_new(0x1B, "OB", content + b"\0" * (len(content) % 2))

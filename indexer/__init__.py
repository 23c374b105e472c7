"""From an archive to a snapshot: inventory, headers, decoding beside encoding, shards, catalog, publication."""

"""From volumes and texts to unit vectors: the contract of a tower, and the towers."""

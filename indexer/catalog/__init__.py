"""The catalog: the only place that knows SQL, and that holds natural identifiers."""

"""What users bring to be evaluated: their own vectors, tables, runs and judgments; frozen bundles; reruns."""

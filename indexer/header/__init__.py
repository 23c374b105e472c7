"""A typed, normalised header for every series, with the rule that decided each value; and its card."""

"""Asking a collection: query and answer types, channels, filters, exact search, fusion, grouping."""

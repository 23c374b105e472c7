"""Evaluations on paper: JSON, tables, pages, runs for other tools. Nothing here computes a score."""

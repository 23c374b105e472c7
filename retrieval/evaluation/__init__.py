"""Recall benchmarks: tasks, relevance and exclusion, measures with chance and intervals, results and their reports."""

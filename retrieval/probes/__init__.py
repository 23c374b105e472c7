"""Probes: does the search tell a finding from its denial, and left from right, or only which words are there?"""

"""Talk goes to stderr, data to stdout: so every command can be piped."""

import sys


def say(line: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()

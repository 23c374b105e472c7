"""`mrseek`: the commands, and the one place where an error becomes a line on stderr and an exit code.

Exit codes: 0 done; 1 failed; 2 the call is wrong; 3 done in part (`mrseek failures` says what is missing),
or `mrseek audit --strict` found leaks; 4 the collection is damaged or of another encoder; 130 stopped by the user, 143
by a SIGTERM.
"""

import signal
import sys
import traceback
from collections.abc import Sequence

import typer

from cli import audit, bundle, compare, evaluate, export, index, inspect, phantoms, report_page, search, train
from cli.talk import say
from common.errors import MrseekError

_SIGNALLED = 128  # what a shell adds to a signal's number; Typer turns Ctrl-C into 130 by itself

app = typer.Typer(
    name="mrseek",
    help="Vector search and cross-modal retrieval for MRI archives.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for group in (index, search, evaluate, compare, report_page, bundle, audit, inspect, export, phantoms, train):
    group.register(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"mrseek {version('mrseek')}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    """Vector search and cross-modal retrieval for MRI archives."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code."""
    try:
        app(args=list(arguments))
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        if code > _SIGNALLED:
            say("Stopped. Finished work is kept: run the same command again to go on.")
        return code
    except MrseekError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        say(f"mrseek: {error.message}")
        if error.remedy:
            say(f"  {error.remedy}")
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - its words may hold what was read from a header
        if "--debug" in arguments:
            traceback.print_exc()
        say(f"mrseek: An unexpected {type(error).__name__} came up.")
        say("  Run it again as `mrseek --debug ...`, and report the traceback to mrseek's developers.")
        return 1
    return 0


def _stop(number: int, _frame: object) -> None:
    """Unwinds as Ctrl-C does, so that decoding processes and scratch folders go with us."""
    raise SystemExit(_SIGNALLED + number)


def main() -> None:
    """The entry point of the `mrseek` command."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""The command line: verbs, and how every error becomes words and an exit code.

exit codes: 0 done, 2 bad input, 3 infeasible (explained), 4 stopped before any plan,
5 verification failed, 1 our fault
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

import typer
import typer.main

import planner.interfaces
from planner.interfaces.console import Console, error_line

BAD_INPUT, STOPPED, OUR_FAULT = 2, 4, 1
LONGEST_NAME = 120
INTERRUPTED = 130
"""What typer returns after Ctrl-C."""

app = typer.Typer(
    name="planner",
    help="Where next for overseas fabs and research centres: a proven plan, its map and its money.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from planner import __version__

        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


FIRST = ("cli_solve", "cli_view")
"""Files whose verbs the help lists first; the others follow by name."""


def _verb_files() -> list[str]:
    found = [info.name for info in pkgutil.iter_modules(planner.interfaces.__path__)]
    files = [name for name in found if name.startswith("cli_") and name != "cli_common"]
    return sorted(files, key=lambda name: (name not in FIRST, name))


for _file in _verb_files():
    _verbs = importlib.import_module(f"planner.interfaces.{_file}").VERBS
    for _name, _function in _verbs.items():
        app.command(_name)(_function)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return its exit code; every error is told in words, none as a traceback.

    With `PLANNER_DEBUG=1` an unexpected error shows its traceback.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(json="--json" in given)
    try:
        code = _command()(given, prog_name="planner", standalone_mode=False)
    except (BrokenPipeError, SystemExit):  # the reader of our output left; typer exits on that
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        return _tell(error, console)
    if code == INTERRUPTED:
        _say_error(console, {"error": "Stopped", "message": "stopped"}, "stopped")
        return STOPPED
    return code if isinstance(code, int) else 0


@cache
def _command() -> Callable[..., Any]:
    """The verbs, put together once a process."""
    return typer.main.get_command(app)


def _tell(error: Exception, console: Console) -> int:
    """Say what went wrong and return the exit code."""
    from planner.core.errors import PlannerError

    if isinstance(error, PlannerError):
        more = "\n`planner repairs` looks for every least change." if error.exit_code == 3 else ""
        _say_error(console, error.as_dict(), str(error) + more)
        return error.exit_code
    if hasattr(error, "format_message"):  # typer's own: a wrong verb, option or argument
        return _tell_usage(error, console)
    if os.environ.get("PLANNER_DEBUG") == "1":
        raise error
    if isinstance(error, MemoryError):
        hint = "Fewer periods or futures, `--method decomposition`, or a larger machine."
        content = {"error": "Stopped", "message": "not enough memory", "hint": hint}
        _say_error(console, content, f"not enough memory\n{hint}")
        return STOPPED
    if isinstance(error, OSError) and error.filename is not None:
        return _tell_refused(error, console)
    what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    hint = "`planner doctor` checks the set-up; PLANNER_DEBUG=1 shows where it happened."
    content = {"error": type(error).__name__, "message": str(error), "hint": hint}
    _say_error(console, content, f"unexpected error: {what}\n{hint}")
    return OUR_FAULT


def _tell_refused(error: OSError, console: Console) -> int:
    """A place the system does not let us read or write is the input's fault, not ours."""
    name = str(error.filename)
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    text = f"E704 {shown}: {error.strerror}"
    content = {"error": "InputError", "message": text, "hint": "Choose another place."}
    _say_error(console, content, text)
    return BAD_INPUT


def _tell_usage(error: Any, console: Console) -> int:
    message = error.format_message()
    if console.json:
        console.result({"error": "Usage", "message": message})
    else:
        error.show(file=sys.stderr)
    return BAD_INPUT


def _say_error(console: Console, content: Mapping[str, object], text: str) -> None:
    if console.json:
        console.result(content)
    else:
        error_line(text)


if __name__ == "__main__":
    sys.exit(main())

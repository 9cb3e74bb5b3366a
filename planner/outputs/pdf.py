"""A page printed to PDF, by the optional package weasyprint."""

from __future__ import annotations

from pathlib import Path

from planner.core.errors import InputError, Issue


def write_pdf(page: Path, path: Path) -> None:
    """Print an HTML page. Raises InputError when the extra `pdf` is not installed."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:  # OSError: its C libraries are missing
        text = f"PDF needs weasyprint, which is not usable here ({error})"
        hint = "Install the extra: pip install 'planner[pdf]'; or print the HTML from a browser."
        raise InputError([Issue("error", "E710", "--pdf", "", text, hint)]) from error
    HTML(filename=str(page)).write_pdf(str(path))

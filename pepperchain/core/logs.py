"""How the server's own log is written: lines of JSON for machines, plain lines for someone who watches the demo.

A log names people by number only, and an error by its kind and the places it passed, never by its message: messages quote data.
"""

import sys
import traceback

import structlog


def configure(*, for_machines: bool) -> None:
    """To be called once, when the server starts."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if for_machines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def places(error: BaseException) -> list[str]:
    """The way an error took, file and line."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]

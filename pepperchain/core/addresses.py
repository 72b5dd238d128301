"""Database addresses: what `sqlite:///path.db` and `postgres://…` mean to Tortoise and our engines."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tortoise.backends.base.config_generator import expand_db_url

CONNECTION = "default"


def configuration(url: str, apps: Mapping[str, Any]) -> dict[str, Any]:
    """Tortoise's configuration for a database address, on our engines."""
    return {
        "connections": {CONNECTION: connection(url)},
        "apps": dict(apps),
        "use_tz": True,
        "timezone": "UTC",
    }


def connection(url: str) -> dict[str, Any]:
    """Engine and credentials of `sqlite:///path.db` or `postgres://…`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # As elsewhere: sqlite:///relative.db has three slashes, sqlite:////absolute.db four.
        path = url.removeprefix("sqlite:///").partition("?")[0]
        options = dict(parse_qsl(parts.query))
        return {"engine": "pepperchain.core.sqlite_engine", "credentials": {"file_path": path, **options}}
    if parts.scheme in ("postgres", "postgresql", "asyncpg"):
        expanded = expand_db_url("asyncpg" + url[len(parts.scheme) :])
        return {"engine": "pepperchain.core.asyncpg_engine", "credentials": expanded["credentials"]}
    raise ValueError(f"a database address starts with sqlite:// or postgres://, not {parts.scheme}://")

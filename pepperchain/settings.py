"""Settings: read once from `config/*.toml` and the environment, then never again.

A setting `key` of the table `[section]` in any file of `config/` is overridden by `PEPPERCHAIN_SECTION__KEY`,
written as in TOML (a bare word is taken as text). Four names of their own: `PEPPERCHAIN_DATABASE_URL`,
`PEPPERCHAIN_DATA_DIR`, `PEPPERCHAIN_SECRET_KEY` and `PEPPERCHAIN_ENV` (`demo` or `production`).
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

PREFIX = "PEPPERCHAIN_"
DEMO_SECRET_KEY = "demo-only-secret-that-production-refuses"  # noqa: S105  (named so that production can refuse it)
SECRET_KEY_LENGTH_MIN = 32
KEPT_DAYS_MIN = {"reading_days": 730}
"""What the law wants kept for so many days (production records, Farm-product Quality and Safety Law: two years); 0 keeps it for good."""


class Misconfigured(Exception):
    """A setting is missing or unusable; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to the next."""

    env: Literal["demo", "production"]
    database_url: str
    data_dir: Path
    secret_key: str = field(repr=False)
    tables: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def is_demo(self) -> bool:
        return self.env == "demo"

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return tuple(self.section("server")["allowed_hosts"])

    def section(self, name: str) -> Mapping[str, Any]:
        """The table `[name]`, with what the environment overrides."""
        try:
            return self.tables[name]
        except KeyError:
            raise Misconfigured(f"config/ has no table [{name}]") from None


def assets() -> Path:
    """The folder that holds `templates/`, `static/` and `config/`: inside the installed package, or the checkout."""
    package = Path(__file__).parent
    installed = package / "_assets"
    if installed.is_dir():
        return installed
    if (package.parent / "templates").is_dir():
        return package.parent
    raise Misconfigured("templates/, static/ and config/ were not found beside the package")


@cache
def settings() -> Settings:
    """The settings of this process; read at the first call and kept."""
    return read(os.environ)


@cache
def section(name: str) -> Mapping[str, Any]:
    """The table `[name]` of the configuration, for words and bounds that no secret is needed for."""
    try:
        return _overridden(_from_files(assets() / "config"), os.environ)[name]
    except KeyError:
        raise Misconfigured(f"config/ has no table [{name}]") from None


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from `config/*.toml` and the given environment.

    Raises Misconfigured in one clear sentence, above all for what production must not run with.
    """
    env = environ.get(f"{PREFIX}ENV", "demo")
    if env not in ("demo", "production"):
        raise Misconfigured(f"{PREFIX}ENV must be demo or production, not {env!r}")
    data_dir = Path(environ.get(f"{PREFIX}DATA_DIR", "data")).absolute()
    secret_key = environ.get(f"{PREFIX}SECRET_KEY", DEMO_SECRET_KEY)
    if env == "production" and (secret_key == DEMO_SECRET_KEY or len(secret_key) < SECRET_KEY_LENGTH_MIN):
        raise Misconfigured(
            f"{PREFIX}SECRET_KEY must be your own random text of at least {SECRET_KEY_LENGTH_MIN} characters"
        )
    database_url = environ.get(f"{PREFIX}DATABASE_URL", f"sqlite:///{data_dir / 'pepperchain.db'}")
    if not database_url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise Misconfigured(f"{PREFIX}DATABASE_URL must start with sqlite:/// or postgres://")
    tables = _overridden(_from_files(assets() / "config"), environ)
    _check_kept(tables["retention"])
    return Settings(
        env="demo" if env == "demo" else "production",
        database_url=database_url,
        data_dir=data_dir,
        secret_key=secret_key,
        tables=tables,
    )


def _check_kept(retention: Mapping[str, Any]) -> None:
    for name, days in retention.items():
        if days < 0:
            raise Misconfigured(f"config/retention.toml: {name} is a number of days, 0 for good")
        least = KEPT_DAYS_MIN.get(name, 0)
        if 0 < days < least:
            raise Misconfigured(f"config/retention.toml: the law wants {name} to be {least} days at least")


def _from_files(folder: Path) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        with path.open("rb") as file:
            for name, table in tomllib.load(file).items():
                if name in tables:
                    raise Misconfigured(f"config/{path.name} repeats the table [{name}]")
                tables[name] = table
    return tables


def _overridden(tables: dict[str, dict[str, Any]], environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    for name, text in environ.items():
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in tables or key not in tables[section]:
            raise Misconfigured(f"{name} names no setting of config/")
        tables[section][key] = _value(name, text, like=tables[section][key])
    return tables


def _value(name: str, text: str, *, like: object) -> Any:
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    if type(value) is not type(like):
        raise Misconfigured(f"{name} must be of the same kind as its default, {like!r}")
    return value

"""Tortoise fields of our own: instants as milliseconds, quantities as their typed integers."""

from datetime import datetime
from typing import Any

from tortoise.fields import BigIntField
from tortoise.models import Model

from pepperchain.core.clock import from_ms
from pepperchain.core.sql import milliseconds
from pepperchain.core.units import Centimu, Fen, Grams


class Instant(BigIntField):
    """An aware datetime, kept as milliseconds since 1970 UTC on every engine."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> int | None:
        return milliseconds(value) if isinstance(value, datetime) else value

    def to_python_value(self, value: Any) -> datetime | None:
        return from_ms(value) if isinstance(value, int) else value


class GramsField(BigIntField):
    """Grams, BIGINT."""

    def to_python_value(self, value: Any) -> Grams | None:
        return None if value is None else Grams(value)


class FenField(BigIntField):
    """Fen, BIGINT."""

    def to_python_value(self, value: Any) -> Fen | None:
        return None if value is None else Fen(value)


class CentimuField(BigIntField):
    """Hundredths of a mu (厘), BIGINT."""

    def to_python_value(self, value: Any) -> Centimu | None:
        return None if value is None else Centimu(value)

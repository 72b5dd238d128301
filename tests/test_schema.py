"""The migrations, which are written by hand, make the tables that the models declare: on both engines, nothing more or less."""

import re

import pytest
from tortoise import Tortoise
from tortoise.fields import Field
from tortoise.models import Model

from pepperchain.app import OWN_DATA
from pepperchain.core import db
from tests.harness.house import offences
from tests.harness.schema import Column, Table, tables

# How each engine says what a field holds; the first word of its type, in capitals.
SAME = [
    {"BIGINT", "INT", "INTEGER", "SMALLINT"},
    {"VARCHAR", "TEXT", "CHARACTER VARYING", "CHAR", "CHARACTER"},
    {"CHAR", "CHARACTER", "UUID"},
    {"BOOL", "BOOLEAN", "INT"},
    {"JSON", "JSONB", "TEXT"},
    {"BLOB", "BYTEA"},
    {"DATE"},
]
NOT_OURS = {"tortoise_migrations", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}
PERSONAL = re.compile(
    r"(.*_)?(person|household|user|deliverer|head|operator|actor|owner|maker|checker|inviter|acting)_id|.*_by(_name)?"
    r"|(.*_)?name|(.*_)?phone|(id_number|bank_card)_.*|born_on|witness|note|text|words|outcome|address|agent|payload|facts|before"
    r"|ready|contact_.*|subject_id|card_number|photo_token|token"
)
"""Columns that hold or refer to somebody, as we call them."""

pytestmark = pytest.mark.usefixtures("database")


def models() -> dict[str, type[Model]]:
    """Every model by its table."""
    apps = Tortoise.apps
    assert apps is not None
    return {model._meta.db_table: model for app in apps.values() for model in app.values()}


def columns_of(model: type[Model]) -> dict[str, Field]:  # type: ignore[type-arg]
    """The fields that are columns, by the column's name."""
    return {column: model._meta.fields_map[name] for name, column in model._meta.fields_db_projection.items()}


async def test_every_table_has_a_model_and_every_model_a_table() -> None:
    found, declared = set(await tables()) - NOT_OURS, set(models())
    offences(
        [f"{name} has no model" for name in found - declared]
        + [f"{name} has no table" for name in declared - found]
    )


async def test_every_column_has_a_field_and_every_field_a_column() -> None:
    found = await tables()
    listed = []
    for name, model in models().items():
        fields, columns = set(columns_of(model)), set(found.get(name, Table()).columns)
        listed += [f"{name}.{column} is a column only" for column in columns - fields]
        listed += [f"{name}.{column} is a field only" for column in fields - columns]
    offences(listed)


async def test_columns_hold_what_their_fields_say() -> None:
    found = await tables()
    listed = []
    for name, model in models().items():
        for column, field in columns_of(model).items():
            there = found.get(name, Table()).columns.get(column)
            if there is not None:
                listed += [f"{name}.{column}: {difference}" for difference in differences(field, there)]
    offences(listed)


async def test_what_a_model_calls_unique_is_unique() -> None:
    found = await tables()
    listed = []
    for name, model in models().items():
        wanted: list[tuple[str, ...]] = [
            (column,) for column, field in columns_of(model).items() if field.unique and not field.pk
        ]
        wanted += [
            tuple(model._meta.fields_db_projection[field] for field in together)
            for together in model._meta.unique_together
        ]
        there = found.get(name, Table()).unique
        listed += [
            f"{name}({', '.join(w)}) is unique in the model only" for w in wanted if frozenset(w) not in there
        ]
    offences(listed)


def differences(field: Field, there: Column) -> list[str]:  # type: ignore[type-arg]
    """What a column holds otherwise than its field says."""
    listed = []
    wanted = type_of(field)
    if wanted != there.kind and not any({wanted, there.kind} <= same for same in SAME):
        listed.append(f"the field holds {wanted}, the column {there.kind}")
    if field.null != there.nullable and not field.pk:
        listed.append(f"may be empty in the {'model' if field.null else 'table'} only")
    length = getattr(field, "max_length", None)
    if there.length is not None and length is not None and wanted == "VARCHAR" and length != there.length:
        listed.append(f"{length} characters in the model, {there.length} in the table")
    return listed


def type_of(field: Field) -> str:  # type: ignore[type-arg]
    """The type that Tortoise would give the column, without its length."""
    spelled = str(field.get_for_dialect(db.dialect(), "SQL_TYPE"))
    return spelled.partition("(")[0].strip().upper()


async def test_every_table_that_tells_of_somebody_says_what_of_it_is_theirs() -> None:
    """A room declares its tables in `<room>/own_data_queries.py`, and `app.OWN_DATA` lists the rooms."""
    told = {each.table: each for room in OWN_DATA for each in room.tables}
    excepted = {table: reason for room in OWN_DATA for table, reason in room.excepted.items()}
    listed = [f"{name} is told and excepted" for name in told.keys() & excepted.keys()]
    listed += [f"{name} is excepted without a reason" for name, reason in excepted.items() if not reason]
    for name, table in (await tables()).items():
        personal = [column for column in table.columns if PERSONAL.fullmatch(column)]
        if name not in NOT_OURS and personal and name not in told and name not in excepted:
            listed.append(f"{name} has {', '.join(personal)}, and no room says what of it belongs to people")
        if name in told:
            shown = {each.column for each in told[name].columns}
            listed += [
                f"{name}.{column} is neither told nor left out with a reason"
                for column in set(table.columns) - shown - set(told[name].left_out)
            ]
            listed += [
                f"{name}.{column} is declared and not there"
                for column in (shown | set(told[name].left_out)) - set(table.columns)
            ]
    offences(listed)

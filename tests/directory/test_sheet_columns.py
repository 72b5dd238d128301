"""The columns of the directory's sheets: in both languages, from the trade's own lists, and a template is made of them."""

import pytest

from pepperchain.directory import sheet_columns
from pepperchain.excel import templates
from pepperchain.excel.columns import Kind, SheetSpec
from pepperchain.harvest import rules as trade

SPECS = [value for value in vars(sheet_columns).values() if isinstance(value, SheetSpec)]


@pytest.mark.parametrize("spec", SPECS, ids=[spec.key for spec in SPECS])
def test_every_column_is_titled_in_both_languages_and_once(spec: SheetSpec) -> None:
    for language in ("zh", "en"):
        titles = [column.title.in_language(language) for column in spec.columns]
        assert all(titles)
        assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("spec", SPECS, ids=[spec.key for spec in SPECS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_is_made_of_it(spec: SheetSpec, language: str) -> None:
    assert templates.template((spec,), language)[:2] == b"PK"


def test_cultivars_are_those_of_the_trade() -> None:
    column = sheet_columns.HOUSEHOLDS.column("cultivar")
    assert {choice.value for choice in column.choices} == set(trade.cultivars())


def test_secrets_are_marked_as_such() -> None:
    kinds = {column.key: column.kind for column in sheet_columns.HOUSEHOLDS.columns}
    assert (kinds["id_number"], kinds["bank_card"], kinds["phone"]) == (
        Kind.ID_NUMBER,
        Kind.BANK_CARD,
        Kind.PHONE,
    )

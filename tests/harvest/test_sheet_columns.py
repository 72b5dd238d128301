"""The columns of the weigh-in sheet: the trade's own forms, grades and cultivars, and a template is made of them."""

import pytest

from pepperchain.excel import templates
from pepperchain.excel.columns import Kind
from pepperchain.harvest import rules
from pepperchain.harvest.sheets import WEIGHINS

(SPEC,) = WEIGHINS.specs


@pytest.mark.parametrize(
    ("key", "codes"), [("form", rules.forms), ("grade", rules.grades), ("cultivar", rules.cultivars)]
)
def test_choices_are_those_of_the_trade(key: str, codes) -> None:
    assert {choice.value for choice in SPEC.column(key).choices} == set(codes())


def test_weights_and_prices_carry_their_units() -> None:
    kinds = {column.key: column.kind for column in SPEC.columns}
    assert kinds["gross"] is Kind.WEIGHT
    assert kinds["tare"] is Kind.WEIGHT
    assert Kind.PRICE in kinds.values()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_is_made_of_it(language: str) -> None:
    assert templates.template(WEIGHINS.specs, language)[:2] == b"PK"

"""What is kept of somebody, told in words and units: no code, no millisecond and no gram as it lies in the database."""

import re

import pytest

from pepperchain.app import OWN_DATA
from pepperchain.consents.own_telling import sheets_of
from tests.consents.dealing import home_of, person
from tests.harness import cast

pytestmark = pytest.mark.usefixtures("village")


async def test_values_are_told_in_words() -> None:
    whose = await person("罗大山")
    sheets = await sheets_of(await cast.actor(cast.GROWER_A), OWN_DATA, whose, await home_of(whose))
    assert len(sheets) > 8
    texts = [cell.text for sheet in sheets for row in sheet.rows for cell in row if cell is not None]
    assert [text for text in texts if re.fullmatch(r"\d{13}", text)] == []
    assert [text for text in texts if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", text)] == []
    slips = next(
        sheet for sheet in sheets if any("net" in heading or "净重" in heading for heading in sheet.headings)
    )
    net = next(place for place, heading in enumerate(slips.headings) if heading.startswith("净重"))
    for row in slips.rows:
        cell = row[net]
        assert cell is not None
        assert cell.number is not None
        assert cell.number > 0


async def test_growers_without_an_account_have_their_data_too() -> None:
    whose = await person("查明远")
    sheets = await sheets_of(await cast.actor(cast.LEADER_A), OWN_DATA, whose, await home_of(whose))
    assert "账号" not in {sheet.words for sheet in sheets}
    assert sheets[0].rows[0][0] is not None
    assert sheets[0].rows[0][0].text == "查明远"

"""The file given back with its mistakes marked: it can be corrected and brought again."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from pepperchain.imports import kinds, mistakes
from tests.harness import cast
from tests.imports.files import HOUSEHOLDS, checked, workbook
from tests.imports.test_checking import member


async def test_a_wrong_cell_is_marked_where_it_stands(village: str, tmp_path: Path) -> None:
    leader = await cast.actor(cast.LEADER_A)
    path = workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(1), member(2, 手机="12")])
    batch = await checked(leader, "households", path)
    made = await mistakes.workbook_of(batch, kinds.KINDS["households"], "zh")
    book = load_workbook(BytesIO(made))
    coloured = {
        str(cell.value)
        for sheet in book
        for row in sheet
        for cell in row
        if cell.fill.fill_type == "solid" and cell.value
    }
    assert "12" in coloured
    assert not [value for value in coloured if value.startswith("1990009")]


async def test_the_marked_file_is_wrong_in_the_same_row_when_it_comes_back_unchanged(
    village: str, tmp_path: Path
) -> None:
    leader = await cast.actor(cast.LEADER_A)
    batch = await checked(
        leader, "households", workbook(tmp_path / "m.xlsx", HOUSEHOLDS, [member(2, 手机="12")])
    )
    again = tmp_path / "again.xlsx"
    again.write_bytes(await mistakes.workbook_of(batch, kinds.KINDS["households"], "zh"))
    assert (await checked(leader, "households", again)).wrong == 1

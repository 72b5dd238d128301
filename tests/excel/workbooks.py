"""What the tests of this room fill in, and workbooks made by hand, as no spreadsheet program would make them."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

from pepperchain.core.errors import Refused
from pepperchain.excel import inspection, parsing, reader
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import letter_of

TODAY = date(2026, 6, 20)

GRADES = (
    Choice("clean", Words("净椒", "Clean"), ("净花椒",)),
    Choice("oil", Words("油椒", "Premium")),
)
TICKETS = SheetSpec(
    "tickets",
    Words("过磅单", "Weigh tickets"),
    (
        Column("name", Words("姓名", "Name"), required=True, example="王小明", aliases=("椒农姓名", "户主")),
        Column("id_number", Words("身份证号", "ID number"), Kind.ID_NUMBER, aliases=("证件号码",)),
        Column("phone", Words("电话", "Phone"), Kind.PHONE, aliases=("手机号", "联系电话")),
        Column("card", Words("银行卡号", "Bank card"), Kind.BANK_CARD),
        Column("grade", Words("等级", "Grade"), Kind.CHOICE, choices=GRADES),
        Column("gross", Words("毛重", "Gross"), Kind.WEIGHT, required=True, example="104.6"),
        Column("price", Words("单价", "Price"), Kind.PRICE),
        Column("paid", Words("金额", "Paid"), Kind.MONEY),
        Column("area", Words("面积", "Area"), Kind.AREA),
        Column("bags", Words("袋数", "Bags"), Kind.INTEGER, unit=Words("袋", "bags")),
        Column("moisture", Words("水分", "Moisture"), Kind.DECIMAL, unit=Words("%", "%")),
        Column("picked_on", Words("采收日期", "Picked on"), Kind.DAY),
        Column("opened", Words("开秤时间", "Opened"), Kind.CLOCK),
        Column("weighed_at", Words("过磅时间", "Weighed at"), Kind.MOMENT),
        Column("trained", Words("是否培训", "Trained"), Kind.YES_NO),
        Column("note", Words("备注", "Note")),
    ),
    note=Words("每车一行。", "One row for each load."),
)
PLOTS = SheetSpec(
    "plots",
    Words("地块", "Plots"),
    (
        Column("place", Words("地块名称", "Plot"), required=True),
        Column("area", Words("面积", "Area"), Kind.AREA, required=True),
    ),
)


async def read(
    path: Path, *specs: SheetSpec, limits: Limits = reader.LIMITS
) -> tuple[reader.Staged, list[reader.StagedRow]]:
    """The file through the reading process, as the product does it."""
    async with reader.stage(path, specs or (TICKETS,), today=TODAY, limits=limits) as staged:
        return staged, [row async for row in staged.rows()]


def read_here(
    path: Path, *specs: SheetSpec, limits: Limits = reader.LIMITS
) -> list[tuple[int, dict[str, Any], dict[str, str]]]:
    """The same in this process, a hundred times as quick: row number, values, problem code by key."""
    found, keys = [], list[list[str]]()
    told = parsing.staged(path, specs or (TICKETS,), limits=limits, today=TODAY, language="zh")
    for message in map(json.loads, map(json.dumps, told)):
        for sheet in message.get("sheets", ()):
            spec = next(spec for spec in specs or (TICKETS,) if spec.key == sheet["key"])
            keys.append([column.key for column in spec.columns if column.key in sheet["letters"]])
        for index, number, values, problems in message.get("rows", ()):
            codes = {key: code for key, _, code, _, _ in problems}
            found.append((number, dict(zip(keys[index], values, strict=True)), codes))
    return found


def refusal(path: Path, limits: Limits = reader.LIMITS) -> str:
    """Why the file is refused as a whole; empty if it is not."""
    try:
        read_here(path, limits=limits)
    except Refused as refused:
        return refused.message
    return ""


def table(path: Path, rows: Sequence[Sequence[Any]], title: str = "过磅单") -> Path:
    """A workbook with one sheet of rows, by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def one(path: Path, heading: str, value: Any, key: str) -> Any:
    """What one cell is read into: its value, or its problem's code."""
    with_name = [["姓名", "毛重", heading], ["王五", 1, value]]
    table(path, with_name if heading != "毛重" else [["姓名", heading], ["王五", value]])
    ((_, values, codes),) = read_here(path)
    return codes.get(key, values.get(key))


NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cells(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as sheet data: texts inline, numbers as they are, None left out."""
    lines = []
    for number, row in enumerate(rows, 1):
        texts = "".join(
            _cell(f"{letter_of(at)}{number}", value) for at, value in enumerate(row) if value is not None
        )
        lines.append(f'<row r="{number}">{texts}</row>')
    return "".join(lines)


def _cell(place: str, value: Any) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def sheet_xml(data: str, *, before: str = "", after: str = "", head: str = "") -> str:
    """A worksheet around sheet data."""
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f"{declared}{head}<worksheet {NAMESPACE}>{before}<sheetData>{data}</sheetData>{after}</worksheet>"


def parts(sheets: Mapping[str, str], *, target: str = "worksheets/", before: str = "") -> dict[str, str]:
    """The parts of a workbook with these worksheets, by name."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATION}/worksheet" Target="{target}sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{main}.worksheet+xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    found = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{RELATION}">{before}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
    }
    return found | {f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets.values(), 1)}


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """An archive of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def handmade(path: Path, data: str, **options: str) -> Path:
    """A workbook whose one sheet holds this sheet data."""
    return zipped(path, parts({"过磅单": sheet_xml(data, **options)}))


def good_rows(count: int = 20) -> Iterator[list[Any]]:
    """A heading and rows in which nothing is wrong."""
    yield ["姓名", "电话", "身份证号", "毛重(斤)", "采收日期", "备注"]
    for index in range(count):
        yield [
            f"王{index}",
            f"138{index:08}",
            f"50011619900101{index:03}X",
            f"{index + 1}.5",
            "2026.6.1",
            "清晨采",
        ]


DAMAGED = inspection.damaged().message
TOO_COMPLEX = inspection.too_complex().message

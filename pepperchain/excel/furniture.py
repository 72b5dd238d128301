"""The words a workbook itself carries, and how it looks: colours, fonts, the names of the sheets we add."""

from pepperchain.excel.columns import Column, Kind, Words

NOTES_SHEET = Words("填写说明", "How to fill in")
SUMMARY_SHEET = Words("错误汇总", "What is wrong")
MISTAKES_HEADING = Words("错误说明", "What is wrong")
LISTS_SHEET = "_lists"
EXAMPLE_MARK = Words("示例：", "Example: ")
REQUIRED_MARK = "*"

NOTES_HEADINGS = (
    Words("列名", "Column"),
    Words("必填", "Required"),
    Words("怎么填", "How to write it"),
    Words("可选内容", "Choices"),
    Words("示例", "Example"),
)
SUMMARY_HEADINGS = (
    Words("工作表", "Sheet"),
    Words("行", "Row"),
    Words("列", "Column"),
    Words("标题", "Heading"),
    Words("原因", "Reason"),
)
TEMPLATE_ADVICE = Words(
    "带 * 的列必填。灰色示例行不会导入，可以保留或删除。请不要改动标题行。",
    "Columns marked * are required. The grey example row is not imported. Please keep the heading row as it is.",
)
SUMMARY_ADVICE = Words(
    "请在原工作表中改正标红的单元格，保存后重新上传本文件。没有任何一行被写入。",
    "Please correct the red cells in the sheet itself, save, and upload this file again. No row has been written.",
)
SUMMARY_CAPPED = Words("只列出前 {shown} 处，共 {total} 处。", "The first {shown} of {total} are listed.")
YES = Words("是", "Yes")
NO = Words("否", "No")

HOW_TO_WRITE = {
    Kind.TEXT: Words("文字", "Text"),
    Kind.INTEGER: Words("整数", "A whole number"),
    Kind.DECIMAL: Words("数字", "A number"),
    Kind.WEIGHT: Words(
        "数字；也可写单位，如 104.6斤", "A number; a unit may follow, such as 104.6斤 or 52.3kg"
    ),
    Kind.MONEY: Words("金额，最多两位小数", "An amount with at most two decimals"),
    Kind.PRICE: Words("单价；也可写 4.85元/斤", "A price; 4.85元/斤 is understood too"),
    Kind.AREA: Words("面积，最多两位小数", "An area with at most two decimals"),
    Kind.DAY: Words("日期，如 2026-06-01、2026.6.1 或 6月1日", "A date such as 2026-06-01"),
    Kind.CLOCK: Words("时间，如 18:42 或 下午6点42分", "A time of day such as 18:42"),
    Kind.MOMENT: Words("日期和时间，如 2026-06-01 18:42", "A date and time such as 2026-06-01 18:42"),
    Kind.PHONE: Words(
        "11 位手机号，或带区号的座机", "A mobile number of 11 digits, or a landline with its area code"
    ),
    Kind.ID_NUMBER: Words(
        "18 位身份证号，单元格须为文本格式", "An ID number of 18 characters, in a text cell"
    ),
    Kind.BANK_CARD: Words("银行卡号，单元格须为文本格式", "A bank card number, in a text cell"),
    Kind.CHOICE: Words("从下拉列表中选择", "Choose from the list"),
    Kind.YES_NO: Words("是 或 否", "Yes or No"),
}

# In characters; a Chinese character is two.
WIDTHS = {Kind.TEXT: 16, Kind.ID_NUMBER: 24, Kind.BANK_CARD: 26, Kind.PHONE: 17, Kind.MOMENT: 20}
WIDTH_MIN, WIDTH_MAX = 12, 40

TITLE_FONT = "Microsoft YaHei"
GREEN = "2F6B4F"
PALE_GREEN = "E4EFE8"
GREY = "8A8F8C"
RULE = "C9D3CD"
RED_FILL = "F9D9D3"
RED = "A8321F"


def across(text: str) -> int:
    """How wide a text stands, in characters of a workbook's column width."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def width(column: Column | None, heading: str) -> int:
    """How wide a column is made: as declared, or wide enough for its kind and its heading."""
    if column is not None and column.width:
        return column.width
    usual = WIDTHS.get(column.kind, WIDTH_MIN) if column is not None else WIDTH_MIN
    return max(usual, min(WIDTH_MAX, across(heading) + 6))


def lines(text: str, column_width: int) -> int:
    """How many lines a wrapped text takes; programs do not fit the heights of rows they did not write."""
    return sum(1 + max(0, across(line) - 1) // (column_width - 2) for line in text.split("\n"))

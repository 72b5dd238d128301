"""Makes `fixtures/excel/tickets_wps.xlsx`: run as `python -m tests.excel.make_fixtures`.

Written part by part, with the habits WPS Office has: paths from the root of the archive, shared texts of several runs
and with phonetic hints, `xml:space`, its own namespaces and properties, numbers for telephone numbers, styled cells
far below the table, and a drop-down that refers to a second sheet from an extension list.
"""

import sys
import zipfile
from pathlib import Path

from tests.excel.workbooks import NAMESPACE, PACKAGE, RELATION

TARGET = Path(__file__).parents[2] / "fixtures" / "excel" / "tickets_wps.xlsx"

WPS = 'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
TEXTS = [
    "<t>2026年过磅登记</t>",
    "<t>姓名</t>",
    '<r><rPr><b/><rFont val="宋体"/></rPr><t>毛重</t></r><r><t xml:space="preserve"> （斤） </t></r>',
    "<t>联系电话</t>",
    "<t>采收日期</t>",
    "<t>是否培训</t>",
    '<t>王大椒</t><rPh sb="0" eb="1"><t>wang</t></rPh>',
    '<t xml:space="preserve">　李青花 </t>',
    "<t>６月２日</t>",
    "<t>√</t>",
    "<t>否</t>",
]
ROWS = (
    '<row r="1" spans="1:5" ht="28" customHeight="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/></row>'
    '<row r="2" spans="1:5"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="s"><v>3</v></c>'
    '<c r="D2" t="s"><v>4</v></c><c r="E2" t="s"><v>5</v></c></row>'
    '<row r="3" spans="1:5"><c r="A3" t="s"><v>6</v></c><c r="B3"><v>104.6</v></c><c r="C3"><v>13800000001</v></c>'
    '<c r="D3" s="2"><v>46174</v></c><c r="E3" t="s"><v>9</v></c></row>'
    '<row r="4" spans="1:5"><c r="A4" t="s"><v>7</v></c><c r="B4"><v>4.8499999999999996</v></c>'
    '<c r="C4"><v>1.3800000002E10</v></c><c r="D4" t="s"><v>8</v></c><c r="E4" t="s"><v>10</v></c></row>'
    '<row r="65536" spans="1:5"><c r="A65536" s="1"/><c r="E65536" s="1"/></row>'
)
SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<worksheet {NAMESPACE} xmlns:r="{RELATION}" {WPS}>'
    '<sheetPr/><dimension ref="A1:E65536"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
    f'<sheetFormatPr defaultRowHeight="14"/><sheetData>{ROWS}</sheetData>'
    '<mergeCells count="1"><mergeCell ref="A1:E1"/></mergeCells>'
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"><x14:formula1>'
    "<xm:f>词!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>E3:E200</xm:sqref></x14:dataValidation></x14:dataValidations>"
    "</ext></extLst></worksheet>"
)
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{MAIN}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{MAIN}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{MAIN}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="/xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATION}/extended-properties" Target="/docProps/app.xml"/></Relationships>',
    "docProps/app.xml": "<Properties><Application>WPS Office_12.1.0.0_F1E327BC-269C-435d-A152-05C5408002CA"
    "</Application></Properties>",
    "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{RELATION}"><fileVersion appName="xl" rupBuild="12"/>'
    '<workbookPr date1904="0"/><sheets><sheet name="登记" sheetId="3" r:id="rId7"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId7" Type="{RELATION}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId8" Type="{RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    f'<Relationship Id="rId9" Type="{RELATION}/styles" Target="/xl/styles.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": SHEET,
    "xl/sharedStrings.xml": f'<sst {NAMESPACE} count="{len(TEXTS)}" uniqueCount="{len(TEXTS)}">'
    + "".join(f"<si>{text}</si>" for text in TEXTS)
    + "</sst>",
    "xl/styles.xml": f'<styleSheet {NAMESPACE}><numFmts count="1"><numFmt numFmtId="176" '
    'formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><fonts count="1"><font>'
    '<name val="宋体"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="49"/>'
    '<xf numFmtId="176" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


def main(target: Path) -> None:
    """The same bytes every time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 6, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)

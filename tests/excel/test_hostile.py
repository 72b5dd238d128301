"""Files that mean harm, and files that are broken: all are refused in words, quickly, and none ends us."""

import json
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pepperchain.core.errors import Refused
from pepperchain.excel.columns import to_plain
from pepperchain.excel.inspection import Limits
from pepperchain.excel.reader import LIMITS
from tests.excel.workbooks import (
    DAMAGED,
    TICKETS,
    TODAY,
    TOO_COMPLEX,
    cells,
    good_rows,
    handmade,
    parts,
    read,
    read_here,
    refusal,
    sheet_xml,
    table,
    zipped,
)

HEADINGS = cells([["姓名", "毛重"], ["王五", 1]])


def far_cell(reference: str, row: str = "5") -> str:
    return HEADINGS + f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'


async def refused(path: Path, limits: Limits = LIMITS) -> str:
    """The refusal through the reading process itself."""
    with pytest.raises(Refused) as told:
        await read(path, limits=limits)
    return told.value.message


async def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = sheet_xml(HEADINGS + f"<row>{' ' * 60_000_000}</row>")
    path = zipped(tmp_path / "a.xlsx", parts({"过磅单": bomb}))
    assert path.stat().st_size < 100_000
    began = time.monotonic()
    assert await refused(path) == TOO_COMPLEX
    assert time.monotonic() - began < 2


def test_a_bomb_that_lies_about_its_size_is_counted(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", parts({"过磅单": sheet_xml(HEADINGS + " " * 5_000_000)}))
    with zipfile.ZipFile(path) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lied = path.read_bytes().replace(true_size.to_bytes(4, "little"), (4000).to_bytes(4, "little"))
    path.write_bytes(lied)
    assert refusal(path) in (TOO_COMPLEX, DAMAGED)


@pytest.mark.parametrize("reference", ["XFD1048576", "xfd1048576", "A1048576", "XFD5", "BZZ2"])
async def test_one_cell_far_away_asks_for_no_memory(tmp_path: Path, reference: str) -> None:
    assert "reaches too far" in await refused(handmade(tmp_path / "a.xlsx", far_cell(reference)))


def test_a_far_cell_in_odd_quotes_is_seen_too(tmp_path: Path) -> None:
    data = far_cell("XFD1048576").replace('r="', "r = '").replace('"><v', "'><v")
    assert refusal(handmade(tmp_path / "a.xlsx", data.replace('" t=', "' t=").replace('">', "'>")))


async def test_a_far_cell_nobody_foresaw_ends_only_the_reading_process(tmp_path: Path) -> None:
    hidden = (
        HEADINGS
        + '<row r="1048576"><c t="n"><v>1</v></c></row><row r="9"><c r="XFC9" a="/>"><v>1</v></c></row>'
    )
    limits = Limits(memory_bytes=150_000_000)
    message = await refused(handmade(tmp_path / "a.xlsx", hidden), limits)
    assert message == TOO_COMPLEX or "reaches too far" in message


def test_a_false_dimension_reserves_nothing(tmp_path: Path) -> None:
    path = handmade(tmp_path / "a.xlsx", HEADINGS, before='<dimension ref="A1:XFD1048576"/>')
    assert len(read_here(path)) == 1


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_entities_are_refused_wherever_they_are_declared(tmp_path: Path, head: str) -> None:
    path = handmade(tmp_path / "a.xlsx", HEADINGS, head=head)
    assert "declares entities" in refusal(path)
    members = parts({"过磅单": sheet_xml(HEADINGS)})
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        assert "declares entities" in refusal(zipped(path, {**members, name: head + members[name]}))
    shared = {**members, "xl/sharedStrings.xml": " " * 70_000 + head + "<sst/>"}
    assert "declares entities" in refusal(zipped(path, shared))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "web page"),
        (b"%PDF-1.7 ...", "neither"),
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"PK\x03\x04", "damaged"),
        (b"\0\1\2\3\4\5", "neither"),
    ],
)
def test_a_file_is_what_it_is_and_not_what_it_is_called(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert words in refusal(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "links to other workbooks"),
    ],
)
def test_macros_and_links_are_refused(tmp_path: Path, name: str, words: str) -> None:
    members = parts({"过磅单": sheet_xml(HEADINGS)})
    assert words in refusal(zipped(tmp_path / "a.xlsx", {**members, name: "<x/>"}))


def test_other_archives_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert "another kind" in refusal(
        zipped(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
    )
    assert "another kind" in refusal(zipped(path, {"xl/workbook.bin": b"\0", "[Content_Types].xml": "<x/>"}))
    assert "neither" in refusal(zipped(path, {"readme.txt": "x"}))


def test_too_many_members_and_members_of_one_name_are_refused(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = dict(parts({"过磅单": sheet_xml(HEADINGS)}))
    assert refusal(zipped(tmp_path / "a.xlsx", members | {f"x/{at}": "" for at in range(200)})) == TOO_COMPLEX
    path = zipped(tmp_path / "b.xlsx", members)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/workbook.xml", members["xl/workbook.xml"])
    assert refusal(path) == TOO_COMPLEX


def test_other_encodings_hide_nothing(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = dict(parts({"过磅单": sheet_xml(HEADINGS)}))
    name = "xl/worksheets/sheet1.xml"
    text = str(members[name])
    for content in (
        text.encode("utf-16"),
        text.replace("UTF-8", "UTF-7").encode(),
        text.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    ):
        assert refusal(zipped(tmp_path / "a.xlsx", members | {name: content})) == DAMAGED


async def test_a_file_that_is_too_large_or_too_slow_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", list(good_rows(3000)))
    assert "larger than" in await refused(path, Limits(file_bytes=1000))
    assert await refused(path, Limits(silent_seconds=0)) == TOO_COMPLEX
    wide = handmade(tmp_path / "b.xlsx", far_cell("Z200000"))
    assert await refused(wide, Limits(memory_bytes=60_000_000)) == TOO_COMPLEX


@pytest.mark.parametrize("kept", [10, 30, 200, 1500, -22, -1])
def test_a_truncated_file_is_damaged(tmp_path: Path, kept: int) -> None:
    path = table(tmp_path / "a.xlsx", list(good_rows()))
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal(path) == DAMAGED


# Reads many files one after another and tells of each how it ended; only the last line is missing if it is killed.
MANY = """
import json, sys, time
from pepperchain.excel import child
from pepperchain.excel.inspection import Limits
child.restrain(Limits(cpu_seconds=60))
job = json.loads(sys.stdin.read())
for path in job["paths"]:
    began = time.monotonic()
    try:
        messages = list(child.answers({**job, "path": path}, child.stage))
        end = "refused" if "refused" in messages[-1] else "read"
    except BaseException as error:
        end = "broken: " + repr(error)
    print(json.dumps([path, end, time.monotonic() - began]), flush=True)
"""


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, doubled, dropped or put elsewhere."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) or 1)
        length = chance.randint(1, 12)
        kind = chance.randrange(5)
        if kind == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length] * chance.randint(1, 20)
        elif kind == 3:
            data[at : at + length] = chance.choice(
                [b"\xff" * 8, b"99999999", b'"', b"<", b"&#0;", b"A1048576", b"-1"]
            )
        else:
            source = chance.randrange(len(data) or 1)
            data[at : at + length] = data[source : source + length]
    return bytes(data)


def test_two_hundred_mutated_files_are_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    chance = random.Random(20260601)
    good = table(tmp_path / "good.xlsx", list(good_rows(5)))
    with zipfile.ZipFile(good) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    paths = []
    for index in range(200):
        path = tmp_path / f"{index}.xlsx"
        if index % 2:
            path.write_bytes(mutated(good.read_bytes(), chance))
        else:
            name = chance.choice([name for name in members if name.startswith("xl/")])
            zipped(path, members | {name: mutated(bytes(members[name]), chance)})  # type: ignore[arg-type]
        paths.append(str(path))
    ends = outcomes(paths, tmp_path)
    assert [path for path, _, _ in ends] == paths
    assert {end for _, end, _ in ends} <= {"read", "refused"}, [end for _, end, _ in ends if "broken" in end][
        :3
    ]
    assert max(seconds for _, _, seconds in ends) < 5
    assert sum(end == "refused" for _, end, _ in ends) > 100


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    chance = random.Random(7)
    paths = []
    for index in range(40):
        path = tmp_path / f"{index}.bin"
        path.write_bytes(chance.choice([b"", b"PK\x03\x04", b"\xef\xbb\xbf"]) + chance.randbytes(3000))
        paths.append(str(path))
    assert {end for _, end, _ in outcomes(paths, tmp_path)} == {"refused"}


def outcomes(paths: list[str], folder: Path) -> list[tuple[str, str, float]]:
    job = {
        "paths": paths,
        "specs": [to_plain(TICKETS)],
        "today": TODAY.isoformat(),
        "language": "zh",
        "limits": LIMITS.as_plain(),
    }
    ran = subprocess.run(
        [sys.executable, "-c", MANY],
        check=True,
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=100,
    )
    (folder / "stderr").write_text(ran.stderr)
    return [tuple(json.loads(line)) for line in ran.stdout.splitlines()]

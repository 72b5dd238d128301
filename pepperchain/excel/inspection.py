"""Looks at an uploaded file from outside, before anything parses it: what it really is, and whether it is a trap.

Everything is decided from the bytes, never from the name. Archives are unpacked as a stream, counting what really comes
out, so that neither a false size nor a bomb reaches the parser.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from xml.etree import ElementTree

from pepperchain.core.errors import Refused
from pepperchain.excel.scanning import SheetScan, Traces

CHUNK = 1 << 20
# A small member may be nothing but repetition; only what is large when unpacked can hurt.
RATIO_MATTERS_FROM = 1_000_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_STARTS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']""")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and how long. Sizes in bytes, times in seconds."""

    file_bytes: int = 20_000_000
    members: int = 200
    unpacked_bytes: int = 100_000_000
    ratio: int = 100
    rows: int = 200_000
    columns: int = 256
    # What the parser must hold at once, empty cells between full ones included: 32 bytes each.
    cells: int = 6_000_000
    memory_bytes: int = 400_000_000
    cpu_seconds: int = 30
    # How long the reading process may be silent.
    silent_seconds: int = 30

    def as_plain(self) -> dict[str, int]:
        """JSON-able, to hand to the reading process."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_plain(cls, plain: dict[str, int]) -> Self:
        return replace(cls(), **plain)


@dataclass(slots=True)
class Inspected:
    """A file that may be parsed: a workbook with what was seen in its sheets, or text."""

    is_workbook: bool
    since_1904: bool = False
    traces: dict[str, Traces] = field(default_factory=dict)


def inspect(path: Path, limits: Limits) -> Inspected:
    """Refused: anything that is no .xlsx workbook or text table, or that is larger or stranger than `limits` allow."""
    if path.stat().st_size > limits.file_bytes:
        raise Refused(
            "This file is larger than %(megabytes)s MB. Split it into several files.",
            megabytes=limits.file_bytes // 1_000_000,
        )
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise Refused("This file is empty.")
    _known_refusals(start, path)
    if not start.startswith(_ZIP):
        return Inspected(is_workbook=False)
    try:
        return _archive(path, limits)
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, UnicodeDecodeError):
        raise damaged() from None
    except (NotImplementedError, RuntimeError, OverflowError, ValueError, OSError):
        # zipfile says so of methods and encryptions that no spreadsheet program writes, and of offsets beyond the file.
        raise damaged() from None


def damaged() -> Refused:
    """The file cannot be opened at all."""
    return Refused(
        "This file is damaged or incomplete. Open it in Excel or WPS, save it as .xlsx and try again."
    )


def _known_refusals(start: bytes, path: Path) -> None:
    if start.startswith(_OLE):
        if _ENCRYPTED in path.read_bytes():
            raise Refused(
                "This workbook is protected with a password. Save it without a password and try again."
            )
        raise Refused("This is a workbook of the old .xls kind. Save it as .xlsx and try again.")
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta", b"<head")):
        raise Refused(
            "This is a web page with the name of a workbook. Open it in Excel or WPS and save it as .xlsx."
        )
    if start.startswith(_OTHER_STARTS):
        raise Refused("This is neither an Excel workbook (.xlsx) nor a text table (.csv).")


def _archive(path: Path, limits: Limits) -> Inspected:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        _members_allowed(members, limits)
        sheets = _sheet_members(archive, limits)
        found = Inspected(is_workbook=True, since_1904=sheets.pop("", "") == "1904")
        names = {member: name for name, member in sheets.items()}
        budget = limits.unpacked_bytes
        for member in members:
            scan = SheetScan() if member.filename in names else None
            budget -= _scan(archive, member, scan, budget, limits)
            if scan:
                found.traces[names[member.filename]] = scan.traces(limits.rows)
    _shapes_allowed(found.traces, limits)
    return found


def _members_allowed(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(names) > limits.members or len(set(names)) != len(names):
        raise too_complex()
    if any(member.flag_bits & 1 for member in members):
        raise Refused("This workbook is protected with a password. Save it without a password and try again.")
    lowered = [name.lower() for name in names]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lowered):
        raise Refused("This workbook contains macros. Save it as an ordinary .xlsx workbook and try again.")
    if any("externallinks/" in name for name in lowered):
        raise Refused("This workbook has links to other workbooks. Paste the data as values into a new one.")
    if "xl/workbook.xml" not in lowered:
        if "mimetype" in lowered or "xl/workbook.bin" in lowered:
            raise Refused("This is a workbook of another kind. Save it as .xlsx and try again.")
        if "[content_types].xml" not in lowered:
            raise Refused("This is neither an Excel workbook (.xlsx) nor a text table (.csv).")
    for member in members:
        if member.file_size > RATIO_MATTERS_FROM and member.file_size > limits.ratio * max(
            member.compress_size, 1
        ):
            raise too_complex()
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise too_complex()


def too_complex() -> Refused:
    """The file asks for more than any honest table does."""
    return Refused(
        "This file is too large or too complicated inside. Paste the data as values into a new workbook."
    )


def _sheet_members(archive: zipfile.ZipFile, limits: Limits) -> dict[str, str]:
    """The archive member of each sheet by name; under "" the text "1904" if the workbook counts days from there."""
    book = next((name for name in archive.namelist() if name.lower() == "xl/workbook.xml"), "")
    if not book:
        # Some writers name it otherwise; nothing can be said of its cells beforehand, so it is not opened.
        raise damaged()
    root = _parsed(archive, book, limits)
    relations = _parsed(archive, "xl/_rels/workbook.xml.rels", limits)
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    members: dict[str, str] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr" and element.get("date1904") in ("1", "true"):
            members[""] = "1904"
        if tag == "sheet" and element.get("name"):
            target = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION), "") or ""
            members[str(element.get("name"))] = _member_name(target)
    return members


def _member_name(target: str) -> str:
    # Excel writes paths beside the workbook, WPS and others sometimes from the root of the archive.
    return target.removeprefix("/") if target.startswith("/") else "xl/" + target.removeprefix("./")


def _parsed(archive: zipfile.ZipFile, name: str, limits: Limits) -> Any:
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise damaged() from None
    data = b"".join(_unpacked(archive, member, min(limits.unpacked_bytes, 4 * CHUNK), limits))
    _plain_xml(data)
    return ElementTree.fromstring(data)  # noqa: S314  (declarations of entities were refused the line before)


def _scan(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, scan: SheetScan | None, budget: int, limits: Limits
) -> int:
    """Reads one member to its end. Returns its true size."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, tail = 0, b""
    for chunk in _unpacked(archive, member, budget, limits):
        if is_xml:
            _plain_xml(tail + chunk if size else chunk, first=not size)
            tail = chunk[-16:]
        if scan:
            scan.feed(chunk)
        size += len(chunk)
    if size != member.file_size:
        raise damaged()
    return size


def _unpacked(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: int, limits: Limits
) -> Iterator[bytes]:
    # `zipfile` stops at the size the archive states, the parser does not: state more than is allowed, and count.
    truthful = zipfile.ZipInfo(member.filename)
    for name in ("header_offset", "compress_type", "compress_size", "flag_bits", "CRC", "orig_filename"):
        setattr(truthful, name, getattr(member, name))
    truthful.file_size = budget + 1
    size = 0
    with archive.open(truthful) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > budget:
                raise too_complex()
            if size > RATIO_MATTERS_FROM and size > limits.ratio * max(member.compress_size, 1):
                raise too_complex()
            yield chunk


def _plain_xml(data: bytes, *, first: bool = True) -> None:
    if b"<!" in data and _ENTITIES.search(data):
        raise Refused("This workbook declares entities, which no spreadsheet program does. It is not opened.")
    if not first:
        return
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    other = encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    # In another encoding the scan above would look for the wrong bytes.
    if other or data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        raise damaged()


def _shapes_allowed(traces: dict[str, Traces], limits: Limits) -> None:
    for name, found in traces.items():
        if found.columns > limits.columns or found.rows > limits.rows + 1000:
            raise too_far(name, limits)
    if sum(found.rows * found.columns for found in traces.values()) > limits.cells:
        largest = max(traces, key=lambda name: traces[name].rows * traces[name].columns)
        raise too_far(largest, limits)


def too_far(sheet: str, limits: Limits) -> Refused:
    """A cell stands so far out that the rows and columns up to it cannot all be held."""
    return Refused(
        "Sheet %(sheet)s reaches too far down or to the right (at most %(rows)s rows and %(columns)s columns). "
        "Delete what stands outside the table, or split the sheet.",
        sheet=sheet,
        rows=limits.rows,
        columns=limits.columns,
    )

"""Reads a worksheet's XML as a stream of bytes, before it is parsed: how far it reaches, and where formulas stand.

The parser makes room for every cell up to the farthest one, so one cell at XFD1048576 would ask it for 512 GB. And it
gives a formula's last result without saying that it is one.
"""

import re
from dataclasses import dataclass, field

from pepperchain.core.errors import Refused
from pepperchain.excel.problems import position_of

SUSPECTS_MAX = 300_000
UNFINISHED_MAX = 4 << 20

_ODD_REFERENCE = re.compile(rb"""\sr(?:\s+=|=\s|=')""")
_ANY_REFERENCE = re.compile(rb"""(\s)r\s*=\s*["']""")
# Cells without content end in "/>": styled empty ones reach far down in many honest workbooks, and cost nothing.
_FULL_CELL_ROW = re.compile(rb"""r="[A-Za-z]{1,3}(\d{1,9})"[^<>]*(?<!/)>""")
_WIDE_COLUMN = re.compile(rb"""r="([A-Za-z]{2,3})\d{1,9}"[^<>]*(?<!/)>""")
_SUSPECT_MARKS = (b"<f", b":f", b't="e', b"t='e")
_SUSPECT = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["']e["']""")
_TOKEN = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\br="([A-Za-z]{1,3}\d{1,7})"[^<>]*>|(<(?:\w+:)?f[\s/>])|(<(?:\w+:)?c[\s>])"""
)
_END_OF_CELLS = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_ERROR_TYPE = re.compile(rb"""\st=["']e["']""")


@dataclass(slots=True)
class Traces:
    """What was seen in one sheet. `formulas` and `failures` (#REF! and its like) hold (row, column), row from 1."""

    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    failures: set[tuple[int, int]] = field(default_factory=set)


class SheetScan:
    """Feed it the member's bytes in order, then ask for the traces."""

    def __init__(self) -> None:
        self._rest = b""
        self._rows = 0
        self._columns = 26
        self._found = Traces()
        self._ended = False
        self._oddly_quoted: bool | None = None

    def feed(self, chunk: bytes) -> None:
        """Refused: formulas in more cells than can be told, and markup that never ends."""
        if self._ended:
            return
        data = self._rest + chunk
        # Cut before a cell begins, so that a cell and what stands in it are seen together.
        cut = max(data.rfind(b"<c "), data.rfind(b":c "))
        if cut <= 0:
            cut = data.rfind(b"<")
        if cut <= 0 or len(data) - cut > UNFINISHED_MAX:
            cut = 0
            if len(data) > UNFINISHED_MAX:
                raise Refused(
                    "This file is too large or too complicated inside. Paste the data as values into a new workbook."
                )
        self._rest = data[cut:]
        self._look(data[:cut])

    def traces(self, rows_max: int) -> Traces:
        """Everything seen. A sheet that reaches beyond `rows_max` is no further measured."""
        self._look(self._rest)
        self._rest = b""
        self._found.rows, self._found.columns = self._rows, self._columns
        return self._found

    def _look(self, data: bytes) -> None:
        if end := _END_OF_CELLS.search(data):
            # Behind the cells stand rules for validation, whose formulas nobody imports.
            self._ended, data = True, data[: end.start()]
        if self._oddly_quoted is None and data:
            # A writer has one habit throughout; the first cells show it.
            self._oddly_quoted = _ODD_REFERENCE.search(data[:65_536]) is not None
        if self._oddly_quoted:
            data = _ANY_REFERENCE.sub(rb'\1r="', data)
            data = re.sub(rb"""(\sr="[A-Za-z]{1,3}\d{1,9})'""", rb'\1"', data)
        rows = set(_FULL_CELL_ROW.findall(data))
        if rows:
            self._rows = max(self._rows, *map(int, rows))
        wide = set(_WIDE_COLUMN.findall(data))
        if wide:
            self._columns = max(self._columns, *(1 + position_of(letters.decode()) for letters in wide))
        if any(mark in data for mark in _SUSPECT_MARKS) and _SUSPECT.search(data):
            self._locate(data)

    def _locate(self, data: bytes) -> None:
        place: tuple[int, int] | None = None
        for token in _TOKEN.finditer(data):
            if token[1]:
                place = _place(token[1])
                if _ERROR_TYPE.search(token[0]):
                    self._found.failures.add(place)
            elif token[3]:
                place = None
            elif place is None:
                raise Refused(
                    "This workbook has formulas. Paste the data as values into a new workbook and try again."
                )
            else:
                self._found.formulas.add(place)
        if len(self._found.formulas) + len(self._found.failures) > SUSPECTS_MAX:
            raise Refused(
                "This workbook has formulas. Paste the data as values into a new workbook and try again."
            )


def _place(reference: bytes) -> tuple[int, int]:
    letters = reference.rstrip(b"0123456789")
    return int(reference[len(letters) :]), position_of(letters.decode())

"""Rows on their way into the tables, and the next id of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from pepperchain.core.bulk import Loader

Row = tuple[Any, ...]

# Ids that hold a time: written in its order, they fall next to each other in their index.
_BY_TIME = {"id", "transaction_id"}
_first = itemgetter(0)


class Rows:
    """What was made and not yet written; `flush` streams it into the tables."""

    def __init__(self, loader: Loader, columns: Mapping[str, Sequence[str]]) -> None:
        self._loader = loader
        self._columns = columns
        self._next: dict[str, int] = {}
        self.waiting: defaultdict[str, list[Row]] = defaultdict(list)
        self.count = 0

    async def number_from_there(self, *tables: str) -> None:
        """Ids go on from the largest that each table holds."""
        for table in tables:
            self._next[table] = await self._loader.next_id(table)

    def id(self, table: str) -> int:
        """The next id of a table."""
        following = self._next[table]
        self._next[table] = following + 1
        return following

    async def flush(self, *, least: int = 0) -> None:
        """Writes all that waits, in the order of the tables' columns given: parents first. Not yet, below `least` rows."""
        if sum(map(len, self.waiting.values())) < least:
            return
        for table, columns in self._columns.items():
            rows = self.waiting.pop(table, None)
            if rows:
                if columns[0] in _BY_TIME:
                    rows.sort(key=_first)
                self.count += await self._loader.copy(table, columns, rows)
        assert not self.waiting, f"no columns are known of {list(self.waiting)}"

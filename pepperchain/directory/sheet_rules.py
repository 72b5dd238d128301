"""How people write in sheets what the registry knows by another spelling."""

import re
import unicodedata
from functools import lru_cache

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory.reading_rules import tidy

SPOKEN_KEPT = 50_000  # names of a file's households come back on row after row
_CHINESE_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_GROUP = re.compile(r"(?:第)?([0-9]+|[零〇一二两三四五六七八九十]+)(?:村民)?(?:小组|组|社|队|号)?")


@lru_cache(maxsize=SPOKEN_KEPT)
def spoken(text: str) -> str:
    """A name as it is compared and indexed: without blanks and dots, letters small."""
    return tidy(text).replace("·", "").replace(" ", "").casefold()


def group_number(written: str) -> int:
    """The number in '3组', '三社', '第十二村民小组' or '3'."""
    match = _GROUP.fullmatch(unicodedata.normalize("NFKC", written).replace(" ", ""))
    if match is None:
        raise Refused(N_("Write the group's number, such as 3 or 3组."), "group")
    return int(match[1]) if match[1].isdigit() else _chinese_number(match[1])


def _chinese_number(text: str) -> int:
    if "十" not in text:
        return int("".join(str(_CHINESE_DIGITS[sign]) for sign in text))
    tens, _, ones = text.partition("十")
    return (_chinese_number(tens) if tens else 1) * 10 + (_chinese_number(ones) if ones else 0)


def place_name(written: str) -> str:
    """A township's or village's name without its ending, so that 保坪 and 保坪村 are one."""
    plain = unicodedata.normalize("NFKC", written).replace(" ", "")
    for ending in ("街道办事处", "街道办", "街道", "镇", "乡", "村委会", "村", "社区"):
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            return plain.removesuffix(ending)
    return plain

"""Invented people's names: surnames as frequent as around Jiangjin, given names as each generation was given them."""

from bisect import bisect
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Literal

Sex = Literal["f", "m"]

# Shares are per ten thousand people and rounded. The last lines have surnames that are read unlike the same character elsewhere.
_SURNAMES = """
李 790 王 690 张 660 刘 560 陈 540 杨 420 周 350 黄 300 罗 290 何 250 邓 230 吴 220 胡 210
唐 200 曾 180 蒋 170 徐 160 谢 150 赵 190 朱 140 彭 140 冯 130 廖 130 龚 120 程 110 江 110
夏 110 郑 105 谭 100 田 95 余 95 袁 90 肖 90 熊 85 叶 85 付 80 魏 80 钟 80 赖 75 范 75 石 70
高 70 戴 68 代 66 蔡 65 邹 65 苏 62 任 60 梁 60 郭 60 秦 58 姚 58 林 56 向 55 陶 55 文 52
段 50 汪 50 童 48 雷 48 董 46 万 45 卢 45 马 44 郝 18 涂 42 牟 42 游 38 金 38 孙 38 宋 36
许 36 韩 34 丁 34 潘 33 杜 33 冉 32 严 30 黎 30 白 30 邱 30 尹 28 艾 12 温 26 伍 25 柏 8 施 18
明 14 车 12 庞 16 凌 15 易 20 颜 22 傅 18 穆 8 左 14 幸 6 卓 10 敖 8 况 10 阳 10 辜 6 古 12
龙 30 申 10 贺 24 聂 18 霍 4 单 12 解 8 仇 6 查 6 覃 20 翟 6 乐 5 盖 2 朴 1 区 2 尉 1 谌 8 员 1
华 6 宁 8 逄 1 缪 4 樊 12 褚 3 瞿 6 晏 6 燕 3 纪 5 欧阳 10 上官 2 司马 1 尉迟 1 令狐 2 夏侯 1
"""
# Given names by birth cohort (up to that year): characters that stand first, and last, for women and for men.
_GIVEN = {
    1959: {
        "f": ("素 世 秀 光 正 德 明 国 淑 兴 元 天 开 廷 玉", "芳 珍 英 碧 群 华 容 贵 清 秀 兰 琼 芬 书 会"),
        "m": ("世 光 正 德 明 国 大 兴 元 天 开 廷 绍 代 昌 永", "全 福 云 银 富 祥 华 贵 明 才 金 成 荣 清 田 林 伦 先 举 祯"),
    },
    1974: {
        "f": ("秀 小 晓 春 桂 建 红 国 先 中 玉 廷 永 荣 兴 昌 大", "英 芳 琼 群 容 梅 华 兰 会 珍 莲 碧 蓉 霞 萍 香 菊"),
        "m": ("国 建 卫 志 永 文 小 光 中 大 昌 兴 先 荣 朝 正 学", "强 军 华 平 明 林 勇 忠 友 富 洪 伦 伟 贵 全 才 云 江 彬"),
    },
    1989: {
        "f": ("小 晓 丽 海 春 红 艳 燕 雪 利 玉 秋 文 永 桂", "芹 燕 梅 蓉 玲 霞 平 利 琴 芳 敏 娟 丽 红 容 静"),
        "m": ("小 晓 志 海 永 建 文 光 俊 明 伟 中 勇 洪 启 学 立", "波 勇 刚 强 林 伟 平 军 涛 兵 峰 华 松 斌 川 亮 洪"),
    },
    2008: {
        "f": ("雨 欣 思 梦 佳 诗 雅 婷 心 子 语 可 紫 若 静", "涵 怡 瑶 婷 琪 萱 雨 桐 玲 悦 洁 颖 然 妍 宁"),
        "m": ("俊 浩 子 宇 志 文 鑫 嘉 天 明 博 泽 一 家 睿", "杰 宇 轩 豪 涛 鹏 航 铭 然 林 阳 波 毅 洋 川"),
    },
}  # fmt: skip
_SINGLE = {
    "f": "芳 敏 燕 霞 琴 静 丽 娟 玲 蓉 梅 英 莉 倩 雪",
    "m": "勇 强 军 伟 平 斌 涛 波 刚 鹏 杰 林 松 华 彬",
}
_SINGLE_PERMILLE_FROM = ((1990, 160), (1970, 190), (0, 40))


def _weighted(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    words = text.split()
    return tuple(words[0::2]), tuple(accumulate(int(weight) for weight in words[1::2]))


SURNAMES, _SURNAME_SHARES = _weighted(_SURNAMES)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its two parts."""

    surname: str
    given: str

    @property
    def whole(self) -> str:
        return self.surname + self.given


def surname(rng: Random) -> str:
    """A surname, as frequent as it is."""
    return SURNAMES[bisect(_SURNAME_SHARES, int(rng.random() * _SURNAME_SHARES[-1]))]


@lru_cache(maxsize=16)
def _pools(cohort: int, sex: Sex) -> tuple[list[str], list[str], list[str]]:
    first, last = _GIVEN[cohort][sex]
    return first.split(), last.split(), _SINGLE[sex].split()


def given(rng: Random, sex: Sex, born_year: int) -> str:
    """A given name as parents chose it in that year."""
    cohort = next((until for until in _GIVEN if born_year <= until), max(_GIVEN))
    first, last, single = _pools(cohort, sex)
    singles = next(permille for year, permille in _SINGLE_PERMILLE_FROM if born_year >= year)
    if rng.random() * 1000 < singles:
        return single[int(rng.random() * len(single))]
    return first[int(rng.random() * len(first))] + last[int(rng.random() * len(last))]


def name(rng: Random, sex: Sex, born_year: int, *, family: str | None = None) -> Name:
    """A name; children carry the `family`'s surname."""
    return Name(family or surname(rng), given(rng, sex, born_year))

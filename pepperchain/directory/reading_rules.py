"""How names are read: pinyin and initials, with every usual reading of surnames and given names that have more than one."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin

READINGS_MAX = 6

# Characters that read otherwise as a surname: the surname's usual reading first, then others that families use.
_SURNAMES = """
单 shan 曾 zeng 解 xie 仇 qiu 查 zha 区 ou 朴 piao 盖 ge,gai 乐 yue,le 覃 qin,tan 翟 zhai,di 缪 miao,mou 召 shao,zhao 任 ren 华 hua
纪 ji 宁 ning 哈 ha 佴 nai,er 尉 wei,yu 员 yun,yuan 逄 pang 逢 pang,feng 谌 chen,shen 瞿 qu 晏 yan 燕 yan 冼 xian 洗 xian 那 na 黑 he
繁 po 秘 bi 折 she 种 chong 重 chong 车 che 訾 zi 阚 kan 郗 xi,chi 褚 chu 柏 bai,bo 薄 bo 隗 wei,kui 蕃 pi,bo 祭 zhai 乜 nie 能 nai
曲 qu 令 ling 万 wan 幸 xing 牟 mou,mu 占 zhan 葛 ge 过 guo 句 gou 於 yu 俞 yu 余 yu 应 ying 要 yao 尹 yin 臧 zang 扎 zha 長 zhang
长 zhang 钻 zuan 行 xing 卜 bu 呙 guo 郇 xun,huan 眭 sui 厍 she 亓 qi 佘 she 贠 yun 妫 gui 揭 jie 晁 chao 贾 jia 樊 fan 辜 gu 敖 ao 况 kuang
阳 yang 代 dai 适 kuo,shi 都 du 陆 lu 石 shi 盛 sheng 殷 yin 沈 shen 少 shao 强 qiang 藏 zang 相 xiang 与 yu 尔 er 谷 gu 干 gan 宓 mi,fu
"""
_COMPOUND = """
欧阳 ou-yang 上官 shang-guan 司马 si-ma 诸葛 zhu-ge 司徒 si-tu 夏侯 xia-hou 皇甫 huang-fu 令狐 ling-hu 尉迟 yu-chi 万俟 mo-qi
长孙 zhang-sun 慕容 mu-rong 宇文 yu-wen 东方 dong-fang 公孙 gong-sun 端木 duan-mu 百里 bai-li 呼延 hu-yan 轩辕 xuan-yuan
南宫 nan-gong 独孤 du-gu 澹台 tan-tai 单于 chan-yu 太史 tai-shi 申屠 shen-tu 公冶 gong-ye 濮阳 pu-yang 淳于 chun-yu 仲孙 zhong-sun
钟离 zhong-li 闾丘 lü-qiu 宗政 zong-zheng 鲜于 xian-yu 司空 si-kong 司寇 si-kou 亓官 qi-guan 巫马 wu-ma 拓跋 tuo-ba 赫连 he-lian
第五 di-wu 西门 xi-men 东郭 dong-guo 南门 nan-men 羊舌 yang-she 微生 wei-sheng 梁丘 liang-qiu 左丘 zuo-qiu 段干 duan-gan 谷梁 gu-liang
"""
# Given names: only what is heard in names, so that a name has a few readings and not dozens.
_GIVEN = """
长 chang,zhang 乐 le,yue 朝 chao,zhao 行 xing,hang 重 zhong,chong 盛 sheng,cheng 茜 qian,xi 曾 zeng,ceng 单 shan,dan 参 shen,can
调 tiao,diao 兴 xing 中 zhong 华 hua 应 ying 宁 ning 任 ren 冠 guan 为 wei 相 xiang 少 shao 纶 lun,guan 朴 pu 卜 bu 娜 na 柏 bai,bo
莎 sha 藏 zang,cang 卡 ka 菲 fei 蔚 wei 祭 ji 颤 chan 晟 sheng,cheng 昕 xin 珏 jue 炅 jiong 禅 chan,shan 约 yue 传 chuan,zhuan
解 jie,xie 仇 qiu,chou 识 shi 奇 qi 量 liang 观 guan 强 qiang 都 du 尽 jin 琪 qi 育 yu 还 huan 石 shi 车 che 洋 yang 佛 fo 尉 wei
"""

_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LETTERS = re.compile(r"[a-z]+")
_DOTS = str.maketrans(dict.fromkeys("•・．‧∙.", "·"))


def _table(text: str) -> dict[str, tuple[str, ...]]:
    words = text.replace("ü", "v").split()
    return {name: tuple(read.split(",")) for name, read in zip(words[::2], words[1::2], strict=True)}


SURNAMES = _table(_SURNAMES)
COMPOUND = {name: tuple(read[0].split("-")) for name, read in _table(_COMPOUND).items()}
GIVEN = _table(_GIVEN)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to say a name: the syllables of the surname and of the rest, `ü` written `v`."""

    surname: tuple[str, ...]
    given: tuple[str, ...]

    @property
    def syllables(self) -> tuple[str, ...]:
        return self.surname + self.given

    @property
    def spelled(self) -> str:
        """As people are listed: `zhang wei ming`."""
        return " ".join(self.syllables)

    @property
    def joined(self) -> str:
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        return "".join(syllable[0] for syllable in self.syllables)


def tidy(name: str) -> str:
    """A name as it is kept: no blanks between characters, one between Latin words, the middle dot always the same."""
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if is_chinese(plain):
        plain = plain.replace(" ", "").translate(_DOTS)
    return plain


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None


def parts(name: str) -> tuple[str, str]:
    """Surname and the rest; names with a middle dot, and those of one character, have no surname."""
    if "·" in name or len(name) == 1 or not is_chinese(name):
        return "", name
    if name[:2] in COMPOUND and len(name) > len("欧阳"):
        return name[:2], name[2:]
    return name[:1], name[1:]


@lru_cache(maxsize=20_000)
def readings(name: str) -> tuple[Reading, ...]:
    """Every usual way to say a tidy name, the likeliest first; at most six."""
    if not is_chinese(name):
        return (Reading((), tuple(_LETTERS.findall(_plain_letters(name))) or (name.lower(),)),)
    surname, rest = parts(name)
    families: list[tuple[str, ...]] = [()]
    if surname in COMPOUND:
        families = [COMPOUND[surname]]
    elif surname:
        families = [(one,) for one in SURNAMES.get(surname) or _syllables(surname)] or [()]
    given = [GIVEN[character] for character in rest if character in GIVEN]
    usual = _syllables(rest)
    if len(usual) == len(rest.replace("·", "")) and given:
        ways = product(
            *(_of(character, rest, place) for place, character in enumerate(rest.replace("·", "")))
        )
        rests = list(islice(ways, READINGS_MAX))
    else:
        rests = [usual]
    return tuple(Reading(family, way) for way in rests for family in families)[:READINGS_MAX]


def _of(character: str, rest: str, place: int) -> tuple[str, ...]:
    """The readings of one character of a given name; the likeliest is what it is inside the whole."""
    inside = _syllables(rest)[place]
    known = GIVEN.get(character, ())
    return (inside, *(one for one in known if one != inside)) if inside in known else known or (inside,)


@lru_cache(maxsize=20_000)
def _syllables(text: str) -> tuple[str, ...]:
    read = (_LETTERS.findall(_plain_letters(one)) for one in lazy_pinyin(text, v_to_u=False))
    return tuple("".join(letters) for letters in read if letters)


def _plain_letters(text: str) -> str:
    """Lower-case letters without accents; `ü` is `v`, as people type it."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    decomposed = unicodedata.normalize("NFD", plain).replace("u\u0308", "v")
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def typed_letters(text: str) -> str:
    """Letters as somebody types them into a search: `Lü`, `lyu`, `LV` are all `lv`; blanks and apostrophes go."""
    letters = "".join(_LETTERS.findall(_plain_letters(text)))
    return letters.replace("lyu", "lv").replace("nyu", "nv")


def without_dots(letters: str) -> str:
    """The same letters for people who type `u` where `v` stands for `ü`."""
    return letters.replace("v", "u")

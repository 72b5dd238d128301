"""Names are read as families read them."""

import pytest

from pepperchain.directory.reading_rules import parts, readings, tidy, typed_letters


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("单正茂", "shan zheng mao"),
        ("曾祥云", "zeng xiang yun"),
        ("解云岭", "xie yun ling"),
        ("仇立冬", "qiu li dong"),
        ("查文远", "zha wen yuan"),
        ("区小兰", "ou xiao lan"),
        ("朴正花", "piao zheng hua"),
        ("盖国庆", "ge guo qing"),
        ("缪春生", "miao chun sheng"),
        ("任大明", "ren da ming"),
        ("华先荣", "hua xian rong"),
        ("纪晓燕", "ji xiao yan"),
        ("尉迟敬安", "yu chi jing an"),
        ("万俟雪", "mo qi xue"),
        ("欧阳娜", "ou yang na"),
        ("吕明", "lv ming"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, spelled: str) -> None:
    assert readings(name)[0].spelled == spelled


@pytest.mark.parametrize(
    ("name", "others"),
    [("覃永", {"qin", "tan"}), ("翟梅", {"zhai", "di"}), ("乐嘉", {"yue", "le"}), ("缪芳", {"miao", "mou"})],
)
def test_a_surname_with_two_readings_has_both(name: str, others: set[str]) -> None:
    assert {reading.surname[0] for reading in readings(name)} == others


def test_a_given_name_with_two_readings_has_both() -> None:
    assert {reading.joined for reading in readings("张长乐")} >= {
        "zhangchangle",
        "zhangzhangle",
        "zhangchangyue",
    }


def test_a_name_of_many_doubtful_characters_has_few_readings() -> None:
    assert len(readings("长" * 40)) <= 6


def test_compound_surnames_are_one_surname() -> None:
    assert parts("司马光明") == ("司马", "光明")
    assert parts("司马") == ("司", "马")
    assert parts("尉迟敬安") == ("尉迟", "敬安")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 张 伟 ", "张伟"),
        ("张\u3000伟", "张伟"),
        ("阿依•古丽", "阿依·古丽"),
        ("John  Smith", "John Smith"),
        ("Ｌｉ", "Li"),
    ],
)
def test_names_are_kept_tidy(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize("typed", ["lv", "LV", "lü", "Lü", "lyu", "lu\u0308", "ｌｖ", "l'v"])
def test_every_way_to_type_the_dotted_u_is_the_same(typed: str) -> None:
    assert typed_letters(typed) == "lv"


def test_a_character_without_a_reading_does_no_harm() -> None:
    assert readings("𠮷田")
    assert readings("☆")

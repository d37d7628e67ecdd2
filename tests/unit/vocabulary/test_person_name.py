"""A person's name is printed in one way and compared in another."""

from services.vocabulary.person_name import mask_name, name_key, person_name


def test_one_name_has_one_key_however_its_dot_is_typed():
    spellings = ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", " 阿依古丽 · 买买提 "]
    assert len({name_key(spelling) for spelling in spellings}) == 1
    assert name_key("Ada Lovelace") == name_key("ADA  lovelace")


def test_a_masked_name_shows_its_first_character():
    assert [mask_name(n) for n in ("张三丰", "张", "")] == ["张**", "张*", ""]


def test_a_printed_name_loses_padding_but_keeps_the_blanks_that_belong_to_it():
    assert [person_name(n) for n in ("张　三", "萧 雨 桐", "Ada  Lovelace")] == [
        "张三",
        "萧雨桐",
        "Ada Lovelace",
    ]

"""What a written number is, however people, providers and SIP write it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.numbers.keypad import BY_THREES, E161
from channels.numbers.reading import read
from channels.numbers.showing import dialled_from, show, show_in
from channels.numbers.written import Endpoint, Malformed, ShortCode, Telephone, Withheld

WARSAW = "+48221234567"


@pytest.mark.parametrize(
    "written",
    [
        "+48221234567",
        "+48 22 123 45 67",
        "0048 22 123-45-67",
        "22 123 45 67",
        "(22) 123.45.67",
        "tel:+48-22-123-45-67",
        "tel:1234567;phone-context=+4822",
        "＋４８２２１２３４５６７",
        "\u202a+48 22\u00a0123 45 67\u202c",
        "Anna <+48221234567>",
        "+48 22 123\u201345\u201367",
    ],
)
def test_a_number_is_read_however_it_is_written(written: str) -> None:
    number = read(written, "PL")
    assert isinstance(number, Telephone)
    assert (number.e164, number.region, number.country_code, number.kind) == (WARSAW, "PL", 48, "fixed")
    assert number.valid


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("8 (800) 555-35-35", "RU", "+78005553535"),
        ("8 10 48 22 123 45 67", "RU", WARSAW),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("011 48 22 123 45 67", "US", WARSAW),
        ("(202) 555-0123", "US", "+12025550123"),
        ("+39 06 698 12345", "PL", "+390669812345"),
        ("020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_a_number_without_country_code_follows_the_customs_of_the_projects_region(
    written: str, region: str, e164: str
) -> None:
    number = read(written, region)
    assert isinstance(number, Telephone)
    assert number.e164 == e164


@pytest.mark.parametrize(
    ("written", "extension"),
    [
        ("+48 22 123 45 67 ext. 12", "12"),
        ("+48 22 123 45 67 wew. 12", "12"),
        ("+48221234567x12", "12"),
        ("+48 22 123 45 67 доб. 3", "3"),
        ("+48 22 123 45 67, poste 5", "5"),
        ("tel:+48-22-123-45-67;ext=12", "12"),
        ("+48 22 123 45 67 #9", "9"),
    ],
)
def test_an_extension_is_kept_beside_the_number(written: str, extension: str) -> None:
    number = read(written)
    assert isinstance(number, Telephone)
    assert (number.e164, number.extension) == (WARSAW, extension)


def test_a_number_that_is_possible_but_not_in_the_plan_is_a_number_with_a_doubt() -> None:
    number = read("+441632960123")
    assert isinstance(number, Telephone)
    assert not number.valid


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("anonymous", "anonymous"),
        ("Anonymous", "anonymous"),
        ("RESTRICTED", "restricted"),
        ("No Caller-ID", "nocallerid"),
        ("Zastrzeżony", "zastrzezony"),
        ("+266696687", "anonymous"),
        ("+7378742833", "restricted"),
        ("+2562533", "blocked"),
        ("+8656696", "unknown"),
        ("+86282452253", "unavailable"),
        ("+7748283", "private"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', "anonymous"),
        ("sip:+48221234567@anonymous.invalid", "anonymous"),
        ("sip:restricted@example.org", "restricted"),
        ("sip:unknown@unknown.invalid", "unknown"),
    ],
)
def test_a_withheld_number_is_told_with_the_networks_word(written: str, why: str) -> None:
    assert read(written, "PL") == Withheld(why)


def test_the_digits_of_anonymous_without_a_plus_are_a_number_of_somebody() -> None:
    assert isinstance(read("266696687", "PL"), Telephone)


@pytest.mark.parametrize(
    ("written", "region", "known"),
    [("112", "PL", True), ("911", "US", True), ("116 123", "PL", True), ("3917", "FR", True), ("72777", "PL", False)],
)
def test_a_short_code_stays_what_it_is_in_its_country(written: str, region: str, known: bool) -> None:
    assert read(written, region) == ShortCode(written.replace(" ", ""), region, known)


def test_a_sip_address_that_is_a_number_gives_the_number() -> None:
    found = read("<sip:+48221234567;npdi@gw.example.org:5060;user=phone?subject=x>")
    assert isinstance(found, Endpoint)
    assert found.address == "sip:+48221234567@gw.example.org:5060"
    assert found.telephone is not None
    assert found.telephone.e164 == WARSAW


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("sip:anna@Example.org", "sip:anna@example.org"),
        ("SIPS:anna:secret@example.org", "sips:anna@example.org"),
        ("client:anna", "client:anna"),
        ("sip:1001@pbx.example.org", "sip:1001@pbx.example.org"),
        ("sip:pbx.example.org", "sip:@pbx.example.org"),
    ],
)
def test_a_sip_address_that_is_no_number_stays_an_address(written: str, address: str) -> None:
    found = read(written)
    assert isinstance(found, Endpoint)
    assert (found.address, found.telephone) == (address, None)


@pytest.mark.parametrize(
    ("written", "region", "why"),
    [
        ("", "PL", "empty"),
        (" \u200b ", "PL", "empty"),
        ("221234567", "", "no country code: begin with +"),
        ("hello", "PL", "letters where digits belong"),
        ("800 MALINY", "PL", "letters where digits belong"),
        ("+1", "", "too few digits"),
        ("+33 22 12", "", "too few digits"),
        ("+48 22 123 45 67 89 01", "", "too many digits for country code +48"),
        ("+999 123 456 789", "", "no country has this country code"),
        ("+48+48221234567", "", "signs"),
        ("22*123", "PL", "signs"),
        ("---", "PL", "no digits"),
        ("22 123 45 67", "Poland", "no country has the code 'Poland'"),
        ("sip:", "", "letters"),
        ("sip:anna@", "", "without a host"),
        ("1" * 251, "PL", "longer than 250"),
    ],
)
def test_what_is_no_number_is_told_why(written: str, region: str, why: str) -> None:
    found = read(written, region)
    assert isinstance(found, Malformed)
    assert why in found.why


def test_letters_stand_for_digits_once_a_keypad_is_given() -> None:
    first, second = read("800 MALINY", "PL", E161), read("800 MALINY", "PL", BY_THREES)
    assert isinstance(first, Telephone)
    assert isinstance(second, Telephone)
    assert (first.e164, second.e164) == ("+48800625469", "+48800514359")
    assert isinstance(read("800 МАЛИНЫ", "PL", E161), Malformed)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text('+0123456789 ()-./x#*;,=@:<>"siptelc', max_size=40),
        st.builds(
            "{}{}".format, st.sampled_from(["sip:", "tel:", "client:", "+", "00", "<sip:"]), st.text(max_size=30)
        ),
    ),
    st.sampled_from(["", "PL", "US", "RU", "XX", "001"]),
)
def test_any_text_is_something(written: str, region: str) -> None:
    found = read(written, region, E161)
    if isinstance(found, Telephone):
        assert read(found.e164) == Telephone(
            found.e164, found.region, found.country_code, found.kind, found.valid, extension=""
        )


def test_a_number_is_shown_in_each_form() -> None:
    assert show(WARSAW) == "+48 22 123 45 67"
    assert show(WARSAW, "national") == "22 123 45 67"
    assert show(WARSAW, "e164") == WARSAW
    assert show(WARSAW, "uri") == "tel:+48-22-123-45-67"
    assert show_in(WARSAW, "PL") == "22 123 45 67"
    assert show_in(WARSAW, "FR") == "+48 22 123 45 67"
    assert dialled_from(WARSAW, "FR") == "00 48 22 123 45 67"
    assert dialled_from(WARSAW, "US") == "011 48 22 123 45 67"


@pytest.mark.parametrize("wrong", ["", "22 123 45 67", "48221234567", "+", "+abc", "anonymous"])
def test_what_is_not_e164_is_not_shown_as_if_it_were(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not E\.164"):
        show(wrong)

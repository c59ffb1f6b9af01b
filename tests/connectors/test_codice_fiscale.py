"""Which codes INPS's schema takes, and when two of them are one person."""

from __future__ import annotations

from itertools import combinations

import pytest

from connectors.inps.codice_fiscale import clean, find_refusal, is_same_person
from tests.connectors.conftest import ROSA

PLACES = (6, 7, 9, 10, 12, 13, 14)
LETTERS = "LMNPQRSTUV"


def variants(code: str) -> list[str]:
    """All the 128 of a code, with the check letter left as it is: the schema does not look at it."""
    found = []
    for size in range(len(PLACES) + 1):
        for places in combinations(PLACES, size):
            letters = list(code)
            for place in places:
                letters[place] = LETTERS[int(letters[place])]
            found.append("".join(letters))
    return found


def test_eight_of_the_128_variants_by_omocodia_are_accepted() -> None:
    assert len(variants(ROSA)) == 128
    assert sum(find_refusal(variant) is None for variant in variants(ROSA)) == 8


def test_the_other_variants_are_told_from_a_typing_mistake() -> None:
    refusals = [find_refusal(variant) for variant in variants(ROSA)]
    assert all("omocodia" in refusal for refusal in refusals if refusal)
    assert "tessera" in (find_refusal("RSSRSO44A41D96") or "")


def test_every_variant_is_the_same_person() -> None:
    assert all(is_same_person(ROSA, variant.lower()) for variant in variants(ROSA))
    assert not is_same_person(ROSA, "RSSRSO44A42D969Z")
    assert is_same_person("12345678903", "12345678903     ")
    assert not is_same_person("12345678903", "12345678911")


@pytest.mark.parametrize("code", ["12345678903", ROSA])
def test_temporary_and_ordinary_codes_are_accepted(code: str) -> None:
    assert find_refusal(clean(f" {code.lower()} ")) is None


@pytest.mark.parametrize("code", ["1234567890", "١٢٣٤٥٦٧٨٩٠١", "RSSRSO44A41D969", "", f"{ROSA}\n"])
def test_anything_else_is_refused(code: str) -> None:
    assert find_refusal(code)

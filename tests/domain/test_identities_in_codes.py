"""A code is kept in clear, so nobody's number may stand in its place."""

import pytest

from domain.applicants import Applicant, Particulars, names_somebody
from domain.identities import is_somebodys


@pytest.mark.parametrize("code", ["079301888313", "0793 0188 8313", "001090123456", "0908777313", "+84908777313",
                                  "84-908-777-313", "096.190.000.001"])  # fmt: skip
def test_a_citizens_number_and_a_telephone_are_somebodys(code):
    assert is_somebodys(code)


CODES = (
    "H56.19-261123-0001", "000.00.00.G22-261123-000777", "LT-2026/000123", "FT26013", "500901234567",
    "G22.99-261123-00001", "KQ.G15.000031", "12", "",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_codes_are_nobodys(code):
    assert not is_somebodys(code)


TOLD = Particulars(Applicant("Khuất Thị Nga", address="Ấp Cà Na"), representative=Applicant("Đàm Ưng"))


@pytest.mark.parametrize("name", ["Khai sinh của KHUAT THI NGA", "Ủy quyền cho Đàm Ưng", "Căn cước 079301888313",
                                  "CMND 079 318 883", "Sổ hộ khẩu Ấp Cà Na"])  # fmt: skip
def test_a_paper_may_name_somebody(name):
    assert names_somebody(name, TOLD)


@pytest.mark.parametrize("name", ["Giấy khai sinh", "Mẫu số 01/2025/TT-BTP", "Quyết định 12345678", "Ấp"])
def test_papers_of_the_catalogue_name_nobody(name):
    assert not names_somebody(name, TOLD)

"""The codes, letters and addresses that a centre file may hold."""

from typing import Annotated

from domain.errors import msgid
from domain.printer_addresses import printer_address
from domain.records import Pattern, Words

# Old codes: QCVN 102:2016, most specific part first; new ones: QĐ 20/2020/QĐ-TTg, top first.
OLD_AGENCY = r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}"
NEW_AGENCY = r"[A-Z]\d{2}(\.[0-9A-Z]{1,3}){0,4}"
AgencyCode = Annotated[
    str, Pattern(f"{NEW_AGENCY}|{OLD_AGENCY}", msgid("ghi mã định danh dạng H56.19 hoặc 000.00.19.H56"))
]
FormerAgencyCode = Annotated[
    str,
    Pattern(rf"{NEW_AGENCY}|{OLD_AGENCY}|\d{{2}}\.\d{{2}}\.[A-Z]\d{{2}}", msgid("ghi mã cũ dạng 000.00.19.H56")),
]
Prefix = Annotated[str, Pattern("[A-HJ-NPR-Z]", msgid("dùng một chữ cái in hoa A–Z, trừ I, O, Q; không dùng Đ"))]
Login = Annotated[str, Pattern(r"[a-z][a-z0-9._-]{1,31}", msgid("dùng 2–32 chữ thường không dấu, số và . _ -"))]
Url = Annotated[
    str, Words(500), Pattern(r"https?://[^\s/@]+(/\S*)?", msgid("ghi địa chỉ bắt đầu bằng http:// hoặc https://"))
]
UrlOrNone = Annotated[
    str,
    Words(500, may_be_empty=True),
    Pattern(r"(https?://[^\s/@]+(/\S*)?)?", msgid("ghi địa chỉ bắt đầu bằng http:// hoặc https://, hoặc để trống")),
]
UrlPath = Annotated[str, Pattern(r"/[\w./-]{1,100}", msgid("ghi đường dẫn bắt đầu bằng /"))]
PrinterAddress = Annotated[str, Words(250), printer_address]

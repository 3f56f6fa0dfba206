"""What a visitor sees when something is refused or fails: a translated sentence that says what to do."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.attachments import FileLost, FilesBusy, LinkEnded
from domain.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    StoreFull,
    StoreUnavailable,
    TooManyTries,
    msgid,
)
from web.floods import TooFast
from web.languages import translator
from web.pages import is_fragment, page
from web.paths import dossier_pressed, home

_STATUS: tuple[tuple[type[Refused], int], ...] = (
    (StoreFull, 503),
    (StoreUnavailable, 503),
    (FilesBusy, 503),
    (FileLost, 500),
    (LinkEnded, 410),
    (TooManyTries, 429),
    (TooFast, 429),
    (NotFound, 404),
    (NotAllowed, 403),
    (Invalid, 422),
    (Refused, 409),
)


class SignInNeeded(NotAllowed):
    """Nobody known asks for something that needs somebody."""

    text = msgid("Mời đăng nhập để vào trang này.")


class DeviceUnknown(NotAllowed):
    """This browser has not been paired as the screen it asks to be."""

    text = msgid("Màn hình này chưa được ghép với trung tâm, hoặc đã bị thu hồi.")


class ForeignOrigin(NotAllowed):
    text = msgid("Yêu cầu đến từ một trang khác nên bị từ chối. Hãy mở lại trang của trung tâm.")


class TooLarge(Invalid):
    text = msgid("Dữ liệu gửi lên quá lớn. Hãy bớt nội dung và gửi lại.")


class NoSuchPage(NotFound):
    text = msgid("Không có trang này. Mời quay lại trang đầu.")


class Broken(Refused):
    """Our own fault; its number helps whoever looks into the log."""

    text = msgid("Có lỗi ở máy chủ. Chưa có gì thay đổi; mời thử lại, nếu vẫn lỗi hãy báo kỹ thuật viên.")


def status_of(error: Refused) -> int:
    """The HTTP status that says the same."""
    if isinstance(error, SignInNeeded | DeviceUnknown):
        return 401
    if isinstance(error, TooLarge):
        return 413
    if isinstance(error, Broken):
        return 500
    return next(status for kind, status in _STATUS if isinstance(error, kind))


# What people call the fields that programs and forms name.
FIELDS = {
    "login": msgid("tên đăng nhập"),
    "owner_name": msgid("chủ hồ sơ"),
    "identity": msgid("số căn cước"),
    "journey": msgid("mã vừa quét"),
    "text": msgid("mã vừa quét"),
    "phone": msgid("điện thoại"),
    "address": msgid("địa chỉ"),
    "procedure": msgid("thủ tục"),
    "owner_kind": msgid("đối tượng"),
    "delivery": msgid("nhận kết quả"),
    "summary": msgid("trích yếu"),
    "reference": msgid("mã hồ sơ ở hệ thống kia"),
    "basis": msgid("căn cứ pháp lý"),
    "channel": msgid("cách nộp"),
    "case": msgid("trường hợp"),
    "dossiers": msgid("số hồ sơ"),
    "documents": msgid("giấy tờ"),
    "reason": msgid("lý do"),
    "score": msgid("mức hài lòng"),
    "words": msgid("ý kiến"),
    "queue": msgid("hàng"),
    "code": msgid("mã"),
    "printer": msgid("máy in"),
    "slot": msgid("khung giờ"),
    "place": msgid("khung giờ"),
    "name": msgid("họ tên"),
    "password": msgid("mật khẩu"),
    "request_id": msgid("mã yêu cầu"),
    "seen": msgid("trạng thái màn hình"),
    "form": msgid("biểu mẫu"),
    "effective": msgid("ngày áp dụng"),
    "policy": msgid("cách gọi số"),
    "until": msgid("đến mấy giờ"),
    "device": msgid("thiết bị"),
    "at": msgid("giờ trong ngày"),
    "date": msgid("ngày trong lịch"),
    "answer_by": msgid("hạn trả lời"),
    "proof": msgid("người nhận kết quả"),
    "unit": msgid("cơ quan"),
    "day": msgid("ngày hẹn"),
    "results": msgid("kết quả"),
    "purpose": msgid("loại văn bản"),
    "status": msgid("trạng thái"),
    "receiver_code": msgid("mã cơ quan nhận"),
    "receiver_name": msgid("tên cơ quan nhận"),
    "number": msgid("số văn bản"),
    "notation": msgid("ký hiệu văn bản"),
    "signed": msgid("ngày ký"),
    "subject": msgid("trích yếu"),
    "content": msgid("nội dung"),
    "signer": msgid("người ký"),
    "position": msgid("chức vụ người ký"),
    # The elements of the norm, as `domain.letters.check_letter` names them.
    "OrganId": msgid("mã cơ quan nhận"),
    "To": msgid("cơ quan nhận"),
    "CodeNumber": msgid("số văn bản"),
    "CodeNotation": msgid("ký hiệu văn bản"),
    "Subject": msgid("trích yếu"),
    "Content": msgid("nội dung"),
    "full_name": msgid("người ký"),
    "amount": msgid("số tiền"),
    "authorisation": msgid("văn bản ủy quyền"),
    "component": msgid("thành phần hồ sơ"),
    "counter": msgid("quầy"),
    "email": msgid("thư điện tử"),
    "ends": msgid("giờ kết thúc"),
    "fees": msgid("số khoản thu"),
    "from": msgid("từ ngày"),
    "handing": msgid("người nhận kết quả"),
    "key": msgid("phím tắt"),
    "label": msgid("tên gọi"),
    "language": msgid("ngôn ngữ"),
    "lines": msgid("các số phát tay"),
    "minutes": msgid("số phút"),
    "note": msgid("ghi chú"),
    "outcome": msgid("kết quả của lượt"),
    "page": msgid("số trang"),
    "payment": msgid("giao dịch"),
    "person": msgid("người nhận"),
    "pin": msgid("mã PIN"),
    "priority": msgid("nhóm ưu tiên"),
    "queues": msgid("các hàng"),
    "starts": msgid("giờ bắt đầu"),
    "steps": msgid("bước xử lý"),
    "ticket": msgid("số thứ tự"),
    "to": msgid("đến ngày"),
    "to_counter": msgid("quầy chuyển đến"),
    "to_person": msgid("người chuyển đến"),
    "why": msgid("lý do"),
}


def sentence(error: Refused, language: str) -> str:
    """The error in the visitor's language."""
    translate = translator(language)
    arguments = _printable(error.arguments)
    if "what" in arguments:
        names = arguments["what"].split(", ")
        known = {**FIELDS, **error.fields}
        arguments["what"] = ", ".join(translate(known[name]) if name in known else name for name in names)
    return translate(error.text) % arguments


def _printable(arguments: dict[str, object]) -> dict[str, str]:
    return {name: "".join(c if c.isprintable() else "·" for c in str(v)) for name, v in arguments.items()}


def answer(request: Request, error: Refused) -> Response:
    """A page, a fragment or JSON, as the visitor asked; with Retry-After where waiting helps."""
    status, text = status_of(error), sentence(error, request.state.language)
    if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
        body = {"error": {"code": error.code, "message": text}}
        response: Response = JSONResponse(body, status, headers={"Cache-Control": "no-store"})
    elif is_fragment(request):
        response = page(request, "web/_failure.html", status, text=text)
        if retarget := getattr(request.state, "failures_go_to", None):
            response.headers["HX-Retarget"] = retarget
            response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = page(
            request, "web/failure.html", status, text=text, status=status, home=home(request),
            of_dossier=dossier_pressed(request.url.path) != "",
        )  # fmt: skip
    if status in (429, 503):
        response.headers["Retry-After"] = "2"
    return response

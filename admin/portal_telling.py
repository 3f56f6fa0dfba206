"""What happened between us and the portal beside the dossiers, in words. Part of `admin.telling`."""

from admin.told import Told
from domain import portal_events as p
from domain.errors import msgid

OF_THE_PORTAL = {
    p.PortalStopped: Told(msgid("tạm dừng gửi Cổng"), msgid("%(person)s tạm dừng gửi lên Cổng: %(reason)s.")),
    p.PortalResumed: Told(msgid("gửi tiếp lên Cổng"), msgid("%(person)s cho gửi tiếp lên Cổng.")),
    p.DossierRetold: Told(
        msgid("gửi lại hồ sơ"),
        msgid("%(person)s cho gửi lại hồ sơ %(code)s lên Cổng."),
        (("steps", msgid("Kèm mọi bước xử lý.")),),
    ),
    p.DifferenceFound: Told(
        msgid("khác với Cổng"), msgid("Đối soát: hồ sơ %(code)s ở Cổng khác với sổ của trung tâm.")
    ),
    p.DifferenceGone: Told(msgid("đã khớp với Cổng"), msgid("Đối soát: hồ sơ %(code)s đã khớp với Cổng.")),
    p.DifferenceExplained: Told(
        msgid("giải thích khác biệt"), msgid("%(person)s giải thích khác biệt của hồ sơ %(code)s với Cổng.")
    ),
    p.ReconciliationEnded: Told(
        msgid("đối soát với Cổng"), msgid("Đối soát %(looked)s hồ sơ với Cổng, %(found)s hồ sơ khác nhau.")
    ),
    p.ProcedureDropped: Told(msgid("bỏ thủ tục"), msgid("Cổng không còn thủ tục %(code)s; thôi nhận hồ sơ mới.")),
    p.ArrivalRefused: Told(
        msgid("chưa nhận được"),
        msgid("Nội dung gửi đến chưa nhận được; lý do ở bàn xử lý."),
        (("code", msgid("Hồ sơ %(code)s.")),),
    ),
    p.ArrivalDismissed: Told(
        msgid("bỏ qua nội dung gửi đến"), msgid("%(person)s bỏ qua nội dung gửi đến số %(arrival)s.")
    ),
    p.ArrivalTaken: Told(
        msgid("đã nhận được"),
        msgid("Nội dung gửi đến số %(arrival)s nay đã nhận được."),
        (("person", msgid("%(person)s cho nhận lại.")),),
    ),
}

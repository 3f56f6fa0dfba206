"""The one place that knows where the official forms of a reception are printed (Mẫu 01, 02, 03, the batch list)."""


def receipt_link(code: str) -> str:
    """Mẫu 01 of a dossier."""
    return f"/dossiers/{code}/forms/receipt"


def batch_link(code: str) -> str:
    """The list of all that came in with this one, the first of them."""
    return f"/dossiers/{code}/forms/batch"


def step_link(code: str, form: str, number: int) -> str:
    """Mẫu 02 ('supplement') or 03 ('refusal') of a step of a dossier."""
    return f"/dossiers/{code}/forms/{form}/{number}"


def turned_link(visit: int) -> str:
    """Mẫu 02 or 03 of a visit that ended without a dossier."""
    return f"/dossiers/turned/{visit}/form"

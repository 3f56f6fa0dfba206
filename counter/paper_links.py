"""The one place that knows where the official forms of a reception are printed (Mẫu 01, 02, 03, the batch list)."""

RECEIPT, COMPLETION, REFUSAL, BATCH = "01", "02", "03", "batch"


def form_link(form: str, of: str | int) -> str | None:
    """The address of this form as PDF: of a dossier's code (01, batch) or a turned visit's number (02, 03).

    None as long as no room prints it: then no link is drawn.
    """
    return None

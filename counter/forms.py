"""What the clerk typed, checked and sealed before it goes any further."""

from starlette.datastructures import FormData

from domain.applicants import Paper, applicant, particulars, to_bytes
from operations.intake import Intake
from store import marks
from store.vault import Vault
from web import cards, forms


def read_intake(form: FormData, vault: Vault, printer: str | None) -> Intake:
    """The dossier of the reception form. Raises Invalid and its kinds."""
    owner = applicant(
        forms.text(form, "owner_name", 200),
        forms.text(form, "identity", 14, required=False),
        forms.text(form, "phone", 16, required=False),
        forms.text(form, "address", 300, required=False),
    )
    papers = [Paper(value, copies=1) for value in form.getlist("paper") if isinstance(value, str)]
    told = particulars(owner, forms.text(form, "summary", 1000, required=False), papers)
    return Intake(
        procedure=forms.text(form, "procedure", 20),
        particulars=vault.seal(to_bytes(told)),
        owner_kind=forms.number(form, "owner_kind", 1, 4, default=1),
        delivery=forms.number(form, "delivery", 0, 1, default=0),
        printer=printer,
        found_by=marks.of_owner(vault, owner),
        card=cards.hash_of(vault, cards.DOSSIER, owner.identity) if owner.identity else None,
    )

"""The sandbox's own page and addresses: its switches, the tests' window on dossiers, and no person on the page."""

from tests.portal.callers import CODE, Caller, dossier, steps


def test_switches_over_http(caller: Caller) -> None:
    order = {"name": "slow", "times": 2, "seconds": 1.5, "service": "TraCuuHoSo"}
    assert caller.http.post("/sandbox/faults", json=order).json()[0]["times"] == 2
    [fault] = caller.sandbox.faults.active()
    assert (fault.seconds, fault.service) == (1.5, "TraCuuHoSo")
    for wrong in ({"name": "fire"}, {"name": "slow", "seconds": 91}, {"name": "refuse_field"}, {"nam": "x"}):
        assert caller.http.post("/sandbox/faults", json=wrong).status_code == 400
    caller.http.post("/sandbox/faults", json={"name": "error_code_style", "value": "int"})
    assert caller.http.get("/sandbox/state.json").json()["error_code_style"] == "int"
    assert caller.http.post("/sandbox/faults/clear").json() == []


def test_only_the_own_page_may_press_switches(caller: Caller) -> None:
    form = {"name": "slow", "times": "1"}
    page = {"Origin": caller.sandbox.url, "Accept": "text/html"}
    for address in ("/sandbox/faults", "/sandbox/faults/clear", "/sandbox/clear"):
        assert caller.http.post(address, data=form, headers={"Origin": "http://evil.example"}).status_code == 403
        assert caller.http.post(address, data=form, headers={"Origin": "null"}).status_code == 403
    assert caller.http.post("/sandbox/faults", data=form, headers=page).status_code == 303
    assert [fault.name.value for fault in caller.sandbox.faults.active()] == ["slow"]


def test_full_dossiers_for_tests_and_no_person_on_the_page(caller: Caller) -> None:
    caller.send(dossier())
    caller.call("CapNhatTienDoHoSoMC", data=steps())
    full = caller.http.get("/sandbox/dossiers.json").json()[CODE]
    assert full["versions"][0]["record"] == dossier()
    assert full["steps"] == steps()
    page = caller.http.get("/").text
    assert "N. V. A. · *********001" in page
    for personal in ("NGUYỄN", "038090000001", "0912345678", "to-khai.pdf"):
        assert personal not in page
    assert "NGUYỄN" not in caller.http.get("/sandbox/state.json").text
    caller.http.post("/sandbox/clear")
    assert caller.http.get("/sandbox/dossiers.json").json() == {}


def test_the_page_escapes_and_says_when_nothing_changed(caller: Caller) -> None:
    caller.send(dossier(MaHoSo="<script>x", TenTTHC="<b>đậm"))
    first = caller.http.get("/")
    assert "<script>x" not in first.text
    assert "&lt;b&gt;đậm" in first.text
    assert "style=" not in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    assert caller.http.get("/", headers=tag).status_code == 304
    caller.sandbox.faults.set("slow")
    assert caller.http.get("/", headers=tag).status_code == 200

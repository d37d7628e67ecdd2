"""What @sd-jwt/sd-jwt-vc says of the SD-JWT twins, with the token status list that belongs to them."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from services.certificates.paper.disclosure.sd_jwt import presentation

TOKEN = "https://certificates.example/status/1.jwt"


@pytest.fixture
def twin(stock):
    return stock.twin(next(iter(stock.good)))


def test_every_twin_verifies_with_all_that_it_discloses(stock, judge):
    twins = judge("sd_jwt", *map(stock.twin, stock.good))
    for (number, text), said in zip(stock.good.items(), twins, strict=True):
        assert (said["claims"]["number"], said["typ"], said["reached"]) == (number, "dc+sd-jwt", [])
        assert said["claims"]["iss"] == stock.did["id"]
        named = json.loads(text)["credentialSubject"]["identifier"]
        assert said["claims"]["name"] in json.dumps(named, ensure_ascii=False)


def test_a_presentation_shows_what_its_holder_chose(judge, twin):
    (said,) = judge("sd_jwt", presentation(twin.encode(), ["name"]).decode())
    assert set(said["claims"]) == {"iss", "vct", "iat", "nbf", "status", "name"}


def test_a_revoked_one_is_refused(stock, judge):
    (said,) = judge("sd_jwt", stock.twin(stock.revoked))
    assert said == {"error": "Status is not valid", "reached": []}


def test_changes_are_refused(judge, twin):
    issued, *disclosures = twin.split("~")
    header, payload, signature = issued.split(".")
    other = signature[:9] + ("B" if signature[9] == "A" else "A") + signature[10:]
    cases = [
        "~".join([f"{header}.{payload}.{other}", *disclosures]),
        f"{header}.{payload[:-9]}AAAAAAAAA.{signature}~",
    ]
    for said in judge("sd_jwt", *cases):
        assert "claims" not in said, said


def test_a_forged_disclosure_is_overlooked_and_tells_nothing(judge, twin):
    """RFC 9901, 7.1, wants the whole refused; this library only does not believe what it says."""
    forged = urlsafe_b64encode('["salt", "name", "别人"]'.encode()).decode().rstrip("=")
    issued, *disclosures = twin.split("~")
    for said in judge("sd_jwt", "~".join([issued, forged, *disclosures]), "~".join([issued, *disclosures])):
        assert said["claims"]["name"] != "别人"
    (alone,) = judge("sd_jwt", "~".join([issued, forged, ""]))
    assert "name" not in alone["claims"]


@pytest.mark.parametrize("broken", ["signature", "stale", "missing"])
def test_it_is_refused_by_a_list_that_is_not_to_be_believed(stock, judge, tmp_path, twin, broken):
    now, files = stock.now, {}
    if broken == "stale":
        now += timedelta(days=2)
    else:
        path, kind = stock.files[TOKEN]
        signed, _, signature = path.read_text("utf-8").rpartition(".")
        (tmp_path / "list").write_text(f"{signed}.{signature[::-1]}", "utf-8")
        files = {TOKEN: (tmp_path / "list", kind) if broken == "signature" else None}
    (said,) = judge("sd_jwt", twin, now=now, files=files)
    assert "claims" not in said
    assert (TOKEN in said["reached"]) is (broken == "missing")

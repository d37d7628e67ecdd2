"""Every RPC that is declared can be called by name."""

import importlib
import pkgutil

import pytest
import shuzheng

from services.client import catalog


def declared() -> set[str]:
    found = set()
    for service in (*catalog.SERVICES, "events", "operations"):
        package = importlib.import_module(f"shuzheng.{service}.v1")
        for module in pkgutil.iter_modules(package.__path__):
            if module.name.endswith("_service_pb2"):
                messages = importlib.import_module(f"{package.__name__}.{module.name}")
                for one in messages.DESCRIPTOR.services_by_name.values():
                    found |= {f"{one.full_name}/{method.name}" for method in one.methods}
    return found


def test_every_declared_rpc_is_known() -> None:
    assert shuzheng
    assert set(catalog.paths()) == declared()
    assert all(catalog.find(path) for path in catalog.paths())


def test_verbs_drop_what_the_noun_says() -> None:
    assert list(catalog.BY_NAME["hours"].verbs) == ["record", "list", "get-summary"]
    assert "start-teaching" in catalog.BY_NAME["cohort"].verbs
    assert {"confirm", "confirm-all"} <= set(catalog.BY_NAME["result"].verbs)


def test_a_noun_has_the_verbs_of_every_service_that_is_about_it() -> None:
    verbs = {
        verb: method.containing_service.name for verb, method in catalog.BY_NAME["certificate"].verbs.items()
    }
    assert verbs == {
        **dict.fromkeys(
            ["get", "list", "get-document", "export", "revoke", "supersede"], "CertificateService"
        ),
        **dict.fromkeys(["hold", "release", "list-holds"], "HoldService"),
        **dict.fromkeys(["get-paper", "get-disclosure"], "CertificatePaperService"),
    }


def test_a_service_name_that_two_services_share_needs_its_owner() -> None:
    assert catalog.find("ListingService/GetListing") is None
    owner, method = catalog.find("training.ListingService/GetListing") or ("", None)
    assert owner == "training"
    assert method is not None and method.full_name == "shuzheng.training.v1.ListingService.GetListing"
    assert catalog.find("shuzheng.assessment.v1.ListingService/ReturnListing")
    assert catalog.find("CohortService/NoSuchMethod") is None


def test_a_method_that_is_none_is_said_by_its_name() -> None:
    assert catalog.method("CohortService/FileCohort")[0] == "training"
    with pytest.raises(LookupError, match="CohortService/NoSuchMethod"):
        catalog.method("CohortService/NoSuchMethod")

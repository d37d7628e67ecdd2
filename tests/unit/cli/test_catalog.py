"""Every RPC is reachable from the command line, and every command can explain itself."""

import importlib
import pkgutil

import shuzheng
import typer
from typer.testing import CliRunner

from services.cli import catalog, verification
from services.cli.__main__ import BY_HAND, build

RUNNER = CliRunner()


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


def test_every_rpc_of_a_noun_is_a_command_of_its_own() -> None:
    for noun in catalog.NOUNS:
        assert len(noun.verbs) == len(noun.descriptor.methods), noun.name


def test_every_command_takes_json_and_a_request_file() -> None:
    for noun in catalog.NOUNS:
        group = typer.main.get_command(build([noun.name])).commands[noun.name]  # type: ignore[attr-defined]
        generic = set(noun.verbs) - BY_HAND.get(noun.name, (None, set()))[1]
        assert generic <= set(group.commands)
        for verb, command in group.commands.items():
            options = {option for parameter in command.params for option in parameter.opts}
            assert "--json" in options, (noun.name, verb)
            assert verb not in generic or "--from" in options, (noun.name, verb)


def test_help_shows_the_options_of_a_request() -> None:
    shown = RUNNER.invoke(build(["cohort"]), ["cohort", "create", "--help"])
    assert (shown.exit_code, "--start-date" in shown.output) == (0, True)


def test_verbs_drop_what_the_noun_says() -> None:
    assert list(catalog.BY_NAME["hours"].verbs) == ["record", "list", "get-summary"]
    assert "start-teaching" in catalog.BY_NAME["cohort"].verbs
    assert {"confirm", "confirm-all"} <= set(catalog.BY_NAME["result"].verbs)


def test_a_service_name_that_two_services_share_needs_its_owner() -> None:
    assert catalog.find("ListingService/GetListing") is None
    owner, method = catalog.find("training.ListingService/GetListing") or ("", None)
    assert owner == "training"
    assert method is not None and method.full_name == "shuzheng.training.v1.ListingService.GetListing"
    assert catalog.find("shuzheng.assessment.v1.ListingService/ReturnListing")
    assert catalog.find("CohortService/NoSuchMethod") is None


def test_what_needs_files_or_streams_is_written_by_hand() -> None:
    app = build(["certificate"])
    for verb in ("verify", "batch-verify", "export", "did"):
        assert RUNNER.invoke(app, ["certificate", verb, "--help"]).exit_code == 0
    assert BY_HAND["certificate"][0] is verification.add
    streams = [
        (noun.name, verb)
        for noun in catalog.NOUNS
        for verb, method in noun.verbs.items()
        if method.client_streaming or method.server_streaming
    ]
    assert all(verb in BY_HAND[noun][1] for noun, verb in streams)

"""Every RPC is reachable from the command line, and every command can explain itself."""

import typer
from typer.testing import CliRunner

from services.cli import verification
from services.cli.__main__ import BY_HAND, build
from services.client import catalog

RUNNER = CliRunner()


def test_every_rpc_of_a_noun_is_a_command_of_its_own() -> None:
    for noun in catalog.NOUNS:
        assert len(noun.verbs) == sum(len(each.methods) for each in noun.descriptors), noun.name


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

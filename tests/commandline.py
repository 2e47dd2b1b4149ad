"""Running a command of the command line in this process."""

from typer.testing import CliRunner

from napari_greyfill.cli import app


def run(*arguments):
    """Run a command; what is no exit on purpose is raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result

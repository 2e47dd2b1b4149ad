"""The recipe for conda-forge says what pyproject.toml says."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
OTHERWISE = {"matplotlib": "matplotlib-base", "lazy_loader": "lazy-loader", "torch": "pytorch"}


@pytest.fixture(scope="module")
def recipe():
    text = (ROOT / "packaging" / "conda" / "recipe.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def as_conda(requirements):
    found = [Requirement(each) for each in requirements]
    return [f"{OTHERWISE.get(each.name, each.name)} {each.specifier}" for each in found]


def test_it_needs_the_same_in_the_same_versions(recipe, pyproject):
    project, needed = pyproject["project"], recipe["requirements"]
    assert needed["run"][1:] == as_conda(project["dependencies"])
    assert needed["run_constraints"] == as_conda(project["optional-dependencies"]["networks"])
    built = [line.replace("_", "-") for line in as_conda(pyproject["build-system"]["requires"])]
    assert needed["host"][2:] == built


def test_the_python_is_the_lowest_that_is_supported(recipe, pyproject):
    assert f">={recipe['context']['python_min']}" == pyproject["project"]["requires-python"]
    assert recipe["requirements"]["run"][0] == "python >=${{ python_min }}"


def test_it_starts_the_same_command_and_says_the_same_licence(recipe, pyproject):
    project = pyproject["project"]
    (command,) = project["scripts"].items()
    assert recipe["build"]["python"]["entry_points"] == [" = ".join(command)]
    assert recipe["build"]["noarch"] == "python"
    assert recipe["about"]["license"] == project["license"]
    assert [recipe["about"]["license_file"]] == project["license-files"]
    assert recipe["about"]["repository"] == project["urls"]["Source Code"]


def test_its_version_is_the_changelogs(recipe):
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {recipe['context']['version']} - " in changelog

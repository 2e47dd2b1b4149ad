"""What continuous integration may do, and that it runs nothing that can change unseen."""

import re
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def loaded(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def jobs():
    for file in FILES:
        for name, job in loaded(file)["jobs"].items():
            yield pytest.param(job, id=f"{file.stem}-{name}")


def steps_of(job):
    return job.get("steps", [])


def test_there_are_tests_and_releases():
    assert {"test", "release"} <= {file.stem for file in FILES}
    assert not list(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_workflow_may_read_and_no_more(file):
    assert loaded(file)["permissions"] in ({"contents": "read"}, {})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_name_of_a_version_stands_beside_each_hash(file):
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    for line in lines:
        if "uses: ./" not in line:
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+", line), line


@pytest.mark.parametrize("job", list(jobs()))
def test_actions_are_pinned_by_their_hash(job):
    for step in [job, *steps_of(job)]:
        used = step.get("uses", "./")
        assert used.startswith("./") or PINNED.fullmatch(used), used


@pytest.mark.parametrize("job", list(jobs()))
def test_every_job_ends(job):
    if "uses" in job:  # a workflow of ours, whose own jobs end
        assert job["uses"].startswith("./")
    else:
        assert 0 < job["timeout-minutes"] <= 90


@pytest.mark.parametrize("job", list(jobs()))
def test_a_checkout_leaves_no_credentials(job):
    for step in steps_of(job):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", list(jobs()))
def test_no_script_is_made_of_what_others_write(job):
    for step in steps_of(job):
        written = re.findall(r"\$\{\{\s*([\w.]+)", step.get("run", ""))
        assert all(name.startswith("matrix.") for name in written), written


def test_only_what_publishes_gets_a_token_of_pypi():
    release = loaded(FOLDER / "release.yml")["jobs"]
    holders = {
        name for name, job in release.items() if "id-token" in (job.get("permissions") or {})
    }
    assert holders == {"publish"}
    assert {"test", "build"} <= set(release["publish"]["needs"])
    assert "run" not in {key for step in steps_of(release["publish"]) for key in step}

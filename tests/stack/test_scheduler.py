"""The same results in this process, in several, and after workers were killed."""

import os
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest

from napari_greyfill.errors import CancelledError, ClusterError, UnusableFillError
from napari_greyfill.stack.scheduler import connected, local_cluster, run_tasks
from tests.stack import cluster_tasks as work

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    with local_cluster(2) as client:
        yield client


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


class TestInThisProcess:
    def test_in_order_and_one_by_one(self):
        seen = []
        steps = run_tasks(range(5), lambda task, cancelled: seen.append(task) or -task)
        assert next(steps) == (0, 0)
        assert seen == [0]
        assert list(steps) == [(1, -1), (2, -2), (3, -3), (4, -4)]

    def test_without_the_package_for_clusters(self):
        code = (
            "import sys; sys.modules['distributed'] = None\n"
            "from napari_greyfill.stack.scheduler import run_tasks\n"
            "assert list(run_tasks([1], abs_, jobs=4)) == [(1, 1)]\n"
            "try: list(run_tasks([1, 2], abs_, jobs=4))\n"
            "except Exception as error: print(error)\n"
        ).replace("abs_", "lambda task, cancelled: task")
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert 'pip install "napari-greyfill[stacks]"' in told.stdout, told.stderr

    def test_cancelled_between_tasks(self):
        steps = run_tasks(range(5), work.squared, cancelled=iter([False, True]).__next__)
        assert next(steps) == (0, 0)
        with pytest.raises(CancelledError, match="finished is kept"):
            next(steps)


class TestOnACluster:
    def test_all_tasks_once(self, client):
        found = dict(run_tasks(iter(range(40)), work.squared, client=client))
        assert found == {task: task * task for task in range(40)}

    def test_nothing_to_do(self, client):
        assert list(run_tasks([], work.squared, client=client)) == []

    def test_arrays_in_memory_and_in_files(self, client, tmp_path):
        image = np.random.default_rng(0).integers(0, 1000, (64, 300, 300), dtype=np.int64)
        np.save(tmp_path / "image.npy", image)
        mask = np.arange(64) % 3 == 0
        mapped = np.load(tmp_path / "image.npy", mmap_mode="r")
        expected = {k: int(image[k : k + 4].sum()) + int(mask[k]) for k in range(0, 64, 4)}
        for given in (image, mapped, image[:, ::-1], mapped[:, ::2, 5:]):
            function = partial(work.summed, image=given, mask=mask)
            expected = {k: int(given[k : k + 4].sum()) + int(mask[k]) for k in range(0, 64, 4)}
            found = dict(run_tasks(range(0, 64, 4), function, client=client))
            assert {task: total for task, (total, _) in found.items()} == expected

    def test_workers_keep_memory_that_they_free(self, client):
        # asking the system for each array anew costs half as much again as a fill
        assert client.run(os.environ.get, "OMP_NUM_THREADS") == dict.fromkeys(
            client.scheduler_info()["workers"], "1"
        )
        assert set(client.run(os.environ.get, "MALLOC_TRIM_THRESHOLD_").values()) == {
            os.environ.get("MALLOC_TRIM_THRESHOLD_")
        }

    def test_a_task_that_fails_is_raised_and_the_cluster_lives(self, client):
        with pytest.raises(UnusableFillError, match="It failed"):
            list(run_tasks(range(20), work.failing, client=client))
        assert len(list(run_tasks(range(4), work.squared, client=client))) == 4

    def test_only_few_tasks_are_under_way(self, client):
        taken = []
        steps = run_tasks((taken.append(k) or k for k in range(500)), work.squared, client=client)
        next(steps)
        assert len(taken) < 30
        steps.close()

    @pytest.mark.parametrize("how", ["asked", "closed"])
    def test_cancelling_ends_what_is_under_way(self, client, tmp_path, how):
        function = partial(work.waiting, folder=tmp_path)
        stop = lambda: how == "asked" and any(tmp_path.glob("begun-*"))  # noqa: E731
        if how == "asked":
            with pytest.raises(CancelledError):
                list(run_tasks(range(20), function, client=client, cancelled=stop))
        else:
            first = partial(work.waiting_but_first, folder=tmp_path)
            steps = run_tasks(range(20), first, client=client)
            next(steps)
            until(lambda: any(tmp_path.glob("begun-*")))
            steps.close()
        until(lambda: any(tmp_path.glob("cancelled-*")))
        found = dict(run_tasks(range(3), work.squared, client=client))
        assert found == {0: 0, 1: 1, 2: 4}


class TestKilled:
    def test_a_worker_in_the_middle_gives_the_same_bits(self, tmp_path):
        function = partial(work.killing_once, folder=tmp_path)
        found = dict(run_tasks(range(30), function, jobs=2))
        assert (tmp_path / "killed").exists()
        assert sorted(found) == list(range(30))
        for task, values in found.items():
            np.testing.assert_array_equal(values, work.noise(task, None))

    def test_one_worker_after_another_is_a_sentence(self):
        with pytest.raises(ClusterError, match=r"while it worked on .* more memory"):
            list(run_tasks(range(2), work.killing, jobs=2))

    def test_the_scheduler_in_the_middle_is_a_sentence(self, tmp_path):
        code = (
            "import sys, time\n"
            "from distributed import LocalCluster\n"
            "if __name__ == '__main__':\n"
            "    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False,\n"
            "        dashboard_address='127.0.0.1:0', protocol='tcp', silence_logs=50)\n"
            "    print(cluster.scheduler_address, flush=True)\n"
            "    time.sleep(100)\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
        ) as process:
            address = process.stdout.readline().strip()
            try:
                with connected(address, timeout=5) as client:
                    function = partial(work.waiting_but_first, folder=tmp_path)
                    steps = run_tasks(range(5), function, client=client)
                    assert next(steps) == (0, 0)
                    process.kill()
                    with pytest.raises(ClusterError, match="start the cluster again"):
                        list(steps)
            finally:
                process.kill()

    def test_no_scheduler_at_all_is_a_sentence(self):
        with (
            pytest.raises(ClusterError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9"),
            connected("tcp://127.0.0.1:9", timeout=0.5),
        ):
            pytest.fail("connected")


def test_jobs_are_as_one(tmp_path):
    alone = [values.tobytes() for _, values in run_tasks(range(6), work.noise)]
    together = dict(run_tasks(range(6), work.noise, jobs=2))
    assert [together[task].tobytes() for task in range(6)] == alone


def test_processes_that_do_not_start_are_a_sentence(monkeypatch):
    distributed = pytest.importorskip("distributed")

    def refuses(**_):
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", refuses)
    with (
        pytest.raises(ClusterError, match=r"do not start .* set jobs to 1, or put"),
        local_cluster(2),
    ):
        pass

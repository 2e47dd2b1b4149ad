"""The work of the commands of `napari-greyfill weights`, and what each prints about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typer

from napari_greyfill.cli.exit_codes import FAILED
from napari_greyfill.cli.progressbar import download_bar
from napari_greyfill.cli.weights_report import (
    Verified,
    added_text,
    arrived_text,
    listed_text,
    stored_json,
    to_confirm,
    verified_json,
)
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import (
    BadCheckpointError,
    BadParameterError,
    DownloadError,
    GreyfillError,
    UnwritablePathError,
)
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.own import Own
from napari_greyfill.weights.store import WeightsStore
from napari_greyfill.weights.stored import StoredCheckpoint
from napari_greyfill.weights.together import downloadable, size_of

__all__ = ["WeightsCommand"]


@dataclass(frozen=True)
class WeightsCommand:
    """What the commands about checkpoints have in common.

    Attributes
    ----------
    folder : Path or None
        Where checkpoints are kept, if not where `weights_folder` says.
    as_json : bool
        Whether to print one JSON object instead of sentences.
    """

    folder: Path | None
    as_json: bool

    @cached_property
    def store(self) -> WeightsStore:
        """Return the checkpoints of the networks and their folder."""
        return network_weights(self.folder)

    def list_all(self) -> None:
        """Print every checkpoint, after a look at the files that were put there by hand."""
        self.store.sweep()
        self._look()
        found, folder = self.store.list(), self.store.folder.path
        if self.as_json:
            typer.echo(stored_json(found, folder=str(folder)))
            return
        typer.echo(f"In {folder}")
        for problem in {row.problem for row in found if row.state == "unreadable"}:
            typer.echo(problem, err=True)
        typer.echo(listed_text(found))

    def get(self, ids: list[str], *, every: bool) -> None:
        """Download checkpoints, or all that need no browser.

        Parameters
        ----------
        ids : list of str
            Which ones; empty for all.
        every : bool
            Whether all are wanted.
        """
        if every == bool(ids):
            raise BadParameterError("Give the ids of checkpoints, or --all and none.")
        # all of them first, so that a mistyped id downloads nothing
        known = self.store.info
        infos = downloadable(self.store.list()) if every else [known(name) for name in ids]
        if every and not self.as_json:
            typer.echo(f"To download: {len(infos)} checkpoints, {size_of(infos)}.")
        problems = [self._fetched(info, every=every) for info in infos]
        if self.as_json:
            typer.echo(stored_json([row for row in self.store.list() if row.info in infos]))
        if any(problems):
            raise typer.Exit(FAILED)

    def _fetched(self, info: CheckpointInfo, *, every: bool) -> str:
        """Download one; return why it is not here if it is one of all, or nothing."""
        if info.non_commercial and info.url and not self.as_json:
            typer.echo(f"{info.title} is not for commercial use. Licence: {info.licence}.")
        try:
            with download_bar(info.title, wanted=not self.as_json) as progress:
                path = self.store.get(info.id, progress)
        except (DownloadError, BadCheckpointError) as error:
            if not every:
                raise
            typer.echo(str(error), err=True)
            return str(error)
        if not self.as_json:
            typer.echo(arrived_text(self.store, info, path))
        return ""

    def confirm(self, name: str, sha256: str | None) -> None:
        """Let a program run, or say which SHA-256 it has.

        Parameters
        ----------
        name : str
            The id of a checkpoint.
        sha256 : str or None
            As the user was told it; None to be told which one the file has.
        """
        if sha256 is not None:
            self._print_added(self.store.confirm(name, sha256))
            return
        info = self.store.info(name)
        if self.store.stored(info).state != "unconfirmed":
            raise BadParameterError(
                f"{name} is no program that waits to be confirmed; see: napari-greyfill "
                "weights list"
            )
        typer.echo(to_confirm(self.store, info))

    def add(self, file: Path, name: str | None, own: Own | None, confirmed_sha256: str) -> None:
        """Copy a checkpoint to where networks find it.

        Parameters
        ----------
        file : Path
            The checkpoint.
        name : str or None
            The id of the published one that it is.
        own : Own or None
            What it is called and what is known about it, if it is the user's own.
        confirmed_sha256 : str
            That of a program that may run; empty if none was given.
        """
        self._print_added(self.store.add(file, name, own=own, confirmed_sha256=confirmed_sha256))

    def describe(self, name: str, said: Own) -> None:
        """Say what weights of the user's own are.

        Parameters
        ----------
        name : str
            Their id.
        said : Own
            What is to change; what is empty stays.
        """
        self._look()
        known = self.store.said(name)
        now = Own(
            said.name or known.name,
            training_data=said.training_data or known.training_data,
            licence=said.licence or known.licence,
        )
        self._print_added(self.store.describe(name, now))

    def remove(self, ids: list[str]) -> None:
        """Delete checkpoints."""
        infos = [self.store.info(name) for name in ids]
        for info in infos:
            self.store.remove(info.id)
            if not self.as_json:
                typer.echo(f"Removed {info.title}.")
        if self.as_json:
            typer.echo(stored_json([self.store.stored(info) for info in infos]))

    def verify(self, ids: list[str]) -> None:
        """Read checkpoints from end to end, and load them; all that are here without ids."""
        found = self.store.list()
        here = [row.info.id for row in found if row.state in ("ready", "damaged")]
        unreadable = [row.problem for row in found if row.state == "unreadable"]
        if unreadable:
            raise UnwritablePathError(unreadable[0])
        infos = [self.store.info(name) for name in ids or here]
        results = [self._verified(info.id) for info in infos]
        if self.as_json:
            typer.echo(verified_json(results))
        else:
            _print_verified(results)
        if any(result.problem for result in results):
            raise typer.Exit(FAILED)

    def _verified(self, name: str) -> Verified:
        try:
            return Verified(name, self.store.verify(name), None)
        except GreyfillError as error:
            return Verified(name, None, str(error))

    def _look(self) -> None:
        """Look at the files that were put into the folder by hand, or say why nobody can."""
        if lacking_torch():
            typer.echo(f"No network can run: {lacking_torch()}", err=True)
        else:
            self.store.recognise()

    def _print_added(self, added: StoredCheckpoint) -> None:
        typer.echo(stored_json([added]) if self.as_json else added_text(added))


def _print_verified(results: list[Verified]) -> None:
    for result in results:
        if result.problem:
            typer.echo(result.problem, err=True)
        else:
            typer.echo(f"{result.id} is as it should be (SHA-256 {result.sha256}).")
    if not results:
        typer.echo("There are no checkpoints on this computer.")

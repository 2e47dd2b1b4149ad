"""Try checkpoints out: a network must have run with them before they are called ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.confirmed import confirmed
from napari_greyfill.weights.folder import WeightsFolder
from napari_greyfill.weights.loading import Checkpoint, read_checkpoint
from napari_greyfill.weights.stored import damaged

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Recogniser", "Trying"]

# Tells the layout of the tensors in a file and tries them out, or raises BadCheckpointError.
Recogniser = Callable[["dict[str, Tensor]", str, CancelCheck], str]


@dataclass(frozen=True)
class Trying:
    """Runs networks with checkpoints, and remembers in the folder what was wrong with them.

    Attributes
    ----------
    folder : WeightsFolder
    entries : tuple of CheckpointInfo
        What is published; says which programs may run.
    recogniser : callable
        Tells which layout tensors have, once it has tried them out.
    """

    folder: WeightsFolder
    entries: tuple[CheckpointInfo, ...]
    recogniser: Recogniser

    def programs(self) -> Sequence[str]:
        """Return the SHA-256 of files that may be TorchScript: published or confirmed ones."""
        return [*(info.sha256 for info in self.entries if info.sha256), *confirmed()]

    def layout(
        self, checkpoint: Checkpoint, cancelled: CancelCheck, programs: Sequence[str] = ()
    ) -> str:
        """Return the layout of a checkpoint once its network has run on a small picture.

        Parameters
        ----------
        checkpoint : Checkpoint
            What was read of a file.
        cancelled : callable
            Asked between the steps.
        programs : sequence of str
            The SHA-256 of more files that may be TorchScript.

        Raises
        ------
        UnconfirmedProgramError
            If it is a program that may not run.
        BadCheckpointError
            If it is no checkpoint of a network we know.
        CancelledError
        """
        allow = {*self.programs(), *programs}
        state = checkpoint.tensors(allow=allow, cancelled=cancelled)
        return self.recogniser(state, checkpoint.name, cancelled)

    def verified(
        self, info: CheckpointInfo, cancelled: CancelCheck, confirmed_sha256: str = ""
    ) -> str:
        """Read a checkpoint in the folder from end to end, and try it; return its SHA-256.

        Parameters
        ----------
        info : CheckpointInfo
            Which one.
        cancelled : callable
            Asked between the steps.
        confirmed_sha256 : str
            The SHA-256 that it must have, if it is a program that the user lets run.

        Raises
        ------
        BadCheckpointError
            If it is damaged or of another network.
        CancelledError
        """
        problem = self.folder.problem(info, again=True)
        if problem:
            raise damaged(self.folder, info, problem)
        checkpoint = read_checkpoint(self.folder.file(info), cancelled)
        checkpoint.require(confirmed_sha256 or self.folder.sha256(info))
        try:
            layout = self.layout(checkpoint, cancelled, [confirmed_sha256])
        except BadCheckpointError as error:
            self.folder.reject(info, checkpoint.sha256, _unusable(error))
            raise
        if layout != info.descriptor:
            problem = f"is a checkpoint of another network ({layout})"
            self.folder.reject(info, checkpoint.sha256, problem)
            raise damaged(self.folder, info, problem)
        return checkpoint.sha256

    def recognised(self, info: CheckpointInfo, cancelled: CancelCheck) -> tuple[str, str] | None:
        """Return layout and SHA-256 of a file that was put into the folder by hand.

        Parameters
        ----------
        info : CheckpointInfo
            What is known about it: its name.
        cancelled : callable
            Asked between the steps.

        Returns
        -------
        tuple of str, or None
            None for a file that cannot be used, which is remembered.

        Raises
        ------
        CancelledError
        """
        try:
            checkpoint = read_checkpoint(self.folder.file(info), cancelled)
            return self.layout(checkpoint, cancelled), checkpoint.sha256
        except BadCheckpointError as error:
            self.folder.reject(info, self.folder.sha256(info), _unusable(error))
            return None


def _unusable(error: BadCheckpointError) -> str:
    return f"cannot be used: {str(error).split(';')[0]}"

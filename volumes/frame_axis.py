"""What the frames of a 4D image are, told by words: a BIDS suffix, words of a file name or a series description."""

from collections.abc import Sequence

from volumes.stored import FrameAxis

_AXIS_OF_WORD = {
    "dwi": FrameAxis.DIFFUSION,
    "dti": FrameAxis.DIFFUSION,
    "dmri": FrameAxis.DIFFUSION,
    "diffusion": FrameAxis.DIFFUSION,
    "trace": FrameAxis.DIFFUSION,
    "tracew": FrameAxis.DIFFUSION,
    "epfid": FrameAxis.FUNCTIONAL,  # Siemens gradient-echo EPI, as sequence name ("*epfid2d1_64")
    "bold": FrameAxis.FUNCTIONAL,
    "fmri": FrameAxis.FUNCTIONAL,
    "func": FrameAxis.FUNCTIONAL,
    "cbv": FrameAxis.FUNCTIONAL,
    "asl": FrameAxis.PERFUSION,
    "pasl": FrameAxis.PERFUSION,
    "pcasl": FrameAxis.PERFUSION,
    "perf": FrameAxis.PERFUSION,
    "megre": FrameAxis.ECHO,
    "mese": FrameAxis.ECHO,
}
# No other series is that long: diffusion, which may be, says so in its words or its b-values.
_FEWEST_FUNCTIONAL_FRAMES = 20


def frame_axis(words: Sequence[str], frames: int, repetition_s: float | None = None) -> FrameAxis:
    """The meaning of the fourth axis.

    Args:
        words: in lower case, the most telling first.
        frames: along the fourth axis.
        repetition_s: time between frames, None where unknown; twenty and more timed frames are taken for functional.
    """
    if frames == 1:
        return FrameAxis.NONE
    known = next((_AXIS_OF_WORD[word] for word in words if word in _AXIS_OF_WORD), None)
    if known is not None:
        return known
    if frames >= _FEWEST_FUNCTIONAL_FRAMES and repetition_s is not None:
        return FrameAxis.FUNCTIONAL
    return FrameAxis.UNKNOWN

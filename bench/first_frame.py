"""Tap to first frame, with a reference in the same run: ``python -m bench.first_frame --profile 4g --pairs 10``."""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench.browsers import browsers, make_picture
from bench.calls import KlarsynCalls, ReferenceCalls, Sample, Side, measure_call
from bench.command import carry_out, options_of, spread
from bench.link import Link
from bench.probe import ping
from bench.profiles import PROFILES
from bench.reference.server import reference
from bench.system import klarsyn

_RATIO = {"4g": 0.25, "lan": 0.6}
"""At most this share of the reference's tap to first frame."""

_READY_MS = {"3g": 2500}

_LOADED_BYTES = 40 * 1024
REFERENCE_ABOVE = 50
"""How far the reference's port is above Klarsyn's."""


class Run(msgspec.Struct, frozen=True):
    """A whole measurement, as it is written with ``--json``."""

    profile: str
    pairs: int
    picture: str
    rtt_ms: float
    load_average: float
    samples: list[Sample]


class Figure(msgspec.Struct, frozen=True):
    """One line of the report."""

    title: str
    unit: str
    value: Callable[[Sample], float | None]

    def of(self, samples: Sequence[Sample], side: Side) -> list[float]:
        """Return the figures of one side."""
        values = (self.value(sample) for sample in samples if sample.side == side)
        return sorted(value for value in values if value is not None)


FIRST_FRAME = Figure("tap to first frame", "ms", lambda s: s.tap_to_frame)
READY = Figure("link opened to button", "ms", lambda s: s.open_to_button)
LOADED = Figure("bytes loaded before the tap", "B", lambda s: s.loaded_bytes)
FIGURES = (
    FIRST_FRAME,
    Figure("tap to first frame of full size", "ms", lambda s: s.tap_to_full_size),
    READY,
    Figure("link opened to warm", "ms", lambda s: s.open_to_warm),
    LOADED,
    Figure("requests before the tap", "", lambda s: s.requests),
    Figure("bytes on the link before the tap", "B", lambda s: s.link_bytes_down + s.link_bytes_up),
)
_STEPS = (
    *("camera_asked", "camera_given", "track_replacing", "track_replaced"),
    *("peer_made", "local_description", "remote_description", "peer_connected"),
)


def report(run: Run) -> str:
    """Return the figures as a table for people."""
    lines = [
        f"profile {run.profile}: round trip {run.rtt_ms:.1f} ms; {run.pairs} pairs, alternating; "
        f"camera picture: {run.picture}; load average {run.load_average:.1f}",
        f"{'':34}{'klarsyn (median, range, n)':>34}{'reference':>34}{'ratio':>8}",
    ]
    for figure in FIGURES:
        ours, theirs = figure.of(run.samples, "klarsyn"), figure.of(run.samples, "reference")
        ratio = f"{statistics.median(ours) / statistics.median(theirs):.2f}" if ours and theirs else ""
        name = f"{figure.title}, {figure.unit}" if figure.unit else figure.title
        lines.append(f"{name:34}{spread(ours):>34}{spread(theirs):>34}{ratio:>8}")
    for side in ("klarsyn", "reference"):
        of_side = [sample for sample in run.samples if sample.side == side]
        steps = [
            f"{step} {statistics.median(times):+.0f}"
            for step in _STEPS
            if (times := [sample.caller[step] for sample in of_side if step in sample.caller])
        ]
        lines.append(f"{side}, caller's steps in ms after the tap: {', '.join(steps)}")
    return "\n".join(lines)


def failings(run: Run) -> list[str]:
    """Return what the run shows that must not be, in sentences; what a profile makes no claim on is not there."""
    found = []
    ours = statistics.median(FIRST_FRAME.of(run.samples, "klarsyn"))
    ratio = ours / statistics.median(FIRST_FRAME.of(run.samples, "reference"))
    if ratio > (most := _RATIO.get(run.profile, 1.0)):
        found.append(f"Tap to first frame is {ratio:.2f} of the reference's; at most {most} is allowed.")
    ready = statistics.median(READY.of(run.samples, "klarsyn"))
    if ready > _READY_MS.get(run.profile, ready):
        found.append(
            f"The button can be pressed after {ready:.0f} ms; at most {_READY_MS[run.profile]} is allowed."
        )
    loaded = LOADED.of(run.samples, "klarsyn")[-1]
    if loaded > _LOADED_BYTES:
        found.append(f"The page loads {loaded:.0f} bytes; at most {_LOADED_BYTES} is allowed.")
    return found


async def measure(profile: str, pairs: int, picture: str, port: int) -> Run:
    """Measure ``pairs`` calls of each side in turns, after one of each that does not count."""
    samples: list[Sample] = []
    async with Link(profile) as link, klarsyn(port=port) as system:
        video = system.settings.video
        with tempfile.TemporaryDirectory(prefix="klarsyn-picture-") as folder:
            scene = Path(folder) / "scene.y4m" if picture == "scene" else None
            if scene:
                await make_picture(scene, width=video.width, height=video.height)
            pages = reference(
                system.settings.gateways[0],
                video,
                host=link.host_address,
                port=port + REFERENCE_ABOVE,
                tls=system.tls(),
            )
            async with pages as plain, browsers(link, system.trust(), scene) as both:
                ours = KlarsynCalls(system, both.operator, link.host_address)
                await ours.sign_in()
                sides = (ours, ReferenceCalls(plain, both.operator))
                for number in range(pairs + 1):
                    for calls in sides if number % 2 else sides[::-1]:
                        sample = await measure_call(calls, both, link)
                        if number:
                            samples.append(sample)
                            print(f"{number:3} {calls.side:9} {sample.tap_to_frame:6.0f} ms", file=sys.stderr)
        rtt = await ping(link.phone_address, count=20, interval=0.02)
    return Run(profile, pairs, picture, statistics.median(rtt), os.getloadavg()[1], samples)


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = options_of("bench.first_frame", __doc__, port=18500, samples="every sample")
    parser.add_argument("--profile", choices=PROFILES, default="4g")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument(
        "--picture", choices=("pattern", "scene"), default="pattern", help="what the camera sees"
    )
    options = parser.parse_args()
    return carry_out(
        options, measure(options.profile, options.pairs, options.picture, options.port), report, failings
    )


if __name__ == "__main__":
    sys.exit(main())

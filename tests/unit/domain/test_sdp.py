"""The one-way rule holds for what browsers really offer, and for anything else that may be sent."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.sdp import (
    MAX_SDP,
    OfferRefusedError,
    check_offer,
    ice_credentials,
    ice_fragment,
    with_ice_credentials,
    with_start_bitrate,
)

DATA = Path(__file__).parent / "data"
BROWSERS = ["chromium", "firefox"]
ANSWERS = ["janus-vp8-for-chromium", "janus-h264-for-chromium", "janus-vp8-for-firefox"]
NEW_UFRAG = "nEw1"
NEW_PWD = "0123456789abcdefghijklmn"


def read(name: str) -> str:
    """Read a description that a browser or Janus wrote, with the line ends it had on the wire."""
    return (DATA / f"{name}.sdp").read_text().replace("\n", "\r\n")


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("kind", ["warm", "gathered"])
def test_a_browsers_sendonly_video_is_accepted(browser: str, kind: str) -> None:
    """With no track, before or after candidates were gathered, with either line end."""
    offer = read(f"{browser}-{kind}")
    check_offer(offer)
    check_offer(offer.replace("\r\n", "\n"))


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("audio", "Sound"),
        ("recvonly", "sendonly"),
        ("sendrecv", "sendonly"),
        ("inactive", "sendonly"),
        ("two", "one video"),
        ("data", "Only video"),
    ],
)
def test_a_browsers_other_offers_are_refused(browser: str, kind: str, says: str) -> None:
    """Sound, another direction, a second video and a data channel: each is told what is wrong."""
    with pytest.raises(OfferRefusedError, match=says):
        check_offer(read(f"{browser}-{kind}"))


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"a=sendonly\r\n", ""),
        (r"a=sendonly", "a=sendonly\r\na=sendrecv"),
        (r"a=sendonly", "a=sendonly\r\na=SENDRECV"),
        (r"a=sendonly", "a=sendonly\r\na=sendrecv "),
        (r"m=video 9 ", "m=video 0 "),
        (r"m=video 9 ", "m=video ² "),
        (r"m=video 9 ([A-Z/]+) .*", r"m=video 9 \1 31"),
        (r"m=video 9 .*", "m=video"),
        (r"m=video ", "m=videoconference "),
        (r"a=sendonly", "a=sendonly\r\n m=audio 9 UDP/TLS/RTP/SAVPF 0"),
        (r"a=sendonly", "a=sendonly\rm=audio 9 UDP/TLS/RTP/SAVPF 0"),
        (r"a=sendonly", "a=sendonly\x00"),
        (r"(?i)(a=rtpmap:\d+) (VP8|H264)/90000", r"\1 AV1/90000"),
        (r"a=ice-ufrag:.*\r\n", ""),
        (r"a=ice-pwd:.*", "a=ice-pwd:short"),
        (r"a=fingerprint:.*\r\n", ""),
        (r"o=.*\r\n", ""),
        (r"(o=\S+ \d+) \d+", r"\1 ²"),
        (r"(o=\S+ \d+) \d+", rf"\1 {'9' * 5000}"),
        (r"v=0", "v=1"),
        (r"\Z", "a=x\r\n" * 3000),
        (r"\Z", "a=" + "x" * MAX_SDP),
    ],
)
def test_an_offer_with_one_thing_wrong_is_refused(browser: str, pattern: str, replacement: str) -> None:
    """A real offer changed in one place that matters is no longer accepted."""
    offer, changes = re.subn(pattern, replacement, read(f"{browser}-warm"))
    assert changes
    with pytest.raises(OfferRefusedError):
        check_offer(offer)


@given(st.one_of(st.text(), st.text().map(lambda text: f"v=0\r\n{text}")))
def test_any_text_is_refused(text: str) -> None:
    """No text that is not an offer makes anything but OfferRefusedError."""
    with pytest.raises(OfferRefusedError):
        check_offer(text)


LINES = [line for browser in BROWSERS for line in read(f"{browser}-warm").split("\r\n")]


@given(st.data(), st.sampled_from(BROWSERS))
def test_a_mangled_offer_is_one_sendonly_video_or_refused(data: st.DataObject, browser: str) -> None:
    """Whatever lines are lost, doubled, moved or rewritten, what is accepted still goes one way."""
    lines = read(f"{browser}-warm").split("\r\n")
    junk = st.one_of(
        st.sampled_from(LINES),
        st.text(max_size=20),
        st.sampled_from(["m=audio 9 UDP/TLS/RTP/SAVPF 0", "m=video 9 RTP 96", "a=sendrecv", "a=recvonly"]),
    )
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(junk, max_size=2))
        lines = lines or [""]
    offer = "\r\n".join(lines)
    with contextlib.suppress(OfferRefusedError):
        check_offer(offer)
        assert len(re.findall(r"^m=", offer, re.MULTILINE)) == 1
        assert "m=video" in offer
        assert "a=sendonly" in offer
        assert ice_credentials(offer) is not None
        check_offer(with_ice_credentials(offer, NEW_UFRAG, NEW_PWD))


@pytest.mark.parametrize(
    "name", [f"{browser}-{kind}" for browser in BROWSERS for kind in ("warm", "gathered")]
)
def test_an_ice_restart_changes_nothing_but_ice(name: str) -> None:
    """New credentials, no candidates, the next version; every other line as it was, in order."""
    offer = read(name)
    restarted = with_ice_credentials(offer, NEW_UFRAG, NEW_PWD)
    check_offer(restarted)
    assert ice_credentials(restarted) == (NEW_UFRAG, NEW_PWD)
    assert not re.search(r"a=(candidate|end-of-candidates)", restarted)
    assert version(restarted) == version(offer) + 1
    assert unchanging(restarted) == unchanging(offer)


@pytest.mark.parametrize("browser", BROWSERS)
def test_the_origin_says_the_same_session(browser: str) -> None:
    """A restart is a new version of the session, not another session (RFC 8866, section 5.2)."""
    offer = read(f"{browser}-warm")
    restarted = with_ice_credentials(with_ice_credentials(offer, "a" * 4, "b" * 22), NEW_UFRAG, NEW_PWD)
    user, session, _, *address = origin(offer)
    assert origin(restarted) == [user, session, str(version(offer) + 2), *address]


@given(st.text())
def test_any_text_can_be_rewritten(text: str) -> None:
    """Reading and rewriting text that is no description raises nothing."""
    ice_credentials(text)
    ice_fragment(text)
    with_ice_credentials(text, NEW_UFRAG, NEW_PWD)
    with_start_bitrate(text, 1500)


def test_credentials_are_read_from_a_fragment() -> None:
    """A WHIP client's PATCH has them in any order (RFC 8840)."""
    fragment = f"a=ice-pwd:{NEW_PWD}\r\na=ice-ufrag:{NEW_UFRAG}\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n"
    assert ice_credentials(fragment) == (NEW_UFRAG, NEW_PWD)


@pytest.mark.parametrize(
    "text", ["", f"a=ice-ufrag:{NEW_UFRAG}", f"a=ice-pwd:{NEW_PWD}", "a=ice-ufrag:x\na=ice-pwd:y"]
)
def test_half_credentials_are_none(text: str) -> None:
    """A fragment without both is trickle, or nothing."""
    assert ice_credentials(text) is None


@pytest.mark.parametrize("name", ANSWERS)
def test_the_fragment_has_the_answers_ice_part(name: str) -> None:
    """Credentials, the media section's name and every candidate, and nothing of the media."""
    answer = read(name)
    lines = ice_fragment(answer).split("\r\n")
    assert ice_credentials("\r\n".join(lines)) == ice_credentials(answer)
    assert re.findall("a=candidate:.*", answer.replace("\r", "")) == [
        line for line in lines if line.startswith("a=candidate:")
    ]
    assert {line.split(":")[0].split(" ")[0] for line in lines} == {
        "a=ice-ufrag", "a=ice-pwd", "m=video", "a=mid", "a=candidate", "a=end-of-candidates", "",
    }  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_the_start_bitrate_is_told_once_for_each_video_codec(name: str) -> None:
    """The answer is Janus's own but for one format parameter; retransmission is left alone."""
    answer = read(name)
    hinted = with_start_bitrate(answer, 1500)
    [(payload, parameters)] = re.findall(r"a=fmtp:(\d+) (.*;?x-google-start-bitrate=1500)\r\n", hinted)
    assert re.search(rf"a=rtpmap:{payload} (VP8|H264)/90000", answer)
    own = re.search(rf"a=fmtp:{payload} (.*)\r\n", answer)
    assert parameters == (f"{own[1]};" if own else "") + "x-google-start-bitrate=1500"
    without = re.sub(r";x-google-start-bitrate=1500|a=fmtp:\d+ x-google-start-bitrate=1500\r\n", "", hinted)
    assert without == answer


def origin(sdp: str) -> list[str]:
    """Return the fields of the origin line."""
    return sdp.split("\r\n")[1].removeprefix("o=").split(" ")


def version(sdp: str) -> int:
    """Return the version of the session."""
    return int(origin(sdp)[2])


def unchanging(sdp: str) -> list[str]:
    """Return the lines that an ICE restart leaves alone."""
    changing = ("o=", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates")
    return [line for line in sdp.split("\r\n") if not line.startswith(changing)]

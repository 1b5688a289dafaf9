"""The settings file: what is read, what overrides it, and what is said when it is wrong."""

import re
from pathlib import Path

import pytest

from orchestrator.config import PLACEHOLDER, Settings, SettingsError, load
from orchestrator.config.sms import HttpSms, KannelSms
from orchestrator.domain.ids import SeatId

ROOT = Path(__file__).parents[2]

SECRETS = {
    f"KLARSYN_GATEWAY__0__{name}": f"{name} of our own" for name in ("API_SECRET", "ADMIN_KEY", "ROOM_SECRET")
} | {"KLARSYN_TURN__SECRET": "another"}

GATEWAY = '[[gateway]]\nid = "janus-0"\nurl = "ws://127.0.0.1:8188"\n'
CENTRAL = '[[central]]\nid = "amk"\nname = "AMK"\nkind = "amk"\nseat = [{id = "plass-1", name = "Plass 1"}]\n'


def write(folder: Path, text: str) -> Path:
    """Write a settings file."""
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    """Takes every default where nothing is said."""
    assert load(write(tmp_path, ""), {}) == Settings()


def test_the_example_is_whole_and_right(tmp_path: Path) -> None:
    """Loads the example, which has every setting there is once the commented ones are counted too."""
    example = ROOT / "settings.example.toml"
    settings = load(example, SECRETS)
    assert settings.centrals[0].seats[0].id == "seat-1"
    assert settings.gateways[0].api_secret == "API_SECRET of our own"
    everything = re.sub(r"^# (\w+ = |\[\[)", r"\1", example.read_text(encoding="utf-8"), flags=re.MULTILINE)
    whole = load(write(tmp_path, everything), SECRETS)
    for table in (whole, whole.listen, whole.redis, whole.gateways[0], whole.turn, whole.proxy):
        for field in table.__struct_fields__:
            assert getattr(table, field) is not None, f"settings.example.toml does not show {field}"
    assert [type(gateway) for gateway in whole.sms] == [KannelSms, HttpSms]
    for amounts in (whole.timers, whole.limits, whole.video, whole.contact):
        assert amounts == type(amounts)(), "settings.example.toml shows other values than the defaults"
        assert all(re.search(rf"^{name} = ", everything, re.MULTILINE) for name in amounts.__struct_fields__)


def test_prose_stands_before_every_setting_of_the_example() -> None:
    """Explains each setting, or the group of settings it stands in, in the lines above it."""
    groups = (ROOT / "settings.example.toml").read_text(encoding="utf-8").split("\n\n")
    for group in groups:
        lines = [line for line in group.strip().splitlines() if not re.fullmatch(r"\[+[\w.]+\]+", line)]
        if any(re.match(r"\w+ = ", line) for line in lines):
            assert re.match(r"# [A-Z\"\w]", lines[0]), f"no prose before:\n{group}"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """Puts text, numbers, truth values, paths and arrays in the place that the variable's name says."""
    path = write(tmp_path, '[listen]\nport = 1\n[[gateway]]\nid = "janus-0"\nurl = "ws://a:1"\n')
    settings = load(
        path,
        {
            "KLARSYN_DEMO": "true",
            "KLARSYN_KEY_DIR": "/keys",
            "KLARSYN_LISTEN__PORT": "9000",
            "KLARSYN_GATEWAY__0__URL": "ws://janus:8188",
            "KLARSYN_GATEWAY__0__API_SECRET": "12345678",
            "KLARSYN_TRUSTED_PROXIES": '["10.0.0.1", "10.0.0.2"]',
            "PATH": "/bin",
        },
    )
    assert settings.demo is True
    assert settings.key_dir == Path("/keys")
    assert settings.listen.port == 9000
    assert settings.gateways[0].ws_port == 8188
    assert settings.gateways[0].api_secret == "12345678"
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("public_url = x\n", "is not TOML: Invalid value (at line 1, column 14)"),
        ("[listen]\nport = true\n", "listen.port: expected `int"),
        ("[listen]\nprot = 8080\n", "listen: object contains unknown field `prot`"),
        ("prot = 8080\n", "top level: object contains unknown field `prot`"),
        ("key_dir = 5\n", "key_dir: expected `Path`, got `int`"),
        (f"demo = true\n{GATEWAY}rtp_port_min = 'x'\n", "gateway[0].rtp_port_min: expected `int`, got `str`"),
        ("[[gateway]]\nid = 'a'\n", "gateway[0]: object missing required field `url`"),
        ("public_url = 'video.example.org'\n", "public_url: must be http(s)://host[:port]"),
        ("public_url = 'https://example.org/video'\n", "public_url: must be http(s)://host[:port]"),
        ("[listen]\nhttps_port = 8443\n", "listen.https_port: needs listen.certificate"),
        ("[turn]\nurls = ['turn:a']\n", "turn.secret: is missing"),
        (f"[turn]\nurls = ['turn:a']\nsecret = '{PLACEHOLDER}'\n", "turn.secret: is missing"),
        (GATEWAY, "gateway[0].api_secret: must be a secret of your own"),
        (f"{GATEWAY}api_secret = '{PLACEHOLDER}'\n", "gateway[0].api_secret: must be a secret of your own"),
        (f"demo = true\n{GATEWAY}{GATEWAY}", "gateway.id: 'janus-0' is there 2 times"),
        (f"demo = true\n{GATEWAY}admin_port = 7188\n", "gateway[0].admin_secret: is missing"),
        (f"demo = true\n{GATEWAY}rtp_port_max = 70000\n", "gateway[0].rtp_port_min: must be below"),
        ("demo = true\n[[gateway]]\nid = 'a'\nurl = 'http://a'\n", "gateway[0].url: must begin with ws://"),
        (
            CENTRAL + CENTRAL.replace('"amk"\nname', '"lv"\nname'),
            "central.seat.id: 'plass-1' is there 2 times",
        ),
        ("[[account]]\nuser = 'a'\npassword = '$argon2id$'\ncentral = 'x'\n", "there is no central 'x'"),
        (f"{CENTRAL}[[account]]\nuser = 'a'\npassword = 'plain'\ncentral = 'amk'\n", "must be a hash"),
        ("[redis]\nsentinels = ['a']\n", "redis.sentinels: 'a' must be host:port"),
        ("[redis]\nsentinels = ['a:1']\nurl = 'unix:///a'\n", "redis.url: must be redis://"),
        ("[redis]\nreplicas = -1\n", "redis.replicas: must be 0 or more"),
        ("[[service]]\nid = 'iccs'\ncentral = 'x'\n", "service[0].central: there is no central 'x'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    """Names the file and the place in it, on one line that ends with a full stop."""
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(path, {})
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert said in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "KLARSYN_LISTEN__PORT",
            "many",
            "listen.port: expected `int`, got `str` (set by KLARSYN_LISTEN__PORT).",
        ),
        ("KLARSYN_LISTEN__PROT", "1", "unknown field `prot` (set by KLARSYN_LISTEN__PROT)."),
        ("KLARSYN_GATEWAY__0__ID", "a", "KLARSYN_GATEWAY__0__ID: "),
        ("KLARSYN_DEMO__X", "a", "KLARSYN_DEMO__X: demo is not a table."),
        ("KLARSYN_TRUSTED_PROXIES", "[1", "KLARSYN_TRUSTED_PROXIES: is not a TOML array"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, value: str, said: str) -> None:
    """Says which variable of the environment put a wrong value there."""
    path = write(tmp_path, "demo = true\ngateway = []\n")
    with pytest.raises(SettingsError, match=re.escape(said)):
        load(path, {variable: value})


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """Names the path that cannot be read."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read: No such file"):
        load(tmp_path / "nowhere.toml", {})


def test_a_seat_is_found_in_its_central(tmp_path: Path) -> None:
    """Finds the central of a seat, and none for a seat that no central has."""
    settings = load(write(tmp_path, CENTRAL), {})
    assert settings.central_of(SeatId("plass-1")) is settings.centrals[0]
    assert settings.central_of(SeatId("plass-2")) is None


SMS_HTTP = '[[sms]]\nkind = "http"\nid = "one"\nurl = "https://sms.example"\n'


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ('[[sms]]\nkind = "pigeon"\nid = "one"\n', "pigeon"),
        ('[[sms]]\nkind = "outbox"\n', "outbox is for demo mode"),
        ('[[sms]]\nkind = "kannel"\nid = "a/b"\nurl = "http://k"\nuser = "u"\npassword = "p"\n', "sms[0].id"),
        ('[[sms]]\nkind = "kannel"\nid = "k"\nurl = "k:13013"\nuser = "u"\npassword = "p"\n', "sms[0].url"),
        (SMS_HTTP + 'template = {to = "{to}"}\n', "must have {text}"),
        (SMS_HTTP + 'template = {to = "{to}", text = "{text}", n = "{number}"}\n', "{number} is unknown"),
        (SMS_HTTP + 'template = {to = "{to}", text = "{text"}\n', "a brace alone"),
        (SMS_HTTP + 'body = "form"\ntemplate = {to = ["{to}"], text = "{text}"}\n', "must be flat"),
        (2 * (SMS_HTTP + 'template = {to = "{to}", text = "{text}"}\n'), "is there 2 times"),
        (CENTRAL + '[central.sms_text]\nnb = "Hei"\n', "must have {link}"),
        (CENTRAL + '[central.sms_text]\nnb = "{code}"\n', "nothing else in braces"),
        (CENTRAL + f'[central.sms_text]\nnb = "{"å" * 150} {{link}}"\n', "segment break would cut it"),
        (CENTRAL.replace("seat =", 'sms_sender = "Legevakta i Innlandet"\nseat ='), "at most 11 letters"),
    ],
)
def test_text_messages_that_would_not_arrive_are_refused(tmp_path: Path, text: str, trouble: str) -> None:
    """What would be found out in the first call otherwise is said at the start."""
    with pytest.raises(SettingsError, match=re.escape(trouble)):
        load(write(tmp_path, text), {})

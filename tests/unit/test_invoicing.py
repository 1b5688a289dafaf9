"""The command that makes invoices: files out, what was charged kept, and nothing charged twice."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.unit.billing.test_seats import REGISTER


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Write a register of two seats that are open."""
    path = tmp_path / "register.toml"
    path.write_text(REGISTER.replace("until = 2022-07-01", ""))
    return path


def invoices(register: Path, *more: str) -> int:
    """Charge 2023 in the folder beside the register."""
    files = ["--register", str(register), "--out", str(register.parent / "out")]
    days = ["--issued", "2023-01-01", "--from", "2023-01-01", "--until", "2024-01-01"]
    return main(["invoices", *files, *days, *more])


def test_a_period_is_charged_once(register: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An invoice the first time, nothing the second, a credit note when the seats have closed."""
    assert invoices(register, "--first-number", "1001") == 0
    out = register.parent / "out"
    names = ["bilag-1001-1001.csv", "charged.json", "grunnlag-2023-01-01-2023-12-31.csv"]
    names += ["grunnlag-2023-01-01-2023-12-31.pdf", "invoice-1001.pdf", "invoice-1001.xml"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert set(capsys.readouterr().out.split()) == {str(out / name) for name in names}
    invoice = (out / "invoice-1001.xml").read_bytes()

    assert invoices(register) == 0
    assert sorted(path.name for path in out.iterdir()) == names
    assert (out / "invoice-1001.xml").read_bytes() == invoice

    register.write_text(REGISTER.replace("until = 2022-07-01", "until = 2023-07-01"))
    assert invoices(register) == 0
    assert sorted({path.name for path in out.iterdir()} - {*names}) == [
        "bilag-1002-1002.csv",
        "credit-note-1002.pdf",
        "credit-note-1002.xml",
    ]
    with (out / "bilag-1002-1002.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Beløp uten mva."] for row in rows] == ["-1512,33", "-1512,33"]


def test_what_is_wrong_is_said_in_a_sentence(register: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is written."""
    assert invoices(register, "--until", "2023-01-01") == 1
    assert "--until: a period that begins 2023-01-01 must end after that" in capsys.readouterr().err
    assert invoices(register, "--rules", str(register)) == 1
    assert "register.toml: top level: object contains unknown field" in capsys.readouterr().err
    assert invoices(register.with_name("none.toml")) == 1
    assert "none.toml: cannot be read: No such file or directory." in capsys.readouterr().err
    assert not (register.parent / "out").exists()
    (register.parent / "out").mkdir()
    (register.parent / "out" / "charged.json").write_text("[{}]")
    assert invoices(register) == 1
    assert "charged.json: is not what an earlier run wrote" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        invoices(register, "--from", "1.1.2023")


def test_other_commands_do_not_read_the_library_for_pdf() -> None:
    """A node starts as fast as before."""
    code = "import sys, orchestrator.cli, orchestrator.app; sys.exit('fpdf' in sys.modules or 'PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

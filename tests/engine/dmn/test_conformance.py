"""The DMN conformance kit where it is present, and cases of our own in its format everywhere."""

from pathlib import Path

import pytest

from engine.dmn.tck import main, run

OWN = Path(__file__).parent / "cases"
KIT = Path(__file__).parents[3].parent / "shared" / "conformance" / "dmn-tck"


def cases(folder: Path) -> list[Path]:
    """Folders that hold a model."""
    return sorted({path.parent for path in folder.rglob("*.dmn")})


def is_refusal(failure: str) -> bool:
    """Whether a check failed because it calls Java, which is refused."""
    return "estern" in failure


@pytest.mark.parametrize("folder", [*cases(OWN), *cases(KIT)], ids=lambda folder: folder.name)
def test_every_check_of_a_case_passes_or_asks_for_what_is_refused(folder):
    # when
    result = run(folder)
    # then
    assert result.total > 0
    assert [failure for failure in result.failed if not is_refusal(failure)] == []


def test_our_own_cases_pass_whole():
    assert run(OWN).failed == []


def test_our_own_cases_are_at_least_three():
    assert len(cases(OWN)) >= 3


def test_the_command_prints_what_failed_and_then_the_count(tmp_path, capsys):
    # given
    case = OWN / "soglia_e_fasce"
    for file in case.iterdir():
        wrong = file.read_text().replace(">minore</value>", ">vecchio</value>")
        (tmp_path / file.name).write_text(wrong)
    # when
    status = main([str(tmp_path)])
    # then
    *failed, count = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "expected 'vecchio', got 'minore'" in failed[0]
    total = run(case).total
    assert count == f"{total - len(failed)} of {total}"


def test_the_command_succeeds_on_a_sound_folder(capsys):
    assert main([str(OWN)]) == 0
    total = run(OWN).total
    assert capsys.readouterr().out == f"{total} of {total}\n"


def test_the_command_refuses_a_folder_that_is_not_there(capsys):
    assert main(["/no/such/folder"]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_case_whose_model_is_missing_fails_every_check(tmp_path):
    # given
    file = next((OWN / "soglia_e_fasce").glob("*.xml"))
    (tmp_path / "prova.xml").write_text(file.read_text())
    # when
    result = run(tmp_path)
    # then
    assert result.total > 0
    assert result.passed == 0

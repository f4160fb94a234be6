"""What `make quick` runs, and the rule that it keeps."""

import pytest
from conftest import LONGEST, ROOT
from quick import QUICK, refuse, starts_programs


def test_every_quick_file_is_there_and_none_is_among_the_longest():
    assert all((ROOT / "tests" / name).is_file() for name in QUICK)
    assert not QUICK & set(LONGEST)


def test_a_program_is_refused_and_nothing_else():
    with pytest.raises(AssertionError, match="programs"):
        refuse("subprocess.Popen", ("chiso",))
    refuse("open", ("a", "r", 0))


def test_a_test_of_its_own_process_is_quick(request):
    assert not starts_programs(request.node)


@pytest.mark.programs
def test_a_test_that_says_that_it_starts_one_is_not(request):
    assert starts_programs(request.node)

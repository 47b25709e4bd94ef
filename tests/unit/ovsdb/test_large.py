"""Large sets that change by few elements at a time."""

from hypothesis import given
from hypothesis import strategies as st

from neutrino.ovsdb.large import Patched, changed

LARGE = frozenset(range(300))
DIFFERENCES = st.lists(st.frozensets(st.integers(0, 320), min_size=1, max_size=30), max_size=30)
OTHERS = st.frozensets(st.integers(0, 320)) | st.frozensets(st.integers(0, 5)).map(lambda few: LARGE ^ few)


@given(DIFFERENCES, OTHERS)
def test_such_a_set_is_one(differences, other):
    have, want = LARGE, LARGE
    for difference in differences:
        have, want = changed(have, difference), want ^ difference
        assert have == want and want == have
        assert len(have) == len(want) and set(have) == want
        assert [one in have for one in range(-1, 322)] == [one in want for one in range(-1, 322)]
    assert (have == other, other == have) == (want == other, other == want)
    assert (have - other, other - have) == (want - other, other - want)
    assert (have & other, other & have) == (want & other, other & want)
    assert (have | other, other | have) == (want | other, other | want)
    assert (have ^ other, other ^ have) == (want ^ other, other ^ want)
    assert have - dict.fromkeys(other).keys() == want - other == (other ^ want) - other


@given(DIFFERENCES)
def test_what_it_was_stays_as_it_was(differences):
    made = [LARGE]
    for difference in differences:
        made.append(changed(made[-1], difference))
    wanted = [LARGE]
    for difference in differences:
        wanted.append(wanted[-1] ^ difference)
    assert [frozenset(one) for one in made] == wanted
    assert [[one == another for another in made] for one in made] == [
        [one == other for other in wanted] for one in wanted
    ]


def test_few_changes_copy_nothing_and_small_sets_are_plain():
    one = changed(LARGE, frozenset({1}))
    assert isinstance(one, Patched) and repr(one) == repr(LARGE - {1})
    assert type(changed(one, frozenset(range(200, 220)))) is frozenset
    assert type(changed(frozenset(range(9)), frozenset({1}))) is frozenset

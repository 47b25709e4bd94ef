"""docs/parity.md is what scenarios say that they prove; no feature is without a scenario, or without a reason."""

from tests.parity import page


def test_each_scenario_proves_features_of_the_list() -> None:
    known = {feature.name for feature in page.features()}
    for scenario, proven in page.scenarios().items():
        assert proven, scenario
        assert set(proven) <= known, scenario


def test_each_feature_has_a_scenario_or_a_reason() -> None:
    proven = set(page.declared())
    for feature in page.features():
        assert (feature.name in proven) != bool(feature.unproven), feature.name


def test_the_page_is_what_scenarios_and_results_say() -> None:
    """Written anew by: python -m tests.parity.page."""
    assert page.page() == page.PAGE.read_text()

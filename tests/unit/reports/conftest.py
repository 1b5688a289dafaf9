"""Let hypothesis take its time, as in the domain's tests."""

import tests.unit.domain.conftest  # noqa: F401  # its profile is loaded so

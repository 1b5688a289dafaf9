"""The pages' templates, compiled once for each language, when it is first asked for."""

from functools import partial
from pathlib import Path

import jinja2

from orchestrator.http import times
from orchestrator.i18n import Catalogues


class Templates:
    """Renders the templates of a folder in the languages there are."""

    def __init__(self, folder: Path, catalogues: Catalogues) -> None:
        self._folder = folder
        self._catalogues = catalogues
        self._by_language: dict[str, jinja2.Environment] = {}

    def render(self, name: str, language: str, **variables: object) -> str:
        """Return a template's text in ``language``, which must be one there is."""
        environment = self._by_language.get(language)
        if environment is None:
            # Not before: a node that has to read all its languages starts a second later.
            environment = self._by_language[language] = _environment(self._folder, self._catalogues, language)
        return environment.get_template(name).render(lang=language, **variables)


def _environment(folder: Path, catalogues: Catalogues, language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The i18n extension adds this method when it is loaded, where no type checker sees it.
    environment.install_gettext_translations(catalogues.get(language), newstyle=True)  # type: ignore[attr-defined]
    for write in (times.moment, times.day, times.day_in_figures, times.period_name):
        environment.globals[write.__name__] = partial(write, language=language)
    environment.globals["machine"] = times.machine
    return environment

"""The scenarios: each file is whole, what it names is there, and every goal can be reached."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.ids import Millis
from orchestrator.domain.phrases import CARDS, PHRASES
from orchestrator.i18n import Catalogues
from orchestrator.training.acts import EVENTS, PLAIN, counts
from orchestrator.training.catalogue import SCENARIOS, ScenarioError, load_scenarios, read_scenario
from orchestrator.training.feedback import Act, Outcome, feedback
from orchestrator.training.scenario import Drawing

ROOT = Path(__file__).parents[3]
LOADED = load_scenarios()
_WANTED = {
    *("cardiac_arrest", "child_rash", "dark_accident", "no_norwegian"),
    *("bad_network", "wrong_camera", "distressed", "bleeding"),
}


def test_the_scenarios_that_were_asked_for_are_there() -> None:
    """At least these eight, each a file of its own, and one of them shows how."""
    assert LOADED.keys() >= _WANTED
    assert LOADED.keys() == {path.stem for path in SCENARIOS.glob("*.toml")}
    assert any(scenario.demonstration for scenario in LOADED.values())


@pytest.mark.parametrize("id", LOADED)
def test_what_a_scenario_names_is_there(id: str) -> None:
    """Its drawing, its language, and each phrase and card."""
    scenario = LOADED[id]
    assert (ROOT / "web/static/simulator/scenes" / f"{scenario.scene.draw}.js").exists()
    assert scenario.language in Catalogues(ROOT / "web" / "locales").having("caller")
    named = [act for beat in scenario.beats for act in (*beat.on, *beat.needs)]
    named += [act for goal in scenario.goals for act in goal.by]
    named += [shown.act for shown in scenario.demonstration]
    for kind, _, what in (act.partition(":") for act in named):
        assert kind != "phrase" or what in PHRASES
        assert kind != "card" or what in CARDS


@pytest.mark.parametrize("id", LOADED)
def test_every_goal_can_be_reached_and_makes_a_difference(id: str) -> None:
    """Any one of a goal's acts reaches it, and the caller reacts to at least one of them."""
    scenario = LOADED[id]
    for number, goal in enumerate(scenario.goals):
        for act in goal.by:
            done = f"{act}xyz" if act == "text:" else act
            judged = feedback(scenario, {"requested": Millis(0)}, [Act(Millis(0), done)])  # type: ignore[dict-item]
            assert judged.goals[number].outcome is Outcome.DONE, act
        heard = {on for beat in scenario.beats for on in beat.on}
        assert heard & set(goal.by), goal.text


@pytest.mark.parametrize("id", LOADED)
def test_a_caller_rings_opens_and_shows(id: str) -> None:
    """Every script begins by itself, and goes by what happens in the call; what the operator does has reactions."""
    scenario = LOADED[id]
    first = [beat for beat in scenario.script if "ring" in beat.on]
    assert any(beat.says for beat in first)
    assert any("open" in beat.does for beat in first)
    assert all(set(beat.on) <= EVENTS for beat in scenario.script)


def test_drawings_are_known_to_both_sides() -> None:
    """The drawings a scenario may name are those that the stage has; the caller's own face is another matter."""
    files = {path.stem for path in (ROOT / "web/static/simulator/scenes").glob("*.js")}
    assert {drawing.value for drawing in Drawing} == files - {"selfie"}


GOOD = (SCENARIOS / "bleeding.toml").read_text()


@pytest.mark.parametrize(
    ("former", "wrong", "says"),
    [
        ('id = "bleeding"', 'id = "other"', "name the file by it"),
        ("order = 80", "order = 80\ncolour = 1", "unknown field `colour`"),
        ('kind = "amk"', "kind = ", "Invalid value"),
        ('draw = "arm"', 'draw = "leg"', "leg"),
        ('"phrase:press_wound"', '"phrase:pres_wound"', "reactions[0].on: there is no phrase “pres_wound”"),
        ('"voice:object"', '"voice:thing"', "reactions[7].on: there is no voice “thing”"),
        ('by = ["voice:awake"', 'by = ["ask"', "goals[3].by: “ask” is nothing that an operator does"),
        ('does = ["tap"]', 'does = ["dance"]', "script[2].does: “dance” is nothing that a caller does"),
        ('does = ["tap"]', 'does = ["open"]', "the caller never does “tap”"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_place(
    tmp_path: Path, former: str, wrong: str, says: str
) -> None:
    """A mistake in a scenario stops the node from starting, with a sentence that finds it."""
    path = tmp_path / "bleeding.toml"
    assert former in GOOD
    path.write_text(GOOD.replace(former, wrong, 1))
    with pytest.raises(ScenarioError) as error:
        read_scenario(path)
    assert str(error.value).startswith("bleeding.toml: ")
    assert says in str(error.value)


def test_both_sides_count_the_same() -> None:
    """The page reacts to an act where the feedback counts it."""
    wanted = [*PLAIN, "text", "text:glass", "phrase:closer", "voice:press", "card:recovery"]
    done = [
        *PLAIN,
        "text:",
        "text:Et GLASS vann",
        "text:vann",
        "phrase:closer",
        "voice:press",
        "card:recovery",
    ]
    pairs = [(one, other) for one in wanted for other in done]
    script = f"""
    import {{ counts }} from "{ROOT}/web/static/training/acts.js";
    console.log(JSON.stringify({json.dumps(pairs)}.map(([wanted, act]) => counts(wanted, act))));
    """
    assert run(script) == [counts(one, other) for one, other in pairs]


def test_a_caller_answers_what_the_script_does_not_know() -> None:
    """Where the script is silent the caller does what most would, with no yes to a question; the script goes first."""
    acts = (
        "locate",
        "phrase:closer",
        "phrase:awake",
        "card:cpr",
        "text:Kom nærmere",
        "text:Puster han?",
        "end",
    )
    read = {"phrase:closer": "Hold nærmere.", "phrase:awake": "Får du svar?"}
    script = f"""
    import {{ Director }} from "{ROOT}/web/static/training/director.js";
    import {{ otherwise }} from "{ROOT}/web/static/training/otherwise.js";
    globalThis.setTimeout = (act) => queueMicrotask(act);
    const played = (language, reactions) => Promise.all({json.dumps(acts)}.map(async (act) => {{
      const done = [];
      const answer = (act) => otherwise(act, {json.dumps(read)}[act] ?? act, "Jeg vet ikke.", language);
      new Director({{ script: [], reactions }}, (beat) => done.push(...beat.does, beat.writes), answer).hear({{ act }});
      await null;
      return done.join("");
    }}));
    const scripted = {{ on: ["phrase:closer"], needs: ["voice:calm"], does: ["stop"], writes: "" }};
    const all = [played("nb", []), played("pl", []), played("nb", [scripted])];
    console.log(JSON.stringify(await Promise.all(all)));
    """
    norwegian, polish, scripted = run(script)
    assert norwegian == ["share", "answer:yes", "Jeg vet ikke.", "", "answer:yes", "Jeg vet ikke.", ""]
    assert polish == ["share", "answer:yes", "", "", *["answer:not_understood"] * 2, ""]
    assert scripted == ["share", "", *norwegian[2:]]


def run(script: str) -> Any:
    """Run a module, and return what it prints as JSON."""
    said = subprocess.run(
        ["node", "--input-type=module", "--no-warnings"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return json.loads(said.stdout)

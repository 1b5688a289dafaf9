"""The phrasebook and the instruction cards: what an operator can show a caller who does not follow by ear.

Every text is a message id of the catalogues ``phrases`` and ``cards``, so each is shown in the caller's own language
without any translation service. The medical content follows the Norwegian resuscitation council's advice for
bystanders; whoever changes a text here changes it in every language.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Group(StrEnum):
    """The situation a phrase is for, in the order of the console's panel."""

    BREATHING = "breathing"
    CONSCIOUSNESS = "consciousness"
    CPR = "cpr"
    BLEEDING = "bleeding"
    INJURY = "injury"
    BURN = "burn"
    CHILD = "child"
    CAMERA = "camera"
    CALM = "calm"


class Pictogram(StrEnum):
    """The drawings of ``web/static/pictograms.svg``."""

    BREATH = "breath"
    HEAD = "head"
    FACE = "face"
    SIT = "sit"
    SIDE = "side"
    LIE = "lie"
    CHEST = "chest"
    PRESS = "press"
    WOUND = "wound"
    STOP = "stop"
    WATER = "water"
    BABY = "baby"
    PHONE = "phone"
    LIGHT = "light"
    LOOK = "look"
    TALK = "talk"
    HELP = "help"
    BACK = "back"


class Phrase(msgspec.Struct, frozen=True):
    """One sentence or two that an operator can show; ``text`` is the message id."""

    id: str
    group: Group
    pictogram: Pictogram
    text: str


class Card(msgspec.Struct, frozen=True):
    """Instructions in a few steps; ``title`` and ``steps`` are message ids.

    ``pulse`` is how many times a minute the card beats, or None.
    """

    id: str
    pictogram: Pictogram
    title: str
    steps: tuple[str, ...]
    pulse: int | None = None


_TABLE: Final[dict[Group, tuple[tuple[str, Pictogram, str], ...]]] = {
    Group.BREATHING: (
        ("show_breathing", Pictogram.BREATH, "Show me the chest. I want to see the breathing."),
        ("open_airway", Pictogram.HEAD, "Lift the chin. Tilt the head back."),
        ("feel_breath", Pictogram.BREATH, "Put your ear to the mouth. Do you feel breath?"),
        ("look_in_mouth", Pictogram.FACE, "Look in the mouth. Take out what you see."),
        ("sit_up", Pictogram.SIT, "Help the person sit up."),
        ("loosen_clothes", Pictogram.CHEST, "Loosen tight clothes at the neck."),
        ("tell_if_breath_stops", Pictogram.TALK, "Tell me at once if the breathing stops."),
    ),
    Group.CONSCIOUSNESS: (
        ("talk_to_person", Pictogram.TALK, "Talk to the person. Do you get an answer?"),
        ("shake_shoulders", Pictogram.CHEST, "Shake the shoulders gently. Shout loudly."),
        ("show_face", Pictogram.FACE, "Show me the face."),
        ("smile", Pictogram.FACE, "Ask the person to smile. Show me the face."),
        ("lift_arms", Pictogram.SIT, "Ask the person to lift both arms."),
        ("turn_on_side", Pictogram.SIDE, "Turn the person onto the side."),
        ("no_food", Pictogram.STOP, "Do not give food or drink."),
        ("do_not_restrain", Pictogram.STOP, "Do not hold the person down. Move hard things away."),
    ),
    Group.CPR: (
        ("lay_flat", Pictogram.LIE, "Lay the person flat on the back, on a hard floor."),
        ("hands_on_chest", Pictogram.CHEST, "Put both hands in the middle of the chest."),
        ("press_hard_fast", Pictogram.PRESS, "Press hard and fast on the chest."),
        ("press_deeper", Pictogram.PRESS, "Press deeper."),
        ("press_faster", Pictogram.PRESS, "Press faster."),
        ("let_chest_up", Pictogram.CHEST, "Let the chest come all the way up."),
        ("two_breaths", Pictogram.BREATH, "Blow in two times now."),
        ("change_who_presses", Pictogram.PRESS, "Change who presses. Do it quickly."),
        ("do_not_stop", Pictogram.PRESS, "Do not stop. Go on until help takes over."),
    ),
    Group.BLEEDING: (
        ("show_wound", Pictogram.LOOK, "Show me the wound."),
        ("press_wound", Pictogram.WOUND, "Press hard on the wound."),
        ("use_cloth", Pictogram.WOUND, "Use a clean cloth or clothes."),
        ("more_on_top", Pictogram.WOUND, "Do not lift the cloth to look. Put more on top."),
        ("bind_wound", Pictogram.WOUND, "Bind tightly around the wound."),
        (
            "tourniquet",
            Pictogram.WOUND,
            "Tie something wide very tightly around the arm or leg, above the wound.",
        ),
        ("leave_object", Pictogram.STOP, "Leave what is stuck in the wound."),
        ("lie_down", Pictogram.LIE, "Lay the person down."),
    ),
    Group.INJURY: (
        ("safe_place", Pictogram.BACK, "Is it dangerous where you are? Go to a safe place."),
        ("do_not_go_in", Pictogram.STOP, "Do not go in. Wait for help."),
        ("do_not_move", Pictogram.STOP, "Do not move the person."),
        ("hold_head_still", Pictogram.HEAD, "Hold the head still with both hands."),
        ("where_it_hurts", Pictogram.LOOK, "Show me where it hurts."),
        ("keep_limb_still", Pictogram.WOUND, "Keep the arm or leg still."),
        ("keep_warm", Pictogram.LIE, "Keep the person warm. Put something over and under."),
    ),
    Group.BURN: (
        ("show_burn", Pictogram.LOOK, "Show me the burn."),
        ("cool_burn", Pictogram.WATER, "Cool the burn with lukewarm water for 20 minutes."),
        ("remove_clothes", Pictogram.CHEST, "Take off clothes and rings that are not stuck."),
        ("rinse_eye", Pictogram.WATER, "Rinse the eye with plenty of lukewarm water."),
        ("show_poison", Pictogram.LOOK, "Show me what the person has swallowed or taken."),
        ("no_vomiting", Pictogram.STOP, "Do not make the person vomit."),
    ),
    Group.CHILD: (
        ("show_child_chest", Pictogram.BABY, "Show me the child’s chest."),
        ("hold_child", Pictogram.BABY, "Hold the child calmly, upright against you."),
        ("do_not_pull", Pictogram.BABY, "Do not pull. Support the baby as it comes."),
        ("dry_baby", Pictogram.BABY, "Dry the baby well."),
        ("baby_on_chest", Pictogram.BABY, "Lay the baby on the mother’s chest. Keep both warm."),
        ("leave_cord", Pictogram.STOP, "Do not cut the cord. Do not pull it."),
    ),
    Group.CAMERA: (
        ("hold_still", Pictogram.PHONE, "Hold the phone still."),
        ("closer", Pictogram.LOOK, "Go closer."),
        ("further_away", Pictogram.BACK, "Go further away."),
        ("whole_person", Pictogram.LOOK, "Show me the whole person."),
        ("around", Pictogram.LOOK, "Show me what is around you."),
        ("move_slowly", Pictogram.PHONE, "Move the phone slowly."),
        ("light", Pictogram.LIGHT, "Turn on a light."),
        ("wipe_lens", Pictogram.PHONE, "Wipe the camera clean."),
        ("put_phone_down", Pictogram.PHONE, "Put the phone where I can see you. Use both hands to help."),
    ),
    Group.CALM: (
        ("help_coming", Pictogram.HELP, "Help is on the way."),
        ("i_help_you", Pictogram.TALK, "I am helping you. Do one thing at a time."),
        ("doing_well", Pictogram.HELP, "You are doing it right. Go on."),
        ("loudspeaker", Pictogram.PHONE, "Put the phone on loudspeaker."),
        ("do_not_hang_up", Pictogram.PHONE, "Do not hang up."),
        ("stay_with_person", Pictogram.HELP, "Stay with the person."),
        ("open_door", Pictogram.LIGHT, "Unlock the door. Turn on the light outside."),
        ("meet_ambulance", Pictogram.HELP, "Send someone out to meet the ambulance."),
        ("defibrillator", Pictogram.PRESS, "Send someone to get a defibrillator."),
    ),
}

PHRASES: Final[dict[str, Phrase]] = {
    id: Phrase(id, group, pictogram, text) for group, rows in _TABLE.items() for id, pictogram, text in rows
}
"""The phrases by id, in the order they are shown in."""

CARDS: Final[dict[str, Card]] = {
    card.id: card
    for card in (
        Card(
            "cpr_adult",
            Pictogram.PRESS,
            "CPR: adult",
            (
                "Lay the person flat on the back, on a hard floor.",
                "Put both hands in the middle of the chest. Keep your arms straight.",
                "Press 5 to 6 cm down, in time with the beat here.",
                "Let the chest come all the way up each time. Do not stop.",
            ),
            pulse=110,
        ),
        Card(
            "cpr_child",
            Pictogram.BABY,
            "CPR: child",
            (
                "Lay the child on the back, on something hard.",
                "Lift the chin. Blow in 5 times, so that the chest rises.",
                "Press 30 times in the middle of the chest, one third of the way down, in time with the beat here.",
                "Blow in 2 times. Go on: 30 presses, 2 breaths.",
            ),
            pulse=110,
        ),
        Card(
            "recovery",
            Pictogram.SIDE,
            "Recovery position",
            (
                "Kneel beside the person. Lay the nearest arm out to the side.",
                "Lay the back of the other hand against the cheek. Bend the far knee.",
                "Pull the knee towards you, so that the person rolls onto the side.",
                "Tilt the head back. Watch the breathing all the time.",
            ),
        ),
        Card(
            "stop_bleeding",
            Pictogram.WOUND,
            "Stop the bleeding",
            (
                "Press hard on the wound with a cloth. Use your whole weight if need be.",
                "Lay the person down.",
                "Does the blood come through? Put more on top, and press harder.",
                "Bind tightly around. Go on pressing until help comes.",
            ),
        ),
        Card(
            "choking",
            Pictogram.BREATH,
            "Choking: adult or child",
            (
                "Can the person cough? Let them cough.",
                "Cannot cough or breathe: bend the person forward. Hit 5 times hard between the shoulder blades.",
                "Still stuck: stand behind. Make a fist above the navel. Pull 5 times hard inwards and upwards.",
                "Go on: 5 blows, 5 pulls. Tell me at once if the person collapses.",
            ),
        ),
        Card(
            "choking_baby",
            Pictogram.BABY,
            "Choking: baby under 1 year",
            (
                "Lay the baby face down along your arm, head low.",
                "Hit 5 times between the shoulder blades with the flat of your hand.",
                "Still stuck: turn the baby onto the back. Press 5 times with two fingers in the middle of the chest.",
                "Go on: 5 blows, 5 presses. Tell me at once if the baby goes limp.",
            ),
        ),
    )
}
"""The cards by id, in the order they are shown in."""

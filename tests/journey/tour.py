"""tour.py PROGRAM [EPOCHS]: the guided tour from end to end by its keys; what it sets, shows and points at, and that leaving it puts back what was."""
import sys
import time

import journey

VIEW = "400x300+440+120"  # of the screen: inside the picture, above the card
POINTER = "#e69f00"       # what is pointed at has a frame of this colour
SETTINGS = ["show-field", "show-nodes", "show-edges", "show-atoms", "boxes", "box-colour", "split", "split-at", "split-filter", "node-colour",
            "side-panel", "spin", "level"]
# What each step sets, and where its frame is: left panel, right panel, tools above the picture, threshold panel.
STEPS = [
    ({"split": True, "split-at": 1.0, "show-nodes": False}, "268x700+0+40"),
    ({"split": False, "boxes": "always", "box-colour": "state"}, "246x700+1034+40"),
    ({"boxes": "always", "box-colour": "loss"}, "268x700+0+40"),
    ({"split": True, "split-at": 0.5, "boxes": "never"}, "700x60+320+46"),
    ({"split": False, "show-nodes": False}, "268x700+0+40"),
    ({"show-nodes": True, "show-edges": True, "show-atoms": False}, "1000x200+0+660"),
    ({"show-nodes": True, "show-atoms": True}, "268x700+0+40"),
]


def state_of(window):
    return {name: window.state(name) for name in SETTINGS}


def step_is(window, at):
    return window.wait(lambda: window.state("tour-step") == at, 10)


def go_through(tap, window):
    for at, (settings, place) in enumerate(STEPS):
        if at > 0:
            window.xdotool("key", "Right")
        tap.ok(step_is(window, at), f"step {at + 1}")
        states = {name: window.state(name) for name in settings}
        tap.ok(states == settings, f"it sets {states}")
        time.sleep(1)
        pictures = [window.picture(f"tour-{at + 1}-{kind}.png", crop) for kind, crop in (("view", VIEW), ("target", place))]
        window.picture(f"tour-{at + 1}.png")
        tap.ok(journey.pixels_of(pictures[1], POINTER) > 100, f"and points at its control: {journey.pixels_of(pictures[1], POINTER)} pixels")
        if at == 4:
            climb(tap, window, pictures[0])
        if at == 5:
            scrub(tap, window)
        yield pictures[0]


def climb(tap, window, early):
    tap.ok(window.wait(lambda: window.state("tour-film") == 1, 30), "the seeds climb to the end of their ways")
    time.sleep(0.6)
    late = window.picture("tour-5-end.png", VIEW)
    window.picture("tour-5-whole.png")
    tap.ok(journey.pixels_that_differ(early, late) > 300, "and are seen to move")
    tap.ok(journey.pixels_of(late, "#f0e442", 25) > journey.pixels_of(early, "#f0e442", 25), "those that arrived are yellow")


def scrub(tap, window):
    seen = set()
    window.activate("tour-play")
    tap.ok(window.wait(lambda: seen.add(round(window.state("level"), 3)) or window.state("tour-film") == 1, 40, 0.3), "the level's film runs to its end")
    tap.ok(len(seen) > 4 and max(seen) > 2 * min(seen), f"the level went through the window: {len(seen)} levels from {min(seen)} to {max(seen)}")


def animated(tap, epochs):
    window = journey.Window(sys.argv[1], ["--epochs", epochs])
    try:
        tap.ok(window.find() and window.wait_status("nodes?, coverage", 600), "the demonstration has its graph")
        tap.ok(window.wait(lambda: window.describe("export-curve")[0], 60), "and curves")
        window.focus()
        window.xdotool("mousemove", "1270", "1010", "key", "2", "key", "i", "key", "i")  # a mesh; spun, and stopped
        before, settings = window.settled_picture("tour-before.png", VIEW), state_of(window)
        window.activate("tour")
        pictures = list(go_through(tap, window))
        different = [journey.pixels_that_differ(a, b) for a, b in zip(pictures, pictures[1:])]
        tap.ok(all(n > 500 for n in different), f"each step looks different from the one before: {different} pixels")
        window.xdotool("key", "Left")
        tap.ok(step_is(window, 5), "Left goes back")
        time.sleep(1.5)  # the level is under way
        window.xdotool("key", "Escape")
        tap.ok(step_is(window, -1), "Escape leaves")
        tap.ok(window.wait(lambda: state_of(window) == settings, 5), f"and all is as it was {state_of(window)}")
        differ = lambda: journey.pixels_that_differ(before, window.picture("tour-after.png", VIEW))
        window.wait(lambda: differ() < 50, 25, 2)
        tap.ok(differ() < 50, f"the picture too: {differ()} pixels differ")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def still(tap, epochs):
    """With nothing open, and by a user who wants no animations."""
    window = journey.Window(sys.argv[1], ["--empty", "--epochs", epochs], gtk={"gtk-enable-animations": "0"})
    try:
        tap.ok(window.find(), "the window, without animations")
        window.activate("tour")
        tap.ok(window.wait(lambda: window.state("tour-step") == 0, 60), "the tour opens the demonstration")
        window.focus()
        window.xdotool("key", "Right", "Right", "Right", "Right")
        tap.ok(step_is(window, 4), "one may go on while it trains")
        window.picture("tour-waits.png")
        tap.ok(window.wait(lambda: window.state("tour-film") == 0, 600), "the seeds come once it has")
        time.sleep(2)
        tap.ok(window.state("tour-film") == 0, "and stand still")
        before = window.picture("tour-still-0.png", VIEW)
        window.activate("tour-play")
        tap.ok(window.wait(lambda: abs(window.state("tour-film") - 0.2) < 1e-9, 5), "until they are told to go a step")
        time.sleep(1)
        tap.ok(journey.pixels_that_differ(before, window.picture("tour-still-1.png", VIEW)) > 200, "which is seen")
        window.xdotool("key", "Right", "Right", "Right")
        tap.ok(step_is(window, -1), "Right at the last step finishes")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def main():
    tap = journey.Tap()
    epochs = sys.argv[2] if len(sys.argv) > 2 else "4"
    animated(tap, epochs)
    still(tap, epochs)
    return tap.finish()


sys.exit(main())

#!/usr/bin/python3
"""test-shortcuts.py SOURCE: the shortcuts window tells every key that the program has, and no other; what has a key is in a menu or on a button too."""
import glob
import re
import sys
import xml.etree.ElementTree as ElementTree

from tap import collect, run

SOURCE = sys.argv[1]
# Keys that do what another does, on other keyboards or with Shift held: the shortcuts window has the other.
SAME = {"KP_Add": "plus", "equal": "plus", "KP_Subtract": "minus", "underscore": "minus", "G": "<Shift>g", "<Control>y": "<Control><Shift>z"}
# Within a control that has the focus, as in every program: the arrows turn the picture, move a bar or a list.
WITHIN = {"Up", "Down", "Page_Up", "Page_Down"}


def read(path):
    with open(f"{SOURCE}/{path}", encoding="utf-8") as file:
        return file.read()


def accelerators():
    """{accelerator: action} of the table in the application."""
    table = re.search(r"\} keys\[\] = \{(.*?)\n  \};", read("src/app/cf-application.c"), re.S).group(1)
    rows = re.findall(r'\{ "([^"]+)", \{ (.*?) \} \}', table)
    return {key: action for action, keys in rows for key in re.findall(r'"([^"]+)"', keys)}


def plain_keys():
    """Keys that the window's own controllers take."""
    keys = set()
    for path in ("src/app/cf-window-actions.c", "src/app/cf-tour.c", "src/app/cf-presenter.c"):
        text = read(path)
        for start in re.finditer(r"^(\w*key_pressed) \(", text, re.M):
            body = text[start.start():text.index("\n}", start.start())]
            keys |= set(re.findall(r"(?:case|keyval ==) GDK_KEY_(?!\w+_Shift\b)(\w+)", body))
            if "CF_N_STYLES" in body:
                keys |= {str(i + 1) for i in range(int(re.search(r"#define CF_N_STYLES (\d)", read("src/render/cf-scene.h")).group(1)))}
    return keys


def told():
    words = " ".join(node.text for node in ElementTree.fromstring(read("ui/help-overlay.ui")).iter("property") if node.get("name") == "accelerator").split()
    ranges = [re.fullmatch(r"(\d)\.\.\.(\d)", word) for word in words]
    return {key for word, it in zip(words, ranges) for key in ([word] if it is None else map(str, range(int(it[1]), int(it[2]) + 1)))}


def test_every_key_is_told():
    keys = set(accelerators()) | plain_keys()
    assert len(keys) > 30, keys
    missing = sorted(key for key in keys if SAME.get(key, key) not in told() and key not in WITHIN)
    assert not missing, f"not in ui/help-overlay.ui: {missing}"


def test_no_other_key_is_told():
    keys = {SAME.get(key, key) for key in set(accelerators()) | plain_keys()}
    other = sorted(told() - keys)
    assert not other, f"in ui/help-overlay.ui, but the program does not have them: {other}"


def test_what_has_a_key_is_in_a_menu_or_on_a_button():
    used = set()
    for path in glob.glob(f"{SOURCE}/ui/*.ui"):
        for node in ElementTree.parse(path).iter():
            if node.get("name") in ("action", "action-name"):
                used.add(node.text)
    actions = {action.split("(")[0] for action in accelerators().values()}
    assert len(actions) > 8, actions
    missing = sorted(actions - used)
    assert not missing, f"a key, but in no menu and on no button: {missing}"


run(collect(globals()))

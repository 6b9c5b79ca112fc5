"""help.py PROGRAM: F1, h and the menu open the user guide; without a browser its place is told; Ctrl+? shows the keys.
The guide is in the window's language."""
import os
import sys
import tempfile
import time

from gi.repository import GLib

import journey

BROWSER = """[Desktop Entry]
Type=Application
Name=A browser
Exec=%s %%u
MimeType=text/html;
"""


def install_browser(folder):
    """A program that notes what it is asked to show, as the user's own for web pages."""
    shown, program = os.path.join(folder, "shown"), os.path.join(folder, "browser")
    for path, text in ((program, f'#!/bin/sh\necho "$1" >> {shown}\n'), (os.path.join(folder, "data", "applications", "browser.desktop"), BROWSER % program),
                       (os.path.join(folder, "config", "mimeapps.list"), "[Default Applications]\ntext/html=browser.desktop\n")):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    os.chmod(program, 0o755)
    return shown


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().split()


def user(folder):
    """The folders of one who has that browser."""
    return {"XDG_DATA_HOME": os.path.join(folder, "data"), "XDG_CONFIG_HOME": os.path.join(folder, "config"), "GTK_USE_PORTAL": "0"}


def page_of(address):
    path = GLib.filename_from_uri(address)[0] if address.startswith("file:") else address
    with open(path, encoding="utf-8") as file:
        return file.read()


def with_browser(tap, folder, shown):
    window = journey.Window(sys.argv[1], ["--empty"], LANGUAGE="", **user(folder))
    try:
        tap.ok(window.find(), "the window, on a desktop with a browser")
        window.focus()
        for n, key in enumerate(("F1", "h"), 1):
            window.xdotool("key", key)
            tap.ok(window.wait(lambda: len(lines(shown)) == n, 20), f"{key} shows a page: {lines(shown)[n - 1:]}")
        page = page_of(lines(shown)[0])
        tap.ok("<h1>Cryofield" in page and page.count("data:image/png") >= 3, "which is the guide, with its pictures")
        window.xdotool("key", "ctrl+question")
        keys = lambda: len(window.xdotool("search", "--onlyvisible", "--class", "cryofield").split())
        tap.ok(window.wait(lambda: keys() > 1, 20), "Ctrl+? opens the window of the keys")
        time.sleep(1)
        window.picture("help-keys.png")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def in_languages(tap, folder, shown):
    """F1 in each: the page is in the language of the window's words, English where the program has none of it."""
    for language, locale, needed in (("de_AT", "C.UTF-8", "de"), ("es", "C.UTF-8", "es"), ("zh_CN", "C.UTF-8", "zh-CN"), ("fi", "C.UTF-8", "en"), ("de", "C", "en")):
        before = len(lines(shown))
        window = journey.Window(sys.argv[1], ["--empty"], LANGUAGE=language, LC_ALL=locale, **user(folder))
        try:
            window.find()
            window.focus()
            window.xdotool("key", "F1")
            page = page_of(lines(shown)[before]) if window.wait(lambda: len(lines(shown)) > before, 20) else ""
            tap.ok(f'<html lang="{needed}">' in page, f"LANGUAGE={language}, LC_ALL={locale}: F1 shows {lines(shown)[before:]}")
        finally:
            window.close()


def without_browser(tap, folder):
    """Nothing is silent: where no program takes the page, its place is told."""
    share = os.path.join(folder, "share")
    os.mkdir(share)
    for name in os.listdir("/usr/share"):
        if name != "applications":
            os.symlink(f"/usr/share/{name}", os.path.join(share, name))
    window = journey.Window(sys.argv[1], ["--empty"], XDG_DATA_DIRS=share, GTK_USE_PORTAL="0")
    try:
        tap.ok(window.find(), "the window, where nothing opens a page")
        window.focus()
        window.xdotool("key", "F1")
        tap.ok(window.wait(lambda: window.describe("error-details")[0], 20), "F1 says so, and where the guide is")
        window.picture("help-none.png")
        tap.ok(not window.errors(), f"nothing was complained about {window.errors()[:3]}")
    finally:
        window.close()


def main():
    tap = journey.Tap()
    with tempfile.TemporaryDirectory() as folder:
        shown = install_browser(folder)
        with_browser(tap, folder, shown)
        in_languages(tap, folder, shown)
        without_browser(tap, folder)
    return tap.finish()


sys.exit(main())

#!/usr/bin/python3
"""test-guide.py SOURCE PAGE: the user guide as the page that F1 opens: whole, with its pictures, links that lead somewhere and keys that there are."""
import base64
import html.parser
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from tap import collect, equal, run

SOURCE, PAGE = sys.argv[1:3]
VOID = {"meta", "img", "br"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Page(html.parser.HTMLParser):
    """Elements that are open, ids, links, pictures and words of a page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.pictures, self.words, self.wrong, self.tags = [], [], [], [], [], [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        if tag == "img":
            self.pictures.append((attrs.get("alt", ""), attrs["src"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def page():
    return Page(read(PAGE))


def test_the_page_is_whole():
    it = page()
    equal((it.wrong, it.open), ([], []))
    assert not it.tags & {"script", "iframe", "object", "link"}, it.tags
    source = read(f"{SOURCE}/docs/guide/guide.md")
    plain = lambda text: re.sub(r"\W+", "", text)
    words = plain("".join(it.words))
    for line in source.splitlines():
        if line.startswith("!["):
            continue
        for cell in re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", line.lstrip("#- ")).split("|"):
            assert plain(cell) in words, f"not in the page: {cell}"


def test_links_lead_somewhere():
    it = page()
    assert len(it.links) > 5 and len(set(it.ids)) == len(it.ids), it.links
    for link in it.links:
        assert link.startswith("#") and link[1:] in it.ids or link.startswith("https://"), f"{link} leads nowhere"


def test_pictures_are_in_it():
    it, told = page(), re.findall(r"!\[([^]]*)\]\(([^)]+)\)", read(f"{SOURCE}/docs/guide/guide.md"))
    equal(len(it.pictures), len(told))
    for (alt, source), (words, name) in zip(it.pictures, told):
        equal(alt, words)
        with open(f"{SOURCE}/docs/guide/{name}", "rb") as file:
            equal(base64.b64decode(source.removeprefix("data:image/png;base64,")), file.read(), name)


def test_keys_of_the_guide_are_those_of_the_program():
    nodes = ElementTree.parse(f"{SOURCE}/ui/help-overlay.ui").iter("property")
    known = {key for node in nodes if node.get("name") == "accelerator" for key in node.text.split()}
    names = {"+": "plus", "-": "minus"}
    text = read(f"{SOURCE}/docs/guide/guide.md")
    told = {names.get(key, key) for key in re.findall(r"(?<![`\w])`([^\s`])`", text)}
    for words in re.findall(r"\bCtrl\+((?:Shift\+)?[A-Za-z])\b", text):
        told.add("<Control>" + words.replace("Shift+", "<Shift>").lower().replace("<shift>", "<Shift>"))
    assert len(told) > 8, told
    equal(sorted(told - known), [], "keys that the guide tells and the shortcuts window does not")


def test_what_is_not_understood_is_refused():
    for wrong in ("1. a numbered list", "> a quotation", "words\n- and a list at once", "![](nothing.gif)"):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/a.md", "w", encoding="utf-8") as file:
                file.write(f"# Title\n\n{wrong}\n")
            done = subprocess.run([sys.executable, f"{SOURCE}/tools/guide.py", f"{folder}/a.md", f"{folder}/a.html"], capture_output=True, text=True, check=False)
            assert done.returncode != 0 and "guide.py: " in done.stderr and not os.path.exists(f"{folder}/a.html"), (wrong, done.stderr)


run(collect(globals()))

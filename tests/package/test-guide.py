#!/usr/bin/python3
"""test-guide.py SOURCE PAGE...: the user guide as the pages that F1 opens, one in each language: whole, with pictures, links that lead somewhere and keys
that there are; and that no language has fallen behind the English one, nor names a control otherwise than the program does."""
import ast
import base64
import html.parser
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from tap import collect, equal, run

SOURCE = sys.argv[1]
PAGES = {(os.path.basename(path).split(".")[1:-1] or ["en"])[0]: path for path in sys.argv[2:]}
OTHERS = [language for language in PAGES if language != "en"]
VOID = {"meta", "img", "br"}
KEYS = {"de": {"Strg": "Ctrl", "Umschalt": "Shift"}, "es": {"Mayús": "Shift"}}  # how keyboards of that language name them
PICTURE = r"!\[([^]]*)\]\(([^)]+)\)"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def guide(language):
    """The source of a page, with keys as an English keyboard names them."""
    text = read(f"{SOURCE}/docs/guide/guide{'' if language == 'en' else '.' + language}.md")
    for name, english in KEYS.get(language, {}).items():
        text = re.sub(rf"\b{name}\b", english, text)
    return text


def blocks(language):
    return [block.strip("\n") for block in re.split(r"\n{2,}", guide(language)) if block.strip()]


def plain(text):
    return re.sub(r"\W+", "", text)


class Page(html.parser.HTMLParser):
    """Elements that are open, ids, links, pictures and words of a page."""

    def __init__(self, language):
        super().__init__()
        self.open, self.ids, self.links, self.pictures, self.words, self.wrong, self.tags, self.language = [], [], [], [], [], [], set(), None
        self.feed(read(PAGES[language]))
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.language = attrs.get("lang") if tag == "html" else self.language
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


def test_there_is_one_in_each_language_of_the_program():
    languages = [word for line in read(f"{SOURCE}/po/LINGUAS").splitlines() if not line.startswith("#") for word in line.split()]
    equal(sorted(PAGES), sorted(["en", *languages]))
    for language in PAGES:
        equal(Page(language).language, language.replace("_", "-"))


def test_pages_are_whole():
    for language in PAGES:
        it = Page(language)
        equal((it.wrong, it.open), ([], []), language)
        assert not it.tags & {"script", "iframe", "object", "link"}, it.tags
        words = plain("".join(it.words))
        for line in read(f"{SOURCE}/docs/guide/guide{'' if language == 'en' else '.' + language}.md").splitlines():
            if line.startswith("!["):
                continue
            for cell in re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", line.lstrip("#- ")).split("|"):
                assert plain(cell) in words, f"{language}: not in the page: {cell}"


def test_lines_are_joined_as_the_language_joins_them():
    text = "".join(Page("zh_CN").words)
    broken = re.findall(r"[\u3000-\u9fff\uff00-\uffef]\n(?=[\u3000-\u9fff\uff00-\uffef])", guide("zh_CN"))
    assert len(broken) > 5, "no line of the Chinese guide ends within a sentence: nothing to see here"
    equal(re.findall(r"[\u3000-\u9fff\uff00-\uffef] [\u3000-\u9fff\uff00-\uffef]|.[，。：；（）、] .|. [，。：；（）、].", text), [], "a space that Chinese has not")
    for language in ("en", "de", "es"):
        text, ends = "".join(Page(language).words), re.findall(r"(\w+)\n *(\w+)", "\n\n".join(block for block in blocks(language) if block[0] not in "|#!"))
        assert len(ends) > 5, ends
        equal([end for end in ends if " ".join(end) not in text], [], f"{language}: words that run together")


def test_links_lead_somewhere():
    for language in PAGES:
        it = Page(language)
        assert len(it.links) > 5 and len(set(it.ids)) == len(it.ids), it.links
        for link in it.links:
            assert link.startswith("#") and link[1:] in it.ids or link.startswith("https://"), f"{language}: {link} leads nowhere"


def test_pictures_are_in_it():
    for language in PAGES:
        it, told = Page(language), re.findall(PICTURE, guide(language))
        equal(len(it.pictures), len(told))
        for (alt, source), (words, name) in zip(it.pictures, told):
            equal(alt, words)
            with open(f"{SOURCE}/docs/guide/{name}", "rb") as file:
                equal(base64.b64decode(source.removeprefix("data:image/png;base64,")), file.read(), name)


def keys_told(text):
    names = {"+": "plus", "-": "minus"}
    told = {names.get(key, key) for key in re.findall(r"(?<![`\w])`([^\s`])`", text)}
    for words in re.findall(r"(?<![A-Za-z])Ctrl\+((?:Shift\+)?[A-Za-z])(?![A-Za-z])", text):
        told.add("<Control>" + words.replace("Shift+", "<Shift>").lower().replace("<shift>", "<Shift>"))
    return told


def test_keys_of_the_guide_are_those_of_the_program():
    nodes = ElementTree.parse(f"{SOURCE}/ui/help-overlay.ui").iter("property")
    known = {key for node in nodes if node.get("name") == "accelerator" for key in node.text.split()}
    told = keys_told(guide("en"))
    assert len(told) > 8, told
    equal(sorted(told - known), [], "keys that the guide tells and the shortcuts window does not")


def shape(block):
    """What a translation leaves as it is: the kind of a block with its parts, code, keys and numbers."""
    picture = re.fullmatch(PICTURE, block)
    lines = block.split("\n")
    kind = (["heading", len(block) - len(block.lstrip("#"))] if block.startswith("#") else ["picture", picture[2]] if picture
            else ["code", block] if all(line.startswith("    ") for line in lines)
            else ["table", [line.count("|") for line in lines]] if all(line.startswith("|") for line in lines)
            else ["list", len(re.findall("^- ", block, re.M))] if block.startswith("- ") else ["paragraph"])
    words = re.sub(r"`[^`]+`", "", block)
    return [*kind, sorted(re.findall(r"`([^`]+)`", block)), sorted(keys_told(block)), sorted(re.findall(r"\d+(?:\.\d+)?", words)),
            len(re.findall(r"\*[^*]+\*", block))]


def test_no_language_has_fallen_behind():
    english = blocks("en")
    assert len(english) > 20, len(english)
    for language in OTHERS:
        translated = blocks(language)
        for theirs, ours in zip(translated, english):
            equal(shape(theirs), shape(ours), f"guide.{language}.md: '{theirs[:60]}' beside '{ours[:60]}'")
            assert theirs != ours or ours.startswith("    "), f"guide.{language}.md: not translated: {ours[:60]}"
        equal(len(translated), len(english), f"guide.{language}.md: blocks")


def messages(language):
    """Of the program: (English, translated), without the letters of menus' keys and what follows a label."""
    string = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    value = lambda text: "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', text))
    bare = lambda text: re.sub(r"\(_\w\)|_|…", "", text).casefold()
    found = re.findall(rf"^msgid {string}(?:msgid_plural {string})?msgstr(?:\[0\])? {string}", read(f"{SOURCE}/po/{language}.po"), re.M)
    return [(bare(value(one)), bare(value(there))) for one, _, there in found]


def named(language):
    """What is emphasised, and the first column of each table: controls and the field's words."""
    text = re.sub(r"`[^`]+`", "", guide(language))
    return [" ".join(words.split()).casefold() for words in re.findall(r"\*([^*]+)\*|^\| ([^|\s][^|]*?) \|", text, re.M) for words in words if words]


def test_names_are_those_of_the_program():
    english = named("en")
    assert len(english) > 15, english
    for language in OTHERS:
        known = messages(language)
        assert len(known) > 500, len(known)
        theirs = named(language)
        equal(len(theirs), len(english), language)
        for ours, word in zip(english, theirs):
            exact = {there for one, there in known if one == ours}
            within = [there for one, there in known if re.search(rf"(?<!\w){re.escape(ours)}(?!\w)", one)]
            assert within, f"the program has no word '{ours}'"
            assert word in exact if exact else any(word in there for there in within), f"guide.{language}.md: '{word}' for '{ours}'; the program: {exact or within[:3]}"


def test_what_is_not_understood_is_refused():
    for wrong in ("1. a numbered list", "> a quotation", "words\n- and a list at once", "![](nothing.gif)"):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/a.md", "w", encoding="utf-8") as file:
                file.write(f"# Title\n\n{wrong}\n")
            done = subprocess.run([sys.executable, f"{SOURCE}/tools/guide.py", f"{folder}/a.md", f"{folder}/a.html"], capture_output=True, text=True, check=False)
            assert done.returncode != 0 and "guide.py: " in done.stderr and not os.path.exists(f"{folder}/a.html"), (wrong, done.stderr)


run(collect(globals()))

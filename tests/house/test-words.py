#!/usr/bin/python3
"""test-words.py SOURCE WORDS-TOOL: that all words to translate are listed, that what is translated is complete, and that programs find it."""
import gettext
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Skip, collect, equal, run

SOURCE, TOOL = map(os.path.abspath, sys.argv[1:3])
# As in po/meson.build, with what meson's preset for GLib adds.
KEYWORDS = ["--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=g_dngettext:2,3",
            "--keyword=CF_PLURAL:1,2", "--keyword=CF_N_PLURAL:1,2"]
ALL = ["src/*/*.c", "src/*/*.h", "ui/*.ui", "resources/*.desktop.in", "resources/*.metainfo.xml.in", "resources/*.gschema.xml"]


def call(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=SOURCE, **more)
    assert done.returncode == 0, f"{' '.join(words[:6])}: {done.stderr[-2000:]}"
    return done.stdout


def need(tool):
    if not shutil.which(tool):
        raise Skip(f"{tool} is not installed")


def lines(path):
    with open(f"{SOURCE}/{path}", encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def template(files, folder):
    """The template that xgettext makes of the files; its path and its messages."""
    path = os.path.join(folder, f"{len(os.listdir(folder))}.pot")
    call("xgettext", *KEYWORDS, "--no-location", "-o", path, "--", *files)
    with open(path, encoding="utf-8") as file:
        text = re.sub(r'"\n"', "", file.read())
    return path, set(re.findall(r'^(?:msgctxt "(?:.*)"\n)?msgid ".+"$', text, re.M))


def test_every_word_is_listed():
    need("xgettext")
    with tempfile.TemporaryDirectory() as folder:
        everything = sorted(os.path.relpath(path, SOURCE) for pattern in ALL for path in glob.glob(f"{SOURCE}/{pattern}")
                            if not path.endswith("/cf-words.h"))
        listed = template(lines("po/POTFILES"), folder)[1]
        missing = sorted(template(everything, folder)[1] - listed)
    assert len(listed) > 100, len(listed)
    assert not missing, f"not in a file of po/POTFILES (tools/potfiles.sh > po/POTFILES): {missing[:5]}"


def test_the_list_is_up_to_date():
    equal(call("tools/potfiles.sh").splitlines()[1:], lines("po/POTFILES"), "tools/potfiles.sh > po/POTFILES")


def test_translations_are_complete():
    need("msgfmt")
    languages = [word for line in lines("po/LINGUAS") for word in line.split()]
    equal(sorted(languages), sorted(os.path.basename(path)[:-3] for path in glob.glob(f"{SOURCE}/po/*.po")), "po/LINGUAS and the files po/*.po")
    with tempfile.TemporaryDirectory() as folder:
        pot = template(lines("po/POTFILES"), folder)[0]
        for language in languages:
            said = subprocess.run(["msgfmt", "-c", "--statistics", "-o", "/dev/null", f"po/{language}.po"], capture_output=True, text=True,
                                  check=False, cwd=SOURCE, env={**os.environ, "LC_ALL": "C", "LANGUAGE": ""})
            equal((said.returncode, "fuzzy" in said.stderr or "untranslated" in said.stderr), (0, False), said.stderr[-1500:])
            call("msgcmp", f"po/{language}.po", pot)


def test_translations_keep_what_is_in_braces():
    """What the report puts into its words, "{graph.nodes}", is named as in English, whatever the order."""
    need("msgfmt")
    for language in [word for line in lines("po/LINGUAS") for word in line.split()]:
        with tempfile.TemporaryDirectory() as folder:
            call("msgfmt", "-o", f"{folder}/cryofield.mo", f"po/{language}.po")
            with open(f"{folder}/cryofield.mo", "rb") as file:
                known = gettext.GNUTranslations(file)._catalog  # noqa: SLF001 there is no other list of them
        texts = {key: text for key, text in known.items() if isinstance(key, str) and "{" in key}
        assert len(texts) > 40, (language, len(texts))
        for english, own in texts.items():
            equal(sorted(re.findall(r"{[^}]*}", own)), sorted(re.findall(r"{[^}]*}", english)), f"{language}: {english}")


def in_language(program, language, text, **environment):
    clean = {k: v for k, v in os.environ.items() if k not in ("LC_MESSAGES", "LC_NUMERIC", "LC_CTYPE", "LANG")}
    return call(program, text, env={**clean, "LC_ALL": "C.UTF-8", "LANGUAGE": language, **environment}).splitlines()


def test_a_program_that_was_only_built_speaks_the_language():
    need("msgfmt")
    with tempfile.TemporaryDirectory() as folder:
        program = shutil.copy(TOOL, folder)
        os.makedirs(f"{folder}/po/es/LC_MESSAGES")
        with open(f"{folder}/es.po", "w", encoding="utf-8") as file:
            file.write('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Density of a region"\nmsgstr "Densidad de una región"\n')
        call("msgfmt", "-o", f"{folder}/po/es/LC_MESSAGES/cryofield.mo", f"{folder}/es.po")
        equal(in_language(program, "es", "Density of a region"), ["Densidad de una región", "1.5"])
        equal(in_language(program, "xx", "Density of a region"), ["Density of a region", "1.5"])


def test_numbers_do_not_follow_the_language():
    need("localedef")
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", f"{folder}/de_DE.UTF-8"], capture_output=True, text=True, check=False)
        if not os.path.isdir(f"{folder}/de_DE.UTF-8"):
            raise Skip(f"no sources of locales here: {made.stderr.strip()[:80]}")
        equal(in_language(TOOL, "", "x", LC_ALL="de_DE.UTF-8", LOCPATH=folder), ["x", "1.5"])


run(collect(globals()))

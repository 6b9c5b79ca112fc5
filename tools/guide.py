#!/usr/bin/env python3
"""guide.py GUIDE.md PAGE.html: writes the user guide as one page that holds its pictures and loads nothing. guide.de.md is one in German, guide.md in English.

Reads the part of Markdown that the guide is written in: headings, paragraphs, lists, tables, code, pictures, links, emphasis; what it does not know is an
error, so that nothing comes out wrong unseen. Standard library only; run by the build.
"""
import base64
import html
import os
import re
import sys
import unicodedata

KINDS = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg"}
STYLE = """
body { max-width: 46em; margin: 2em auto; padding: 0 1em; font: 17px/1.55 system-ui, sans-serif; background: #ffffff; color: #1d1f22; }
h1, h2 { line-height: 1.25; } h2 { margin-top: 2em; border-top: 1px solid #c9cace; padding-top: 0.8em; }
a { color: #005b8f; } nav { font-size: 94%; } nav a { margin-right: 1em; display: inline-block; }
img { max-width: 100%; height: auto; border: 1px solid #c9cace; border-radius: 6px; } figure { margin: 1.5em 0; } figcaption { font-size: 90%; }
pre { background: #f2f2f3; padding: 0.7em 1em; overflow-x: auto; border-radius: 6px; } code { font-size: 92%; }
table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top; padding: 0.3em 1em 0.3em 0; border-bottom: 1px solid #c9cace; }
@media (prefers-color-scheme: dark) {
  body { background: #24262a; color: #dcdee2; } a { color: #6cc0f0; } pre { background: #17181b; }
  h2, img, td, th { border-color: #4a4d54; }
}
:lang(zh) em { font-style: normal; font-weight: 600; }
@media print { nav { display: none; } body { font-size: 11pt; } }
"""


class Guide:
    def __init__(self, path):
        self.folder = os.path.dirname(os.path.abspath(path))
        with open(path, encoding="utf-8") as file:
            self.blocks = [block.strip("\n") for block in re.split(r"\n{2,}", file.read()) if block.strip()]
        self.title, self.sections = "", []
        self.language = (os.path.basename(path).split(".")[1:-1] or ["en"])[0].replace("_", "-")

    def picture(self, words, name):
        kind = KINDS.get(os.path.splitext(name)[1])
        if kind is None:
            raise SystemExit(f"guide.py: {name}: no kind of picture that a page shows")
        with open(os.path.join(self.folder, name), "rb") as file:
            data = base64.b64encode(file.read()).decode()
        return f'<figure><img alt="{self.escape(words)}" src="data:{kind};base64,{data}"><figcaption>{self.inline(words)}</figcaption></figure>'

    @staticmethod
    def escape(text):
        return html.escape(text, quote=True)

    @staticmethod
    def joined(text):
        """Lines as one: Chinese has no spaces between its words, nor beside its marks."""
        wide = lambda letter: unicodedata.east_asian_width(letter) in "WF"
        mark = lambda letter: wide(letter) and unicodedata.category(letter).startswith("P")
        return re.sub(r"(?<=(.))\n(?=(.))", lambda m: "" if wide(m[1]) and wide(m[2]) or mark(m[1]) or mark(m[2]) else " ", text)

    def inline(self, text):
        """Code first: nothing in it means anything."""
        parts = re.split(r"`([^`]+)`", self.joined(text))
        for i, part in enumerate(parts):
            part = self.escape(part)
            if i % 2 == 0:
                part = re.sub(r"\[([^]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', part)
                part = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", part)
                part = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", part)
            parts[i] = f"<code>{part}</code>" if i % 2 else part
        return "".join(parts)

    def heading(self, block):
        level, words = len(block) - len(block.lstrip("#")), block.lstrip("# ")
        if level == 1:
            self.title = words
            return f"<h1>{self.inline(words)}</h1>"
        name = re.sub(r"\W+", "-", words.lower()).strip("-")
        self.sections.append((name, words))
        return f'<h{level} id="{name}">{self.inline(words)}</h{level}>'

    def table(self, lines):
        rows = [[self.inline(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
        head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
        head = f"<thead><tr>{head}</tr></thead>" if any(rows[0]) else ""
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[2:])
        return f"<table>{head}<tbody>{body}</tbody></table>"

    def list_of(self, lines):
        items = re.split(r"^- ", "\n".join(line if line.startswith("- ") else line.strip() for line in lines), flags=re.M)[1:]
        return "<ul>" + "".join(f"<li>{self.inline(item.strip())}</li>" for item in items) + "</ul>"

    def block(self, block):
        lines = block.split("\n")
        picture = re.fullmatch(r"!\[([^]]*)\]\(([^)\s]+)\)", " ".join(lines))
        if block.startswith("#"):
            return self.heading(block)
        if picture:
            return self.picture(*picture.groups())
        if all(line.startswith("    ") for line in lines):
            return f"<pre><code>{self.escape(chr(10).join(line[4:] for line in lines))}</code></pre>"
        if all(line.startswith("|") for line in lines):
            return self.table(lines)
        if lines[0].startswith("- "):
            return self.list_of(lines)
        strange = re.search(r"^(\d+\.|[-*+>#|]|```|~~~|<|!\[)", block, re.M)
        if strange:
            raise SystemExit(f"guide.py: not understood: {block[strange.start():].splitlines()[0]}")
        return f"<p>{self.inline(block)}</p>"

    def page(self):
        body = [self.block(block) for block in self.blocks]
        contents = "".join(f'<a href="#{name}">{self.escape(words)}</a>' for name, words in self.sections)
        body.insert(1, f"<nav>{contents}</nav>")
        return (f'<!DOCTYPE html>\n<html lang="{self.language}"><head><meta charset="utf-8"><title>{self.escape(self.title)}</title>\n'
                '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
                f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n")


def main():
    page = Guide(sys.argv[1]).page()
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(page)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""completion.py CLI WINDOW FOLDER: writes the completion of both programs for bash, zsh and fish, from what their --help says.

FOLDER gets NAME.bash, _NAME and NAME.fish for cryofield-cli and cryofield. Standard library only; run by the build.
"""
import os
import re
import subprocess
import sys

OPTION = re.compile(r"^  (?:-(?P<short>\w), |    )?--(?P<long>[a-z][a-z-]*)(?:=(?P<value>\S+))?\s+(?P<words>.*)$", re.M)
# What stands after an option is one of these names of files, or else something that cannot be completed.
FILES = {"NEURAL", "MRC", "XML", "CSV", "PNG", "FILE", "DIR", "MODEL", "M", "G", "NPZ", "MAP", "PYTHON", "GRAPH"}


def ask(program, *words):
    environment = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([program, *words], capture_output=True, text=True, check=True, env={**environment, "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "detect_leaks=0"})
    return done.stdout


def options(text):
    """(short or "", long, name of its value or "", words) of each option that a help text tells."""
    return [(m["short"] or "", m["long"], m["value"] or "", m["words"].strip()) for m in OPTION.finditer(text)]


def commands(cli):
    """(name, summary, options) of each command."""
    table = ask(cli, "--help").split("Commands:\n")[1].split("\n\n")[0]
    rows = [re.match(r"  (\S+)\s+(.*)", line).groups() for line in table.splitlines()]
    return [(name, words, options(ask(cli, name, "--help"))) for name, words in rows]


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def flags(rows):
    return " ".join(f"-{short} --{long}" if short else f"--{long}" for short, long, _, _ in rows)


# -- bash --------------------------------------------------------------------------------------------------------------------------------------

def bash(name, table, top):
    function = "_" + name.replace("-", "_")
    cases = "".join(f"      {command}) choices={quoted(flags(rows))} ;;\n" for command, _, rows in table)
    first = " ".join([command for command, _, _ in table] + [f"--{long}" for _, long, _, _ in top])
    inner = f"""  if [ "$COMP_CWORD" -eq 1 ]; then
    choices={quoted(first)}
  elif [[ $word == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{cases}    esac
  fi
""" if table else f"""  [[ $word == -* ]] && choices={quoted(flags(top))}
"""
    return f"""# bash completion of {name}; made by tools/completion.py.
{function} ()
{{
  local word=${{COMP_WORDS[COMP_CWORD]}} choices=
  COMPREPLY=()
{inner}  [ -z "$choices" ] || mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}}
complete -o default -F {function} {name}
"""


# -- zsh ---------------------------------------------------------------------------------------------------------------------------------------

def zsh_option(row):
    short, long, value, words = row
    words = words.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    what = "" if not value else f":{value.replace(':', ' ')}:" + ("_files" if value in FILES else " ")
    name = f"'(-{short} --{long})'{{-{short},--{long}{'=' if value else ''}}}" if short else f"--{long}{'=' if value else ''}"
    return f"{name}{quoted(f'[{words}]{what}')}"


def zsh_arguments(rows, indent):
    lines = [zsh_option(row) for row in rows] + ["'*:file:_files'"]
    return "_arguments -s -S \\\n" + " \\\n".join(indent + "  " + line for line in lines)


def zsh(name, table, top):
    if not table:
        return f"#compdef {name}\n# Made by tools/completion.py.\n{zsh_arguments(top, '')}\n"
    names = "\n".join("    " + quoted(f"{command}:{words}".replace("\\", "\\\\")) for command, words, _ in table)
    cases = "\n".join(f"    {command})\n      {zsh_arguments(rows, '      ')}\n      ;;" for command, _, rows in table)
    return f"""#compdef {name}
# Made by tools/completion.py.
local -a subcommands
if (( CURRENT == 2 )); then
  subcommands=(
{names}
  )
  _describe -t commands command subcommands
  _values option {' '.join(f'--{long}' for _, long, _, _ in top)}
else
  shift words
  (( CURRENT-- ))
  case $words[1] in
{cases}
  esac
fi
"""


# -- fish --------------------------------------------------------------------------------------------------------------------------------------

def fish_option(name, condition, row):
    short, long, value, words = row
    parts = [f"complete -c {name}", condition, f"-s {short}" if short else "", f"-l {long}", "" if not value else "-r" if value in FILES else "-x",
             f"-d {fish_quoted(words)}"]
    return " ".join(part for part in parts if part)


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(name, table, top):
    lines = [f"# fish completion of {name}; made by tools/completion.py."]
    if table:
        lines += [f"complete -c {name} -n __fish_use_subcommand -f -a {command} -d {fish_quoted(words)}" for command, words, _ in table]
    lines += [fish_option(name, "-n __fish_use_subcommand" if table else "", row) for row in top]
    for command, _, rows in table:
        lines += [fish_option(name, f"-n '__fish_seen_subcommand_from {command}'", row) for row in rows]
    return "\n".join(lines) + "\n"


def main():
    cli, window, folder = sys.argv[1:4]
    top = [("", "help", "", "Lists the commands"), ("", "version", "", "Prints the version")]
    for name, table, rows in (("cryofield-cli", commands(cli), top), ("cryofield", [], options(ask(window, "--help")))):
        for path, text in ((f"{name}.bash", bash(name, table, rows)), (f"_{name}", zsh(name, table, rows)), (f"{name}.fish", fish(name, table, rows))):
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)


if __name__ == "__main__":
    main()

#!/bin/sh
# potfiles.sh: prints po/POTFILES: every file that holds words to translate. tools/potfiles.sh > po/POTFILES brings it up to date.
cd "$(dirname "$0")/.." || exit 1
echo "# Made by tools/potfiles.sh."
{
  grep -lE '(^|[^A-Za-z0-9_])(N?C?_|CF_(N_)?PLURAL|n?gettext) ?\(' src/*/*.c src/*/*.h | grep -v '/cf-words\.h$'
  grep -l 'translatable="yes"' ui/*.ui
  ls resources/*.desktop.in resources/*.metainfo.xml.in resources/*.gschema.xml
} | LC_ALL=C sort

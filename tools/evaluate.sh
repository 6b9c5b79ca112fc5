#!/bin/sh
# evaluate.sh PROGRAM DATA OUT [PART]...: the published evaluation, repeated; each part goes on where it stopped.
#   PROGRAM  build/cryofield-cli
#   DATA     a folder with maps/ and structures/ (../shared/data beside the source)
#   OUT      gets the lists and a folder of results for each part
# PAPER_ROWS (1): the rows of maps.csv to fit as published; all of them, 1-6, take days without a GPU.
#   PART     default, simulated, paper, atomic (which fetches); without one: the first three
set -eu
[ $# -ge 3 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
program=$(realpath "$1") data=$(realpath "$2")
mkdir -p "$3"
cd "$3"
shift 3
[ $# -gt 0 ] || set -- default simulated paper

cat > maps.csv << LIST
map,model,resolution
$data/maps/emd_2566_3j6b_chain9.mrc,$data/structures/emd_2566_3j6b_9.pdb,3.2
$data/maps/emd_4413_6i5a_box.ccp4,$data/structures/emd_4413_6i5a_box.pdb,2.3
$data/maps/xray_1mru_int8.map,$data/structures/1mru.pdb,3.0
$data/maps/xray_3pqr.ccp4.gz,$data/structures/3pqr.pdb,2.85
$data/maps/emd_20026_3ajo_prot.mrc,$data/structures/emd_20026_3ajo_fitted.pdb,1.75
$data/maps/emd_5778_chainA.mrc,$data/structures/emd_5778_3j5p.pdb,3.28
LIST
{
  echo model,resolution
  for resolution in 3.2 1.6 2.4 1.2 4.0 2.0 2.8 3.6; do echo "$data/structures/1crn.pdb,$resolution"; done
  echo "$data/structures/1ubq.pdb.gz,3.0"
  echo "$data/structures/1ubq.pdb.gz,1.8"
  echo "$data/structures/emd_2566_3j6b_9.pdb,3.4"
} > simulated.csv

status=0
for part; do
  case $part in
    default) "$program" batch maps.csv -o default --resume || status=1 ;;
    simulated) "$program" batch simulated.csv -o simulated --simulate --resume || status=1 ;;
    paper) "$program" batch maps.csv -o paper --preset paper --rows "${PAPER_ROWS:-1}" --resume || status=1 ;;
    atomic) "$program" batch atomic.csv -o atomic --resume || status=1 ;;
    *) echo "evaluate.sh: PART is $part, needs default, simulated, paper or atomic" >&2; exit 2 ;;
  esac
done
for neural in default/rows/*/*.neural.safetensors; do
  [ -f "$neural" ] && "$program" seams "$neural" --json > "${neural%.neural.safetensors}.seams.json"
done
exit $status

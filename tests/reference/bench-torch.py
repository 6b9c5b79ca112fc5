"""The script that `bench --vs torch` runs does each kind of work. Prints TAP; skipped where PyTorch is not installed. Usage: bench-torch.py SCRIPT"""
import json
import subprocess
import sys

try:
    import torch
except ImportError:
    print("1..0 # SKIP PyTorch (python3-torch) is not installed")
    sys.exit(0)

kinds = ["train", "value", "gradient", "version"]
print(f"1..{len(kinds)}")
for number, kind in enumerate(kinds, 1):
    done = subprocess.run([sys.executable, sys.argv[1], kind, "24", "2", "8", "10", "128", "1", "0.05"], capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
        good = said["version"] == torch.__version__ and said["rows_per_s"] > 0 and said["how"]
    except (ValueError, KeyError):
        good = False
    print("ok" if good else "not ok", number, "-", kind, "" if good else repr(done.stderr[-300:]))

"""The loss and its gradient by PyTorch's autograd, in float64, against the CPU backend. Prints TAP; skipped where PyTorch is not installed."""
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError:
    print("1..0 # SKIP PyTorch (python3-torch) is not installed")
    sys.exit(0)

WIDTH, HIDDEN, W0_FIRST, W0 = 24, 2, 8.0, 10.0  # as in tests/compute/fit-tool.c
SHAPES = [(WIDTH, 3)] + [(WIDTH, WIDTH)] * HIDDEN + [(1, WIDTH)]


def network(flat, x):
    at = 0
    for k, (out, inner) in enumerate(SHAPES):
        weight, bias = flat[at:at + out * inner].view(out, inner), flat[at + out * inner:at + out * inner + out]
        at += out * inner + out
        x = torch.nn.functional.linear(x, weight, bias)
        if k < len(SHAPES) - 1:
            x = torch.sin((W0 if k else W0_FIRST) * x)
    return x[:, 0]


print("1..1")
with tempfile.TemporaryDirectory() as folder:
    said = float(subprocess.run([sys.argv[1], "adam", folder], check=True, capture_output=True, text=True).stdout.split()[0])
    x, t, start, gradient = (torch.from_numpy(np.fromfile(f"{folder}/{part}", "<f4").astype(float)) for part in ("x", "t", "start", "gradient"))
start.requires_grad_(True)
found = network(start, x.view(-1, 3))
loss = torch.where(t.isnan(), (found + 1.05).clamp(min=0), found - t.nan_to_num()).square().mean()
loss.backward()
miss = float((start.grad - gradient).norm() / gradient.norm())
ok = abs(float(loss) - said) < 1e-5 * said and miss < 1e-5
print("ok" if ok else "not ok", 1, f"- loss and gradient, miss {miss:.2g}, PyTorch {torch.__version__}")

"""Loss, its gradient and three steps of Adam and of Muon, in NumPy and float64, against the CPU backend. Prints TAP."""
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP NumPy is not installed")
    sys.exit(0)

WIDTH, HIDDEN, W0_FIRST, W0, RATE, MUON_RATE, STEPS = 24, 2, 8.0, 10.0, 1e-3, 2e-2, 4
SHAPES = [(WIDTH, 3)] + [(WIDTH, WIDTH)] * HIDDEN + [(1, WIDTH)]


def unpack(flat):
    layers, at = [], 0
    for out, inner in SHAPES:
        weight = flat[at:at + out * inner].reshape(out, inner)
        at += out * inner
        layers.append([weight, flat[at:at + out]])
        at += out
    return layers


def pack(layers):
    return np.concatenate([part.ravel() for layer in layers for part in layer])


def forward(layers, x):
    for k, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if k < len(layers) - 1:
            x = np.sin((W0 if k else W0_FIRST) * x)
    return x[:, 0]


def loss_gradient(layers, x, t):
    """Backpropagation written out."""
    inputs, slopes, a = [], [], x
    for k, (weight, bias) in enumerate(layers):
        inputs.append(a)
        z = a @ weight.T + bias
        if k == len(layers) - 1:
            break
        w0 = W0 if k else W0_FIRST
        a = np.sin(w0 * z)
        slopes.append(w0 * np.cos(w0 * z))
    miss = np.where(np.isnan(t), np.maximum(z[:, 0] + 1.05, 0), z[:, 0] - t)  # NaN: no density there
    dz, grads = (2 * miss / len(t))[:, None], []
    for k in reversed(range(len(layers))):
        grads.insert(0, [dz.T @ inputs[k], dz.sum(axis=0)])
        if k:
            dz = dz @ layers[k][0] * slopes[k - 1]
    return (miss ** 2).mean(), grads


def orthogonalise(g):
    x = g / np.linalg.norm(g)
    for a, b, c in ((8.3837, -24.7659, 18.3571), (4.0434, -3.0114, 0.5695), (3.5056, -2.6267, 0.5257), (2.4901, -1.8343, 0.4368)):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def steps(layers, x, t, muon):
    first, second = [[np.zeros_like(p) for p in layer] for layer in layers], [[np.zeros_like(p) for p in layer] for layer in layers]
    losses = []
    for step in range(3):
        loss, grads = loss_gradient(layers, x, t)
        losses.append(loss)
        cosine = 0.5 * (1 + np.cos(np.pi * step / STEPS))
        for k, layer in enumerate(layers):
            for p in range(2):
                g = grads[k][p]
                if muon and p == 0 and 0 < k < len(layers) - 1:
                    first[k][p] = 0.95 * first[k][p] + 0.05 * g
                    layer[p] = layer[p] - cosine * MUON_RATE * orthogonalise(0.95 * first[k][p] + 0.05 * g)
                    continue
                first[k][p] = 0.9 * first[k][p] + 0.1 * g
                second[k][p] = 0.999 * second[k][p] + 0.001 * g ** 2
                mean, square = first[k][p] / (1 - 0.9 ** (step + 1)), second[k][p] / (1 - 0.999 ** (step + 1))
                layer[p] = layer[p] - cosine * RATE * mean / (np.sqrt(square) + 1e-8)
    return losses, layers


print("1..6")
for number, name in enumerate(["adam", "muon"]):
    with tempfile.TemporaryDirectory() as folder:
        said = [float(line) for line in subprocess.run([sys.argv[1], name, folder], check=True, capture_output=True, text=True).stdout.split()]
        x, t, start, gradient, end = (np.fromfile(f"{folder}/{part}", "<f4").astype(float) for part in ("x", "t", "start", "gradient", "end"))
    x = x.reshape(-1, 3)
    low = forward(unpack(start), x)[np.isnan(t)] < -1.05
    assert 0.2 < low.mean() < 0.8, low.mean()
    loss, grads = loss_gradient(unpack(start), x, t)
    miss = np.linalg.norm(pack(grads) - gradient) / np.linalg.norm(gradient)
    print("ok" if abs(loss - said[0]) < 1e-5 * loss and miss < 1e-5 else "not ok", 3 * number + 1, f"- {name}: loss and gradient, miss {miss:.2g}")
    losses, layers = steps(unpack(start), x, t, name == "muon")
    miss = np.abs(np.array(losses) / said[1:] - 1).max()
    print("ok" if miss < 1e-4 else "not ok", 3 * number + 2, f"- {name}: losses of three steps, miss {miss:.2g}")
    moved = np.linalg.norm(end - start)
    miss = np.linalg.norm(pack(layers) - end) / moved
    print("ok" if miss < 2e-3 and moved > 0 else "not ok", 3 * number + 3, f"- {name}: weights after them, miss {miss:.2g} of the way")

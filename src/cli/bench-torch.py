"""The training step and the queries of one region in PyTorch, timed; run by `cryofield-cli bench --vs torch`. One JSON object on stdout.

Usage: bench-torch.py KIND WIDTH HIDDEN W0_FIRST W0 BATCH THREADS SECONDS, where KIND is train (Adam), value, gradient, or version (nothing is timed). The threads work on one region
(PyTorch's own threads), then each on a region of its own (as many processes): the faster of the two is told. THREADS 0: on the first CUDA device, one region,
then 64 whose matrices are stacked (baddbmm), products in TF32: the faster of the two."""
import json
import subprocess
import sys
import time

import torch


class Sine(torch.nn.Module):
    def __init__(self, width, hidden, w0_first, w0):
        super().__init__()
        sizes = [3] + [width] * (hidden + 1) + [1]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.scales = [w0_first] + [w0] * hidden
        bound = (6 / width) ** 0.5 / w0
        with torch.no_grad():
            self.layers[0].weight.uniform_(-1 / 3, 1 / 3)
            for layer in self.layers[1:]:
                layer.weight.uniform_(-bound, bound)

    def forward(self, x):
        for layer, scale in zip(self.layers, self.scales):
            x = torch.sin(scale * layer(x))
        return self.layers[-1](x)[:, 0]


class Stack(torch.nn.Module):
    """Many regions of the same shape, each product one batched call."""
    def __init__(self, regions, width, hidden, w0_first, w0):
        super().__init__()
        nets = [Sine(width, hidden, w0_first, w0) for _ in range(regions)]
        self.scales = nets[0].scales
        self.weights = torch.nn.ParameterList(torch.stack([net.layers[i].weight.detach().T for net in nets]) for i in range(hidden + 2))
        self.biases = torch.nn.ParameterList(torch.stack([net.layers[i].bias.detach()[None] for net in nets]) for i in range(hidden + 2))

    def forward(self, x):
        for scale, weight, bias in zip(self.scales, self.weights, self.biases):
            x = torch.sin(scale * torch.baddbmm(bias, x, weight))
        return torch.baddbmm(self.biases[-1], x, self.weights[-1])[..., 0]


def adam(parameters):
    """The fastest Adam that this version has for the processor."""
    for how in ({"fused": True}, {"foreach": True}, {}):
        try:
            made = torch.optim.Adam(parameters, lr=1e-4, **how)
            for p in made.param_groups[0]["params"]:
                p.grad = torch.zeros_like(p)
            made.step()
            return made
        except (RuntimeError, TypeError, NotImplementedError):
            continue
    raise RuntimeError("no Adam works")


def train_step(net, x, t):
    optimiser = adam(list(net.parameters()))

    def step():
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(net(x), t).backward()
        optimiser.step()
    return step


def value_step(net, x, _):
    def step():
        with torch.inference_mode():
            net(x)
    return step


def gradient_step(net, x, _):
    net.requires_grad_(False)

    def step():
        at = x.detach().requires_grad_()
        torch.autograd.grad(net(at).sum(), at)
    return step


def measure(kind, shape, batch, threads, begin, seconds):
    """Steps a second from the moment `begin` on the clock, or at once where that is 0: the best of three spans."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net, x, t = Sine(*shape), torch.rand(batch, 3) * 2 - 1, torch.zeros(batch)
    step = {"train": train_step, "value": value_step, "gradient": gradient_step}[kind](net, x, t)
    for _ in range(3):
        step()
    time.sleep(max(0.0, begin - time.time()))
    best = 0.0
    for _ in range(3):
        start, steps = time.perf_counter(), 0
        while steps == 0 or time.perf_counter() - start < seconds / 3:
            step()
            steps += 1
        best = max(best, steps / (time.perf_counter() - start))
    return best


def measure_on_device(kind, shape, batch, regions, seconds):
    """Steps a second of so many regions at once; the clock is read when the device has finished."""
    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high")
    net, size = (Sine(*shape), (batch,)) if regions == 1 else (Stack(regions, *shape), (regions, batch))
    net, x, t = net.cuda(), torch.rand(*size, 3, device="cuda") * 2 - 1, torch.zeros(*size, device="cuda")
    step = {"train": train_step, "value": value_step, "gradient": gradient_step}[kind](net, x, t)
    for _ in range(5):
        step()
    best = 0.0
    for _ in range(3):
        torch.cuda.synchronize()
        start, steps = time.perf_counter(), 0
        while steps == 0 or time.perf_counter() - start < seconds / 3:
            for _ in range(10):
                step()
            torch.cuda.synchronize()
            steps += 10
        best = max(best, steps / (time.perf_counter() - start))
    return best


def measure_apart(words, processes):
    """One thread each, all at the same time."""
    begin = repr(time.time() + 3 + 2 * processes)
    running = [subprocess.Popen([sys.executable, *words, begin], stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(float(process.communicate()[0]) for process in running)


def main():
    words = sys.argv
    kind, (width, hidden) = words[1], map(int, words[2:4])
    w0_first, w0, batch, threads, seconds = float(words[4]), float(words[5]), int(words[6]), int(words[7]), float(words[8])
    if kind == "version":
        print(json.dumps({"version": torch.__version__, "rows_per_s": 1, "how": "not timed"}))
        return
    shape = (width, hidden, w0_first, w0)
    if threads == 0:
        alone, stacked = (measure_on_device(kind, shape, batch, regions, seconds / 2) * regions for regions in (1, 64))
        print(json.dumps({"version": torch.__version__, "rows_per_s": max(alone, stacked) * batch,
                          "how": torch.cuda.get_device_name() + (", 64 regions stacked" if stacked > alone else ", one region") + ", TF32"}))
        return
    if len(words) > 9:  # one of the processes
        print(measure(kind, shape, batch, 1, float(words[9]), seconds))
        return
    together = measure(kind, shape, batch, threads, 0, seconds)
    apart = measure_apart(words, threads) if threads > 1 else 0.0
    rows = max(together, apart) * batch
    print(json.dumps({"version": torch.__version__, "rows_per_s": rows,
                      "how": "a process a thread" if apart > together else "threads of one process"}))


main()

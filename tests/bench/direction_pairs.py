# SPDX-License-Identifier: Apache-2.0
"""Cause-effect pairs with known direction by generated mechanisms, in the folder format of the benchmark: direction_pairs.py FOLDER COUNT [SEED].
The weights of engine/causal/direction.c were fitted on these (seed 1, 1,000 pairs); "fit" in place of COUNT reads the clues that
`causal tuebingen_pairs FOLDER each` prints on its input and fits them by ridge logistic regression without a constant. Needs numpy."""
import os
import sys

import numpy


def smooth(rng, x):
    """A random function: sum of a few sigmoids and waves, more often monotone than not."""
    x = (x - x.mean()) / (x.std() + 1e-12)
    kind = rng.integers(5)
    if kind == 0:
        return numpy.sign(rng.normal()) * x * (1 + .3 * rng.random() * numpy.tanh(x))
    if kind == 1:
        return numpy.exp(rng.uniform(.3, 1) * x) * numpy.sign(rng.normal())
    if kind == 2:
        return numpy.log(x - x.min() + rng.uniform(.05, 1))
    if kind == 3:
        return sum(rng.normal() * numpy.tanh(rng.uniform(.5, 3) * (x - rng.normal())) for _ in range(4))
    return sum(rng.normal() / k * numpy.sin(k * rng.uniform(.3, .8) * x + rng.uniform(0, 6)) for k in range(1, 4))


def source(rng, n):
    kind = rng.integers(5)
    if kind == 0:
        return rng.normal(size=n)
    if kind == 1:
        return rng.random(n)
    if kind == 2:
        return rng.gamma(rng.uniform(.8, 5), size=n)
    if kind == 3:
        centres = rng.normal(scale=2, size=rng.integers(2, 5))
        return rng.choice(centres, n) + rng.uniform(.3, 1) * rng.normal(size=n)
    return numpy.exp(rng.uniform(.3, 1) * rng.normal(size=n))


def noise(rng, n):
    return [rng.normal(size=n), rng.random(n) - .5, rng.laplace(size=n), rng.gamma(2, size=n) - 2][rng.integers(4)]


def pair(rng):
    n = int(numpy.exp(rng.uniform(numpy.log(150), numpy.log(3000))))
    x, e = source(rng, n), noise(rng, n)
    e /= e.std()
    f = smooth(rng, x)
    f = (f - f.mean()) / (f.std() + 1e-12)
    size = numpy.exp(rng.uniform(numpy.log(.15), numpy.log(1.5)))
    kind = rng.integers(4)
    if kind == 0:
        y = f + size * e
    elif kind == 1:
        y = f + size * e * (.3 + abs(f))
    elif kind == 2:
        y = (f - f.min() + .2) * numpy.exp(.5 * size * e)
    else:
        y = smooth(rng, f + size * e)
    for _ in range(2):
        if rng.random() < .3:
            steps = rng.integers(10, 200)
            x = numpy.round((x - x.min()) / (numpy.ptp(x) + 1e-12) * steps)
        if rng.random() < .3:
            steps = rng.integers(20, 400)
            y = numpy.round((y - y.min()) / (numpy.ptp(y) + 1e-12) * steps)
    return x, y


def write(folder, count, seed):
    rng = numpy.random.default_rng(seed)
    for part in ('data', 'ground.truth'):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    with open(os.path.join(folder, 'ground.truth', 'pairmeta.txt'), 'w') as meta:
        for i in range(1, count + 1):
            x, y = pair(rng)
            forward = rng.random() < .5
            a, b = (x, y) if forward else (y, x)
            with open(os.path.join(folder, 'data', f'pair.{i}.txt'), 'w') as out:
                out.write('C1\tC2\n')
                out.writelines(f'{u:.9g}\t{v:.9g}\n' for u, v in zip(a, b))
            meta.write(f'{i:04d} 1 1 2 2 1\n' if forward else f'{i:04d} 2 2 1 1 1\n')


def fit(lines):
    names, rows, truth = None, [], []
    for line in lines:
        words = line.split()
        if not words or words[0] != 'pair':
            continue
        names = words[5::2]
        rows.append([float(w) for w in words[6::2]])
        truth.append(1 if words[2] == '->' else -1)
    x, y = numpy.array(rows), numpy.array(truth)
    scale = numpy.median(abs(x), axis=0) * 3
    z = numpy.tanh(x / scale)
    w = numpy.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + numpy.exp(-y * (z @ w)))
        gradient = z.T @ (y * (1 - p)) - 1e-2 * len(y) * w
        hessian = (z * (p * (1 - p))[:, None]).T @ z + 1e-2 * len(y) * numpy.eye(len(w))
        w += numpy.linalg.solve(hessian, gradient)
    print('right on these pairs', numpy.mean(numpy.sign(z @ w) == y), 'single', numpy.mean(numpy.sign(x) == y[:, None], axis=0))
    for n, s, v in zip(names, scale, w):
        print(f'{n}: scale {s:.4g}, weight {v:.4g}')


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if sys.argv[2] == 'fit':
        fit(sys.stdin)
    else:
        write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)

# SPDX-License-Identifier: Apache-2.0
"""Peers of the cause-finding benchmark, beside ours on the same data: causal_peers.py PROGRAM DATA [lagged|refute]...
PROGRAM is the built tests/bench/causal, DATA the folder with lalonde/. Needs the packages tigramite and dowhy (python3 -m venv, pip install).
Processor time of both, in turn; lines as the other benchmarks print them."""
import resource
import subprocess
import sys
import tempfile
import time


def ours(program, *words):
    lines = subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout.splitlines()
    return {w[1]: float(w[2]) for w in map(str.split, lines) if len(w) > 2}


def processor():
    return time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def versus(name, own, peer, peer_value):
    print(f'bench {name} {own:.4g} s vs {peer} {peer_value:.4g} {own / peer_value:.3g} ({peer_value / own:.0f} times)', flush=True)


def lagged(program, data):
    import numpy
    from tigramite import data_processing
    from tigramite.independence_tests.parcorr import ParCorr
    from tigramite.pcmci import PCMCI
    with tempfile.NamedTemporaryFile(suffix='.csv') as file:
        subprocess.run([program, 'lagged', '-', 'write', file.name], check=True)
        series = numpy.loadtxt(file.name, delimiter=',')
    own = ours(program, 'lagged', '-')['pcmci_plus-100x1000x5-processor']
    pcmci = PCMCI(dataframe=data_processing.DataFrame(series), cond_ind_test=ParCorr(significance='analytic'), verbosity=0)
    before = processor()
    found = pcmci.run_pcmciplus(tau_min=0, tau_max=5, pc_alpha=0.01)
    versus('pcmci-plus-100x1000x5', own, 'tigramite', processor() - before)
    links = [(i, j, k) for i, j, k in zip(*numpy.nonzero(found['graph'] != '')) if i != j and (k or i < j)]
    print(f'bench pcmci-plus-links-of-tigramite {len(links)} links')


def refute(program, data):
    import pandas
    import dowhy
    table = pandas.read_csv(data + '/lalonde/lalonde.csv')
    table['black'], table['hisp'] = table.race == 'black', table.race == 'hispan'
    table = table.drop(columns=['rownames', 'race']).astype(float)
    table['treat'] = table.treat.astype(bool)
    causes = [c for c in table.columns if c not in ('treat', 're78')]
    own = ours(program, 'lalonde', data + '/lalonde')['refutations-psid-5x100-rounds'] / 5
    model = dowhy.CausalModel(table, treatment='treat', outcome='re78', common_causes=causes)
    estimand = model.identify_effect(proceed_when_unidentifiable=True)
    estimate = model.estimate_effect(estimand, method_name='backdoor.linear_regression')
    print(f'bench lalonde-psid-dowhy {estimate.value:.4g} dollars')
    for how in ('placebo_treatment_refuter', 'random_common_cause', 'data_subset_refuter'):
        before = processor()
        model.refute_estimate(estimand, estimate, method_name=how, num_simulations=100)
        versus(f'refutation-{how}-100-rounds', own, 'dowhy', processor() - before)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for task in sys.argv[3:] or ['lagged', 'refute']:
        {'lagged': lagged, 'refute': refute}[task](sys.argv[1], sys.argv[2])

# SPDX-License-Identifier: Apache-2.0
"""Peers of the cause-finding benchmark, beside ours on the same data: causal_peers.py PROGRAM DATA [lagged|refute|discrete|shapley]...
PROGRAM is the built tests/bench/causal, DATA the folder with lalonde/, bnlearn/ and dowhy_business/. Needs the packages tigramite, dowhy, causal-learn and
pgmpy (python3 -m venv, pip install). Processor time of both, in turn, on one thread; lines as the other benchmarks print them."""
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


def discrete(program, data):
    """PC at level .05 with the chi-square test, four conditions at most, on alarm."""
    import logging
    import warnings
    import pandas
    from causallearn.search.ConstraintBased.PC import pc
    from pgmpy.estimators import PC
    warnings.simplefilter('ignore')
    logging.disable(logging.WARNING)
    table = pandas.read_csv(data + '/bnlearn/discrete_10000/data/alarm.txt.gz', sep=r'\s+')
    own = ours(program, 'bnlearn', data + '/bnlearn', 'alarm')['bnlearn-alarm-pc-processor']
    before = processor()
    pc(table.to_numpy(), 0.05, 'chisq', show_progress=False, verbose=False)
    versus('pc-alarm-10000', own, 'causal-learn', processor() - before)
    peer = PC(table.astype('category'))
    before = processor()
    peer.estimate(variant='stable', ci_test='chi_square', significance_level=0.05, max_cond_vars=4, show_progress=False, n_jobs=1)
    versus('pc-alarm-10000', own, 'pgmpy', processor() - before)


def shapley(program, data):
    """What raised a supply chain's received units: one attribution without intervals of the peer against one with a hundred resamples of ours."""
    import warnings
    import networkx
    import numpy
    import pandas
    from dowhy import gcm
    warnings.simplefilter('ignore')
    gcm.config.disable_progress_bars()
    gcm.config.set_default_n_jobs(1)
    table = pandas.read_csv(data + '/dowhy_business/supply_chain_week_over_week.csv')
    weeks = [table[table.week == w].drop(columns=['asin', 'week']) for w in ('w1', 'w2')]
    edges = [('demand', 'submitted'), ('constraint', 'submitted'), ('submitted', 'confirmed'), ('confirmed', 'received')]
    own = ours(program, 'dowhy_business', data + '/dowhy_business')['dowhy-supply-chain-processor']
    model = gcm.StructuralCausalModel(networkx.DiGraph(edges))
    gcm.auto.assign_causal_mechanisms(model, weeks[0])
    before = processor()
    found = gcm.distribution_change(model, *weeks, 'received', num_samples=2000,
                                    difference_estimation_func=lambda a, b: numpy.mean(b) - numpy.mean(a))
    versus('shapley-supply-chain', own, 'dowhy-gcm', processor() - before)
    print('bench shapley-supply-chain-of-dowhy ' + ', '.join(f'{k} {v:.3g}' for k, v in found.items()))


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tasks = {task.__name__: task for task in (lagged, refute, discrete, shapley)}
    for name in sys.argv[3:] or tasks:
        tasks[name](sys.argv[1], sys.argv[2])

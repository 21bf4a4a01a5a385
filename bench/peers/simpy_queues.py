"""Stations in series in SimPy, as its documentation models them: a process a job, a resource a station.

    simpy_queues.py STATIONS SERVERS LAMBDA MU HORIZON SEED

Arguments, model and output are those of queues.c.
"""

import json
import random
import sys
import time

import simpy


class Tally:
    def __init__(self):
        self.events = 0
        self.completed = 0
        self.sojourn = 0.0


def source(env, stations, rate, mu, tally):
    while True:
        yield env.timeout(random.expovariate(rate))
        tally.events += 1
        env.process(job(env, stations, mu, tally))


def job(env, stations, mu, tally):
    came_at = env.now
    for station in stations:
        with station.request() as request:
            yield request
            yield env.timeout(random.expovariate(mu))
        tally.events += 1
    tally.completed += 1
    tally.sojourn += env.now - came_at


def main():
    count, servers = int(sys.argv[1]), int(sys.argv[2])
    rate, mu, horizon = (float(text) for text in sys.argv[3:6])
    random.seed(int(sys.argv[6]))
    env = simpy.Environment()
    stations = [simpy.Resource(env, capacity=servers) for _ in range(count)]
    tally = Tally()
    env.process(source(env, stations, rate, mu, tally))
    start = time.process_time()
    env.run(until=horizon)
    seconds = time.process_time() - start
    print(
        json.dumps(
            {
                "events": tally.events,
                "cpuSeconds": seconds,
                "completed": tally.completed,
                "sojourn": tally.sojourn / tally.completed,
            }
        )
    )


main()

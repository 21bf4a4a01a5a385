"""Stations in series in Ciw, as its documentation models them: a network of nodes.

    ciw_queues.py STATIONS SERVERS LAMBDA MU HORIZON SEED

Arguments, model and output are those of queues.c. Ciw writes a record of every service while it runs; what is read off
the records afterwards is not timed.
"""

import json
import sys
import time

import ciw


def main():
    count, servers = int(sys.argv[1]), int(sys.argv[2])
    rate, mu, horizon = (float(text) for text in sys.argv[3:6])
    ciw.seed(int(sys.argv[6]))
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate)] + [None] * (count - 1),
        service_distributions=[ciw.dists.Exponential(mu)] * count,
        number_of_servers=[servers] * count,
        routing=[[1.0 if to == at + 1 else 0.0 for to in range(count)] for at in range(count)],
    )
    simulation = ciw.Simulation(network)
    start = time.process_time()
    simulation.simulate_until_max_time(horizon)
    seconds = time.process_time() - start

    people = simulation.get_all_individuals()
    through = [person.data_records for person in people if len(person.data_records) == count]
    arrivals = simulation.nodes[0].number_of_individuals
    print(
        json.dumps(
            {
                "events": arrivals + sum(len(person.data_records) for person in people),
                "cpuSeconds": seconds,
                "completed": len(through),
                "sojourn": sum(records[-1].exit_date - records[0].arrival_date for records in through) / len(through),
            }
        )
    )


main()

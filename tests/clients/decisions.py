"""Logs decisions to Elasticsearch, reads them back, counts them, and draws the heat map.

What a tutorial does with the client of Elasticsearch, pandas and seaborn, as a program of our
own. It needs that client; without pandas it counts by itself. The table that it comes to is
printed as JSON."""

import json
import os
import sys
from datetime import datetime, timedelta

from elasticsearch import ConflictError, Elasticsearch, NotFoundError, helpers

INDEX = "genesys_flow_decisions"
KEYS = ["1", "1", "1", "2", "2", "0", "*"]


def decision(number):
    agents = number * 7 % 10
    return {
        "timestamp": (datetime(2026, 1, 5, 9) + timedelta(seconds=number, microseconds=123456)).isoformat(),
        "flowInstanceId": f"call-{number}",
        "dtmf": KEYS[number % len(KEYS)],
        "queue_occupancy": agents,
        "routing_decision": "route_to_queue" if agents >= 5 else "route_to_vm",
        "state": "COMPLETE",
    }


def write(client):
    client.indices.delete(index=INDEX, ignore_unavailable=True)
    assert not client.indices.exists(index=INDEX)
    try:
        client.search(index=INDEX, query={"match_all": {}})
        raise AssertionError("a search in an index that is not there")
    except NotFoundError as error:
        assert error.body["error"]["type"] == "index_not_found_exception", error.body
    client.indices.create(index=INDEX, mappings={"properties": {"dtmf": {"type": "keyword"}}})
    assert client.indices.exists(index=INDEX)
    for number in range(10):
        client.index(index=INDEX, document=decision(number))
    actions = [{"_index": INDEX, "_id": f"d{n}", "_source": decision(n)} for n in range(10, 60)]
    for _ in range(2):
        written, failed = helpers.bulk(client, actions)
        assert (written, failed) == (50, []), failed
    client.indices.refresh(index=INDEX)
    assert client.get(index=INDEX, id="d10")["_source"] == decision(10)
    try:
        client.create(index=INDEX, id="d10", document=decision(10))
        raise AssertionError("a document was made twice")
    except ConflictError:
        pass


def read(client):
    assert client.count(index=INDEX)["count"] == 60
    fields = ["dtmf", "queue_occupancy", "routing_decision", "state"]
    found = client.search(index=INDEX, body={"size": 10000, "_source": fields, "query": {"match_all": {}}})
    assert found["hits"]["total"]["value"] == 60
    hits = [hit["_source"] for hit in found["hits"]["hits"]]
    assert sorted(hits[0]) == sorted(fields), hits[0]
    newest = client.search(index=INDEX, size=1, sort=[{"timestamp": {"order": "desc"}}])
    assert newest["hits"]["hits"][0]["_source"]["flowInstanceId"] == "call-59"
    busy = {"bool": {"filter": [{"range": {"queue_occupancy": {"lt": 5}}}], "must_not": [{"term": {"dtmf": "1"}}]}}
    expected = sum(decision(n)["queue_occupancy"] < 5 and decision(n)["dtmf"] != "1" for n in range(60))
    assert client.count(index=INDEX, query=busy)["count"] == expected
    return hits


def count(client, hits):
    """By aggregations, and by pandas if there is such a thing: both come to the same."""
    aggregations = {
        "keys": {
            "terms": {"field": "dtmf", "size": 100},
            "aggs": {
                "decisions": {
                    "terms": {"field": "routing_decision", "size": 100},
                    "aggs": {"agents": {"avg": {"field": "queue_occupancy"}}},
                }
            },
        }
    }
    found = client.search(index=INDEX, size=0, aggs=aggregations)["aggregations"]
    table = {}
    for key in found["keys"]["buckets"]:
        for cell in key["decisions"]["buckets"]:
            table[f"{key['key']} {cell['key']}"] = [cell["doc_count"], round(cell["agents"]["value"], 6)]
    counted = {}
    for hit in hits:
        cell = f"{hit['dtmf']} {hit['routing_decision']}"
        counted[cell] = counted.get(cell, 0) + 1
    assert {cell: count for cell, (count, _) in table.items()} == counted, (table, counted)
    return table


def draw(hits, path):
    try:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        import pandas
        import seaborn
    except ImportError:
        return
    log = pandas.DataFrame(hits)
    table = pandas.crosstab(log["dtmf"], log["routing_decision"])
    assert int(table.to_numpy().sum()) == len(hits)
    seaborn.heatmap(table, annot=True, fmt="d")
    plt.savefig(path)


def main():
    client = Elasticsearch(os.environ["ELASTICSEARCH_URL"])
    assert client.info()["version"]["number"].split(".")[0] == sys.argv[1]
    assert client.cluster.health()["status"] == "green"
    write(client)
    hits = read(client)
    table = count(client, hits)
    if len(sys.argv) > 2:
        draw(hits, sys.argv[2])
    print(json.dumps(table))


main()

"""Judges each definition of a list by the published schema: one line each, `good` or `bad`.

Usage: schema-check.py SCHEMA LIST, where LIST is a file with a JSON array of definitions.
"""

import json
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open(sys.argv[2]) as file:
    for definition in json.load(file):
        print("good" if validator.is_valid(definition) else "bad", flush=True)

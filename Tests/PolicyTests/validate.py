"""Tells of each document in a file, one a line, whether it fits the schema: a line `yes` or `no` for each."""
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
for line in open(sys.argv[2]):
    try:
        fits = validator(schema).is_valid(json.loads(line))
    except ValueError:
        fits = False
    print("yes" if fits else "no")

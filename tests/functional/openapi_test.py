"""The description of the local interface: it is OpenAPI 3.1, and what the node answers fits it."""
import re
import unittest

from api_test import Connection
from support import NodeTest

METHODS = {"get", "post", "put", "delete"}
HTTP_TOKEN = re.compile(r"^[a-z0-9_]+$")


class Invalid(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Invalid(what)


class Description:
    """What the specification asks of the parts that ours has (OpenAPI 3.1.0, section 4), and what
    JSON Schema 2020-12 asks of the keywords that ours uses."""

    KEYWORDS = {
        "type", "format", "properties", "items", "additionalProperties", "$ref", "pattern",
        "minimum", "maximum", "default", "contentEncoding",
    }  # fmt: skip

    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]
        self.used = set()

    def check(self):
        document = self.document
        need(re.match(r"^3\.1\.\d+$", document["openapi"]), "openapi")
        need(set(document) == {"openapi", "info", "servers", "paths", "components"}, "fields")
        need(document["info"]["title"] and document["info"]["version"], "info")
        need(all(server["url"] for server in document["servers"]), "servers")
        names = set()
        for path, operations in document["paths"].items():
            need(path.startswith("/v1/"), path)
            need(set(operations) <= METHODS and operations, path)
            for method, operation in operations.items():
                where = f"{method} {path}"
                self.check_operation(where, path, method, operation)
                need(operation["operationId"] not in names, f"{where}: operationId stands twice")
                names.add(operation["operationId"])
        for name, schema in self.schemas.items():
            need(re.match(r"^[a-zA-Z0-9._-]+$", name), name)
            self.check_schema(name, schema)
        need(self.used == set(self.schemas), f"not used: {set(self.schemas) - self.used}")

    def check_operation(self, where, path, method, operation):
        known = {"operationId", "description", "parameters", "requestBody", "responses"}
        need(set(operation) <= known, where)
        need(HTTP_TOKEN.match(operation["operationId"]), where)
        seen = set()
        for parameter in operation.get("parameters", []):
            need(parameter["in"] in ("path", "query"), where)
            need((parameter["in"], parameter["name"]) not in seen, f"{where}: a name stands twice")
            seen.add((parameter["in"], parameter["name"]))
            need(parameter["in"] != "path" or parameter["required"] is True, where)
            self.check_schema(where, parameter["schema"])
        in_path = {name for place, name in seen if place == "path"}
        need(in_path == set(re.findall(r"{([^}]*)}", path)), f"{where}: {in_path}")
        if "requestBody" in operation:
            need(method in ("post", "put"), f"{where}: a body")
            self.check_content(where, operation["requestBody"]["content"])
        responses = operation["responses"]
        need("default" in responses and len(responses) == 2, where)
        for status, response in responses.items():
            need(status == "default" or re.match(r"^2\d\d$", status), where)
            need(response["description"], where)
            self.check_content(where, response["content"])

    def check_content(self, where, content):
        need(content, where)
        for media, value in content.items():
            if media in ("image/webp", "image/jpeg"):  # bytes: OpenAPI 3.1 has no schema for them
                need(value == {}, where)
                continue
            need(media in ("application/json", "application/x-ndjson", "text/plain"), where)
            self.check_schema(where, value["schema"])

    def check_schema(self, where, schema):
        need(isinstance(schema, dict) and set(schema) <= self.KEYWORDS, f"{where}: {schema}")
        if "$ref" in schema:
            need(set(schema) == {"$ref"}, where)
            self.resolve(schema)
            return
        kinds = ("object", "array", "string", "integer", "number", "boolean")
        need(schema["type"] in kinds, where)
        need(schema["type"] != "array" or "items" in schema, where)
        for part in schema.get("properties", {}).values():
            self.check_schema(where, part)
        for word in ("items", "additionalProperties"):
            if word in schema:
                self.check_schema(where, schema[word])

    def resolve(self, schema):
        name = schema["$ref"].removeprefix("#/components/schemas/")
        need(name in self.schemas, f"{schema['$ref']} leads nowhere")
        self.used.add(name)
        return self.schemas[name]

    def check_value(self, where, value, schema):
        """That a value fits, with every field of it described."""
        if "$ref" in schema:
            schema = self.resolve(schema)
        kind = schema["type"]
        fits = {
            "object": isinstance(value, dict),
            "array": isinstance(value, list),
            "string": isinstance(value, str),
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "number": isinstance(value, (int, float)) and not isinstance(value, bool),
            "boolean": isinstance(value, bool),
        }
        need(fits[kind], f"{where}: {value!r} is no {kind}")
        need("pattern" not in schema or re.search(schema["pattern"], value), f"{where}: {value}")
        need(value >= schema["minimum"] if "minimum" in schema else True, f"{where}: {value}")
        if kind == "array":
            for each in value:
                self.check_value(where, each, schema["items"])
        if kind != "object":
            return
        for name, part in value.items():
            known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            need(known is not None or not schema.get("properties"), f"{where}: {name} is not told")
            if known is not None:
                self.check_value(f"{where}.{name}", part, known)


class OpenApi(NodeTest):
    def setUp(self):
        super().setUp()
        self.one = self.node("a", network=False).start()
        self.connection = Connection(self.one.directory)
        self.addCleanup(self.connection.close)
        status, self.document = self.connection.ask("GET", "/v1/openapi.json")
        self.assertEqual(status, 200)
        self.description = Description(self.document)

    def test_it_is_what_the_specification_asks_for(self):
        self.description.check()

    def test_the_validator_finds_what_is_wrong(self):
        def spoil(change):
            _, document = self.connection.ask("GET", "/v1/openapi.json")
            change(document)
            with self.assertRaises((Invalid, KeyError)):
                Description(document).check()

        spoil(lambda it: it.pop("info"))
        spoil(lambda it: it["components"]["schemas"].pop("Offer"))
        spoil(lambda it: it["components"]["schemas"].update(Unused={"type": "object"}))
        spoil(lambda it: it["paths"]["/v1/offers/{id}"]["get"].pop("parameters"))
        spoil(lambda it: it["paths"]["/v1/offers"]["get"].pop("responses"))
        spoil(lambda it: it["paths"]["/v1/offers"]["get"].update(operationId="get_v1_status"))

    def test_what_the_node_answers_fits_it(self):
        drafts = {
            "/v1/offers": {"title": "Tea", "price": {"amount": "250", "currency": "EUR"}},
            "/v1/posts": {"title": "Spring"},
            "/v1/personas": {"name": "shop"},
            "/v1/items": {"items": ["AAAA"]},
        }
        for path, draft in drafts.items():
            self.fits("post", path, path, draft)
        for path, operations in self.document["paths"].items():
            if "get" in operations and "{" not in path and path != "/v1/events":
                self.fits("get", path, path, None)
        self.fits("get", "/v1/search", "/v1/search?q=tea&kind=offer&limit=1", None)
        self.fits("get", "/v1/personas/{persona}", "/v1/personas/main", None)

    def fits(self, method, path, target, body):
        with self.subTest(f"{method} {target}"):
            status, answer = self.connection.ask(method.upper(), target, body)
            responses = self.document["paths"][path][method]["responses"]
            self.assertIn(str(status), responses, answer)
            schema = responses[str(status)]["content"]["application/json"]["schema"]
            self.description.check_value(path, answer, schema)

    def test_an_error_fits_it_too(self):
        status, answer = self.connection.ask("GET", "/v1/offers/ffffffff")
        self.assertEqual(status, 404)
        schema = self.document["paths"]["/v1/offers/{id}"]["get"]["responses"]["default"]
        self.description.check_value(
            "error", answer, schema["content"]["application/json"]["schema"]
        )
        self.assertEqual(answer["code"], "not_found")

    def test_the_parameters_it_names_are_those_that_are_taken(self):
        for parameter in self.document["paths"]["/v1/search"]["get"]["parameters"]:
            with self.subTest(parameter["name"]):
                target = f"/v1/search?{parameter['name']}=%"
                status, answer = self.connection.ask("GET", target)
                self.assertEqual(status, 400)
                self.assertIn(f"bad {parameter['name']}", answer["message"])


if __name__ == "__main__":
    unittest.main()

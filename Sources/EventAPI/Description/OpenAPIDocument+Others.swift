// SPDX-License-Identifier: Apache-2.0

extension OpenAPIDocument {
    /// What else can be asked, by path and method.
    static let others = #"""
        {
          "/openapi.json": {
            "get": {
              "operationId": "describe", "summary": "This document", "security": [],
              "responses": {
                "200": {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"}
              }
            }
          },
          "/subjects/{subject}": {
            "get": {
              "operationId": "getHistory", "summary": "What happened to an item, change by change", "security": [{"key": []}],
              "parameters": [
                {
                  "name": "subject", "in": "path", "required": true,
                  "description": "The table and the item's keys, `Products#{\"Id\":5}`, or `Products Id=5`.",
                  "schema": {"type": "string", "minLength": 1}, "example": "Products#{\"Id\":5}"
                },
                {
                  "name": "from", "in": "query", "description": "Leave out what happened before.", "required": false,
                  "schema": {"type": "string", "format": "date-time"}
                },
                {
                  "name": "until", "in": "query", "description": "Leave out what happened then and later.", "required": false,
                  "schema": {"type": "string", "format": "date-time"}
                },
                {
                  "name": "order", "in": "query", "description": "The earliest first (asc) or last.", "required": false,
                  "schema": {"type": "string", "enum": ["asc", "desc"], "default": "asc"}
                },
                {
                  "name": "limit", "in": "query", "description": "How many rows a page holds at most.", "required": false,
                  "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
                },
                {
                  "name": "cursor", "in": "query", "description": "Where to go on: `next` of the page before.", "required": false,
                  "schema": {"type": "string", "minLength": 1}
                }
              ],
              "responses": {
                "200": {
                  "description": "A page; empty where nothing is known of the item.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"}
              }
            }
          },
          "/events": {
            "post": {
              "operationId": "ingestEvents", "summary": "Bring an event in",
              "description": "Any JSON. What is no object becomes one, `{\"id\":…,\"data\":…}`; what has no `id` gets one. As application/x-ndjson, one event a line.",
              "security": [{"key": []}, {"bearer": []}, {"token": []}],
              "parameters": [
                {
                  "name": "source", "in": "query", "description": "Who sends it; absent: the name of the key.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 256}
                },
                {
                  "name": "type", "in": "query", "description": "What sort of event it is.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 128}
                }
              ],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {}}, "application/x-ndjson": {"schema": {"type": "string"}}}},
              "responses": {
                "200": {
                  "description": "What was posted, with its id.",
                  "content": {"application/json": {"schema": {"type": "object", "required": ["id"]}}, "application/x-ndjson": {"schema": {"type": "string"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "422": {"$ref": "#/components/responses/Unprocessable"}, "501": {"$ref": "#/components/responses/NotImplemented"}
              }
            }
          },
          "/consulta_logs": {
            "get": {
              "operationId": "legacyQuery", "summary": "Look up an execution, for older clients", "deprecated": true, "security": [{"key": []}],
              "parameters": [
                {
                  "name": "aws_request_id", "in": "query", "description": "The execution's request id.", "required": true,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "FunctionName", "in": "query", "description": "The function.", "required": false,
                  "schema": {"type": "string", "maxLength": 512}
                }
              ],
              "responses": {
                "200": {
                  "description": "Rows under the names of the table's columns.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            },
            "post": {
              "operationId": "legacyQueryByBody", "summary": "The same, asked in the body", "deprecated": true, "security": [{"key": []}],
              "requestBody": {
                "required": true,
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object", "required": ["aws_request_id"],
                      "properties": {
                        "aws_request_id": {"type": "string", "minLength": 1, "maxLength": 1024},
                        "FunctionName": {"type": ["string", "null"], "maxLength": 512}
                      }
                    }
                  }
                }
              },
              "responses": {
                "200": {
                  "description": "Rows under the names of the table's columns.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/reexecuta_funcao": {
            "post": {
              "operationId": "legacyRerun",
              "summary": "Run an execution again or, with `validity`, judge it, for older clients",
              "description": "Also at /reexecuta_função, however that is encoded.",
              "deprecated": true, "security": [{"key": []}],
              "requestBody": {
                "required": true,
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object", "required": ["aws_request_id"],
                      "properties": {
                        "aws_request_id": {"type": "string", "minLength": 1, "maxLength": 1024},
                        "FunctionName": {"type": ["string", "null"], "maxLength": 512},
                        "validity": {"anyOf": [{"type": "string", "enum": ["valid", "invalid"]}, {"type": "boolean"}]},
                        "note": {"type": ["string", "null"], "maxLength": 1024},
                        "idempotency_key": {"type": ["string", "null"], "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]([ !#-~]*[!#-~])?$"}
                      }
                    }
                  }
                }
              },
              "responses": {
                "200": {"description": "What has become of it.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rerun"}}}},
                "201": {"description": "The verdict is kept.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Verdict"}}}},
                "202": {
                  "description": "It is accepted; ask at `location`.",
                  "headers": {"location": {"description": "Where to ask.", "schema": {"type": "string"}}},
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rerun"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"},
                "422": {"$ref": "#/components/responses/Unprocessable"}, "501": {"$ref": "#/components/responses/NotImplemented"}
              }
            }
          }
        }
        """#
}

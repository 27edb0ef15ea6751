// SPDX-License-Identifier: Apache-2.0

extension OpenAPIDocument {
    /// What can be asked of executions, by path and method.
    static let executions = #"""
        {
          "/executions": {
            "get": {
              "operationId": "listExecutions", "summary": "List executions by function, status or verdict",
              "description": "One of `function`, `status` (error or timeout) and `validity` is needed: by these the table has indexes. A page may hold fewer rows than asked for and yet not be the last; the last has no `next`.",
              "security": [{"key": []}],
              "parameters": [
                {
                  "name": "function", "in": "query", "description": "The function, by name or ARN.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 512}
                },
                {
                  "name": "status", "in": "query", "description": "How an execution stands.", "required": false,
                  "schema": {"type": "string", "enum": ["ok", "error", "timeout", "running", "unknown"]}
                },
                {
                  "name": "validity", "in": "query", "description": "The verdict on it.", "required": false,
                  "schema": {"type": "string", "enum": ["valid", "invalid"]}
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
                  "name": "order", "in": "query", "description": "The latest first (desc) or last.", "required": false,
                  "schema": {"type": "string", "enum": ["asc", "desc"], "default": "desc"}
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
                "200": {"description": "A page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "501": {"$ref": "#/components/responses/NotImplemented"}
              }
            },
            "post": {
              "operationId": "saveExecution", "summary": "Save an execution with its input and output",
              "description": "What the row does not tell yet is added. Where it tells something else, nothing is changed.",
              "security": [{"key": []}, {"bearer": []}, {"token": []}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Execution"}}}},
              "responses": {
                "200": {"description": "It was saved before.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Saved"}}}},
                "201": {
                  "description": "It is saved.",
                  "links": {
                    "look-up": {"operationId": "getExecution", "parameters": {"id": "$response.body#/id"}},
                    "verdict": {"operationId": "giveVerdict", "parameters": {"id": "$response.body#/id"}},
                    "verdicts": {"operationId": "listVerdicts", "parameters": {"id": "$response.body#/id"}},
                    "rerun": {"operationId": "rerunExecution", "parameters": {"id": "$response.body#/id"}}
                  },
                  "headers": {"location": {"description": "Where to ask.", "schema": {"type": "string"}}},
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Saved"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "409": {"$ref": "#/components/responses/Conflict"}, "415": {"$ref": "#/components/responses/UnsupportedType"}
              }
            }
          },
          "/executions/{id}": {
            "get": {
              "operationId": "getExecution",
              "summary": "Look up an execution with its log lines, or a change, a message, an event",
              "security": [{"key": []}],
              "parameters": [
                {
                  "name": "id", "in": "path", "required": true, "description": "The execution's request id.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "function", "in": "query", "description": "The function, by name or ARN.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 512}
                },
                {
                  "name": "lines", "in": "query", "description": "How many log lines at most.", "required": false,
                  "schema": {"type": "integer", "minimum": 0, "maximum": 10000, "default": 1000}
                }
              ],
              "responses": {
                "200": {
                  "description": "All rows of this id; there are several where several functions have an execution of it.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/executions/{id}/verdicts": {
            "get": {
              "operationId": "listVerdicts",
              "summary": "All verdicts on an execution, the first one first",
              "security": [{"key": []}],
              "parameters": [
                {
                  "name": "id", "in": "path", "required": true, "description": "The execution's request id.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "function", "in": "query", "description": "The function, by name or ARN.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 512}
                }
              ],
              "responses": {
                "200": {
                  "description": "The verdicts.",
                  "content": {
                    "application/json": {
                      "schema": {
                        "type": "object", "required": ["items"],
                        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Verdict"}}}
                      }
                    }
                  }
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}
              }
            },
            "post": {
              "operationId": "giveVerdict", "summary": "Say that an execution did right, or not", "security": [{"key": []}],
              "parameters": [
                {
                  "name": "id", "in": "path", "required": true, "description": "The execution's request id.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "function", "in": "query", "description": "The function, by name or ARN.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 512}
                }
              ],
              "requestBody": {
                "required": true,
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object", "required": ["validity"], "additionalProperties": false,
                      "properties": {
                        "validity": {"type": "string", "enum": ["valid", "invalid"]},
                        "note": {"type": "string", "maxLength": 1024, "description": "Why."},
                        "by": {"type": "string", "maxLength": 64, "description": "Who says so; absent: the name of the key."}
                      }
                    }
                  }
                }
              },
              "responses": {
                "201": {"description": "It is kept.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Verdict"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"},
                "415": {"$ref": "#/components/responses/UnsupportedType"}
              }
            }
          },
          "/executions/{id}/reruns": {
            "post": {
              "operationId": "rerunExecution",
              "summary": "Run the recorded input again, against the function as it is now",
              "description": "Only functions that the setting `rerun.allow` names are run. With an idempotency key nothing runs twice: a key that was used before is answered with what became of it.",
              "security": [{"key": []}],
              "parameters": [
                {
                  "name": "id", "in": "path", "required": true, "description": "The execution's request id.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "function", "in": "query", "description": "The function, by name or ARN.", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 512}
                },
                {
                  "name": "idempotency-key", "in": "header", "required": false,
                  "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]([ !#-~]*[!#-~])?$"},
                  "description": "The same as `idempotency_key` in the body."
                }
              ],
              "requestBody": {
                "required": false,
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object", "additionalProperties": false,
                      "properties": {
                        "idempotency_key": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]([ !#-~]*[!#-~])?$"},
                        "dry_run": {"type": "boolean", "description": "Tell what would be run, and run nothing."},
                        "wait": {"type": "boolean", "description": "Answer when it has ended."}
                      }
                    }
                  }
                }
              },
              "responses": {
                "200": {
                  "description": "What would be run, or what has become of it.",
                  "content": {"application/json": {"schema": {"anyOf": [{"$ref": "#/components/schemas/Rerun"}, {"$ref": "#/components/schemas/Plan"}]}}}
                },
                "202": {
                  "description": "It is accepted; ask at `location`.",
                  "headers": {
                    "location": {"description": "Where to ask.", "schema": {"type": "string"}},
                    "retry-after": {"description": "Seconds.", "schema": {"type": "integer"}}
                  },
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rerun"}}}
                },
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"},
                "415": {"$ref": "#/components/responses/UnsupportedType"}, "422": {"$ref": "#/components/responses/Unprocessable"},
                "501": {"$ref": "#/components/responses/NotImplemented"}
              }
            }
          },
          "/executions/{id}/reruns/{key}": {
            "get": {
              "operationId": "getRerun", "summary": "What has become of a rerun", "security": [{"key": []}],
              "parameters": [
                {
                  "name": "id", "in": "path", "required": true, "description": "The execution's request id.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                {
                  "name": "key", "in": "path", "required": true, "description": "The idempotency key.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 255}
                }
              ],
              "responses": {
                "200": {"description": "As it stands.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rerun"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"}, "401": {"$ref": "#/components/responses/Unauthorized"},
                "403": {"$ref": "#/components/responses/Forbidden"}, "413": {"$ref": "#/components/responses/TooLarge"},
                "429": {"$ref": "#/components/responses/TooMany"}, "503": {"$ref": "#/components/responses/Unavailable"},
                "404": {"$ref": "#/components/responses/NotFound"}, "501": {"$ref": "#/components/responses/NotImplemented"}
              }
            }
          }
        }
        """#
}

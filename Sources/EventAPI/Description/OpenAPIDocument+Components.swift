// SPDX-License-Identifier: Apache-2.0

extension OpenAPIDocument {
    /// What the paths refer to.
    static let components = #"""
        {
          "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            "bearer": {"type": "http", "scheme": "bearer"}, "token": {"type": "apiKey", "in": "header", "name": "token"}
          },
          "responses": {
            "BadRequest": {"description": "The request is wrong.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Unauthorized": {
              "description": "A key is needed, or this one is not known.",
              "headers": {"www-authenticate": {"schema": {"type": "string"}}},
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "Forbidden": {
              "description": "The key lacks the scope, or the function may not be run again.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "NotFound": {
              "description": "It is not in the table.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "Conflict": {
              "description": "The table tells something else, or the id occurs in several functions.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "TooLarge": {"description": "The body is too large.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "UnsupportedType": {"description": "The body is not JSON.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Unprocessable": {"description": "It can never be done.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "TooMany": {
              "description": "The key's plan allows no more for now.",
              "headers": {"retry-after": {"description": "Seconds.", "schema": {"type": "integer"}}},
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "NotImplemented": {
              "description": "That is not set up here.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            },
            "Unavailable": {
              "description": "It may succeed later.",
              "headers": {"retry-after": {"description": "Seconds.", "schema": {"type": "integer"}}},
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            }
          },
          "schemas": {
            "Page": {
              "type": "object", "required": ["items"],
              "properties": {
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
                "next": {"type": "string", "description": "Absent on the last page."}
              }
            },
            "Row": {
              "type": "object",
              "description": "An execution; or a change, a message or an event as it was received, in the plain envelope.",
              "required": ["kind", "id"],
              "properties": {
                "kind": {"type": "string", "enum": ["invocation", "change", "message", "event"]},
                "id": {"type": "string"}, "function": {"type": "string"}, "qualifier": {"type": "string"},
                "time": {"type": "string", "format": "date-time"},
                "status": {"type": "string", "enum": ["ok", "error", "timeout", "running", "unknown"]},
                "report_at": {"type": "string", "format": "date-time"}, "duration_ms": {"type": "number"}, "billed_ms": {"type": "number"},
                "init_ms": {"type": "number"}, "memory_mb": {"type": "number"}, "max_memory_mb": {"type": "number"},
                "report_status": {"type": "string"}, "problem": {"type": "string", "enum": ["error", "timeout"]},
                "problem_at": {"type": "string", "format": "date-time"}, "error_type": {"type": "string"}, "error_message": {"type": "string"},
                "function_error": {"type": "string"}, "source": {"type": "string"}, "params": {}, "response": {}, "validity": {"type": "string"},
                "validity_by": {"type": "string"}, "validity_at": {"type": "string"}, "validity_note": {"type": "string"},
                "caused_by": {"type": "string"},
                "lines": {
                  "type": "array",
                  "items": {
                    "type": "object", "required": ["time", "id", "group", "stream", "message"],
                    "properties": {
                      "time": {"type": "string", "format": "date-time"}, "id": {"type": "string"}, "group": {"type": "string"},
                      "stream": {"type": "string"}, "message": {"type": "string"}
                    }
                  }
                },
                "more_lines": {"type": "boolean"}
              }
            },
            "Execution": {
              "type": "object", "required": ["aws_request_id", "FunctionName"], "additionalProperties": false,
              "description": "`event` is another word for `params`; at least one of the optional members but `time` is needed.",
              "anyOf": [
                {"required": ["event"]}, {"required": ["params"]}, {"required": ["response"]}, {"required": ["source"]},
                {"required": ["function_error"]}
              ],
              "not": {"required": ["event", "params"]},
              "properties": {
                "aws_request_id": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[^#]+$"},
                "FunctionName": {"type": "string", "minLength": 1, "maxLength": 128},
                "event": {}, "params": {}, "response": {},
                "source": {"type": "string", "minLength": 1, "maxLength": 256},
                "function_error": {"type": "string", "minLength": 1, "maxLength": 64},
                "time": {"type": "string", "format": "date-time"}
              }
            },
            "Saved": {
              "type": "object", "required": ["id", "function", "saved"],
              "properties": {"id": {"type": "string"}, "function": {"type": "string"}, "saved": {"type": "string", "enum": ["now", "before"]}}
            },
            "Verdict": {
              "type": "object", "required": ["id", "function", "validity", "at"],
              "properties": {
                "id": {"type": "string"}, "function": {"type": "string"}, "validity": {"type": "string", "enum": ["valid", "invalid"]},
                "at": {"type": "string", "format": "date-time"}, "by": {"type": "string"}, "note": {"type": "string"}
              }
            },
            "Plan": {
              "type": "object", "required": ["id", "function", "params"],
              "properties": {"id": {"type": "string"}, "function": {"type": "string"}, "params": {}}
            },
            "Rerun": {
              "type": "object",
              "required": ["key", "id", "function", "state", "started_at", "repeated"],
              "properties": {
                "key": {"type": "string"}, "id": {"type": "string"}, "function": {"type": "string"},
                "state": {"type": "string", "enum": ["accepted", "started", "done", "refused", "unknown"]},
                "started_at": {"type": "string", "format": "date-time"}, "ended_at": {"type": "string", "format": "date-time"},
                "new_id": {"type": "string"}, "note": {"type": "string"}, "repeated": {"type": "boolean"}, "differs": {"type": "boolean"},
                "differences": {
                  "type": "array",
                  "items": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}, "old": {}, "new": {}}}
                },
                "result": {"$ref": "#/components/schemas/Row"}
              }
            },
            "Problem": {
              "type": "object", "description": "RFC 9457.", "required": ["title", "status", "detail"],
              "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}
            }
          }
        }
        """#
}

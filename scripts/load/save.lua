-- SPDX-License-Identifier: Apache-2.0
-- Saves executions, each under an id of its own.
local run, count = 0, 0

function init(arguments)
    run = os.time()
end

function request()
    count = count + 1
    local body = '{"aws_request_id":"x' .. run .. "-" .. count .. '","FunctionName":"orders","event":{"order":' .. count .. ',"status":"paid"},"response":{"ok":true}}'
    return wrk.format("POST", "/executions", { ["content-type"] = "application/json" }, body)
end

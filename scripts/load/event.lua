-- SPDX-License-Identifier: Apache-2.0
-- Brings events in, one a request.
local count = 0

function request()
    count = count + 1
    return wrk.format("POST", "/events?source=load&type=order", { ["content-type"] = "application/json" }, '{"order":' .. count .. ',"status":"paid"}')
end

-- SPDX-License-Identifier: Apache-2.0
-- Asks for rows at random, of as many as the first argument says.
local rows = 1000

function init(arguments)
    rows = tonumber(arguments[1])
    math.randomseed(os.time())
end

function request()
    return wrk.format("GET", "/executions/e" .. math.random(0, rows - 1))
end

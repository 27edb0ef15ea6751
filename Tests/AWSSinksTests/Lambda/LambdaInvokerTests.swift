// SPDX-License-Identifier: Apache-2.0

#if AWS
import AWSClient
import AWSSinks
import AWSTestSupport
import EventTable
import JSONTape
import Testing

@Suite("Invoking a function once") struct LambdaInvokerTests {
    private static func invoke(
        _ function: FakeFunction, _ schedule: FaultSchedule = .none, name: String = "worker"
    ) async throws -> (result: Result<FunctionResult, FunctionInvocationError>, requests: [String]) {
        try await FaultProxy.with(.service { function.answer($0) }, schedule) { proxy in
            try await withServices(url: proxy.url) { services in
                let result: Result<FunctionResult, FunctionInvocationError>
                do throws(FunctionInvocationError) {
                    result = .success(try await LambdaInvoker(services, timeout: .seconds(20)).invoke(FunctionName(name), params: #"{"a":1}"#))
                } catch {
                    result = .failure(error)
                }
                return (result, proxy.exchanges.map(\.request.target))
            }
        }
    }

    @Test("What went in reaches the function, and what it answers comes back") func success() async throws {
        let function = FakeFunction { event in .success(.array([event])) }
        let (result, requests) = try await Self.invoke(function, name: "worker:live")
        let answer = try result.get()
        #expect(answer.response == #"[{"a":1}]"#)
        #expect(answer.functionError == nil)
        #expect(answer.version == "$LATEST")
        #expect(!answer.requestID.isEmpty)
        #expect(requests == ["/2015-03-31/functions/worker/invocations?Qualifier=live"])
    }

    @Test("A function that fails has answered") func failure() async throws {
        let (result, _) = try await Self.invoke(FakeFunction { _ in .failure("no") })
        let answer = try result.get()
        #expect(answer.functionError == "Unhandled")
        #expect(answer.response == #"{"errorMessage":"no","errorType":"Oops"}"#)
    }

    @Test("A function that is not there was not run") func absent() async throws {
        let function = FakeFunction()
        let (result, _) = try await Self.invoke(function, name: "other")
        #expect(throws: FunctionInvocationError.self) { try result.get() }
        guard case .failure(let error) = result else { return }
        #expect(error.code == .refused)
        #expect(error.type == "ResourceNotFoundException")
        #expect(function.events.isEmpty)
    }

    @Test(
        "A call is made once, and its end is told as what it is",
        arguments: [
            (Fault.error(status: 429, code: "TooManyRequestsException"), FunctionInvocationError.Code.refused),
            (.error(status: 403, code: "AccessDeniedException"), .refused), (.error(status: 500, code: "ServiceException"), .unknown),
            (.errorAfterwards(status: 502, code: "ServiceException"), .unknown), (.resetAfter(bytes: 0), .unknown), (.halfBody, .unknown),
        ])
    func faults(fault: Fault, code: FunctionInvocationError.Code) async throws {
        let function = FakeFunction()
        let (result, requests) = try await Self.invoke(function, .list([fault]))
        guard case .failure(let error) = result else {
            Issue.record("the call succeeded after \(fault)")
            return
        }
        #expect(error.code == code)
        #expect(requests.count == 1)
        #expect(function.events.count <= 1)
    }
}
#endif

// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import LambdaHost
import Sluice

/// What Lambda starts: the `bootstrap` of a package for provided.al2023.
@main
struct Bootstrap {
    static func main() {
        Task.detached { exit(await LambdaFunction(parts: FunctionParts.ofFunction).run()) }
        // An asynchronous main function would end this thread, and unwinding it takes a cold start as long as all the rest.
        while true { _ = pause() }
    }
}

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
    static func main() async {
        exit(await LambdaFunction(sinks: .function).run())
    }
}

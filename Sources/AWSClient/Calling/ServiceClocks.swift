// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import Synchronization

/// How far services' clocks are ahead of this machine's, as their answers told. All calls of one client share it, with those that get its credentials.
final class ServiceClocks: Sendable {
    private let offsets = Mutex<[AWSService: Duration]>([:])

    func offset(of service: AWSService) -> Duration { offsets.withLock { $0[service] ?? .zero } }

    func set(_ offset: Duration, of service: AWSService) { offsets.withLock { $0[service] = offset } }
}

#endif
